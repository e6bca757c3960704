//! What must hold for any bytes whatever, for fuzzers and for the tests that replay their finds.
//!
//! Each function takes the bytes that a fuzzer made up and panics, with the reason, where a law
//! of [`wire`](crate::wire) is broken:
//! - the leaves of a tree cover the input exactly once, and each can be put into words;
//! - a value without a tree is the value that comes with one;
//! - a message that decoded encodes back to its bytes, and one that did not has a remark;
//! - an extension comes back from its form in a spec file, and means the same alone;
//! - a stream says the same however it was cut on its way.

#![allow(clippy::panic, reason = "a broken law is what a fuzzer looks for")]

mod hello;

use std::fmt;

pub use hello::spec;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::capture;
use crate::names::{CertificateType, CipherSuite, ProtocolVersion};
use crate::transcript::Event;
use crate::wire::der::{Der, Schema};
use crate::wire::extension::{
    ClientExtension, EncryptedExtension, EntryExtension, Extension, HelloRetryExtension,
    RequestExtension, ServerExtension, TicketExtension,
};
use crate::wire::fault::Kind;
use crate::wire::field::Tree;
use crate::wire::grammar::{Context, List, Reader, Sequence, Wire};
use crate::wire::handshake::certificate::{Asn1Cert, Certificate};
use crate::wire::handshake::{DTLS_HEADER, HEADER, Handshake};
use crate::wire::limits::{DECOMPRESSED_RATIO, STREAM};
use crate::wire::sct::SignedCertificateTimestampList;
use crate::wire::side::Side;
use crate::wire::stream::{self, Body, Framing, Header, Message, Stream, Unit};
use crate::wire::{ocsp, x509};

/// One side of a connection, from its first byte.
pub fn records(bytes: &[u8]) {
    let (units, context) = read_stream([bytes]);
    stream_holds(&units, bytes.len());
    let mut cut = vec![read_stream(pieces(bytes))];
    if bytes.len() <= SHORT {
        cut.push(read_stream(bytes.chunks(1)));
    }
    for in_pieces in cut {
        assert_eq!(context, in_pieces.1, "pieces agree on something else");
        assert_eq!(units.len(), in_pieces.0.len(), "pieces give another number of units");
        for (whole, piecewise) in units.iter().zip(&in_pieces.0) {
            same_unit(whole, piecewise);
        }
    }
}

/// A stream that is no longer is also read byte by byte.
const SHORT: usize = 256;

/// Both sides of a connection over datagrams, as `both_sides` reads them.
pub fn datagrams(bytes: &[u8]) {
    both_sides(bytes, Context::default(), Stream::push_datagram);
}

/// Both sides of a connection of SSL 2.0, as `both_sides` reads them.
pub fn ssl2(bytes: &[u8]) {
    let context = Context::of(Some(ProtocolVersion::SSL2_0), None);
    both_sides(bytes, context, Stream::push);
}

/// Both sides of a connection in pieces. Before each stand two bytes: the highest bit says that it
/// is the server's, the others how long it is.
fn both_sides(bytes: &[u8], mut context: Context, push: fn(&mut Stream, &[u8])) {
    let mut client = (Stream::of(Side::Client), Vec::new());
    let mut server = (Stream::of(Side::Server), Vec::new());
    let mut rest = bytes;
    while let [high, low, behind @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([high & 0x7f, *low]));
        let (piece, behind) = behind.split_at(length.min(behind.len()));
        rest = behind;
        let (stream, units) = if high & 0x80 == 0 { &mut client } else { &mut server };
        push(stream, piece);
        units.extend(std::iter::from_fn(|| stream.next(&mut context)));
    }
    for (mut stream, mut units) in [client, server] {
        units.extend(stream.finish(&mut context));
        stream_holds(&units, stream.bytes().len());
    }
}

/// A handshake message: the first byte chooses the version that was agreed, the second the cipher
/// suite, the rest is the message.
pub fn handshake(bytes: &[u8]) {
    let [version, suite, message @ ..] = bytes else { return };
    let version = choose(VERSIONS, *version);
    let datagram = version.is_some_and(|version| version.0 >> 8 == 0xfe);
    // Half of them agreed on keys instead of certificates.
    let raw_key = (*suite >= 0x80).then_some(CertificateType::RawPublicKey);
    let context = Context {
        datagram,
        sender: raw_key.map(|_| Side::Server),
        server_certificate_type: raw_key,
        ..Context::of(version, choose(SUITES, *suite & 0x7f))
    };

    let mut r = Reader::<Tree>::new(message, context);
    let value = Handshake::read(&mut r);
    let end = r.at();
    let tree = r.finish();
    tiles(&tree, message);

    let mut bare = Reader::<()>::new(message, context);
    assert_eq!(Handshake::read(&mut bare), value, "the value hangs on whether there is a tree");
    assert_eq!(bare.at(), end, "how far reading goes hangs on whether there is a tree");
    match value {
        Ok(value) => {
            comes_back(&value, message.get(..end).unwrap_or_default());
            has_a_spec(&value);
        }
        Err(remark) => assert!(!tree.remarks.is_empty(), "no word in the tree of: {remark}"),
    }
}

/// Extensions, one behind the other: the first byte chooses the kind of message.
pub fn extensions(bytes: &[u8]) {
    let [message, extensions @ ..] = bytes else { return };
    match message % 7 {
        0 => block::<ClientExtension>(extensions),
        1 => block::<ServerExtension>(extensions),
        2 => block::<EncryptedExtension>(extensions),
        3 => block::<HelloRetryExtension>(extensions),
        4 => block::<RequestExtension>(extensions),
        5 => block::<EntryExtension>(extensions),
        _ => block::<TicketExtension>(extensions),
    }
}

fn block<E: Extension + Clone + PartialEq + fmt::Debug + Serialize + DeserializeOwned>(
    bytes: &[u8],
) {
    let context = Context::default();
    let mut r = Reader::<Tree>::new(bytes, context);
    let value = Sequence::<E>::read(&mut r, "extensions");
    let tree = r.finish();
    tiles(&tree, bytes);
    assert_eq!(Sequence::<E>::decode(bytes, context), value, "the value hangs on a tree");
    let of_form = tree.remarks.iter().any(|remark| remark.kind == Kind::Form);
    match value {
        Ok(Sequence(extensions)) => {
            assert_eq!(Sequence(extensions.clone()).to_bytes(), bytes, "other bytes came back");
            for extension in &extensions {
                let again = E::from_data(extension.extension_type(), &extension.data());
                assert_eq!(again, *extension, "the same bytes are something else alone");
                comes_back_from_its_spec(extension);
            }
        }
        Err(remark) => assert!(of_form, "no word of: {remark}"),
    }
}

fn comes_back_from_its_spec<T>(value: &T)
where
    T: PartialEq + fmt::Debug + Serialize + DeserializeOwned,
{
    let spec = match serde_json::to_value(value) {
        Ok(spec) => spec,
        Err(error) => panic!("a value without a spec: {error}"),
    };
    match serde_json::from_value(spec) {
        Ok(again) => assert_eq!(*value, again, "a value came back from its spec as another"),
        Err(error) => panic!("a spec that cannot be read: {error}"),
    }
}

/// A certificate, a name, or any element of DER.
pub fn der(bytes: &[u8]) {
    let kinds: [fn(&mut Reader<'_, Tree>); 3] =
        [x509::certificate, x509::name, |r| Der::new(r).element("element", &Schema::Any)];
    for read in kinds {
        let mut r = Reader::<Tree>::new(bytes, Context::default());
        read(&mut r);
        tiles(&r.finish(), bytes);
    }
}

/// A certificate: its tree tiles, no notice comes where it is cut off, and the time it is good
/// for is told by the same bytes with or without a tree.
pub fn certificate(bytes: &[u8]) {
    let mut r = Reader::<Tree>::new(bytes, Context::default());
    x509::certificate(&mut r);
    let end = r.at();
    tiles(&r.finish(), bytes);
    let mut bare = Reader::<()>::new(bytes, Context::default());
    x509::certificate(&mut bare);
    assert_eq!(bare.at(), end, "how far reading goes hangs on whether there is a tree");
    let _ = x509::validity(bytes);
    as_message(bytes);
}

/// An OCSP response, a request, a ResponderID, Extensions, or a list of timestamps.
pub fn ocsp(bytes: &[u8]) {
    let kinds: [fn(&mut Reader<'_, Tree>); 4] =
        [ocsp::response, ocsp::request, ocsp::responder_id, ocsp::extensions];
    for read in kinds {
        let mut r = Reader::<Tree>::new(bytes, Context::default());
        read(&mut r);
        tiles(&r.finish(), bytes);
    }
    let mut r = Reader::<Tree>::new(bytes, Context::default());
    let list = SignedCertificateTimestampList::read(&mut r, "sct_list");
    let end = r.at();
    let tree = r.finish();
    tiles(&tree, bytes);
    match list {
        Ok(list) => {
            let read = bytes.get(..end).unwrap_or_default();
            assert_eq!(list.to_bytes(), read, "timestamps came back as other bytes");
            for sct in &list.0.0 {
                if let Ok(timestamp) = sct.timestamp() {
                    assert_eq!(timestamp.to_bytes(), sct.0, "a timestamp came back as other bytes");
                }
            }
        }
        Err(remark) => assert!(!tree.remarks.is_empty(), "no word in the tree of: {remark}"),
    }
}

/// The bytes as the one certificate of a message, which must decode whatever stands in them.
fn as_message(bytes: &[u8]) {
    let certificate = Asn1Cert(bytes.to_vec());
    let chain = Certificate { certificate_list: List::new(vec![certificate]) };
    let message = Handshake::Certificate(chain);
    let bytes = message.to_bytes();
    let context = Context::of(Some(ProtocolVersion::TLS1_2), None);
    let mut r = Reader::<Tree>::new(&bytes, context);
    let value = Handshake::read(&mut r);
    tiles(&r.finish(), &bytes);
    assert_eq!(value, Ok(message), "a certificate kept its message from being read");
}

/// A file, above all the log of `openssl s_client -msg`.
pub fn msg_log(bytes: &[u8]) {
    if let Ok(transcript) = capture::read("made up", bytes) {
        events_hold(&transcript.events);
    }
}

fn events_hold(events: &[Event]) {
    for event in events {
        match &event.unit {
            Unit::Header(header) => tiles(&header.tree, &header.bytes),
            Unit::Message(message) => tiles(&message.tree, &message.bytes),
        }
    }
}

/// A file of captured packets: what its flows hold is no more than what stands in it, each piece has
/// its place, and what comes of it holds as what comes of any stream.
pub fn pcap(bytes: &[u8]) {
    let _ = capture::first_hello(bytes, None);
    if let Ok(read) = capture::flows(bytes) {
        let mut kept = 0;
        for flow in &read.flows {
            for side in [Side::Client, Side::Server] {
                let pieces = flow.pieces.iter().filter(|piece| piece.from == side);
                let end = pieces.fold(0, |end, piece| {
                    assert_eq!(piece.range.start, end, "a piece that does not follow the last");
                    piece.range.end
                });
                assert_eq!(end, flow.bytes(side).len(), "bytes of no piece");
                assert!(end <= STREAM, "{end} bytes of one side");
                kept += end;
            }
            assert!(flow.remarks.len() <= 12, "remarks without end: {:?}", flow.remarks);
        }
        assert!(kept <= bytes.len(), "{kept} bytes out of {}", bytes.len());
        assert!(read.flows.len() <= read.packets, "more flows than packets");
    }
    let Ok(found) = capture::connections("made up", bytes, None) else { return };
    for connection in &found.list {
        events_hold(&connection.transcript.events);
    }
}

/// Versions on which the form of a message hangs.
const VERSIONS: &[ProtocolVersion] = &[
    ProtocolVersion::SSL3_0,
    ProtocolVersion::TLS1_0,
    ProtocolVersion::TLS1_1,
    ProtocolVersion::TLS1_2,
    ProtocolVersion::TLS1_3,
    ProtocolVersion(0x7f1c),
    ProtocolVersion::DTLS1_0,
    ProtocolVersion::DTLS1_2,
    ProtocolVersion::DTLS1_3,
];

/// A suite of each kind of key exchange, in the order: RSA, DHE, DH_anon, ECDHE, ECDH_anon, PSK,
/// RSA_EXPORT, TLS 1.3, DHE_PSK, ECDHE_PSK, RSA_PSK, SRP alone and with RSA, KRB5.
const SUITES: &[CipherSuite] = &[
    CipherSuite(0x002f),
    CipherSuite(0x0033),
    CipherSuite(0x0034),
    CipherSuite(0xc02f),
    CipherSuite(0xc018),
    CipherSuite(0x008c),
    CipherSuite(0x0003),
    CipherSuite(0x1301),
    CipherSuite(0x0090),
    CipherSuite(0xc035),
    CipherSuite(0x0094),
    CipherSuite(0xc01d),
    CipherSuite(0xc01e),
    CipherSuite(0x001f),
];

/// The byte's choice; 0 and what is out of range choose nothing.
fn choose<T: Copy>(choices: &[T], byte: u8) -> Option<T> {
    usize::from(byte).checked_sub(1).and_then(|index| choices.get(index)).copied()
}

fn tiles(tree: &Tree, bytes: &[u8]) {
    if let Err(reason) = tree.check_tiling(bytes.len()) {
        panic!("the tree: {reason}");
    }
    put_into_words(tree, bytes);
}

/// Memory is a small multiple of the input, whatever stands in it.
fn is_small(tree: &Tree, length: usize) {
    let (fields, remarks) = (tree.fields.len(), tree.remarks.len());
    assert!(fields <= 4 * length + 32, "{fields} fields for {length} bytes");
    assert!(remarks <= 2 * length + 32, "{remarks} remarks for {length} bytes");
    for beneath in &tree.beneath {
        let most = DECOMPRESSED_RATIO * length;
        assert!(beneath.bytes.len() <= most, "{} bytes beneath {length}", beneath.bytes.len());
        tiles(&beneath.tree, &beneath.bytes);
    }
}

fn put_into_words(tree: &Tree, bytes: &[u8]) {
    is_small(tree, bytes.len());
    for leaf in tree.leaves() {
        let words = leaf.words(bytes).unwrap_or_default();
        assert!(!words.contains(char::is_control), "{} prints as {words:?}", leaf.name);
    }
    for remark in &tree.remarks {
        assert!(remark.range.end <= bytes.len(), "a remark on bytes that are not there: {remark}");
    }
}

/// What holds for the units of any stream.
fn stream_holds(units: &[Unit], length: usize) {
    if let Err(reason) = stream::check_tiling(units, length) {
        panic!("the stream: {reason}");
    }
    for unit in units {
        match unit {
            Unit::Header(header) => {
                put_into_words(&header.tree, &header.bytes);
                header_comes_back(header);
            }
            Unit::Message(message) => {
                put_into_words(&message.tree, &message.bytes);
                message_comes_back(message);
            }
        }
    }
}

fn header_comes_back(header: &Header) {
    let mut out = Vec::new();
    match &header.framing {
        Framing::Tls(header) => header.write(&mut out),
        Framing::Ssl2(header) => header.write(&mut out),
        Framing::Dtls(header) => header.write(&mut out),
        Framing::Cid(header) => header.write(&mut out),
        Framing::Unified(header) => header.write(&mut out),
        Framing::Inner | Framing::Cut => return,
    }
    assert_eq!(out[..], header.bytes[..], "a header came back as other bytes");
}

fn message_comes_back(message: &Message) {
    match &message.body {
        // The header of DTLS says how the first part was cut, which is nothing of the message's.
        Body::Handshake(handshake) if message.length > message.bytes.len() => {
            panic!("a message of {} bytes is whole: {handshake:?}", message.bytes.len())
        }
        Body::Handshake(handshake) => {
            let body = handshake.body_bytes();
            let own = message.without_mac();
            assert!(own.ends_with(&body), "a message came back as other bytes");
            let header = own.len() - body.len();
            assert!(header == HEADER || header == DTLS_HEADER, "a header of {header} bytes");
        }
        Body::Ssl2(ssl2) => {
            // Behind it stands what fills its record up.
            let padding = message.tree.leaves().find(|leaf| leaf.name == "padding");
            let own = padding.map_or(message.bytes.len(), |padding| padding.start());
            let bytes = message.bytes.get(..own);
            assert_eq!(Some(&*ssl2.to_bytes()), bytes, "a message came back as other bytes");
        }
        Body::Alert(alert) => {
            assert!(message.bytes.starts_with(&alert.to_bytes()));
        }
        Body::ReturnRoutabilityCheck(check) => {
            assert!(message.bytes.starts_with(&check.to_bytes()));
        }
        Body::Ack(ack) => assert!(message.bytes.starts_with(&ack.to_bytes())),
        _ => {}
    }
}

fn comes_back(value: &Handshake, bytes: &[u8]) {
    assert!(bytes.ends_with(&value.body_bytes()), "a message came back as other bytes");
}

/// A ClientHello is data: what is written in a spec file is read from it again.
fn has_a_spec(value: &Handshake) {
    let Handshake::ClientHello(hello) = value else { return };
    comes_back_from_its_spec(hello);
}

fn read_stream<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Unit>, Context) {
    let (mut stream, mut context, mut units) = (Stream::default(), Context::default(), Vec::new());
    for piece in pieces {
        stream.push(piece);
        while let Some(unit) = stream.next(&mut context) {
            units.push(unit);
        }
    }
    units.extend(stream.finish(&mut context));
    (units, context)
}

/// The input in pieces: each as long as its own first byte says, and never empty.
fn pieces(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let length = usize::from(*rest.first()?).max(1);
        let (piece, behind) = rest.split_at(length.min(rest.len()));
        rest = behind;
        Some(piece)
    })
}

fn same_unit(one: &Unit, other: &Unit) {
    match (one, other) {
        (Unit::Header(one), Unit::Header(other)) => {
            assert_eq!((&one.range, &one.bytes), (&other.range, &other.bytes));
            assert_eq!(one.framing, other.framing);
            same_tree(&one.tree, &other.tree);
        }
        (Unit::Message(one), Unit::Message(other)) => {
            assert_eq!(one.body, other.body);
            assert_eq!((&one.bytes, &one.ranges), (&other.bytes, &other.ranges));
            assert_eq!(one.content_type, other.content_type);
            assert_eq!(one.record_version, other.record_version);
            same_tree(&one.tree, &other.tree);
        }
        _ => panic!("pieces give units in another order: {one:?}, {other:?}"),
    }
}

fn same_tree(one: &Tree, other: &Tree) {
    let fields = |tree: &Tree| -> Vec<_> {
        let fields = tree.fields.iter().enumerate();
        fields.map(|(index, field)| (field.name, field.range(), tree.missing(index))).collect()
    };
    assert_eq!(fields(one), fields(other));
    assert_eq!(one.remarks, other.remarks);
}
