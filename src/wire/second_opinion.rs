//! A second opinion: what tls-parser, on which real intrusion detection stands, makes of the same
//! hello. Where it reads something else, a server may too.

use tls_parser::{TlsMessage, TlsMessageHandshake, parse_tls_message_handshake};

use super::extension::Extension;
use super::handshake::client_hello::ClientHello;

/// Where tls-parser reads a ClientHello (the message with its header) otherwise than we do, a
/// line a difference. Nothing where both agree.
pub fn client_hello(message: &[u8], ours: &ClientHello) -> Vec<String> {
    let Ok((rest, TlsMessage::Handshake(TlsMessageHandshake::ClientHello(theirs)))) =
        parse_tls_message_handshake(message)
    else {
        return vec!["tls-parser does not read it as a ClientHello".to_owned()];
    };
    let mut differences = Vec::new();
    let mut differs = |what: &str, same: bool| {
        if !same {
            differences.push(format!("tls-parser reads another {what}"));
        }
    };
    differs("length", rest.is_empty());
    differs("legacy_version", theirs.version.0 == ours.legacy_version.0);
    differs("random", theirs.random == ours.random.0.0);
    differs(
        "legacy_session_id",
        theirs.session_id.unwrap_or_default() == &ours.legacy_session_id.0[..],
    );
    let suites = theirs.ciphers.iter().map(|suite| suite.0);
    differs("list of cipher suites", suites.eq(ours.cipher_suites.0.iter().map(|suite| suite.0)));
    let methods = theirs.comp.iter().map(|method| method.0);
    let our_methods = ours.legacy_compression_methods.0.iter().map(|method| method.0);
    differs("list of compression methods", methods.eq(our_methods));
    // Its own parsers of extensions drop what they do not know, so that their bytes are compared.
    let mut block = Vec::new();
    for extension in ours.extensions() {
        let (kind, data) = (extension.extension_type().0, extension.data());
        let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
        block.extend([kind.to_be_bytes(), length.to_be_bytes()].concat());
        block.extend(data);
    }
    differs("block of extensions", theirs.ext.unwrap_or_default() == block);
    differences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::grammar::{Context, Wire};
    use crate::wire::handshake::Handshake;

    fn opinion(message: &[u8]) -> Vec<String> {
        match Handshake::decode(message, Context::default()) {
            Ok(Handshake::ClientHello(ours)) => client_hello(message, &ours),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn both_read_every_recorded_hello_the_same() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/hellos");
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "bin") {
                let record = std::fs::read(&path).unwrap();
                assert_eq!(opinion(&record[5..]), [""; 0], "{path:?}");
            }
        }
    }

    #[test]
    fn where_it_reads_something_else_that_is_told() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/hellos/openssl-1.0.1e.bin");
        let record = std::fs::read(path).unwrap();
        let Ok(Handshake::ClientHello(mut other)) =
            Handshake::decode(&record[5..], Context::default())
        else {
            panic!("a hello")
        };
        other.cipher_suites.0.reverse();
        let told = client_hello(&record[5..], &other);
        assert_eq!(told, ["tls-parser reads another list of cipher suites"]);
        assert_eq!(other.to_bytes().len() + 9, record.len());
        // It takes no session id of more than 32 bytes; we show what is there.
        let mut long = other.clone();
        long.legacy_session_id.0 = vec![0; 33].into();
        let message = Handshake::ClientHello(long.clone()).to_bytes();
        assert_eq!(client_hello(&message, &long), ["tls-parser does not read it as a ClientHello"]);
    }
}
