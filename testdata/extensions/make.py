#!/usr/bin/env python3
"""Writes `bodies.txt` again: a body for each extension in each message in which it may stand.

Each is put together here by the structure that the named document gives it, and by nothing of
helloscope's.
"""

from pathlib import Path

ROWS = []


def row(tables, name, source, *body):
    for table in tables.split():
        ROWS.append((table, name, b"".join(body).hex(), source))


def v(width, *body):
    """A vector: its length in so many bytes, and what is in it."""
    body = b"".join(body)
    return len(body).to_bytes(width, "big") + body


def u(width, *numbers):
    return b"".join(number.to_bytes(width, "big") for number in numbers)


def q(number):
    """A variable-length integer of RFC 9000 16."""
    for log, limit in enumerate((1 << 6, 1 << 14, 1 << 30, 1 << 62)):
        if number < limit:
            return (number | log << (8 << log) - 2).to_bytes(1 << log, "big")
    raise ValueError(number)


def der(tag, *body):
    body = b"".join(body)
    assert len(body) < 128
    return bytes([tag, len(body)]) + body


def random(count):
    return bytes((7 * n + 1) % 256 for n in range(count))


EMPTY = b""
KEY = u(2, 0x001D) + v(2, random(32))  # x25519
NAME = der(0x30, der(0x31, der(0x30, der(0x06, b"\x55\x04\x03"), der(0x0C, b"Test CA"))))
ED25519_KEY = der(0x30, der(0x30, der(0x06, b"\x2b\x65\x70")), der(0x03, b"\0", random(32)))
SCHEMES = v(2, u(2, 0x0403, 0x0804, 0x0807))
OCSP_REQUEST = v(2, v(2, der(0xA2, der(0x04, random(20))))) + v(2)
# An OCSPResponse of responseStatus tryLater, RFC 6960 4.2.1.
OCSP_RESPONSE = der(0x30, der(0x0A, b"\3"))
ALPN = v(2, v(1, b"h2"), v(1, b"http/1.1"))
SRTP = v(2, u(2, 7, 8))
LOG = v(1, bytes.fromhex("2b0601040182dc7c0a"))
SCT_V2 = LOG + u(8, 1_700_000_000_123) + v(2) + v(2, random(64))
STH_V2 = LOG + u(8, 1_700_000_000_456, 1000) + v(1, random(32)) + v(2, u(2, 1), v(2, b"x")) \
    + v(2, random(64))
PROOF_V2 = LOG + u(8, 1000, 17) + v(2, v(1, random(32)), v(1, random(32)))
TRANS = v(2, v(2, u(2, 0x0102), SCT_V2), v(2, u(2, 0x0103), SCT_V2), v(2, u(2, 0x0104), STH_V2),
          v(2, u(2, 0x0106), PROOF_V2))
CREDENTIAL = u(4, 604800) + u(2, 0x0807) + v(3, ED25519_KEY) + u(2, 0x0403) + v(2, random(70))
# "_443._tcp.a" TLSA 3 1 1 and four bytes for the hash.
TLSA = b"\x04_443\x04_tcp\x01a\0" + u(2, 52, 1) + u(4, 3600) + v(2, b"\3\1\1" + random(4))
SUITE = u(2, 1, 1)  # HKDF-SHA256, AES-128-GCM
ECH_CONTENTS = u(1, 42) + u(2, 0x0020) + v(2, random(32)) + v(2, SUITE, u(2, 1, 3)) + u(1, 64) \
    + v(1, b"public.example") + v(2, u(2, 0x8001), v(2, b"must"))
ANCHORS = v(2, v(1, bytes.fromhex("81fd5901")), v(1, b"\x17\x2a"))
QUIC = b"".join([
    q(0x00), v(1, random(8)), q(0x01), v(1, q(30_000)), q(0x02), v(1, random(16)),
    q(0x03), v(1, q(1472)), q(0x04), v(1, q(15_728_640)), q(0x0C), v(1),
    q(0x0D), v(1, bytes([192, 0, 2, 1]), u(2, 443), bytes.fromhex("20010db8") + bytes(11) + b"\1",
               u(2, 443), v(1, random(8)), random(16)),
    q(0x0F), v(1), q(0x11), v(1, u(4, 1, 1, 0x6B3343CF, 0x1A2A3A4A)), q(0x20), v(1, q(65535)),
    # Of a client, and of a server, which lists those that it speaks.
    q(0x4752), v(1, u(4, 1)), q(0x4752), v(1, u(4, 0x6B3343CF), v(1, u(4, 1, 0x51303530))),
    q(0x3129), v(1, b"Chrome/156 Linux"), q(31 * 1000 + 27), v(1, random(5)),
    # Four bytes for the length of three, which RFC 9000 16 allows.
    q(0x7FFF), (3 | 2 << 30).to_bytes(4, "big"), b"abc",
    # 5 in four bytes, within them.
    q(0x08), v(1, (5 | 2 << 30).to_bytes(4, "big")),
])
OLD_QUIC = v(2, u(2, 0x04), v(2, q(1000)), u(2, 0x0C), v(2))

row("client request", "server_name", "RFC 6066 3", v(2, u(1, 0), v(2, b"shop.test.example")))
row("server encrypted", "server_name", "RFC 6066 3", EMPTY)
row("client server encrypted", "max_fragment_length", "RFC 6066 4", u(1, 3))
row("client server", "client_certificate_url", "RFC 6066 5", EMPTY)
row("client", "trusted_ca_keys", "RFC 6066 6",
    v(2, u(1, 0), u(1, 1), random(20), u(1, 2), v(2, NAME), u(1, 3), random(20)))
row("server", "trusted_ca_keys", "RFC 6066 6", EMPTY)
row("client server", "truncated_hmac", "RFC 6066 7", EMPTY)
row("client", "status_request", "RFC 6066 8", u(1, 1), OCSP_REQUEST)
row("server", "status_request", "RFC 6066 8", EMPTY)
row("request", "status_request", "RFC 8446 4.4.2.1", EMPTY)
row("entry", "status_request", "RFC 8446 4.4.2.1", u(1, 1), v(3, OCSP_RESPONSE))
row("client server", "user_mapping", "RFC 4681 2", v(1, u(1, 64)))
row("client server", "client_authz", "RFC 5878 2.3", v(1, u(1, 0, 3)))
row("client server", "server_authz", "RFC 5878 2.3", v(1, u(1, 1, 64)))
row("client", "cert_type", "RFC 6091 3.1", v(1, u(1, 1, 0)))
row("server", "cert_type", "RFC 6091 3.2", u(1, 1))
row("client encrypted", "supported_groups", "RFC 8446 4.2.7", v(2, u(2, 0x11EC, 0x001D, 0x6399)))
row("client server", "ec_point_formats", "RFC 8422 5.1.2", v(1, u(1, 0, 1, 2)))
row("client", "srp", "RFC 5054 2.8.1", v(1, b"alice"))
row("client request", "signature_algorithms", "RFC 8446 4.2.3", SCHEMES)
row("client", "use_srtp", "RFC 5764 4.1.1", SRTP, v(1, b"mki"))
row("server encrypted", "use_srtp", "RFC 5764 4.1.1", v(2, u(2, 7)), v(1))
row("client server encrypted", "heartbeat", "RFC 6520 2", u(1, 1))
row("client", "application_layer_protocol_negotiation", "RFC 7301 3.1", ALPN)
row("server encrypted", "application_layer_protocol_negotiation", "RFC 7301 3.1",
    v(2, v(1, b"h2")))
row("client", "status_request_v2", "RFC 6961 2.2",
    v(2, u(1, 2), v(2, OCSP_REQUEST), u(1, 1), v(2, OCSP_REQUEST)))
row("server", "status_request_v2", "RFC 6961 2.2", EMPTY)
row("client request", "signed_certificate_timestamp", "RFC 6962 3.3.1", EMPTY)
row("server entry", "signed_certificate_timestamp", "RFC 6962 3.3",
    v(2, v(2, u(1, 0), random(32), u(8, 1_700_000_000_789), v(2), u(2, 0x0401),
           v(2, random(64)))))
row("client", "client_certificate_type", "RFC 7250 3", v(1, u(1, 2, 0)))
row("client", "server_certificate_type", "RFC 7250 3", v(1, u(1, 2, 0)))
row("server encrypted", "client_certificate_type", "RFC 7250 3", u(1, 2))
row("server encrypted", "server_certificate_type", "RFC 7250 3", u(1, 2))
row("client", "padding", "RFC 7685 3", bytes(17))
row("client server", "encrypt_then_mac", "RFC 7366 2", EMPTY)
row("client server", "extended_master_secret", "RFC 7627 5.1", EMPTY)
row("client", "token_binding", "RFC 8472 2", u(1, 1, 0), v(1, u(1, 2, 1, 0)))
row("server encrypted", "token_binding", "RFC 8472 3", u(1, 1, 0), v(1, u(1, 2)))
row("client", "cached_info", "RFC 7924 3", v(2, u(1, 1), v(1, random(32)), u(1, 2), v(1, random(32))))
row("server", "cached_info", "RFC 7924 3", v(2, u(1, 1, 2)))
row("client server", "tls_lts", "draft-gutmann-tls-lts 3.1", EMPTY)
row("client request", "compress_certificate", "RFC 8879 3", v(1, u(2, 2, 1, 3)))
row("client server encrypted", "record_size_limit", "RFC 8449 4", u(2, 16385))
row("client", "pwd_protect", "RFC 8492 4.2.2", v(1, random(48)))
row("client", "pwd_clear", "RFC 8492 4.2.3", v(1, b"alice"))
row("client server retry", "password_salt", "RFC 8492 4.4", v(2, random(16)))
row("client", "ticket_pinning", "RFC 8672 3", v(2, random(24)))
row("client", "ticket_pinning", "RFC 8672 3", EMPTY)
row("encrypted", "ticket_pinning", "RFC 8672 3", v(1, random(32)), v(2, random(24)), u(4, 2592000))
row("client server", "tls_cert_with_extern_psk", "RFC 8773 4", EMPTY)
row("client request", "delegated_credential", "RFC 9345 4.1.1", SCHEMES)
row("entry", "delegated_credential", "RFC 9345 4", CREDENTIAL)
row("client", "session_ticket", "RFC 5077 3.2", random(32))
row("server", "session_ticket", "RFC 5077 3.2", EMPTY)
for name in ("TLMSP", "TLMSP_proxying", "TLMSP_delegate"):
    row("client server", name, "ETSI TS 103 523-2 4.3, any bytes", random(9))
row("client", "supported_ekt_ciphers", "RFC 8870 5.2", v(1, u(1, 1, 2)))
row("server encrypted", "supported_ekt_ciphers", "RFC 8870 5.2", u(1, 1))
row("client", "key_share_old", "draft-ietf-tls-tls13-22 4.2.7", v(2, KEY))
row("client", "key_share_old", "draft-rescorla-tls-extended-random 3", v(2, b"\xff" * 32))
row("server", "key_share_old", "draft-ietf-tls-tls13-22 4.2.7", KEY)
row("retry", "key_share_old", "draft-ietf-tls-tls13-22 4.2.7", u(2, 0x0017))
row("client", "pre_shared_key", "RFC 8446 4.2.11",
    v(2, v(2, random(48)), u(4, 123456)), v(2, v(1, random(32))))
row("server", "pre_shared_key", "RFC 8446 4.2.11", u(2, 0))
row("client encrypted", "early_data", "RFC 8446 4.2.10", EMPTY)
row("ticket", "early_data", "RFC 8446 4.2.10", u(4, 16384))
row("client", "supported_versions", "RFC 8446 4.2.1", v(1, u(2, 0x0A0A, 0x0304, 0x0303)))
row("server retry", "supported_versions", "RFC 8446 4.2.1", u(2, 0x0304))
row("client retry", "cookie", "RFC 8446 4.2.2", v(2, random(20)))
row("client", "psk_key_exchange_modes", "RFC 8446 4.2.9", v(1, u(1, 1, 0)))
row("ticket", "ticket_early_data_info", "draft-ietf-tls-tls13-18 4.5.1", u(4, 16384))
row("client request", "certificate_authorities", "RFC 8446 4.2.4", v(2, v(2, NAME), v(2, NAME)))
row("request", "oid_filters", "RFC 8446 4.2.5",
    v(2, v(1, der(0x06, b"\x55\x1d\x0f")), v(2, der(0x03, b"\x07\x80")),
      v(1, der(0x06, b"\x55\x1d\x25")), v(2)))
row("client", "post_handshake_auth", "RFC 8446 4.2.6", EMPTY)
row("client request", "signature_algorithms_cert", "RFC 8446 4.2.3", SCHEMES)
row("client", "key_share", "RFC 8446 4.2.8", v(2, u(2, 0x2A2A), v(2, b"\0"), KEY))
row("server", "key_share", "RFC 8446 4.2.8", KEY)
row("retry", "key_share", "RFC 8446 4.2.8", u(2, 0x0017))
row("client request", "transparency_info", "RFC 9162 6.5", EMPTY)
row("server entry", "transparency_info", "RFC 9162 6.3", TRANS)
row("client server", "connection_id_deprecated", "draft-ietf-tls-dtls-connection-id-07 3", v(1, random(8)))
row("client server", "connection_id", "RFC 9146 3", v(1, random(8)))
row("client server encrypted", "external_id_hash", "RFC 8844 3.2.2", v(1, random(32)))
row("client server encrypted", "external_session_id", "RFC 8844 4.3", v(1, random(20)))
row("client encrypted", "quic_transport_parameters", "RFC 9000 18", QUIC)
row("client", "ticket_request", "RFC 9149 3", u(1, 2, 1))
row("encrypted", "ticket_request", "RFC 9149 3", u(1, 2))
row("client", "dnssec_chain", "RFC 9102 2.2", u(2, 443))
row("server entry", "dnssec_chain", "RFC 9102 2.2", u(2, 24), TLSA)
row("server entry", "dnssec_chain", "RFC 9102 2.2, by its declaration", u(2, 24), v(2, TLSA))
row("client server retry", "sequence_number_encryption_algorithms",
    "draft-pismenny-tls-dtls-plaintext-sequence-number, any bytes", random(3))
row("client server", "rrc", "RFC 9853 3", EMPTY)
row("client server encrypted request entry ticket", "tls_flags", "draft-ietf-tls-tlsflags 2", v(1, b"\x22\x00\x30"))
row("client", "next_protocol_negotiation", "draft-agl-tls-nextprotoneg-04 3", EMPTY)
row("server", "next_protocol_negotiation", "draft-agl-tls-nextprotoneg-04 3",
    v(1, b"spdy/3"), v(1, b"http/1.1"))
for name in ("application_settings_old", "application_settings"):
    row("client", name, "draft-vvv-tls-alps-01 4", v(2, v(1, b"h2")))
    row("encrypted", name, "draft-vvv-tls-alps-01 4", b"\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64")
row("client server", "channel_id_old", "draft-balfanz-tls-channelid-00 4", EMPTY)
row("client server encrypted", "channel_id", "draft-balfanz-tls-channelid-01 4", EMPTY)
row("client", "pake", "draft-ietf-tls-pake 4.1",
    v(2, b"client"), v(2, b"server"), v(2, u(2, 0x7D96), v(2, random(65))))
row("server", "pake", "draft-ietf-tls-pake 4.2", u(2, 0x7D96), v(2, random(65)))
row("client", "padding_old", "draft-agl-tls-padding-01", bytes(5))
row("client server", "opaque_prf_input", "draft-rescorla-tls-opaque-prf-input-00 3", v(2, random(32)))
row("client server", "dummy_pq_padding", "Google's, any bytes", random(40))
row("client", "tack", "draft-perrin-tls-tack-02 4.1", EMPTY)
row("server", "tack", "draft-perrin-tls-tack-02 4.1",
    v(2, random(64), u(1, 0, 1), u(4, 28_000_000), random(32), random(64)), u(1, 1))
row("server", "cryptopro_bug", "CryptoPro's, DER", der(0x30, der(0x30, der(0x06, random(6)))))
row("client server", "short_header", "NSS's", EMPTY)
row("client server", "ecjpake_key_kp_pair", "draft-cragie-tls-ecjpake 5",
    *2 * [v(1, random(65)), v(1, random(65)), v(1, random(32))])
row("client encrypted request", "trust_anchors", "draft-ietf-tls-trust-anchor-ids 4", ANCHORS)
row("entry", "trust_anchors", "draft-ietf-tls-trust-anchor-ids 4", EMPTY)
row("client", "ech_is_inner_draft", "draft-ietf-tls-esni-10 5.1", EMPTY)
row("client", "ech_outer_extensions", "RFC 9849 5.1", v(1, u(2, 10, 13, 51)))
for draft in ("08", "09"):
    row("client", f"encrypted_client_hello_draft{draft}", "draft-ietf-tls-esni-08 5",
        SUITE, v(1, random(8)), v(2, random(32)), v(2, random(48)))
for draft in ("10", "11", "12"):
    row("client", f"encrypted_client_hello_draft{draft}", "draft-ietf-tls-esni-10 5",
        SUITE, u(1, 42), v(2, random(32)), v(2, random(48)))
row("client", "encrypted_client_hello", "RFC 9849 5",
    u(1, 0), SUITE, u(1, 42), v(2, random(32)), v(2, random(144)))
row("client", "encrypted_client_hello", "RFC 9849 5", u(1, 1))
row("encrypted", "encrypted_client_hello", "RFC 9849 4",
    v(2, u(2, 0xFE0D), v(2, ECH_CONTENTS), u(2, 0xFE0A), v(2, random(11))))
row("retry", "encrypted_client_hello", "RFC 9849 5", random(8))
row("client", "renegotiation_info", "RFC 5746 3.2", v(1))
row("server", "renegotiation_info", "RFC 5746 3.2", v(1, random(24)))
row("client", "delegated_credential_draft", "draft-ietf-tls-subcerts-02 3", EMPTY)
row("client", "delegated_credential_draft", "draft-ietf-tls-subcerts-03 3", SCHEMES)
row("client", "delegated_credential_draft", "draft-ietf-tls-esni-07 5, as bytes", random(9))
row("entry", "delegated_credential_draft", "draft-ietf-tls-subcerts-03 3", CREDENTIAL)
row("client encrypted", "quic_transport_parameters_draft", "draft-ietf-quic-transport-29 18", QUIC)
row("client encrypted", "quic_transport_parameters_draft", "draft-ietf-quic-transport-26 18", OLD_QUIC)
row("client", "encrypted_server_name", "draft-ietf-tls-esni-02 5",
    u(2, 0x1301), KEY, v(2, random(32)), v(2, random(100)))
row("encrypted", "encrypted_server_name", "draft-ietf-tls-esni-02 5", random(16))

HEAD = """\
# Bodies of extensions, made by make.py: the message, the extension, the body in hexadecimal (or
# `-`), and where its form is described.
"""
lines = [f"{table} {name} {body or '-'} {source}\n" for table, name, body, source in ROWS]
Path(__file__).with_name("bodies.txt").write_text(HEAD + "".join(lines))
