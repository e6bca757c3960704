//! Certificates that are not good at a time: RFC 5280 section 4.1.2.5; and what is said of them that
//! is too old, or of a time to come, RFC 6960 section 4.2.2.1, RFC 5280 section 5.1.2.5 and RFC 6962
//! section 5.2; and keys that stand in for theirs, RFC 9345 section 4.1.3. Which time it is, only a
//! caller knows.

use std::sync::Arc;

use super::Transcript;
use crate::wire::fault::{Fault, Kind, Remark};
use crate::wire::field::{Beneath, Tree};
use crate::wire::stream::{Body, Unit};
use crate::wire::x509;

impl Transcript {
    /// Remarks the certificates that are not good at a time, in seconds since 1970: those that have
    /// run out, and those that are not good yet; OCSP responses and revocation lists after which
    /// newer ones are there; OCSP responses and timestamps of logs that are of a time to come; and
    /// delegated credentials that have run out, or are good for longer than any may be.
    pub fn judge_validity(&mut self, now: i64) {
        for event in &mut self.events {
            if let Unit::Message(message) = &mut event.unit {
                if matches!(
                    message.body,
                    Body::Handshake(_)
                        | Body::BrokenHandshake(_)
                        | Body::Ssl2(_)
                        | Body::Document(_)
                ) {
                    let remarks = judged(&message.tree, &message.bytes, now);
                    message.remark_all(remarks);
                    if !message.tree.beneath.is_empty() {
                        judge_beneath(Arc::make_mut(&mut message.tree), now);
                    }
                }
            }
        }
    }
}

/// Seconds for which a key may stand in for a certificate's, at most: seven days.
const LONGEST_DELEGATION: i64 = 604_800;

/// What stands in words where a time should be over, or still to come.
const OVER: &str = "a time that is over";
const TO_COME: &str = "a time that is still to come";
const NOT_YET: &str = "one that is still to come";

/// The section that says until when a credential is good, which begins with its certificate.
const CREDENTIAL: &str = "RFC 9345 4.1.3";

/// The same of what lies beneath a tree.
fn judge_beneath(tree: &mut Tree, now: i64) {
    for Beneath { bytes, tree, .. } in &mut tree.beneath {
        let remarks = judged(tree, bytes, now);
        tree.remarks.extend(remarks);
        judge_beneath(tree, now);
    }
}

fn judged(tree: &Tree, bytes: &[u8], now: i64) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut say = |field, range, expected, found, reference| {
        let (fault, kind) = (Fault::Form { expected, found }, Kind::Notice);
        remarks.push(Remark { field, range, fault, kind, reference });
    };
    // Where the response ends of which a field is, and the timestamp of a log; the time that was looked
    // at; from when on the last certificate is good.
    let (mut response, mut timestamp, mut next_update, mut beginning) = (0, 0, 0, None);
    for (index, field) in tree.fields.iter().enumerate() {
        let is_whole = || tree.missing(index) == 0;
        match field.name {
            "SingleResponse" => response = field.end(),
            "serialized_sct" => timestamp = field.end(),
            "thisUpdate" if field.start() < response && is_whole() => {
                let this = x509::time(field.own(bytes));
                if this.is_some_and(|this| now < this.seconds()) {
                    say(field.name, field.range(), OVER, NOT_YET, "RFC 6960 4.2.2.1");
                }
            }
            // One within a tag of its own has the name twice.
            "nextUpdate" if field.start() >= next_update && is_whole() => {
                next_update = field.end();
                let reference = match field.start() < response {
                    true => "RFC 6960 4.2.2.1",
                    false => "RFC 5280 5.1.2.5",
                };
                let next = x509::time(field.own(bytes));
                if next.is_some_and(|next| now > next.seconds()) {
                    let found = "one that is over: it is too old";
                    say(field.name, field.range(), TO_COME, found, reference);
                }
            }
            "timestamp" if field.start() < timestamp && is_whole() => {
                let milliseconds = field.own(bytes).try_into().map(u64::from_be_bytes);
                let seconds = milliseconds.ok().and_then(|it| i64::try_from(it / 1000).ok());
                if seconds.is_some_and(|seconds| now < seconds) {
                    say(field.name, field.range(), OVER, NOT_YET, "RFC 6962 5.2");
                }
            }
            "valid_time" if is_whole() => {
                let seconds = field.number(bytes).and_then(|it| i64::try_from(it).ok());
                let Some((from, seconds)) = beginning.zip(seconds) else { continue };
                let left = i64::saturating_add(from, seconds).saturating_sub(now);
                if left < 0 {
                    let found = "one that is over: it has expired";
                    say(field.name, field.range(), TO_COME, found, CREDENTIAL);
                } else if left > LONGEST_DELEGATION {
                    let expected = "7 days from now at most";
                    say(field.name, field.range(), expected, "more", CREDENTIAL);
                }
            }
            // A whole certificate; where it is cut off, what it says need not be all.
            "Certificate" if !field.is_leaf() => {
                let validity = x509::validity(field.own(bytes)).filter(|_| is_whole());
                beginning = validity.map(|(not_before, _)| not_before.seconds());
                let Some((not_before, not_after)) = validity else { continue };
                let (name, expected, found) = if now > not_after.seconds() {
                    ("notAfter", TO_COME, "one that is over: it has expired")
                } else if now < not_before.seconds() {
                    ("notBefore", OVER, NOT_YET)
                } else {
                    continue;
                };
                let mut behind = tree.fields.iter().skip(index);
                let range = behind.find(|other| other.name == name);
                let range = range.map_or(field.range(), |at| at.range());
                say(name, range, expected, found, "RFC 5280 4.1.2.5");
            }
            _ => {}
        }
    }
    remarks
}
