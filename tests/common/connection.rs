//! A connection with nothing to notice but what a test changes in it, and what is noticed then.

use helloscope::names::{
    CipherSuite, CompressionMethod, ContentType, HandshakeType, NamedGroup, ProtocolVersion,
};
use helloscope::transcript::{Recorder, Side, Source, Transcript};
use helloscope::wire::extension::{Block, ClientExtension, KeyShareEntry, ServerExtension};
use helloscope::wire::fault::{Kind, Remark};
use helloscope::wire::grammar::{Codes, Context, Fixed, Opaque};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::handshake::client_hello::ClientHello;
use helloscope::wire::handshake::random::Random;
use helloscope::wire::handshake::server_hello::ServerHello;
use helloscope::wire::record::records;
use helloscope::wire::stream::Message;
use p256::elliptic_curve::sec1::ToEncodedPoint;

/// The hello of OpenSSL 3.0 without the versions that must not be offered any more: it has nothing to
/// notice but what it really offers.
pub fn hello() -> ClientHello {
    let record = std::fs::read(super::path("testdata/hellos/openssl-3.0.19-s_client.bin")).unwrap();
    let mut hello = match Handshake::decode(&record[5..], Context::default()) {
        Ok(Handshake::ClientHello(hello)) => hello,
        other => panic!("{other:?}"),
    };
    for extension in &mut hello.extensions.as_mut().unwrap().0 {
        if let ClientExtension::SupportedVersions(versions) = extension {
            *versions = Codes::new(vec![ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2]);
        }
    }
    hello
}

/// An answer in TLS 1.2 with nothing to notice.
pub fn tls12() -> ServerHello {
    ServerHello {
        legacy_version: ProtocolVersion::TLS1_2,
        random: Random(Fixed([7; 32])),
        legacy_session_id_echo: Opaque::new(vec![]),
        cipher_suite: CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        legacy_compression_method: CompressionMethod::null,
        extensions: Some(Block(vec![ServerExtension::RenegotiationInfo(Opaque::new(vec![]))])),
    }
}

/// An answer in TLS 1.3 with nothing to notice.
pub fn tls13() -> ServerHello {
    let key_exchange = Opaque::new(vec![4; 32]);
    ServerHello {
        cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
        legacy_session_id_echo: hello().legacy_session_id,
        extensions: Some(Block(vec![
            ServerExtension::SupportedVersions(ProtocolVersion::TLS1_3),
            ServerExtension::KeyShare(KeyShareEntry { group: NamedGroup::x25519, key_exchange }),
        ])),
        ..tls12()
    }
}

/// The transcript of a connection in which this was said, a record each; what is protected in TLS 1.3, as
/// a log shows it.
pub fn transcript(said: Vec<(Side, Handshake)>) -> Transcript {
    let mut recorder = Recorder::default();
    let mut is_protected = false;
    for (from, message) in said {
        let (version, bytes) = (ProtocolVersion::TLS1_2, message.to_bytes());
        match message {
            Handshake::ServerHello(hello) => is_protected = hello.version().is_tls13(),
            Handshake::ClientHello(_) => is_protected = false,
            _ => {}
        }
        if is_protected && bytes[0] != HandshakeType::server_hello.0 {
            let context = Context { sender: Some(from), ..recorder.context() };
            recorder.push_message(from, Message::decode(ContentType::handshake, &bytes, context));
        } else {
            recorder.push(from, None, &records(ContentType::handshake, version, &bytes, &[]));
        }
    }
    recorder.finish(Source::default(), None)
}

/// The remarks on what both sides said, all of them notices.
pub fn remarks(said: Vec<(Side, Handshake)>) -> Vec<Remark> {
    let transcript = transcript(said);
    let mut found = Vec::new();
    for (_, message) in transcript.messages() {
        let beneath = message.tree.beneath.iter().map(|it| (&it.tree, it.bytes.len()));
        for (tree, length) in std::iter::once((&*message.tree, message.bytes.len())).chain(beneath)
        {
            for remark in &tree.remarks {
                assert_eq!(remark.kind, Kind::Notice, "{remark}");
                assert!(remark.range.end <= length);
                found.push(remark.clone());
            }
        }
    }
    found
}

/// What is noticed of a hello and its answers, each as field and what was found.
pub fn notices(hello: ClientHello, answers: Vec<Handshake>) -> Vec<(String, String)> {
    let answers = answers.into_iter().map(|answer| (Side::Server, answer));
    let said = std::iter::once((Side::Client, Handshake::ClientHello(hello))).chain(answers);
    let remarks = remarks(said.collect());
    remarks.iter().map(|remark| (remark.field.to_owned(), remark.fault.found())).collect()
}

/// A key on P-256 or on P-384, in the form of SEC 1 section 2.3.3; none on others.
pub fn point(curve: NamedGroup, compressed: bool) -> Vec<u8> {
    match curve {
        NamedGroup::secp256r1 => {
            let key = p256::SecretKey::from_slice(&[7; 32]).unwrap().public_key();
            key.to_encoded_point(compressed).as_bytes().to_vec()
        }
        NamedGroup::secp384r1 => {
            let key = p384::SecretKey::from_slice(&[7; 48]).unwrap().public_key();
            key.to_encoded_point(compressed).as_bytes().to_vec()
        }
        _ => panic!("{curve}"),
    }
}
