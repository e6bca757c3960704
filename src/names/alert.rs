//! Alerts: RFC 8446 section 6, RFC 9846 section 6, RFC 5246 section 7.2, RFC 6101 section 5.4,
//! RFC 9147 section 9; `unknown_psk_identity` also RFC 4279 section 2 and RFC 5054 section 2.5.1;
//! the IANA registry "TLS Alerts".
//!
//! Not in the registry are `end_of_early_data`, an alert only in drafts of TLS 1.3
//! (draft-ietf-tls-tls13-17 and before), and what TLCP adds from 200 on (GM/T 0024-2014).
//!
//! What RFC 8446 calls `…_RESERVED` stands under the name it had while it was in use.

use super::code::registry;

registry! {
    /// How grave an alert is. TLS 1.3 reads nothing from it.
    AlertLevel(u8), item "level", grease None {
        1 warning,
        2 fatal,
    }
}

registry! {
    /// What went wrong, in the sender's view.
    AlertDescription(u8), item "description", grease None {
        0 close_notify,
        1 end_of_early_data,
        10 unexpected_message,
        20 bad_record_mac,
        21 decryption_failed,
        22 record_overflow,
        30 decompression_failure,
        40 handshake_failure,
        41 no_certificate,
        42 bad_certificate,
        43 unsupported_certificate,
        44 certificate_revoked,
        45 certificate_expired,
        46 certificate_unknown,
        47 illegal_parameter,
        48 unknown_ca,
        49 access_denied,
        50 decode_error,
        51 decrypt_error,
        52 too_many_cids_requested,
        60 export_restriction,
        70 protocol_version,
        71 insufficient_security,
        80 internal_error,
        86 inappropriate_fallback,
        90 user_canceled,
        100 no_renegotiation,
        109 missing_extension,
        110 unsupported_extension,
        111 certificate_unobtainable,
        112 unrecognized_name,
        113 bad_certificate_status_response,
        114 bad_certificate_hash_value,
        115 unknown_psk_identity,
        116 certificate_required,
        117 general_error,
        120 no_application_protocol,
        121 ech_required,
        200 unsupported_site2site,
        201 no_area,
        202 unsupported_areatype,
        203 bad_ibcparam,
        204 unsupported_ibcparam,
        205 identity_need,
    }
}

impl AlertDescription {
    /// Whether an alert ends the connection before TLS 1.3, too, whatever its level says: RFC 5246
    /// section 7.2.2, and the documents of those that came later. TLS 1.3 has no others but
    /// `close_notify` and `user_canceled`.
    ///
    /// ```
    /// use helloscope::names::AlertDescription;
    ///
    /// assert!(AlertDescription::handshake_failure.is_always_fatal());
    /// assert!(!AlertDescription::unrecognized_name.is_always_fatal());
    /// ```
    pub const fn is_always_fatal(self) -> bool {
        matches!(
            self,
            Self::unexpected_message
                | Self::bad_record_mac
                | Self::record_overflow
                | Self::decompression_failure
                | Self::handshake_failure
                | Self::illegal_parameter
                | Self::unknown_ca
                | Self::access_denied
                | Self::decode_error
                | Self::protocol_version
                | Self::insufficient_security
                | Self::internal_error
                | Self::inappropriate_fallback
                | Self::unsupported_extension
                | Self::bad_certificate_status_response
                | Self::bad_certificate_hash_value
                | Self::no_application_protocol
        )
    }

    /// What the alert says to the one who sent the hello, in a sentence.
    ///
    /// ```
    /// use helloscope::names::AlertDescription;
    ///
    /// assert_eq!(
    ///     AlertDescription::protocol_version.meaning(),
    ///     "The server speaks none of the versions that the hello offers."
    /// );
    /// ```
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::close_notify => "The server ends the connection in good order.",
            Self::end_of_early_data => "What was sent before the handshake was over ends here.",
            Self::unexpected_message => {
                "The server got a message that has no place at this point of the handshake."
            }
            Self::bad_record_mac => {
                "A record did not decrypt or authenticate: the two sides hold different keys."
            }
            Self::decryption_failed => {
                "A record did not decrypt; since TLS 1.1 this is told as bad_record_mac."
            }
            Self::record_overflow => "A record was longer than the server takes.",
            Self::decompression_failure => "The server could not expand a compressed record.",
            Self::handshake_failure => {
                "The hello shares no acceptable set of parameters with the server: most often no \
                 cipher suite, group or signature scheme in common."
            }
            Self::no_certificate => "SSL 3.0's way to say that there is no certificate to send.",
            Self::bad_certificate => "A certificate was corrupt or its signature did not verify.",
            Self::unsupported_certificate => "A certificate was of a type that is not supported.",
            Self::certificate_revoked => "A certificate was revoked by the one who signed it.",
            Self::certificate_expired => "A certificate has expired or is not valid yet.",
            Self::certificate_unknown => "A certificate was refused for a reason not told.",
            Self::illegal_parameter => {
                "A field of the hello has a value that is out of range or contradicts another."
            }
            Self::unknown_ca => "A certificate leads to no authority that the other side trusts.",
            Self::access_denied => {
                "The identity was understood, but the server does not admit the one it names."
            }
            Self::decode_error => {
                "The hello could not be read: a length is wrong or a field is missing or left over."
            }
            Self::decrypt_error => {
                "A signature, a Finished or a PSK binder did not verify during the handshake."
            }
            Self::too_many_cids_requested => "More connection IDs were asked for than are given.",
            Self::export_restriction => "The key length breaks the export rules of the 1990s.",
            Self::protocol_version => {
                "The server speaks none of the versions that the hello offers."
            }
            Self::insufficient_security => {
                "The server wants stronger cipher suites or groups than the hello offers."
            }
            Self::internal_error => {
                "The server failed for a reason of its own, which need not lie in the hello."
            }
            Self::inappropriate_fallback => {
                "The hello carries TLS_FALLBACK_SCSV, yet the server speaks a later version than \
                 it offers."
            }
            Self::user_canceled => "Somebody called the handshake off; the protocol did not fail.",
            Self::no_renegotiation => "The server does not agree to renegotiate.",
            Self::missing_extension => {
                "The hello lacks an extension that its version or its other extensions require."
            }
            Self::unsupported_extension => {
                "An extension stands in a message where it is not allowed or was not asked for."
            }
            Self::certificate_unobtainable => {
                "The server could not fetch the certificate from the URL in client_certificate_url."
            }
            Self::unrecognized_name => "The server serves no host by the name in server_name.",
            Self::bad_certificate_status_response => {
                "The stapled OCSP response was invalid or not acceptable."
            }
            Self::bad_certificate_hash_value => {
                "The certificate fetched from a URL does not have the hash that was given."
            }
            Self::unknown_psk_identity => {
                "The server knows nobody by the identity that the client gave: those in \
                 pre_shared_key, or before TLS 1.3 the user in srp, who may also be missing, or \
                 the identity in ClientKeyExchange."
            }
            Self::certificate_required => {
                "The server requires a client certificate, and none was sent."
            }
            Self::general_error => "The server failed and no other alert says how.",
            Self::no_application_protocol => {
                "The server speaks none of the protocols that the hello offers by ALPN."
            }
            Self::ech_required => {
                "The client that sent it offered Encrypted Client Hello and insists on it, but \
                 the server did not accept it."
            }
            Self::unsupported_site2site => "The server does not connect one site with another.",
            Self::no_area => "The server knows no such area of protection.",
            Self::unsupported_areatype => "The type of the area of protection is not supported.",
            Self::bad_ibcparam => "The parameters of identity-based cryptography are wrong.",
            Self::unsupported_ibcparam => {
                "The parameters of identity-based cryptography are not supported."
            }
            Self::identity_need => "The server requires the client's identity, and none was sent.",
            _ => "No registry says what this alert means.",
        }
    }

    /// What the alert says of what stands before it.
    ///
    /// ```
    /// use helloscope::names::{AlertDescription, AlertPlace};
    ///
    /// let behind_answer = AlertDescription::decode_error.meaning_behind(AlertPlace::Answer);
    /// assert!(behind_answer.starts_with("A message could not be read"));
    /// ```
    pub const fn meaning_behind(self, place: AlertPlace) -> &'static str {
        match (self, place) {
            (_, AlertPlace::Hello) => self.meaning(),
            (Self::close_notify | Self::user_canceled, AlertPlace::Words) => self.meaning(),
            (_, AlertPlace::Words) => "The server expected TLS, and what the client said is none.",
            // RFC 5246 section 7.4.6 has handshake_failure, and RFC 8446 section 4.4.2.4 has
            // certificate_required; Java and NSS say bad_certificate. There is no certificate of
            // which any of them could speak otherwise.
            (
                Self::handshake_failure
                | Self::no_certificate
                | Self::bad_certificate
                | Self::unsupported_certificate
                | Self::certificate_revoked
                | Self::certificate_expired
                | Self::certificate_unknown
                | Self::unknown_ca
                | Self::access_denied,
                AlertPlace::NoCertificate,
            ) => {
                "The client sent no certificate when it was asked for one, and the server most \
                 likely requires one."
            }
            // What GnuTLS says where it found no certificate.
            (Self::decode_error, AlertPlace::NoCertificate) => {
                "The client sent no certificate when it was asked for one, and the server most \
                 likely requires one; if not, it could not read a message."
            }
            // RFC 5246 section 7.2.2: who asked decides whether to go on.
            (Self::handshake_failure, AlertPlace::NotAgain) => {
                "The server asked for another handshake, which the client refused, and does not go \
                 on without one."
            }
            // As Java says it, where RFC 5246 section 7.2.2 has no_renegotiation.
            (Self::handshake_failure, AlertPlace::Again) => {
                "The hello asks for another handshake: most likely the server does not renegotiate; \
                 if it does, it found nothing acceptable in it."
            }
            (_, AlertPlace::Again | AlertPlace::Unanswered) => self.meaning(),
            (Self::handshake_failure, _) => {
                "The server went on first, and then found nothing acceptable in what came behind."
            }
            (Self::illegal_parameter, _) => {
                "A field of a message has a value that is out of range or contradicts another."
            }
            (Self::decode_error, _) => {
                "A message could not be read: a length is wrong or a field is missing or left over."
            }
            (Self::protocol_version, _) => "The version is none that the server goes on with.",
            (Self::insufficient_security, _) => {
                "The server wants stronger parameters than those that came behind its answer."
            }
            (Self::missing_extension, _) => {
                "A message lacks an extension that its version or its other extensions require."
            }
            _ => self.meaning(),
        }
    }

    /// What the alert says where the client sends it, of what stands before it; none where only the
    /// documents of TLCP say.
    ///
    /// ```
    /// use helloscope::names::{AlertDescription, AlertPlace};
    ///
    /// let meaning = AlertDescription::handshake_failure.meaning_of_client_behind(AlertPlace::NotAgain);
    /// assert!(meaning.is_some_and(|it| it.starts_with("The client asked for another handshake")));
    /// ```
    pub const fn meaning_of_client_behind(self, place: AlertPlace) -> Option<&'static str> {
        match (self, place) {
            // RFC 5246 section 7.2.2: who asked decides whether to go on.
            (Self::handshake_failure, AlertPlace::NotAgain) => Some(
                "The client asked for another handshake, which the server refused, and does not go \
                 on without one.",
            ),
            (
                Self::unexpected_message
                | Self::bad_record_mac
                | Self::record_overflow
                | Self::handshake_failure
                | Self::illegal_parameter
                | Self::decode_error
                | Self::protocol_version,
                AlertPlace::Unanswered,
            ) => Some(
                "Nothing that the server said stands before it: the connection had ended, or what \
                 came is not here.",
            ),
            _ => self.meaning_of_client(),
        }
    }

    /// What the alert says where the client sends it; none where only the documents of TLCP say.
    ///
    /// ```
    /// use helloscope::names::AlertDescription;
    ///
    /// assert_eq!(
    ///     AlertDescription::unknown_ca.meaning_of_client(),
    ///     Some("The server's certificate leads to no authority that the client trusts.")
    /// );
    /// assert_eq!(
    ///     AlertDescription::unrecognized_name.meaning_of_client(),
    ///     Some("Only a server sends this: it answers the name in server_name.")
    /// );
    /// ```
    pub const fn meaning_of_client(self) -> Option<&'static str> {
        Some(match self {
            Self::close_notify => "The client ends the connection in good order.",
            Self::unexpected_message => {
                "The client got a message that has no place at this point of the handshake."
            }
            Self::record_overflow => "A record was longer than the client takes.",
            Self::decompression_failure => "The client could not expand what was compressed.",
            Self::handshake_failure => {
                "The client found nothing acceptable in what the server chose or said."
            }
            Self::unknown_ca => {
                "The server's certificate leads to no authority that the client trusts."
            }
            Self::access_denied => {
                "The identity was understood, but the client does not admit the one it names."
            }
            Self::protocol_version => {
                "The version that the server chose is none that the client goes on with."
            }
            Self::insufficient_security => {
                "The client wants stronger parameters than those that the server chose."
            }
            Self::internal_error => "The client failed for a reason of its own.",
            Self::no_renegotiation => "The client does not agree to renegotiate.",
            // RFC 6101 section 5.4.2; RFC 5246 section 7.2.2 has it reserved.
            Self::no_certificate => {
                "The client has no certificate to send; since TLS 1.0 an empty Certificate says so."
            }
            // RFC 6066 sections 3, 5 and 9.
            Self::certificate_unobtainable => {
                "Only a server sends this: it could not fetch the client's certificate from its URL."
            }
            Self::unrecognized_name => {
                "Only a server sends this: it answers the name in server_name."
            }
            Self::bad_certificate_hash_value => {
                "Only a server sends this: the client's certificate from a URL has another hash than \
                 was given."
            }
            // RFC 7507 section 3.
            Self::inappropriate_fallback => {
                "Only a server sends this: it answers a hello with TLS_FALLBACK_SCSV."
            }
            // RFC 4279 section 2, RFC 8446 section 6.2.
            Self::unknown_psk_identity => {
                "Only a server sends this: it answers the identity that the client gave."
            }
            Self::certificate_required => {
                "Only a server sends this: it requires a certificate of the client's."
            }
            Self::general_error => "The client failed and no other alert says how.",
            Self::no_application_protocol => {
                "The server chose no protocol by ALPN with which the client goes on."
            }
            Self::illegal_parameter | Self::decode_error | Self::missing_extension => {
                self.meaning_behind(AlertPlace::Answer)
            }
            // Neither side stands in what they say.
            Self::end_of_early_data
            | Self::bad_record_mac
            | Self::decryption_failed
            | Self::bad_certificate
            | Self::unsupported_certificate
            | Self::certificate_revoked
            | Self::certificate_expired
            | Self::certificate_unknown
            | Self::decrypt_error
            | Self::too_many_cids_requested
            | Self::export_restriction
            | Self::user_canceled
            | Self::unsupported_extension
            | Self::bad_certificate_status_response
            | Self::ech_required => self.meaning(),
            _ => return None,
        })
    }
}

/// What an alert stands behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AlertPlace {
    /// A hello that was not answered, or nothing that was seen.
    #[default]
    Hello,
    /// What a client said that is no TLS, and no hello.
    Words,
    /// A hello that the server answered.
    Answer,
    /// The same, and a client's Certificate that has none, or what SSL 3.0 has in its place.
    NoCertificate,
    /// The other side's no_renegotiation.
    NotAgain,
    /// A hello behind one that was answered.
    Again,
    /// The side's own hello, behind which the other side said nothing.
    Unanswered,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Code;

    #[test]
    fn what_a_client_says_is_not_told_as_the_servers() {
        let numbers = AlertDescription::all().iter().map(|&(number, _)| number);
        let alerts = numbers.map(AlertDescription::from_number);
        let meanings: Vec<&str> = alerts.filter_map(|it| it.meaning_of_client()).collect();
        assert!(meanings.len() > 25);
        // But for those of TLCP, which are not in the registry.
        let registered = AlertDescription::all().iter().filter(|(number, _)| *number < 200);
        assert_eq!(meanings.len(), registered.count());
        assert!(meanings.iter().all(|meaning| meaning.ends_with('.')));
        let of_server = ["The server ends", "The server got", "The server failed", "The server w"];
        assert!(!meanings.iter().any(|it| of_server.iter().any(|other| it.starts_with(other))));
    }

    #[test]
    fn without_a_hello_no_alert_speaks_of_one() {
        for &(number, name) in AlertDescription::all() {
            let alert = AlertDescription::from_number(number);
            let meaning = alert.meaning_behind(AlertPlace::Words);
            assert!(!meaning.contains("hello"), "{name}: {meaning}");
        }
    }

    #[test]
    fn every_alert_with_a_name_has_a_meaning_of_its_own() {
        let unknown = AlertDescription(255).meaning();
        let mut meanings: Vec<&str> = AlertDescription::all()
            .iter()
            .map(|&(number, _)| AlertDescription::from_number(number).meaning())
            .collect();
        assert!(!meanings.contains(&unknown));
        assert!(meanings.iter().all(|meaning| meaning.ends_with('.')));
        let count = meanings.len();
        meanings.sort_unstable();
        meanings.dedup();
        assert_eq!(meanings.len(), count);
    }
}
