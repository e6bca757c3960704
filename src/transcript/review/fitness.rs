//! Whether a server's certificate is one for what it is shown for, and what is stapled to it: RFC 5280
//! section 4.2.1.12, RFC 5246 section 7.4.2 and RFC 8446 section 4.4.2.2, RFC 6962 section 3.1; RFC
//! 6960 sections 2.2 and 3.2, and RFC 7633.

use super::{Review, Say};
use crate::names::{Authentication, ExtensionType, KeyExchange, ProtocolVersion};
use crate::wire::extension::{CertificateStatus, EntryExtension};
use crate::wire::fault::{Fault, Notices};
use crate::wire::field::Field;
use crate::wire::handshake::certificate::CertificateEntry;
use crate::wire::ocsp::Answer;
use crate::wire::x509::{KeyUse, NAMELESS, Uses};

/// What is remembered of a server's certificates before TLS 1.3, for what is stapled to them.
#[derive(Debug, Default)]
pub(super) struct Stapled {
    /// Their numbers, where they can be read.
    serial_numbers: Vec<Option<Vec<u8>>>,
    /// Whether the first says that something is, and both sides know of it.
    is_due: bool,
}

impl Review {
    /// The server's own certificate, by what it says that it is for.
    pub(super) fn fitness(&self, certificate: &[u8], say: &mut Say<'_>) {
        say.of_item("certificate_list", 0, |say| {
            let Some(uses) = own(certificate, say) else { return };
            if let Some(range) = uses.nameless_authority() {
                let (section, fault) = NAMELESS;
                say.remark("subject", range, fault, section);
            }
            let mut form = |field, range, expected, found, reference| {
                say.remark(field, range, Fault::Form { expected, found }, reference);
            };
            if let Some(range) = uses.not_for_servers() {
                let expected = "serverAuth, as a server shows it";
                form("extKeyUsage", range, expected, "others alone", "RFC 5280 4.2.1.12");
            }
            if let Some((wanted, expected, reference)) = self.key_use() {
                if let Some(range) = uses.lacks(wanted) {
                    form("keyUsage", range, expected, "others alone", reference);
                }
            }
            if let Some(range) = uses.poison() {
                let found = "a precertificate, which is for logs alone";
                form("poison", range, "a certificate", found, "RFC 6962 3.1");
            }
        });
    }

    /// What the key of a server's certificate does, by what was agreed.
    fn key_use(&self) -> Option<(KeyUse, &'static str, &'static str)> {
        const BEFORE: &str = "RFC 5246 7.4.2";
        const SIGNS: &str = "digitalSignature, as the key signs";
        if self.version.is_some_and(ProtocolVersion::is_tls13) {
            return Some((KeyUse::DigitalSignature, SIGNS, "RFC 8446 4.4.2.2"));
        }
        let suite = self.suite?;
        let is_shown = matches!(
            suite.authentication(),
            Authentication::Rsa | Authentication::Dss | Authentication::Ecdsa
        );
        Some(match suite.key_exchange() {
            KeyExchange::Dhe | KeyExchange::Ecdhe if is_shown => {
                (KeyUse::DigitalSignature, SIGNS, BEFORE)
            }
            KeyExchange::Rsa | KeyExchange::RsaPsk => {
                let expected = "keyEncipherment, as the client encrypts to the key";
                (KeyUse::KeyEncipherment, expected, BEFORE)
            }
            KeyExchange::Dh | KeyExchange::Ecdh => {
                (KeyUse::KeyAgreement, "keyAgreement, as both agree by the key", BEFORE)
            }
            _ => return None,
        })
    }

    /// Whether the client asks for the word of a responder.
    fn asks_for_status(&self) -> bool {
        self.offered(ExtensionType::status_request).is_some()
    }

    /// The server's certificates before TLS 1.3: what will be stapled to them.
    pub(super) fn may_be_stapled<'c>(
        &mut self,
        chain: impl Iterator<Item = &'c [u8]>,
        say: &mut Say<'_>,
    ) {
        let serial_number = |it| Uses::read(it, 0).map(|uses| uses.serial_number().to_vec());
        let mut chain = chain.peekable();
        let own = chain.peek().copied().unwrap_or_default();
        self.stapled =
            Stapled { serial_numbers: chain.map(serial_number).collect(), is_due: false };
        let Some(accepted) = self.accepted.as_ref().filter(|_| self.asks_for_status()) else {
            return;
        };
        let accepts = accepted.iter().any(|one| {
            matches!(*one, ExtensionType::status_request | ExtensionType::status_request_v2)
        });
        let mut demands = None;
        say.of_item("certificate_list", 0, |say| {
            demands = self::own(own, say).and_then(|uses| uses.must_staple());
            if let (Some(range), false) = (demands.clone(), accepts) {
                let found = "a ServerHello without it";
                let fault = Fault::Form { expected: "status_request, which it demands", found };
                say.remark("feature", range, fault, "RFC 7633 4");
            }
        });
        self.stapled.is_due = accepts && demands.is_some();
    }

    /// What is stapled to the server's certificates before TLS 1.3.
    pub(super) fn stapled(&mut self, status: &CertificateStatus, say: &mut Say<'_>) {
        self.stapled.is_due = false;
        let responses = match status {
            CertificateStatus::Ocsp(response) => std::slice::from_ref(response),
            CertificateStatus::OcspMulti(responses) => &responses.0[..],
            _ => return,
        };
        // Of a certificate of which there is none, nothing stands there.
        let tree = say.tree;
        let mut places = tree.fields.iter().filter(|field| is_response(field));
        for (index, response) in responses.iter().enumerate() {
            if response.0.is_empty() {
                continue;
            }
            let Some(place) = places.next() else { return };
            if let Some(Some(own)) = self.stapled.serial_numbers.get(index) {
                answers(own, &response.0, place.start(), say);
            }
        }
    }

    /// The end of what a server says, where something should have been stapled before.
    pub(super) fn is_stapled(&self, say: &mut Say<'_>) {
        if self.stapled.is_due && self.server.whole {
            let expected = "a certificate_status before it, which the certificate demands";
            say.form("server_hello_done", expected, "none", "RFC 7633 4");
        }
    }

    /// An entry of the server's Certificate in TLS 1.3, of which the place is spoken of.
    pub(super) fn entry(&self, index: usize, entry: &CertificateEntry, say: &mut Say<'_>) {
        let Some(uses) = own(&entry.cert_data.0, say) else { return };
        let mut is_stapled = false;
        for (index, extension) in entry.extensions.0.iter().enumerate() {
            let EntryExtension::StatusRequest(status) = extension else { continue };
            is_stapled = true;
            let CertificateStatus::Ocsp(response) = &**status else { continue };
            say.of_item("extensions", index, |say| {
                let place = say.find("OCSPResponse");
                if let Some(place) = place.filter(|field| is_response(field)) {
                    answers(uses.serial_number(), &response.0, place.start(), say);
                }
            });
        }
        let demands = uses.must_staple().filter(|_| index == 0 && self.asks_for_status());
        if let (Some(range), false) = (demands, is_stapled) {
            let expected = "a status_request beside it, which it demands";
            say.remark("feature", range, Fault::Form { expected, found: "none" }, "RFC 7633 4");
        }
    }
}

/// What the certificate is for that is spoken of, by where it stands in the message.
fn own<'c>(certificate: &'c [u8], say: &mut Say<'_>) -> Option<Uses<'c>> {
    let place = say.find("Certificate")?;
    Uses::read(certificate, place.start()).filter(|_| place.name == "Certificate")
}

fn is_response(field: &Field) -> bool {
    field.name == "OCSPResponse" && !field.is_leaf()
}

/// What a response, whose first byte stands at `at`, says of the certificate with this number.
fn answers(serial_number: &[u8], response: &[u8], at: usize, say: &mut Say<'_>) {
    let answers = Answer::all(response, at).unwrap_or_default();
    let own = answers.iter().filter(|answer| answer.is_of(serial_number));
    let mut told: Vec<_> = own.collect();
    if let (true, Some(other)) = (told.is_empty(), answers.first()) {
        let expected = "the serial number of the certificate to which it is stapled";
        let fault = Fault::Form { expected, found: "another" };
        say.remark("serialNumber", other.serial_number.range(), fault, "RFC 6960 3.2");
        // It stands in the place of the one that should be there.
        told.push(other);
    }
    for answer in told {
        let (field, found) = match answer.status.identifier {
            0xa1 => ("revoked", "one that was revoked"),
            0x82 => ("unknown", "one that the responder does not know"),
            _ => continue,
        };
        let fault = Fault::Form { expected: "a certificate that is good", found };
        say.remark(field, answer.status.range(), fault, "RFC 6960 2.2");
    }
}
