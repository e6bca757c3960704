//! Record content types: RFC 8446 section 5.1, RFC 6520 section 3, RFC 9146 section 4,
//! RFC 9147 section 4, RFC 9853 section 4; the IANA registry "TLS ContentType".

use super::code::registry;

registry! {
    /// What a record carries.
    ContentType(u8), item "content_type", grease None {
        20 change_cipher_spec,
        21 alert,
        22 handshake,
        23 application_data,
        24 heartbeat,
        25 tls12_cid,
        26 ack "ACK",
        27 return_routability_check,
    }
}
