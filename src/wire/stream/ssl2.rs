//! Records of SSL 2.0: each holds a message, which is protected once the client has sent its
//! secret.

use super::{Body, Framing, Message, Stream, agree};
use crate::names::{ProtocolVersion, Ssl2MessageType};
use crate::wire::fault::{Fault, Kind, Remark};
use crate::wire::field::Tree;
use crate::wire::grammar::{Context, Reader};
use crate::wire::record::ssl2::{Ssl2Header, Ssl2Message};

/// Whether a record holds an error, which may stand in clear at any time: what is protected is longer,
/// by its MAC.
pub(crate) fn is_error(record: &[u8], padding: usize) -> bool {
    record.len() == 3 + padding && matches!(record, [0, 0, ..])
}

impl Stream {
    /// Reads a record.
    pub(super) fn ssl2_record(&mut self, context: &mut Context, last: bool) -> bool {
        let is_later = self.records.is_none()
            && context.version.is_none()
            && self.begins_as_ssl2(self.rest(), true, context) == Some(false);
        let mut r = Reader::<Tree>::new(self.rest(), *context);
        let header = Ssl2Header::read(&mut r);
        let start = self.at + r.at();
        let range = self.at..start;
        let Ok(header) = header else {
            if last {
                let tree = r.into_record();
                self.header(range, Framing::Cut, tree);
                self.advance(start);
            }
            return last;
        };
        let mut tree = r.into_record();
        let mut record = start..start + header.length;
        if record.end > self.bytes.len() {
            if !last {
                return false;
            }
            record.end = self.bytes.len();
            tree.remarks.push(Remark {
                field: "record",
                range: range.len()..range.len(),
                fault: Fault::Truncated { expected: header.length, found: record.len() },
                kind: Kind::Form,
                reference: "SSL 2.0 1.2",
            });
        }
        let padding = header.padding.map_or(0, usize::from);
        self.header(range, Framing::Ssl2(header), tree);
        self.advance(record.end);
        if record.is_empty() {
            return true;
        }
        let error = is_error(self.slice(&record), padding);
        if self.encrypted && !error {
            self.protected(None, None, record);
            return true;
        }
        let bytes = self.slice(&record);
        let mut message = Message::decode_ssl2_padded(bytes, padding, self.context(context));
        if is_later && matches!(message.body, Body::Ssl2(_)) {
            message.remark(Remark {
                field: "sslv2_message",
                range: 0..message.bytes.len(),
                fault: Fault::Form {
                    expected: "a hello before it, to tell that it is SSL 2.0",
                    found: "a message of SSL 2.0, since the lengths in it fit",
                },
                kind: Kind::Assumption,
                reference: "SSL 2.0 1.2",
            });
        }
        // Only ciphers of blocks need padding: what has some and no form in clear is protected.
        if padding > 0 && !matches!(message.body, Body::Ssl2(_)) {
            self.protected(None, None, record);
            return true;
        }
        agree(&message, context);
        // What the server sends behind its hello, and the client behind its key, is protected.
        self.encrypted |= match &message.body {
            Body::Ssl2(message) => {
                matches!(**message, Ssl2Message::ServerHello(_) | Ssl2Message::ClientMasterKey(_))
            }
            Body::BrokenSsl2(msg_type) => *msg_type == Ssl2MessageType::CLIENT_MASTER_KEY,
            _ => false,
        };
        // Where a client offers nothing else, nothing else can follow.
        if let Body::Ssl2(message) = &message.body {
            if let Ssl2Message::ClientHello(hello) = &**message {
                self.only_ssl2 = hello.version == ProtocolVersion::SSL2_0;
            }
        }
        self.message(message, None, vec![record]);
        true
    }
}
