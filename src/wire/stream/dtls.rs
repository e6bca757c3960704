//! Records of DTLS, and the parts of messages in them: RFC 6347 sections 4.1 and 4.2, RFC 9147
//! section 4.

use std::ops::Range;

use super::{Framing, Message, Stream, agree, clear};
use crate::names::{ContentType, ProtocolVersion};
use crate::wire::fault::{Fault, Kind, Remark};
use crate::wire::field::Tree;
use crate::wire::grammar::{Context, Read, Reader, Wire, peek};
use crate::wire::handshake::DTLS_HEADER;
use crate::wire::record::dtls::{
    CidHeader, DtlsHeader, Kind as HeaderKind, UnifiedHeader, header_kind,
};

impl Stream {
    /// Reads a record. In a datagram it ends with it, whatever it claims.
    pub(super) fn dtls_record(&mut self, context: &mut Context, last: bool) -> bool {
        let (end, last) = match self.datagram_end() {
            Some(end) => (end, true),
            None => (self.bytes.len(), last),
        };
        let ahead = self.at..end;
        let own = self.datagram_context(context);
        let mut r = Reader::<Tree>::new(self.slice(&ahead), own);
        let framing = read_header(&mut r);
        let start = self.at + r.at();
        let range = self.at..start;
        let mut tree = r.into_record();
        let Ok(framing) = framing else {
            if last {
                self.header(range, Framing::Cut, tree);
                self.advance(start);
            }
            return last;
        };
        let (content_type, version, length, protected) = outside(&framing);
        // The keys of the first handshake, if they do not encrypt.
        let mac = match &framing {
            Framing::Dtls(header) if header.epoch == 1 => context.mac_in_clear,
            _ => None,
        };
        let expected = length.map_or(end - start, usize::from);
        let mut fragment = start..start + expected;
        // The end tells how long a connection id is, and a fragment without a length. Where no
        // datagram ends it, more may come.
        let by_the_end = matches!(framing, Framing::Cid(_) | Framing::Unified(_));
        if !last && (by_the_end || fragment.end > end) {
            return false;
        }
        // Behind a connection id whose length was only taken, the length may be another's bytes.
        let guessed = tree.has_assumption();
        let short = fragment.end > end;
        fragment.end = fragment.end.min(end);
        if short && !guessed {
            tree.remarks.push(Remark {
                field: "fragment",
                range: range.len()..range.len(),
                fault: Fault::Truncated { expected, found: fragment.len() },
                kind: Kind::Form,
                reference: "RFC 6347 4.1",
            });
        }
        if length.is_none() && self.datagram_end().is_none() {
            tree.remarks.push(Remark {
                field: "flags",
                range: 0..1,
                fault: Fault::Form {
                    expected: "the end of a datagram, where a record without a length ends",
                    found: "all bytes up to the end",
                },
                kind: Kind::Assumption,
                reference: "RFC 9147 4",
            });
        }
        self.parts.goes_on = false;
        if !short && !guessed {
            let again = self.number_again(&framing, range.start..fragment.end, &fragment);
            tree.remarks.extend(again);
        }
        self.header(range, framing, tree);
        self.advance(fragment.end);
        match content_type {
            _ if fragment.is_empty() => {}
            Some(content_type) if !protected => {
                self.content(content_type, version, fragment, short, context);
            }
            // Nothing said that there is DTLS here.
            None if self.records.is_none() && !context.datagram => self.assume_unified(fragment),
            _ => {
                let messages = match (content_type, mac) {
                    (Some(content_type), Some(mac)) if !short => {
                        clear::with_mac(content_type, self.slice(&fragment), mac, own)
                    }
                    _ => Vec::new(),
                };
                if messages.is_empty() {
                    self.protected(content_type, version, fragment);
                    return true;
                }
                for message in messages {
                    self.message(message, version, vec![fragment.clone()]);
                }
            }
        }
        true
    }

    /// Notes the number of a record, and notices where another one had it: what comes twice on its way
    /// is the same.
    fn number_again(
        &mut self,
        framing: &Framing,
        record: Range<usize>,
        fragment: &Range<usize>,
    ) -> Option<Remark> {
        let (content_type, number) = match framing {
            Framing::Dtls(header) => {
                (Some(header.content_type), (header.epoch, header.sequence_number.0))
            }
            Framing::Cid(header) => (None, (header.epoch, header.sequence_number.0)),
            _ => return None,
        };
        let is_message = content_type == Some(ContentType::handshake) && number.0 == 0;
        let last = self.numbers.range(..(1, 0)).next_back();
        self.parts.goes_on =
            !self.guessed && last.is_some_and(|((_, last), _)| last + 1 == number.1);
        if is_message && self.parts.begins_again(&self.bytes, self.slice(fragment)) {
            // Those of another connection begin anew.
            self.numbers.clear();
        }
        if self.guessed {
            return None;
        }
        let before = self.numbers.entry(number).or_insert_with(|| record.clone()).clone();
        let is_other = self.slice(&before) != self.slice(&record);
        is_other.then_some(Remark {
            field: "sequence_number",
            range: 5..11,
            fault: Fault::Form {
                expected: "a number that no other record had, or the same record again",
                found: "that of one with other bytes",
            },
            kind: Kind::Notice,
            reference: "RFC 6347 4.1",
        })
    }

    /// The first record of all, which says neither that it is one nor what is in it.
    fn assume_unified(&mut self, range: Range<usize>) {
        let mut message = Message::encrypted(None, self.slice(&range));
        message.remark(Remark {
            field: "encrypted_record",
            range: 0..range.len(),
            fault: Fault::Form {
                expected: "a hello before it, to tell that it is DTLS",
                found: "a protected record of DTLS 1.3, since the length in its header fits",
            },
            kind: Kind::Assumption,
            reference: "RFC 9147 4",
        });
        self.message(message, None, vec![range]);
    }

    /// A fragment that is not protected.
    fn content(
        &mut self,
        content_type: ContentType,
        version: Option<ProtocolVersion>,
        fragment: Range<usize>,
        short: bool,
        context: &mut Context,
    ) {
        if content_type != ContentType::handshake {
            let own = self.datagram_context(context);
            let message = Message::decode(content_type, self.slice(&fragment), own);
            return self.message(message, version, vec![fragment]);
        }
        let mut at = fragment.start;
        while at < fragment.end {
            // Of what the messages before it in the record agreed, too.
            let own = self.datagram_context(context);
            let rest = self.slice(&(at..fragment.end));
            let here = rest.len().checked_sub(DTLS_HEADER);
            // Of a part behind others that its datagram cuts off there is as much as there is.
            let is_cut = short && peek(rest, 6, 3).is_some_and(|offset| offset > 0);
            let claimed = peek(rest, 9, 3).zip(here);
            let claimed =
                claimed.map(|(length, here)| if is_cut { length.min(here) } else { length });
            let Some(length) = claimed.filter(|length| DTLS_HEADER + length <= rest.len()) else {
                // A header or a part that the record cuts off cannot be put together.
                let message = Message::decode(content_type, rest, own);
                let own = at..fragment.end;
                return self.message(message, version, vec![own]);
            };
            let header = at..at + DTLS_HEADER;
            let part = header.end..header.end + length;
            at = part.end;
            for mut message in self.parts.add(&self.bytes, header, part, own) {
                agree(&message, context);
                message.record_version = version;
                self.ready.push_back(super::Unit::Message(message));
            }
        }
    }

    /// The context in which this side's messages are read, once a record of DTLS was seen.
    pub(super) fn datagram_context(&self, context: &Context) -> Context {
        Context { datagram: true, ..self.context(context) }
    }

    /// Messages of which parts are missing.
    pub(super) fn flush_dtls(&mut self, context: &Context) {
        let own = self.datagram_context(context);
        let messages = self.parts.finish(&self.bytes, own);
        self.ready.extend(messages.into_iter().map(super::Unit::Message));
    }
}

fn read_header(r: &mut Reader<'_, Tree>) -> Read<Framing> {
    match header_kind(r.rest()) {
        Some(HeaderKind::Cid) => {
            CidHeader::read(r, CidHeader::ITEM).map(Box::new).map(Framing::Cid)
        }
        Some(HeaderKind::Unified) => {
            UnifiedHeader::read(r, UnifiedHeader::ITEM).map(Box::new).map(Framing::Unified)
        }
        _ => DtlsHeader::read(r, DtlsHeader::ITEM).map(Framing::Dtls),
    }
}

/// What a header says of its fragment: content type, version, length, and whether it is protected.
fn outside(framing: &Framing) -> (Option<ContentType>, Option<ProtocolVersion>, Option<u16>, bool) {
    match framing {
        Framing::Dtls(header) => (
            Some(header.content_type),
            Some(header.legacy_record_version),
            Some(header.length),
            header.epoch > 0,
        ),
        Framing::Cid(header) => {
            (Some(header.content_type), Some(header.version), Some(header.length), true)
        }
        Framing::Unified(header) => (None, None, header.length, true),
        Framing::Tls(_) | Framing::Ssl2(_) | Framing::Inner | Framing::Cut => {
            (None, None, None, true)
        }
    }
}
