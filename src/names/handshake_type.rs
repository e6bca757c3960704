//! Handshake message types: RFC 8446 section 4, RFC 5246 section 7.4, RFC 6347 section 4.3.2,
//! RFC 9147 section 5.2; the IANA registry "TLS HandshakeType".
//!
//! Three are not in the registry, or no longer: `hello_retry_request` is a type only in drafts of
//! TLS 1.3 (draft-ietf-tls-tls13-21 and before), `next_protocol` comes from
//! draft-agl-tls-nextprotoneg-04, `channel_id` from draft-balfanz-tls-channelid-01.

use super::code::registry;

registry! {
    /// What a handshake message is.
    HandshakeType(u8), item "msg_type", grease None {
        0 hello_request,
        1 client_hello,
        2 server_hello,
        3 hello_verify_request,
        4 new_session_ticket,
        5 end_of_early_data,
        6 hello_retry_request,
        8 encrypted_extensions,
        9 request_connection_id,
        10 new_connection_id,
        11 certificate,
        12 server_key_exchange,
        13 certificate_request,
        14 server_hello_done,
        15 certificate_verify,
        16 client_key_exchange,
        17 client_certificate_request,
        20 finished,
        21 certificate_url,
        22 certificate_status,
        23 supplemental_data,
        24 key_update,
        25 compressed_certificate,
        26 ekt_key,
        67 next_protocol,
        203 channel_id,
        254 message_hash,
    }
}
