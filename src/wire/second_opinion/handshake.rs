//! Handshake messages as tls-parser reads them: RFC 8446 section 4 and before, and those of DTLS,
//! RFC 6347 section 4.2.

use tls_parser::{
    DTLSMessage, DTLSMessageHandshakeBody, TlsCertificateContents, TlsCertificateRequestContents,
    TlsClientKeyExchangeContents, TlsMessage, TlsMessageHandshake, TlsServerHelloContents,
    parse_dtls_message_handshake, parse_tls_message_handshake,
};

use super::{
    Found, Kind, Parser, Part, error_name, extensions, faults_it_comes_to, first_in, in_short,
    is_within, key_exchange, own, read_with, unread,
};
use crate::wire::handshake::DTLS_HEADER;
use crate::wire::stream::{Body, Message};
use crate::wire::text::count_of_bytes;

/// What tls-parser says of a message: what it takes it for, and its fields in bytes as they stand
/// on the wire, by our names. A field without a name is the whole body.
struct Reading {
    message: &'static str,
    fields: Vec<(&'static str, Vec<u8>)>,
}

impl Reading {
    fn new(message: &'static str, fields: Vec<(&'static str, Vec<u8>)>) -> Reading {
        Reading { message, fields }
    }

    /// A body of which it reads no more than that it is there.
    fn body(message: &'static str, body: &[u8]) -> Reading {
        Reading::new(message, vec![("", body.to_vec())])
    }
}

/// Holds what tls-parser reads against our tree.
pub fn compare(message: &Message, found: &mut Found) {
    let reading = match message.message_seq().is_some() {
        true => of_datagram(message, found),
        false => match parse_tls_message_handshake(message.without_mac()) {
            Ok((_, TlsMessage::Handshake(theirs))) => Some(reading(&theirs)),
            other => {
                found.refuses(message, &error_name(other));
                None
            }
        },
    };
    let Some(Reading { message: theirs, fields }) = reading else { return };
    let ours = message.type_name();
    if ours != theirs {
        found.add((Parser::Tls, Kind::Reads), "message", ours, theirs);
    }
    let root = unread::root(&message.tree);
    let body = root.map_or(&[][..], |(_, body)| own(message, body));
    let faults = faults_it_comes_to(message);
    let (mut read, before) = (0, found.differences.len());
    let mut looks_in = theirs == "client_hello" || theirs == "server_hello";
    for (name, bytes) in &fields {
        let part = |(index, _)| {
            let mut parts = message.tree.children(index);
            parts.find(|(_, part)| part.name == *name || part.name == in_tls13(name))
        };
        read += bytes.len();
        match root.and_then(part) {
            _ if name.is_empty() => {
                let fault = root.and_then(|(_, body)| first_in(&faults, body));
                let range = root.map_or(0..0, |(_, body)| body.range());
                found.compare_part(theirs, &Part { bytes: body, range, fault }, bytes);
            }
            Some((_, part)) => {
                let ours = Part::of(message, part, &faults);
                looks_in &= *name != "extensions" || ours.bytes == bytes;
                found.compare_part(part.name, &ours, bytes);
            }
            // A field that is not there, and that it does not see either.
            None if bytes.is_empty() => {}
            None => {
                let ours = "no field of that name";
                found.add((Parser::Tls, Kind::Reads), *name, ours, in_short(bytes));
            }
        }
    }
    let dropped = body.len().saturating_sub(read);
    // Where it takes the fields for others, what it drops is among them.
    if dropped > 0 && found.differences.len() == before {
        let end = root.map_or(0, |(_, body)| body.end());
        let rest = end - dropped..end;
        let fault = faults.iter().find(|fault| is_within(fault, &rest));
        let ours = fault.map_or_else(|| count_of_bytes(dropped), |fault| read_with(fault));
        found.add((Parser::Tls, Kind::Reads), "the rest", ours, "nothing, and drops it");
        found.told.extend(fault.map(|_| rest));
    }
    if let (Some((index, _)), true) = (root, looks_in) {
        extensions::compare(message, index, theirs == "client_hello", found);
    }
    found.overlooks(message);
    let read = theirs == "server_key_exchange" && key_exchange::compare(message, found);
    unread::compare(message, read, found);
}

/// What a field is called in TLS 1.3 that stands in the same place before it and since.
fn in_tls13(name: &str) -> &str {
    match name {
        "ticket_lifetime_hint" => "ticket_lifetime",
        same => same,
    }
}

/// A message of DTLS. One that was put together is shown to it as if it had come in one part.
fn of_datagram(message: &Message, found: &mut Found) -> Option<Reading> {
    let mut bytes = message.without_mac().to_vec();
    let own = message.length - (message.bytes.len() - bytes.len());
    let whole = !matches!(message.body, Body::Fragment(_)) && message.complete();
    if let (true, Some(header)) = (whole, bytes.get_mut(..DTLS_HEADER)) {
        let [_, length @ ..] = (own.saturating_sub(DTLS_HEADER) as u32).to_be_bytes();
        for (slot, byte) in header.iter_mut().skip(6).zip([[0; 3], length].concat()) {
            *slot = byte;
        }
    }
    let theirs = match parse_dtls_message_handshake(&bytes) {
        Ok((_, DTLSMessage::Handshake(theirs))) => theirs.body,
        other => {
            found.refuses(message, &error_name(other));
            return None;
        }
    };
    use DTLSMessageHandshakeBody as Theirs;
    Some(match theirs {
        Theirs::ClientHello(hello) => Reading::new(
            "client_hello",
            vec![
                ("legacy_version", hello.version.0.to_be_bytes().to_vec()),
                ("random", hello.random.to_vec()),
                ("legacy_session_id", sized(1, hello.session_id.unwrap_or_default())),
                ("cookie", sized(1, hello.cookie)),
                ("cipher_suites", sized(2, &numbers(hello.ciphers.iter().map(|suite| suite.0)))),
                ("legacy_compression_methods", methods(&hello.comp)),
                ("extensions", hello.ext.map_or(Vec::new(), |block| sized(2, block))),
            ],
        ),
        Theirs::HelloVerifyRequest(request) => Reading::new(
            "hello_verify_request",
            vec![
                ("server_version", request.server_version.0.to_be_bytes().to_vec()),
                ("cookie", sized(1, request.cookie)),
            ],
        ),
        Theirs::ServerHello(hello) => server_hello(&hello),
        Theirs::Certificate(chain) => certificate(&chain),
        Theirs::ServerDone(body) => Reading::body("server_hello_done", body),
        Theirs::ClientKeyExchange(TlsClientKeyExchangeContents::Unknown(body)) => {
            Reading::body("client_key_exchange", body)
        }
        // A part says nothing of what it is a part of.
        Theirs::Fragment(_) => return None,
        _ => return None,
    })
}

fn reading(theirs: &TlsMessageHandshake<'_>) -> Reading {
    use TlsMessageHandshake as Theirs;
    match theirs {
        Theirs::HelloRequest => Reading::body("hello_request", &[]),
        Theirs::EndOfEarlyData => Reading::body("end_of_early_data", &[]),
        Theirs::ClientHello(hello) => Reading::new(
            "client_hello",
            vec![
                ("legacy_version", hello.version.0.to_be_bytes().to_vec()),
                ("random", hello.random.to_vec()),
                ("legacy_session_id", sized(1, hello.session_id.unwrap_or_default())),
                ("cipher_suites", sized(2, &numbers(hello.ciphers.iter().map(|suite| suite.0)))),
                ("legacy_compression_methods", methods(&hello.comp)),
                ("extensions", hello.ext.map_or(Vec::new(), |block| sized(2, block))),
            ],
        ),
        Theirs::ServerHello(hello) => server_hello(hello),
        Theirs::ServerHelloV13Draft18(hello) => Reading::new(
            "server_hello",
            vec![
                ("version", hello.version.0.to_be_bytes().to_vec()),
                ("random", hello.random.to_vec()),
                ("cipher_suite", hello.cipher.0.to_be_bytes().to_vec()),
                ("extensions", hello.ext.map_or(Vec::new(), |block| sized(2, block))),
            ],
        ),
        Theirs::HelloRetryRequest(retry) => {
            let head = [retry.version.0.to_be_bytes(), retry.cipher.0.to_be_bytes()].concat();
            let block = retry.ext.map_or(Vec::new(), |block| sized(2, block));
            Reading::body("hello_retry_request", &[head, block].concat())
        }
        Theirs::NewSessionTicket(ticket) => {
            let lifetime = ticket.ticket_lifetime_hint.to_be_bytes();
            Reading::new(
                "new_session_ticket",
                vec![
                    ("ticket_lifetime_hint", lifetime.to_vec()),
                    ("ticket", ticket.ticket.to_vec()),
                ],
            )
        }
        Theirs::Certificate(chain) => certificate(chain),
        Theirs::ServerKeyExchange(key) => Reading::body("server_key_exchange", key.parameters),
        Theirs::CertificateRequest(request) => certificate_request(request),
        Theirs::ServerDone(body) => Reading::body("server_hello_done", body),
        Theirs::CertificateVerify(body) => Reading::body("certificate_verify", body),
        Theirs::ClientKeyExchange(key) => match key {
            TlsClientKeyExchangeContents::Unknown(body)
            | TlsClientKeyExchangeContents::Dh(body) => Reading::body("client_key_exchange", body),
            TlsClientKeyExchangeContents::Ecdh(point) => {
                Reading::body("client_key_exchange", &sized(1, point.point))
            }
        },
        Theirs::Finished(body) => Reading::body("finished", body),
        Theirs::CertificateStatus(status) => {
            let body = [&[status.status_type][..], &sized(3, status.blob)].concat();
            Reading::body("certificate_status", &body)
        }
        Theirs::NextProtocol(next) => {
            let body = [sized(1, next.selected_protocol), sized(1, next.padding)].concat();
            Reading::body("next_protocol", &body)
        }
        Theirs::KeyUpdate(request) => Reading::body("key_update", &[*request]),
    }
}

fn server_hello(hello: &TlsServerHelloContents<'_>) -> Reading {
    Reading::new(
        "server_hello",
        vec![
            ("legacy_version", hello.version.0.to_be_bytes().to_vec()),
            ("random", hello.random.to_vec()),
            ("legacy_session_id_echo", sized(1, hello.session_id.unwrap_or_default())),
            ("cipher_suite", hello.cipher.0.to_be_bytes().to_vec()),
            ("legacy_compression_method", vec![hello.compression.0]),
            ("extensions", hello.ext.map_or(Vec::new(), |block| sized(2, block))),
        ],
    )
}

fn certificate(chain: &TlsCertificateContents<'_>) -> Reading {
    let list: Vec<u8> = chain.cert_chain.iter().flat_map(|cert| sized(3, cert.data)).collect();
    Reading::new("certificate", vec![("certificate_list", sized(3, &list))])
}

fn certificate_request(request: &TlsCertificateRequestContents<'_>) -> Reading {
    let authorities = request.unparsed_ca.iter();
    let authorities: Vec<u8> = authorities.flat_map(|name| sized(2, name)).collect();
    let schemes = request.sig_hash_algs.as_ref();
    let schemes = schemes.map(|list| sized(2, &numbers(list.iter().copied())));
    Reading::new(
        "certificate_request",
        vec![
            ("certificate_types", sized(1, &request.cert_types)),
            ("supported_signature_algorithms", schemes.unwrap_or_default()),
            ("certificate_authorities", sized(2, &authorities)),
        ],
    )
}

fn methods(list: &[tls_parser::TlsCompressionID]) -> Vec<u8> {
    sized(1, &list.iter().map(|method| method.0).collect::<Vec<_>>())
}

/// Numbers of two bytes, one behind the other.
pub fn numbers(list: impl Iterator<Item = u16>) -> Vec<u8> {
    list.flat_map(u16::to_be_bytes).collect()
}

/// Bytes behind their length.
pub fn sized(width: usize, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    crate::wire::grammar::prefixed(&mut out, width, |out| out.extend_from_slice(bytes));
    out
}
