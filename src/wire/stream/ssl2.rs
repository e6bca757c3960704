//! Records of SSL 2.0: each holds a message, which is protected once the client has sent its
//! secret.

use super::{Body, Framing, Message, Stream, agree};
use crate::names::Ssl2MessageType;
use crate::wire::fault::{Fault, Kind, Remark};
use crate::wire::field::Tree;
use crate::wire::grammar::{Context, Reader};
use crate::wire::record::ssl2::{Ssl2Header, Ssl2Message};

impl Stream {
    /// Reads a record.
    pub(super) fn ssl2_record(&mut self, context: &mut Context, last: bool) -> bool {
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
        let padded = header.padding.is_some_and(|padding| padding > 0);
        self.header(range, Framing::Ssl2(header), tree);
        self.advance(record.end);
        if record.is_empty() {
            return true;
        }
        let error = matches!(self.slice(&record), [0, 0, _]);
        if padded || self.encrypted && !error {
            self.protected(None, None, record);
            return true;
        }
        let message = Message::decode_ssl2(self.slice(&record), self.context(context));
        agree(&message, context);
        // What the server sends behind its hello, and the client behind its key, is protected.
        self.encrypted |= match &message.body {
            Body::Ssl2(message) => {
                matches!(**message, Ssl2Message::ServerHello(_) | Ssl2Message::ClientMasterKey(_))
            }
            Body::BrokenSsl2(msg_type) => *msg_type == Ssl2MessageType::CLIENT_MASTER_KEY,
            _ => false,
        };
        self.message(message, None, vec![record]);
        true
    }
}
