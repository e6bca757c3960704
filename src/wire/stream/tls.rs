//! Records of SSL 3.0 to TLS 1.3, and the messages that are put together across them: RFC 8446
//! section 5.1.

use std::ops::Range;

use super::clear::{
    LEAST_PROTECTED_DATA, greets, has_length, is_hello, is_in_clear, is_protected_change,
    may_begin_with_hello, unfit,
};
use super::message::TOLD_BEFORE;
use super::{Framing, Message, Stream, agree, clear};
use crate::names::{ContentType, HandshakeType, ProtocolVersion};
use crate::wire::fault::{Fault, Kind, Remark};
use crate::wire::grammar::Context;
use crate::wire::handshake::{HEADER, Handshake, claimed_length};
use crate::wire::limits::RECORD_IN_CLEAR;
use crate::wire::record::{RecordHeader, alert};

/// A message that is not whole yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    bytes: Vec<u8>,
    ranges: Vec<Range<usize>>,
    version: Option<ProtocolVersion>,
    /// Records of another type came behind its first part.
    interrupted: bool,
}

/// What a record of the handshake seems to be that is too short to be protected.
const REST: &str = "the rest of a message, since no messages have this form";

impl Pending {
    /// How many bytes the message of the handshake waits for, where one was begun that may be so long.
    pub(super) fn awaits(&self) -> usize {
        match self.bytes.len() {
            0 => 0,
            _ if !has_length(&self.bytes) && greets(&self.bytes) == Some(false) => 0,
            begun => claimed_length(&self.bytes).unwrap_or(HEADER).saturating_sub(begun),
        }
    }
}

impl Stream {
    /// Reads a record.
    pub(super) fn tls_record(&mut self, context: &mut Context, last: bool) -> bool {
        let rest = self.rest();
        let head = rest.get(..RecordHeader::LENGTH).unwrap_or(rest);
        if head.len() < RecordHeader::LENGTH && !last {
            return false;
        }
        let (header, mut tree) = RecordHeader::decode(head, *context);
        let start = self.at + head.len();
        let range = self.at..start;
        let Ok(header) = header else {
            self.header(range, Framing::Cut, tree);
            self.advance(start);
            return true;
        };
        let expected = usize::from(header.length);
        let end = start + expected;
        let mut fragment = start..end;
        if end > self.bytes.len() {
            if !last {
                return false;
            }
            fragment.end = self.bytes.len();
            let fault = Fault::Truncated { expected, found: fragment.len() };
            tree.remarks.push(Remark {
                field: "fragment",
                range: head.len()..head.len(),
                fault,
                kind: Kind::Form,
                reference: "RFC 8446 5.1",
            });
        }
        let is_rest = header.content_type == ContentType::handshake && self.rest;
        let assumed = match is_rest {
            true => None,
            false => self.seems_protected(&header, &fragment, context),
        };
        if expected > RECORD_IN_CLEAR
            && assumed.is_none()
            && !self.is_protected(header.content_type, expected)
        {
            let expected = "at most 2^14 bytes in clear";
            let fault = Fault::Value { expected, found: header.length.into() };
            let kind = Kind::Notice;
            let reference = match context.is_before_tls13() {
                true => "RFC 5246 6.2.1",
                false => "RFC 8446 5.1",
            };
            tree.remarks.push(Remark { field: "length", range: 3..5, fault, kind, reference });
        }
        let is_alert = header.content_type == ContentType::alert && assumed.is_none();
        if is_alert
            && !self.is_protected(ContentType::alert, expected)
            && !context.is_before_tls13()
        {
            tree.remarks.extend(one_alert(header.length));
        }
        tree.remarks.extend(self.notices(&header, &fragment, context));
        self.header(range, Framing::Tls(header.clone()), tree);
        self.advance(fragment.end);
        self.rest = false;
        match assumed {
            _ if is_rest => self.rest_of_message(&header, fragment),
            Some(found) => self.assume_protected(&header, fragment, found),
            None => self.fragment(&header, fragment, context),
        }
        true
    }

    /// What an expert would notice of a header by what came before it.
    fn notices(
        &mut self,
        header: &RecordHeader,
        fragment: &Range<usize>,
        context: &Context,
    ) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let mut notice = |field, range, fault| {
            let (kind, reference) = (Kind::Notice, "RFC 8446 5.1");
            remarks.push(Remark { field, range, fault, kind, reference });
        };
        let expected = "20 to 24, the types of TLS";
        match header.content_type {
            ContentType(ContentType::FIRST..=ContentType::LAST_OF_TLS) => {}
            ContentType(ContentType::FIRST..=ContentType::LAST) => {
                let found = "a type that only DTLS has";
                notice("content_type", 0..1, Fault::Form { expected, found });
            }
            ContentType(found) => {
                notice("content_type", 0..1, Fault::Value { expected, found: found.into() });
            }
        }
        let version = header.legacy_record_version;
        let known = ProtocolVersion::SSL3_0..=ProtocolVersion::TLS1_2;
        // Drafts had others here.
        let is_other = known.contains(&version) && version != ProtocolVersion::TLS1_2;
        let is_first_hello =
            header.content_type == ContentType::handshake && self.is_first_hello(fragment);
        if context.version == Some(ProtocolVersion::TLS1_3) && is_other && !is_first_hello {
            let expected = "0x0303 in TLS 1.3, but for a first hello";
            notice("legacy_record_version", 1..3, Fault::Code { expected, found: version.0 });
        }
        // TLS 1.2 allows it, RFC 5246 section 6.2.1.
        if !context.is_before_tls13() && !self.handshake.bytes.is_empty() {
            let goes_on = header.content_type == ContentType::handshake;
            if goes_on && self.handshake.interrupted {
                let expected = "the rest of a message right behind its first part";
                let found = "other records between them";
                notice("content_type", 0..1, Fault::Form { expected, found });
            }
            self.handshake.interrupted = !goes_on;
        }
        remarks
    }

    /// Whether a fragment of the handshake is of a first hello, or may be: the version was agreed before
    /// it where the server's bytes come first, or in the connection before. A second one has the random
    /// bytes of the first.
    fn is_first_hello(&self, fragment: &Range<usize>) -> bool {
        let begun = match self.handshake.bytes.is_empty() {
            true => self.slice(fragment),
            false => &self.handshake.bytes,
        };
        let is_second = self.greeted.is_some() && random(begun) == self.greeted.as_deref();
        begun.first() == Some(&HandshakeType::client_hello.0) && !is_second
    }

    /// Where a stream begins in the middle of a connection, nothing said that its records are
    /// protected: why one must be, where it cannot be what it says it is.
    fn seems_protected(
        &self,
        header: &RecordHeader,
        fragment: &Range<usize>,
        context: &Context,
    ) -> Option<&'static str> {
        let (content_type, length) = (header.content_type, header.length.into());
        // What is being put together goes on with what comes next.
        let goes_on = match content_type {
            ContentType::alert => !self.alert.bytes.is_empty(),
            ContentType::handshake => !self.handshake.bytes.is_empty(),
            _ => false,
        };
        let may = (self.data || !self.clear) && !goes_on;
        if !may || self.is_protected(content_type, length) {
            return None;
        }
        let bytes = self.slice(fragment);
        let unfit = match content_type {
            // Without a server's hello there are no keys, whatever length it claims (CVE-2014-0160).
            ContentType::heartbeat if context.unanswered && matches!(bytes, [1 | 2, ..]) => None,
            _ => unfit(content_type, length, bytes),
        };
        let is_rest = content_type == ContentType::handshake && self.in_middle;
        unfit.or(is_rest.then_some(REST))
    }

    fn rest_of_message(&mut self, header: &RecordHeader, range: Range<usize>) {
        self.in_middle = false;
        let message = Message::rest(self.slice(&range));
        self.message(message, Some(header.legacy_record_version), vec![range]);
    }

    fn assume_protected(
        &mut self,
        header: &RecordHeader,
        range: Range<usize>,
        found: &'static str,
    ) {
        self.in_middle = false;
        // By keys that its side has, then.
        self.encrypted |= is_protected_change(header.content_type, header.length.into());
        let bytes = self.slice(&range);
        let mut message = match found {
            REST => Message::rest(bytes),
            _ => Message::encrypted(Some(header.content_type), bytes),
        };
        let expected = TOLD_BEFORE;
        message.remark(Remark {
            field: message.tree.fields.first().map_or("record", |field| field.name),
            range: 0..range.len(),
            fault: Fault::Form { expected, found },
            kind: Kind::Assumption,
            reference: "RFC 8446 5",
        });
        self.message(message, Some(header.legacy_record_version), vec![range]);
    }

    /// A record's fragment, by its content type.
    fn fragment(&mut self, header: &RecordHeader, range: Range<usize>, context: &mut Context) {
        let content_type = header.content_type;
        let version = Some(header.legacy_record_version);
        if range.is_empty() {
            return;
        }
        if self.encrypted && content_type == ContentType::handshake && self.mac_in_clear.is_none() {
            self.mac_in_clear = clear::mac_behind_hello(self.slice(&range));
        }
        if self.is_protected(content_type, header.length.into())
            && self.clear_with_mac(content_type, version, &range, context)
        {
            return;
        }
        if self.encrypted && content_type == ContentType::handshake {
            // As behind a HelloRetryRequest: TLS 1.3 had a ChangeCipherSpec that changed nothing.
            let bytes = self.slice(&range);
            self.encrypted =
                !is_hello(bytes) && may_begin_with_hello(bytes).is_none() && !is_in_clear(bytes);
        }
        if self.is_protected(content_type, header.length.into()) {
            self.data |= content_type == ContentType::application_data;
            return self.protected(Some(content_type), version, range);
        }
        self.clear = true;
        match content_type {
            ContentType::handshake | ContentType::alert => {
                let bytes = self.slice(&range).to_vec();
                let is_cut = self.handshake.bytes.first() == Some(&HandshakeType::client_hello.0);
                if content_type == ContentType::handshake && is_cut && is_hello(&bytes) {
                    // Another one stands behind it, all of it: it never ends.
                    self.flush(content_type, context);
                }
                let pending = self.pending(content_type);
                pending.bytes.extend(bytes);
                pending.ranges.push(range);
                pending.version = version;
                self.take_whole(content_type, context);
            }
            _ => {
                let own = self.context(context);
                let mut message = Message::decode(content_type, self.slice(&range), own);
                if content_type == ContentType::application_data {
                    message.remark(match self.before_keys {
                        true => before_change(range.len()),
                        false => too_short(range.len()),
                    });
                }
                let tls13 = context.version.is_some_and(ProtocolVersion::is_tls13);
                if message.changes_keys() && !tls13 {
                    self.change_keys(context);
                }
                self.message(message, version, vec![range]);
            }
        }
    }

    /// What comes next is by the keys that were agreed.
    fn change_keys(&mut self, context: &Context) {
        self.encrypted = true;
        self.mac_in_clear = context.mac_in_clear;
        self.before_keys = false;
    }

    /// A fragment by keys that do not encrypt it: messages, all of them, and a MAC. False where it is
    /// something else.
    fn clear_with_mac(
        &mut self,
        content_type: ContentType,
        version: Option<ProtocolVersion>,
        range: &Range<usize>,
        context: &mut Context,
    ) -> bool {
        let Some(mac) = self.mac_in_clear else { return false };
        let own = self.context(context);
        let messages = clear::with_mac(content_type, self.slice(range), mac, own);
        let mut at = range.start;
        for message in &messages {
            agree(message, context);
            if message.changes_keys() {
                self.change_keys(context);
            }
            let own = at..at + message.bytes.len();
            at = own.end;
            self.message(message.clone(), version, vec![own]);
        }
        !messages.is_empty()
    }

    /// Whether a record of this type and of so many bytes is protected. Before any keys there is no
    /// data: what a client sends so early is protected by the keys of an earlier session. In a handshake
    /// before TLS 1.3 that goes on in clear, data is in clear too, and so is what is shorter than what
    /// proves it would be. A ChangeCipherSpec is a byte, and longer where it is protected, as by the
    /// keys before those of a renegotiation.
    fn is_protected(&self, content_type: ContentType, length: usize) -> bool {
        self.encrypted && (content_type != ContentType::change_cipher_spec || length > 1)
            || content_type == ContentType::application_data
                && !self.before_keys
                && length >= LEAST_PROTECTED_DATA
    }

    /// What of a content type is being put together.
    fn pending(&mut self, content_type: ContentType) -> &mut Pending {
        match content_type {
            ContentType::alert => &mut self.alert,
            _ => &mut self.handshake,
        }
    }

    /// Takes the messages that are whole from what was put together.
    fn take_whole(&mut self, content_type: ContentType, context: &mut Context) {
        let waiting = &self.pending(content_type).bytes;
        if whole_length(content_type, waiting).is_none_or(|length| length > waiting.len()) {
            // What was put together so far must not be copied for each record that adds to it.
            return;
        }
        let pending = std::mem::take(self.pending(content_type));
        let mut bytes = pending.bytes.as_slice();
        let mut ranges = pending.ranges;
        while let Some(length) = whole_length(content_type, bytes) {
            let Some((whole, rest)) = bytes.split_at_checked(length) else { break };
            let (own, left) = split_ranges(ranges, length);
            let message = Message::decode(content_type, whole, self.context(context));
            agree(&message, context);
            match message.handshake() {
                Some(Handshake::ClientHello(_)) => self.before_keys = false,
                Some(Handshake::ServerHello(hello)) => {
                    self.before_keys = hello.version().as_tls() <= ProtocolVersion::TLS1_2;
                }
                // None of them is sent in clear in TLS 1.3, nor where a session goes on.
                Some(
                    Handshake::ClientKeyExchange(_)
                    | Handshake::ServerKeyExchange(_)
                    | Handshake::ServerHelloDone(_),
                ) => self.before_keys = true,
                _ => {}
            }
            if whole.first() == Some(&HandshakeType::client_hello.0) {
                self.greeted = random(whole).map(<[u8]>::to_vec);
            }
            self.message(message, pending.version, own);
            (bytes, ranges) = (rest, left);
        }
        *self.pending(content_type) =
            Pending { bytes: bytes.to_vec(), ranges, version: pending.version, interrupted: false };
    }

    /// Messages that will never be whole.
    pub(super) fn flush_tls(&mut self, context: &Context) {
        for content_type in [ContentType::handshake, ContentType::alert] {
            self.flush(content_type, context);
        }
    }

    fn flush(&mut self, content_type: ContentType, context: &Context) {
        let pending = std::mem::take(self.pending(content_type));
        if !pending.bytes.is_empty() {
            let message = Message::decode(content_type, &pending.bytes, self.context(context));
            self.message(message, pending.version, pending.ranges);
        }
    }
}

/// What is noticed of so many bytes of data that nothing protects.
fn before_change(length: usize) -> Remark {
    let expected = "change_cipher_spec before it, and keys that protect it";
    let fault = Fault::Form { expected, found: "bytes in clear" };
    let (kind, reference) = (Kind::Notice, "RFC 5246 7.1");
    Remark { field: "data", range: 0..length, fault, kind, reference }
}

/// What is noticed of data that is too short to be protected.
fn too_short(length: usize) -> Remark {
    let expected = "at least 9 bytes, since data is always protected";
    let fault = Fault::Value { expected, found: length as u64 };
    let (kind, reference) = (Kind::Notice, "RFC 8446 5.1");
    Remark { field: "data", range: 0..length, fault, kind, reference }
}

/// The random bytes of a hello, behind its version.
fn random(hello: &[u8]) -> Option<&[u8]> {
    hello.get(HEADER + 2..HEADER + 34)
}

/// TLS 1.3 has an alert in a record of its own; before it, several might share one, or one be cut: RFC
/// 5246 section 6.2.1.
fn one_alert(length: u16) -> Option<Remark> {
    let found = length.into();
    let odd = length > 0 && usize::from(length) != alert::LENGTH;
    odd.then_some(Remark {
        field: "length",
        range: 3..5,
        fault: Fault::Value { expected: "2 bytes: one alert in a record", found },
        kind: Kind::Notice,
        reference: "RFC 8446 5.1",
    })
}

/// The length of the message that begins here, as soon as its beginning tells.
fn whole_length(content_type: ContentType, bytes: &[u8]) -> Option<usize> {
    match content_type {
        ContentType::alert => (!bytes.is_empty()).then_some(alert::LENGTH),
        _ => claimed_length(bytes),
    }
}

/// Splits ranges behind their first `length` bytes.
fn split_ranges(
    ranges: Vec<Range<usize>>,
    mut length: usize,
) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (mut own, mut left) = (Vec::new(), Vec::new());
    for range in ranges {
        let taken = length.min(range.len());
        length -= taken;
        let (first, second) = (range.start..range.start + taken, range.start + taken..range.end);
        own.extend((!first.is_empty()).then_some(first));
        left.extend((!second.is_empty()).then_some(second));
    }
    (own, left)
}
