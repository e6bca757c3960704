//! What a spec says of a message that was sent: in types, where these say it to the byte, if need
//! be with a length in its header that is not the true one (RFC 8446 section 4), and with the body
//! of an extension in bytes where that is not of its form (section 4.2).

use super::no_hello::NoHello;
use crate::names::{Code, ExtensionType};
use crate::wire::extension::{Block, ClientExtension, Extension};
use crate::wire::grammar::{Context, Rest, peek};
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::{DTLS_HEADER, Handshake};

/// What a spec says of a message.
pub(super) struct Said {
    pub hello: ClientHello,
    pub handshake_length: Option<u32>,
    pub raw: Option<Rest>,
}

impl Said {
    /// The message of this body in types, whose header claims this length.
    pub fn typed(body: &[u8], claimed: u32, is_datagram: bool) -> Option<Said> {
        let length = u32::try_from(body.len()).ok()?;
        let hello = hello_of(body, is_datagram).or_else(|| by_extensions(body, is_datagram))?;
        let handshake_length = (claimed != length).then_some(claimed);
        Some(Said { hello, handshake_length, raw: None })
    }

    /// The same of a message of TLS with its header.
    pub fn of_tls(message: &[u8]) -> Option<Said> {
        let (&[1, high, middle, low], body) = message.split_first_chunk()? else { return None };
        Said::typed(body, u32::from_be_bytes([0, high, middle, low]), false)
    }
}

/// A hello of this body, where types say all of it to the byte.
fn hello_of(body: &[u8], is_datagram: bool) -> Option<ClientHello> {
    let message = with_header(body, is_datagram)?;
    let context = Context { datagram: is_datagram, ..Context::default() };
    let hello = client_hello(&message, context).ok()?;
    (bytes_of(&hello, is_datagram) == message).then_some(hello)
}

/// The same with each extension read by itself, where only the lengths around them must hold.
fn by_extensions(body: &[u8], is_datagram: bool) -> Option<ClientHello> {
    let (before, mut rest) = body.split_at_checked(behind_methods(body, is_datagram)?)?;
    let mut hello = hello_of(before, is_datagram)?;
    let mut extensions = Vec::new();
    let length = take(&mut rest, 2)?;
    if rest.len() != length {
        return None;
    }
    while !rest.is_empty() {
        let extension_type = u16::try_from(take(&mut rest, 2)?).ok()?;
        let length = take(&mut rest, 2)?;
        let (data, behind) = rest.split_at_checked(length)?;
        extensions.push(ClientExtension::from_data(ExtensionType(extension_type), data));
        rest = behind;
    }
    hello.extensions = Some(Block(extensions));
    (Some(bytes_of(&hello, is_datagram)) == with_header(body, is_datagram)).then_some(hello)
}

/// How many bytes of a body stand before its extensions, RFC 8446 section 4.1.2.
fn behind_methods(body: &[u8], is_datagram: bool) -> Option<usize> {
    const VERSION_AND_RANDOM: usize = 34;
    let cookie: &[usize] = if is_datagram { &[1] } else { &[] };
    // Session id, cookie, suites and methods, by the width of the length before each.
    let widths = [&[1], cookie, &[2, 1]].concat();
    widths.iter().try_fold(VERSION_AND_RANDOM, |at, &width| {
        peek(body, at, width).map(|length| at + width + length)
    })
}

/// The number in the first `width` bytes, which are taken away.
fn take(bytes: &mut &[u8], width: usize) -> Option<usize> {
    let number = peek(bytes, 0, width)?;
    *bytes = bytes.get(width..)?;
    Some(number)
}

/// A body behind a header that tells the truth.
fn with_header(body: &[u8], is_datagram: bool) -> Option<Vec<u8>> {
    let length = u32::try_from(body.len()).ok().filter(|length| *length < 1 << 24)?;
    let [_, length @ ..] = length.to_be_bytes();
    let mut header = [&[1], &length[..]].concat();
    if is_datagram {
        // The first message, in one fragment.
        header.extend([0; DTLS_HEADER - 7]);
        header.extend(length);
    }
    Some([header, body.to_vec()].concat())
}

fn bytes_of(hello: &ClientHello, is_datagram: bool) -> Vec<u8> {
    let message = Handshake::ClientHello(hello.clone());
    if is_datagram { message.to_datagram_bytes(0) } else { message.to_bytes() }
}

/// The hello that a message is.
///
/// # Errors
/// Where it is another message, or not of its form.
pub(super) fn client_hello(message: &[u8], context: Context) -> Result<ClientHello, NoHello> {
    match Handshake::decode(message, context) {
        Ok(Handshake::ClientHello(hello)) => Ok(hello),
        Ok(other) => {
            let name = other.msg_type().name().unwrap_or("an unknown message");
            Err(NoHello(format!("it is a {name}, and no client_hello")))
        }
        Err(remark) => Err(NoHello(remark.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use crate::hello::HelloSpec;
    use crate::hello::named::NamedHello;
    use crate::names::ExtensionType;
    use crate::wire::extension::Extension;

    #[test]
    fn a_wrong_length_in_an_extension_makes_only_that_one_raw() {
        for framing in ["tls", "dtls"] {
            let name = format!("openssl-1.0.1e,{framing}");
            let honest = NamedHello::parse(&name).unwrap().recorded().unwrap().spec;
            let groups = [0, 10, 0, 0x34, 0, 0x32];
            let mut bytes = honest.flight();
            let at = bytes.windows(6).position(|window| window == groups).unwrap();
            bytes[at + 5] -= 1;
            let spec = HelloSpec::from_bytes(&bytes).unwrap();
            assert_eq!(spec.flight(), bytes);
            assert!(spec.raw.is_none());
            let toml = toml::to_string(&spec).unwrap();
            assert!(toml.contains("type = \"supported_groups\"\ndata = \"0031000e"), "{toml}");
            assert_eq!(toml::from_str::<HelloSpec>(&toml).unwrap(), spec, "{toml}");
            let pairs = spec.hello.extensions().iter().zip(honest.hello.extensions());
            let others: Vec<_> = pairs.filter(|(one, other)| one != other).collect();
            let types: Vec<_> = others.iter().map(|(one, _)| one.extension_type()).collect();
            assert_eq!(types, [ExtensionType::supported_groups]);
            let message = spec.message();
            if framing == "tls" {
                assert_eq!(HelloSpec::from_bytes(&message).unwrap().hello, spec.hello);
            }
        }
    }
}
