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

impl ContentType {
    /// The least number that there is: by their first bytes records are told from all else.
    pub const FIRST: u8 = ContentType::change_cipher_spec.0;
    /// The greatest that TLS has. Those behind it only DTLS has.
    pub const LAST_OF_TLS: u8 = ContentType::heartbeat.0;
    /// The greatest that there is.
    pub const LAST: u8 = ContentType::return_routability_check.0;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Code;

    #[test]
    fn types_are_numbered_without_a_gap() {
        let all: Vec<u16> = ContentType::all().iter().map(|(number, _)| *number).collect();
        let numbered: Vec<u16> = (ContentType::FIRST..=ContentType::LAST).map(u16::from).collect();
        assert_eq!(all, numbered);
    }
}
