//! Certificates that are not good at a time: RFC 5280 section 4.1.2.5; and what is said of them that
//! is too old, or of a time to come, RFC 6960 section 4.2.2.1 and RFC 5280 section 5.1.2.5. Which time it is, only a caller
//! knows.

use super::Transcript;
use crate::wire::fault::{Fault, Kind, Remark};
use crate::wire::field::Tree;
use crate::wire::stream::{Body, Unit};
use crate::wire::x509;

impl Transcript {
    /// Remarks the certificates that are not good at a time, in seconds since 1970: those that have
    /// run out, and those that are not good yet; OCSP responses and revocation lists after which
    /// newer ones are there; and OCSP responses that are of a time to come.
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
                    judge(&mut message.tree, &message.bytes, now);
                }
            }
        }
    }
}

fn judge(tree: &mut Tree, bytes: &[u8], now: i64) {
    let mut remarks = Vec::new();
    // Where the response ends of which a field is, and the time that was looked at.
    let (mut response, mut next_update) = (0, 0);
    for (index, field) in tree.fields.iter().enumerate() {
        match field.name {
            "SingleResponse" => response = field.end(),
            "thisUpdate" if field.start() < response && tree.missing(index) == 0 => {
                let this = x509::time(field.own(bytes));
                if this.is_some_and(|this| now < this.seconds()) {
                    let expected = "a time that is over";
                    let fault = Fault::Form { expected, found: "one that is still to come" };
                    let (field, range) = (field.name, field.range());
                    let (kind, reference) = (Kind::Notice, "RFC 6960 4.2.2.1");
                    remarks.push(Remark { field, range, fault, kind, reference });
                }
            }
            // One within a tag of its own has the name twice.
            "nextUpdate" if field.start() >= next_update && tree.missing(index) == 0 => {
                next_update = field.end();
                let reference = match field.start() < response {
                    true => "RFC 6960 4.2.2.1",
                    false => "RFC 5280 5.1.2.5",
                };
                let next = x509::time(field.own(bytes));
                if next.is_some_and(|next| now > next.seconds()) {
                    let expected = "a time that is still to come";
                    let fault = Fault::Form { expected, found: "one that is over: it is too old" };
                    let (field, range) = (field.name, field.range());
                    remarks.push(Remark { field, range, fault, kind: Kind::Notice, reference });
                }
            }
            _ => {}
        }
        // A whole certificate; where it is cut off, what it says need not be all.
        if field.name != "Certificate" || field.is_leaf() || tree.missing(index) > 0 {
            continue;
        }
        let der = field.own(bytes);
        let Some((not_before, not_after)) = x509::validity(der) else { continue };
        let (name, fault) = if now > not_after.seconds() {
            let expected = "a time that is still to come";
            ("notAfter", Fault::Form { expected, found: "one that is over: it has expired" })
        } else if now < not_before.seconds() {
            let expected = "a time that is over";
            ("notBefore", Fault::Form { expected, found: "one that is still to come" })
        } else {
            continue;
        };
        let behind = tree.fields.iter().skip(index);
        let range =
            behind.clone().find(|other| other.name == name).map_or(field.range(), |at| at.range());
        let kind = Kind::Notice;
        remarks.push(Remark { field: name, range, fault, kind, reference: "RFC 5280 4.1.2.5" });
    }
    tree.remarks.extend(remarks);
    for beneath in &mut tree.beneath {
        judge(&mut beneath.tree, &beneath.bytes, now);
    }
}
