//! Certificates that are not good at a time: RFC 5280 section 4.1.2.5. Which time it is, only a
//! caller knows.

use super::Transcript;
use crate::wire::fault::{Fault, Kind, Remark};
use crate::wire::field::Tree;
use crate::wire::stream::{Body, Unit};
use crate::wire::x509;

impl Transcript {
    /// Remarks the certificates that are not good at a time, in seconds since 1970: those that have
    /// run out, and those that are not good yet.
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
    for (index, field) in tree.fields.iter().enumerate() {
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
