//! XMPP: STARTTLS within a stream of XML, RFC 6120 section 5.

use super::{LEAVES, NAME, NO_TLS, NOT_SPOKEN, Turn};

const NAMESPACE: &str = "urn:ietf:params:xml:ns:xmpp-tls";

pub(super) fn turn(said: &[u8]) -> Option<Turn> {
    // Between elements there may be blanks.
    let blanks = said.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    if blanks > 0 {
        return Some(Turn::listen(blanks, []));
    }
    if said.first() != Some(&b'<') {
        return Some(Turn::over(0, [], NOT_SPOKEN));
    }
    let length = tag_length(said)?;
    let tag = String::from_utf8_lossy(said.get(..length).unwrap_or_default());
    let name = name(&tag);
    Some(match name {
        "?xml" => Turn::listen(length, []),
        "stream:stream" => Turn::listen(length, header(&tag)),
        "/stream:stream" => Turn::over(length, "</stream:stream>", LEAVES),
        "starttls" => {
            let end = match tag.ends_with("/>") {
                true => length,
                false => length + tag_length(said.get(length..).unwrap_or_default())?,
            };
            Turn::tls(end, format!("<proceed xmlns='{NAMESPACE}'/>"))
        }
        _ => {
            let error = "<stream:error><policy-violation \
                         xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>\
                         </stream:stream>";
            Turn::over(length, error, NO_TLS)
        }
    })
}

/// The server's header and what it can, RFC 6120 sections 4.2 and 5.4.1; servers speak to each
/// other in a namespace of their own.
fn header(tag: &str) -> String {
    let of = if tag.contains("jabber:server") { "jabber:server" } else { "jabber:client" };
    format!(
        "<?xml version='1.0'?><stream:stream xmlns='{of}' \
         xmlns:stream='http://etherx.jabber.org/streams' id='1' from='{NAME}' version='1.0'>\
         <stream:features><starttls xmlns='{NAMESPACE}'><required/></starttls>\
         </stream:features>"
    )
}

/// The name of an element, with its slash where the tag ends it.
fn name(tag: &str) -> &str {
    let inside = tag.trim_start_matches('<');
    let end = |c: char| c.is_whitespace() || c == '>';
    let name = inside.split(end).next().unwrap_or_default();
    name.strip_suffix('/').unwrap_or(name)
}

/// The bytes of the tag that begins here: up to its bracket outside of quotes.
fn tag_length(bytes: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, &byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::{Dialogue, Protocol, State};
    use super::*;

    const OPEN: &str = "<?xml version='1.0'?>\n<stream:stream to=\"a>b\" xmlns='jabber:client' \
                        xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

    fn answer(dialogue: &mut Dialogue, said: &str) -> String {
        String::from_utf8(dialogue.receive(said.as_bytes())).unwrap()
    }

    #[test]
    fn a_stream_is_opened_and_tls_proceeds() {
        for word in [
            "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
            "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'></starttls>",
            "<starttls/>",
        ] {
            let (mut dialogue, greeting) = Dialogue::begin(Protocol::Xmpp);
            assert_eq!(greeting, b"");
            let opened = answer(&mut dialogue, OPEN);
            assert!(opened.contains("xmlns='jabber:client'") && opened.contains("<starttls "));
            let said = format!("\n{word}\x16\x03\x01");
            let proceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
            assert_eq!(answer(&mut dialogue, &said), proceed);
            let length = OPEN.len() + 1 + word.len();
            assert_eq!((dialogue.state(), dialogue.length()), (State::Tls, length), "{word}");
        }
    }

    #[test]
    fn servers_are_spoken_to_in_their_namespace() {
        let (mut dialogue, _) = Dialogue::begin(Protocol::Xmpp);
        let opened = answer(&mut dialogue, "<stream:stream xmlns='jabber:server'>");
        assert!(opened.contains("xmlns='jabber:server'"), "{opened}");
    }

    #[test]
    fn who_does_without_tls_is_told() {
        for (said, why) in [
            ("<auth mechanism='PLAIN'>AGE=</auth>", NO_TLS),
            ("</stream:stream>", LEAVES),
            ("GET / HTTP/1.1", NOT_SPOKEN),
        ] {
            let (mut dialogue, _) = Dialogue::begin(Protocol::Xmpp);
            answer(&mut dialogue, said);
            assert_eq!(dialogue.state(), State::Over(why), "{said}");
        }
    }
}
