//! Where a name stands more than once in a message, as those of extensions and of items in lists
//! do, a remark stands at the one that it is about.

mod common;

use common::connection::{hello, tls12, tls13, transcript};
use helloscope::names::{ExtensionType, NamedGroup};
use helloscope::transcript::Side;
use helloscope::wire::extension::{
    Block, ClientExtension, EncryptedExtension, EntryExtension, Extension, ServerExtension,
};
use helloscope::wire::grammar::{List, Opaque};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::handshake::certificate::{Asn1Cert, Certificate13, CertificateEntry};
use helloscope::wire::handshake::client_hello::ClientHello;
use helloscope::wire::handshake::encrypted_extensions::EncryptedExtensions;
use helloscope::wire::handshake::server_hello::ServerHello;

/// What is said of the last of these messages: the field, what was found, and the bytes at which it
/// is said.
fn said(said: Vec<(Side, Handshake)>) -> Vec<(&'static str, String, Vec<u8>)> {
    let transcript = transcript(said);
    let (_, message) = transcript.messages().last().unwrap();
    let remarks = message.tree.remarks.iter();
    remarks
        .map(|it| (it.field, it.fault.found(), message.bytes[it.range.clone()].to_vec()))
        .collect()
}

fn client(change: impl FnOnce(&mut ClientHello)) -> (Side, Handshake) {
    let mut hello = hello();
    change(&mut hello);
    (Side::Client, Handshake::ClientHello(hello))
}

fn server(answer: ServerHello, more: Vec<ServerExtension>) -> (Side, Handshake) {
    let mut answer = answer;
    answer.extensions.as_mut().unwrap().0.extend(more);
    (Side::Server, Handshake::ServerHello(answer))
}

fn raw<E: Extension>(extension_type: u16, data: &[u8]) -> E {
    E::from_data(ExtensionType(extension_type), data)
}

/// The bytes of an extension.
fn bytes(extension_type: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&extension_type.to_be_bytes()[..], &length.to_be_bytes(), data].concat()
}

const UNASKED: &str = "one that was not asked for";

#[test]
fn of_two_extensions_without_a_name_the_one_that_was_not_asked_for() {
    let asked = client(|hello| {
        hello.extensions.as_mut().unwrap().0.push(raw(0x1234, &[]));
    });
    let answer = server(tls12(), vec![raw(0x1234, &[]), raw(0x1235, &[])]);
    let found = said(vec![asked, answer]);
    assert_eq!(found, [("unknown", UNASKED.to_owned(), bytes(0x1235, &[]))]);
}

#[test]
fn each_of_two_values_of_grease() {
    let answer = server(tls12(), vec![raw(0x1a1a, &[]), raw(0x2a2a, &[])]);
    let found = said(vec![client(|_| {}), answer]);
    let places: Vec<&[u8]> = found.iter().map(|(_, _, place)| &place[..]).collect();
    assert_eq!(places, [&bytes(0x1a1a, &[])[..], &bytes(0x2a2a, &[])]);
}

#[test]
fn the_name_that_ends_with_a_dot() {
    let names = b"\0\x0e\0\0\x04ok.x\0\0\x04bad.";
    let mut hello = client(|hello| {
        let server_name = ExtensionType::server_name;
        let block = hello.extensions.as_mut().unwrap();
        block.0.retain(|one| one.extension_type() != server_name);
        block.0.push(ClientExtension::from_data(server_name, names));
    });
    let found = said(vec![hello.clone()]);
    let dot = found.iter().find(|(_, found, _)| found == "one with it").unwrap();
    assert_eq!((dot.0, &dot.2[..]), ("host_name", &b"\0\x04bad."[..]));

    // An extension of the same type that cannot be read does not count as one.
    let Handshake::ClientHello(own) = &mut hello.1 else { panic!("{hello:?}") };
    own.extensions.as_mut().unwrap().0.insert(0, raw(0, b"\0\x09\0\0\x04"));
    let found = said(vec![hello]);
    let dot = found.iter().find(|(_, found, _)| found == "one with it").unwrap();
    assert_eq!((dot.0, &dot.2[..]), ("host_name", &b"\0\x04bad."[..]));
}

#[test]
fn the_protocol_that_was_not_offered() {
    let alpn = |name: &[u8]| {
        let data = [&[0, 3, 2][..], name].concat();
        (raw::<EncryptedExtension>(16, &data), bytes(16, &data))
    };
    let asked = client(|hello| {
        hello.extensions.as_mut().unwrap().0.push(raw(16, b"\0\x03\x02h2"));
    });
    let (first, second) = (alpn(b"h2"), alpn(b"h3"));
    let answers = EncryptedExtensions { extensions: Block(vec![first.0, second.0]) };
    let answers = (Side::Server, Handshake::EncryptedExtensions(answers));
    let found = said(vec![asked, server(tls13(), vec![]), answers]);
    let place = second.1;
    assert_eq!(
        found,
        [
            ("application_layer_protocol_negotiation", "a second one".to_owned(), place.clone()),
            ("application_layer_protocol_negotiation", "one that was not".to_owned(), place),
        ]
    );
}

#[test]
fn the_key_of_a_group_that_was_not_offered() {
    let key = |group: NamedGroup, length: usize| {
        let length = u16::try_from(length).unwrap();
        let key = vec![7; length.into()];
        [&group.0.to_be_bytes()[..], &length.to_be_bytes(), &key].concat()
    };
    let shares = [key(NamedGroup::x25519, 32), key(NamedGroup(0x4321), 3)];
    let list = shares.concat();
    let data = [&u16::try_from(list.len()).unwrap().to_be_bytes()[..], &list].concat();
    let found = said(vec![client(|hello| {
        let block = hello.extensions.as_mut().unwrap();
        block.0.retain(|one| one.extension_type() != ExtensionType::key_share);
        block.0.push(raw(51, &data));
    })]);
    assert_eq!(found, [("key_share", "one of another group".to_owned(), shares[1].clone())]);
}

#[test]
fn the_extension_of_a_second_certificate() {
    // Certificates have extensions too, which are others.
    let der = std::fs::read(common::path("testdata/certificates/ecdsa-p256.der")).unwrap();
    let entry = |extensions: Vec<EntryExtension>| CertificateEntry {
        cert_data: Asn1Cert(der.clone()),
        extensions: Block(extensions),
    };
    let certificate = Certificate13 {
        certificate_request_context: Opaque::new(vec![]),
        certificate_list: List::new(vec![entry(vec![]), entry(vec![raw(0x1234, &[])])]),
    };
    let certificate = (Side::Server, Handshake::Certificate13(certificate));
    let found = said(vec![client(|_| {}), server(tls13(), vec![]), certificate]);
    let found: Vec<_> = found.into_iter().filter(|(_, found, _)| found == UNASKED).collect();
    assert_eq!(found, [("unknown", UNASKED.to_owned(), bytes(0x1234, &[]))]);
}
