//! Whose a record of DTLS is: each side counts its own records, RFC 6347 section 4.1, and its own
//! messages, section 4.2.2; of the records of DTLS 1.3 that are protected, whose number is too, the
//! order of messages makes a guess.

use super::{Last, Record, RecordKind, Sender, Turns, is_empty_certificate};
use crate::names::{Code, ContentType, HandshakeType};
use crate::transcript::Side;
use crate::wire::grammar::{Context, Reader, Wire, peek};
use crate::wire::handshake::DTLS_HEADER;
use crate::wire::record::dtls::{
    CidHeader, DtlsHeader, Kind, UnifiedHeader, connection_id, header_kind_in_dtls,
};

/// Where a record stands among its sender's, as far as it says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// The number of a record under keys.
    Number { content_type: ContentType, epoch: u16, number: u64 },
    /// It is protected; without a length it ends with its datagram.
    Hidden { has_length: bool },
}

impl Place {
    /// Whether it is of the handshake, in clear.
    pub(super) fn is_handshake(self) -> bool {
        let handshake = ContentType::handshake;
        matches!(self, Place::Number { content_type, epoch: 0, .. } if content_type == handshake)
    }
}

/// The record that begins here, if one does.
pub(super) fn ahead(bytes: &[u8], speaker: Side, context: Context) -> Option<Record> {
    let of = |side| header(bytes, Context { datagram: true, sender: Some(side), ..context });
    // How long a connection id is depends on the side.
    let fits = |record: &Record| match bytes.get(record.end..) {
        Some(rest) => rest.is_empty() || header_kind_in_dtls(rest).is_some(),
        None => false,
    };
    let own = of(speaker);
    match own.filter(fits) {
        Some(record) => Some(record),
        None => of(speaker.other()).filter(fits).or(own),
    }
}

fn header(bytes: &[u8], context: Context) -> Option<Record> {
    let mut r = Reader::<()>::new(bytes, context);
    let (place, length) = match header_kind_in_dtls(bytes)? {
        Kind::Plain => {
            let header = DtlsHeader::read(&mut r, DtlsHeader::ITEM).ok()?;
            let (content_type, number) = (header.content_type, header.sequence_number.0);
            (Place::Number { content_type, epoch: header.epoch, number }, Some(header.length))
        }
        Kind::Cid => {
            let header = CidHeader::read(&mut r, CidHeader::ITEM).ok()?;
            let (content_type, number) = (header.content_type, header.sequence_number.0);
            (Place::Number { content_type, epoch: header.epoch, number }, Some(header.length))
        }
        Kind::Unified => {
            let header = UnifiedHeader::read(&mut r, UnifiedHeader::ITEM).ok()?;
            (Place::Hidden { has_length: header.length.is_some() }, header.length)
        }
    };
    let length = length.map_or(r.rest().len(), usize::from);
    Some(Record { kind: RecordKind::Dtls(place), header: r.at(), end: r.at() + length })
}

/// Who sends messages of this type in clear: what proves a certificate, a server of DTLS 1.3 protects,
/// and before that only clients send it.
fn sole_in_clear(msg_type: HandshakeType) -> Option<Side> {
    match msg_type {
        HandshakeType::certificate_verify => Some(Side::Client),
        _ => Side::sole_sender(msg_type),
    }
}

impl Turns {
    /// Who sent a record, of which those `beside` it may tell it.
    pub(super) fn sender_of_datagram(
        &self,
        place: Place,
        fragment: &[u8],
        beside: Option<Side>,
    ) -> Sender {
        let (speaker, other) = (self.speaker, self.speaker.other());
        let Place::Number { content_type, epoch, number } = place else {
            // Before the server has answered, it is early data.
            return (speaker, self.last == Last::ServerHello || !self.server.spoke);
        };
        let in_clear = epoch == 0;
        let may = |side: Side| in_clear || self.of(side).changed;
        let fits = |side: Side| {
            let next = self.of(side).next.get(&epoch).copied().unwrap_or_default();
            may(side) && next == number
        };
        let msg_type = HandshakeType(fragment.first().copied().unwrap_or_default());
        let is_message = place.is_handshake();
        let sole = sole_in_clear(msg_type).filter(|_| is_message);
        let began = |side| is_message && self.recorder.stream(side).began_message_of(fragment);
        // What a side has sent goes again, whatever the number of its record, and none of its other
        // messages has that number.
        let sent = |side| self.recorder.stream(side).sent(fragment).filter(|_| is_message);
        let again = |side| sent(side) == Some(true);
        let is_next = is_message && self.recorder.stream(speaker).is_next(fragment);
        let beside = beside.filter(|&side| is_message && sent(side) != Some(false));
        let left_out = |side| self.left_out(side, place, fragment);
        let before_hello = self.sender_before_hello(msg_type).filter(|_| is_message);
        let renewal = self.renewal.sender(content_type, fragment.len());
        // No two records of one side have a number.
        let taken = |side| {
            let before = self.recorder.stream(side).record_of(epoch, number);
            before.is_some_and(|before| !before.ends_with(fragment))
        };
        let both = self.client.spoke && self.server.spoke;
        match (fits(speaker), fits(other)) {
            _ if sole.is_some() => (sole.unwrap_or(speaker), true),
            _ if !in_clear && both && taken(speaker) != taken(other) => {
                (if taken(speaker) { other } else { speaker }, true)
            }
            // Who alone has keys.
            _ if may(speaker) != may(other) => (if may(speaker) { speaker } else { other }, true),
            // Also where the other misses such a part: both sides number their certificates alike.
            _ if beside.is_some() => (beside.unwrap_or(speaker), true),
            // Parts come in any order, also behind the end of a side's turn.
            _ if began(speaker) != began(other) => {
                (if began(speaker) { speaker } else { other }, true)
            }
            // By both its numbers the speaker's next, and what the other said before its change of
            // keys: both may have the same certificate.
            (true, false) if is_next && again(other) && self.of(other).changed => (speaker, true),
            _ if again(speaker) != again(other) => {
                (if again(speaker) { speaker } else { other }, true)
            }
            _ if before_hello.is_some() => before_hello.unwrap_or((speaker, false)),
            // Nobody goes on before he has all of the other's flight: what is missing of it comes
            // first, whatever the number of its record.
            _ if left_out(speaker) != left_out(other) => {
                let from_start = self.asked || self.server.hello;
                (if left_out(speaker) { speaker } else { other }, from_start)
            }
            (true, false) => (speaker, true),
            (false, true) => (other, true),
            _ if !in_clear && renewal.is_some() => renewal.unwrap_or((speaker, false)),
            _ if left_out(speaker) => (self.word, false),
            _ if is_message && !self.has_begun() && self.first_sender(fragment).is_some() => {
                (self.first_sender(fragment).unwrap_or(speaker), true)
            }
            _ if is_message && msg_type.name().is_some() => self.sender_by_word(),
            _ if self.last == Last::ChangeCipherSpec && !in_clear => (speaker, true),
            _ if content_type == ContentType::alert && self.answers(fragment) => {
                (Side::Server, false)
            }
            _ if content_type == ContentType::heartbeat && in_clear => {
                self.sender_of_heartbeat(fragment)
            }
            // Both have as many records behind them: mostly a client speaks first.
            _ if content_type == ContentType::application_data => (Side::Client, false),
            _ => (speaker, false),
        }
    }

    /// Whose a certificate is before which nothing was said, by the number of the message that goes
    /// on behind it, wherever that stands, or since it has none.
    fn first_sender(&self, fragment: &[u8]) -> Option<Side> {
        let is_certificate = fragment.first() == Some(&HandshakeType::certificate.0);
        let goes_on = self.beside.sole_going_on(peek(fragment, 4, 2)?).filter(|_| is_certificate);
        goes_on.or(is_empty_certificate(fragment, DTLS_HEADER).then_some(Side::Client))
    }

    /// Whether a record has, in clear, a part of a message that a side left out when it sent those
    /// behind it.
    pub(super) fn left_out(&self, side: Side, place: Place, fragment: &[u8]) -> bool {
        place.is_handshake() && self.recorder.stream(side).left_out_part(fragment)
    }

    /// Who sends a record by the connection id in it, which the other side named: RFC 9146 section 3.
    pub(super) fn sender_by_id(&self, record: &[u8]) -> Option<Side> {
        let own = connection_id(record)?;
        let is_to = |side| {
            let named = self.of(side).connection_id.as_deref();
            named.is_some_and(|id| !id.is_empty() && own.starts_with(id))
        };
        let is_agreed = self.server.connection_id.is_some();
        match (is_to(Side::Client), is_to(Side::Server)) {
            (true, false) if is_agreed => Some(Side::Server),
            (false, true) if is_agreed => Some(Side::Client),
            _ => None,
        }
    }

    /// Counts a record, which may have come behind one of a higher number.
    pub(super) fn count(&mut self, from: Side, place: Place) {
        if let Place::Number { epoch, number, .. } = place {
            let next = self.part(from).next.entry(epoch).or_default();
            *next = number.saturating_add(1).max(*next);
        }
    }
}
