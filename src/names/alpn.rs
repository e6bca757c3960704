//! Protocols that ALPN selects, by the bytes that stand for them: RFC 7301 section 6; the IANA
//! registry "TLS Application-Layer Protocol Negotiation (ALPN) Protocol IDs". NPN has the same
//! names. Not registered are drafts of HTTP, QUIC's experiments, and what some servers speak among
//! themselves.

/// What a protocol is, where its id is known.
///
/// ```
/// use helloscope::names::alpn;
///
/// assert_eq!(alpn::meaning(b"h2"), Some("HTTP/2 over TLS"));
/// assert_eq!(alpn::meaning(b"gopher"), None);
/// ```
pub fn meaning(id: &[u8]) -> Option<&'static str> {
    if is_grease(id) {
        return Some("GREASE");
    }
    PROTOCOLS.iter().find(|(known, _)| known.as_bytes() == id).map(|&(_, meaning)| meaning)
}

/// Whether an id is one of those that RFC 8701 section 2 reserves to be ignored.
pub fn is_grease(id: &[u8]) -> bool {
    matches!(id, [first, second] if first == second && first & 0x0f == 0x0a)
}

/// Every id that has a meaning, in the order of its bytes.
pub const fn all() -> &'static [(&'static str, &'static str)] {
    PROTOCOLS
}

const PROTOCOLS: &[(&str, &str)] = &[
    ("acme-tls/1", "ACME's challenge tls-alpn-01 (RFC 8737)"),
    ("c-webrtc", "confidential WebRTC media and data"),
    ("co", "CoAP over DTLS"),
    ("coap", "CoAP over TLS"),
    ("dicom", "DICOM"),
    ("doq", "DNS over QUIC"),
    ("dot", "DNS over TLS"),
    ("ftp", "FTP"),
    ("h2", "HTTP/2 over TLS"),
    ("h2-14", "HTTP/2 draft 14"),
    ("h2-15", "HTTP/2 draft 15"),
    ("h2-16", "HTTP/2 draft 16"),
    ("h2c", "HTTP/2 over TCP, which has no place in TLS"),
    ("h3", "HTTP/3"),
    ("h3-27", "HTTP/3 draft 27"),
    ("h3-28", "HTTP/3 draft 28"),
    ("h3-29", "HTTP/3 draft 29"),
    ("h3-30", "HTTP/3 draft 30"),
    ("h3-31", "HTTP/3 draft 31"),
    ("h3-32", "HTTP/3 draft 32"),
    ("h3-33", "HTTP/3 draft 33"),
    ("h3-34", "HTTP/3 draft 34"),
    ("h3-Q043", "HTTP over Google's QUIC Q043"),
    ("h3-Q046", "HTTP over Google's QUIC Q046"),
    ("h3-Q050", "HTTP over Google's QUIC Q050"),
    ("h3-T050", "HTTP/3 over Google's QUIC T050"),
    ("h3-T051", "HTTP/3 over Google's QUIC T051"),
    ("hq-29", "HTTP/0.9 over QUIC draft 29, for tests of interoperability"),
    ("hq-interop", "HTTP/0.9 over QUIC, for tests of interoperability"),
    ("http/0.9", "HTTP/0.9"),
    ("http/1.0", "HTTP/1.0"),
    ("http/1.1", "HTTP/1.1"),
    ("imap", "IMAP"),
    ("irc", "IRC"),
    ("istio", "Istio, between its proxies"),
    ("istio-peer-exchange", "Istio, between its proxies, with an exchange of metadata"),
    ("managesieve", "ManageSieve"),
    ("mqtt", "MQTT"),
    ("nnsp", "NNTP transit"),
    ("nntp", "NNTP reading"),
    ("ntske/1", "Network Time Security key establishment, version 1"),
    ("pop3", "POP3"),
    ("postgresql", "PostgreSQL"),
    ("radius/1.0", "RADIUS 1.0 (RFC 9765)"),
    ("radius/1.1", "RADIUS 1.1 (RFC 9765)"),
    ("sip/2", "SIP"),
    ("smb", "SMB2"),
    ("spdy/1", "SPDY/1"),
    ("spdy/2", "SPDY/2"),
    ("spdy/3", "SPDY/3"),
    ("spdy/3.1", "SPDY/3.1"),
    ("spdy/4a2", "SPDY/4 alpha 2"),
    ("stun.nat-discovery", "NAT discovery by STUN (RFC 7443)"),
    ("stun.turn", "TURN (RFC 7443)"),
    ("sunrpc", "SunRPC"),
    ("tds/8.0", "TDS 8.0, of Microsoft SQL Server"),
    ("webrtc", "WebRTC media and data"),
    ("xmpp-client", "XMPP from client to server"),
    ("xmpp-server", "XMPP from server to server"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stand_once_and_in_order_and_fit_their_length() {
        assert!(all().is_sorted_by(|a, b| a.0.as_bytes() < b.0.as_bytes()));
        assert!(all().iter().all(|(id, _)| (1..=255).contains(&id.len())));
    }

    #[test]
    fn every_id_has_a_meaning_and_sixteen_more_are_to_be_ignored() {
        for &(id, means) in all() {
            assert_eq!(meaning(id.as_bytes()), Some(means));
            assert!(!is_grease(id.as_bytes()));
        }
        let pairs = (0..=0xffff_u16).filter(|pair| is_grease(&pair.to_be_bytes()));
        assert!(pairs.eq(crate::names::code::Grease::TwoBytes.values()));
        assert_eq!(meaning(b""), None);
    }
}
