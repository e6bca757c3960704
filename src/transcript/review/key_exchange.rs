//! Keys that are agreed on before TLS 1.3: groups that are weak, and values in them that make no
//! secret. RFC 5246 section 7.4.3, RFC 7919 section 5.1, RFC 8422 sections 5.4 and 5.11, RFC 9325
//! section 4.

use super::offer::Offer;
use super::signature::SERVER_KEY_EXCHANGE;
use super::{Review, Say, key_share};
use crate::names::{Code, EcPointFormat, ExtensionType, KeyExchange, NamedGroup};
use crate::wire::extension::ClientExtension;
use crate::wire::fault::{Fault, Notices};
use crate::wire::handshake::key_exchange::{
    ClientEcDiffieHellmanPublic, ClientKeyExchange, ServerKeyExchange,
};
use crate::wire::side::Side;
use crate::wire::{point, prime_field};

/// The numbers of groups in prime fields, RFC 7919 section 2.
const FFDHE: std::ops::RangeInclusive<u16> = 0x0100..=0x01ff;

impl Review {
    /// The server's part.
    pub(super) fn server_key_exchange(&mut self, key: &ServerKeyExchange, say: &mut Say<'_>) {
        if let Some(group) = key.named_curve() {
            self.group(group, "named_curve", say);
        }
        self.server_point(key, say);
        if key.is_explicit_curve() {
            let found = "one that is written out";
            say.form("curve_params", "a curve by its name", found, "RFC 8422 5.4");
        }
        short_numbers(key, say);
        self.prime = key.dh_params().map(|params| params.dh_p.0.to_vec());
        if let Some(params) = key.dh_params() {
            self.named_prime(&params.dh_p.0, say);
            for (field, number, expected, reference) in [
                ("dh_g", &params.dh_g, "a generator from 2 to p - 2", "RFC 5246 7.4.3"),
                ("dh_ys", &params.dh_ys, "a value from 2 to p - 2", "RFC 7919 5.1"),
            ] {
                if let Some(fault) = prime_field::unfit(&number.0, &params.dh_p.0, expected) {
                    say.fault(field, fault, reference);
                }
            }
        }
        if let Some(signature) = key.signature() {
            self.signature(signature, Side::Server, SERVER_KEY_EXCHANGE, say);
        }
    }

    /// The prime of a server's key, where the client offers primes by name: a server that knows the names
    /// takes one of them, or no such suite.
    fn named_prime(&self, prime: &[u8], say: &mut Say<'_>) {
        let offered = self.sole_offer().and_then(Offer::groups).unwrap_or_default();
        let mut named = offered.iter().filter(|group| FFDHE.contains(&group.0)).peekable();
        // Of a name that is not known here, the prime is not either.
        let is_known = |group: &&NamedGroup| group.is_grease() || group.name().is_some();
        if named.peek().is_none() || !named.clone().all(|group| is_known(&group)) {
            return;
        }
        if !named.any(|group| prime_field::is_of(*group, prime)) {
            let expected = "the prime of a group that supported_groups has";
            say.form("dh_p", expected, "another", "RFC 7919 4");
        }
    }

    /// A key on the curve that it names itself.
    pub(super) fn server_point(&mut self, key: &ServerKeyExchange, say: &mut Say<'_>) {
        self.curve = key.named_curve();
        if let (Some(curve), Some(public)) = (self.curve, key.point()) {
            on_curve("public", curve, public, say);
            self.form_of_point(curve, public, say);
        }
    }

    /// Whether a point has a form that the client takes, where it says which: RFC 8422 section 5.1.2.
    fn form_of_point(&self, curve: NamedGroup, point: &[u8], say: &mut Say<'_>) {
        let is_compressed = curve.coordinate().is_some() && matches!(point.first(), Some(2 | 3));
        let offered = self.offered(ExtensionType::ec_point_formats);
        let Some(ClientExtension::EcPointFormats(formats)) = offered.filter(|_| is_compressed)
        else {
            return;
        };
        let compressed =
            [EcPointFormat::ansiX962_compressed_prime, EcPointFormat::ansiX962_compressed_char2];
        if !compressed.iter().any(|format| formats.0.contains(format)) {
            let expected = "a point of a form that ec_point_formats has";
            say.form("public", expected, "a compressed one", "RFC 8422 5.4");
        }
    }

    /// The client's part: a key on the curve that the server named.
    pub(super) fn client_key_exchange(&self, key: &ClientKeyExchange, say: &mut Say<'_>) {
        if let (Some(curve), Some(point)) = (self.curve, key.point()) {
            on_curve("ecdh_yc", curve, point, say);
        }
        if let (Some(prime), Some(value)) = (&self.prime, key.value()) {
            let expected = "a value from 2 to p - 2";
            if let Some(fault) = prime_field::unfit(value, prime, expected) {
                say.fault("dh_yc", fault, "RFC 7919 5.1");
            }
        }
        self.secret_under_key(key, say);
        let nothing = ClientEcDiffieHellmanPublic { ecdh_yc: None };
        let suite = self.suite.map(|suite| suite.key_exchange());
        if let (ClientKeyExchange::Ecdhe(key), Some(KeyExchange::Ecdhe | KeyExchange::EcdhAnon)) =
            (key, suite)
        {
            if *key == nothing {
                let expected = "a key, since no certificate has one in a suite of ECDHE";
                say.form("client_key_exchange", expected, "none", "RFC 8422 5.7");
            }
        }
    }
}

impl Review {
    /// What is encrypted by RSA is as long as the modulus, here that of the server's certificate: in
    /// suites for export it may be another.
    fn secret_under_key(&self, key: &ClientKeyExchange, say: &mut Say<'_>) {
        let by_certificate = self.suite.is_some_and(|suite| {
            matches!(suite.key_exchange(), KeyExchange::Rsa | KeyExchange::RsaPsk)
        });
        let [_, modulus] = self.moduli;
        let (Some(modulus), Some(secret)) = (modulus.filter(|_| by_certificate), key.secret())
        else {
            return;
        };
        if secret.len() != modulus {
            let expected = "as many bytes as the modulus of the certificate's key has";
            let fault = Fault::Value { expected, found: secret.len() as u64 };
            say.fault("encrypted_pre_master_secret", fault, "RFC 8017 7.2.1");
        }
    }
}

/// A key on a curve before TLS 1.3, in which points may be compressed.
fn on_curve(field: &'static str, curve: NamedGroup, key: &[u8], say: &mut Say<'_>) {
    if let Some(fault) = point::unfit(curve, key) {
        let reference = match curve.coordinate() {
            Some(_) => "RFC 8422 5.11",
            None => "RFC 7748 5",
        };
        say.fault(field, fault, reference);
    } else if point::is_nothing(curve, key) {
        say.form(field, key_share::SOMETHING, "zeros", "RFC 8422 5.11");
    }
}

/// What a server's key is of: a prime, or a short modulus.
pub(super) fn short_numbers(key: &ServerKeyExchange, say: &mut Say<'_>) {
    if let ServerKeyExchange::RsaExport(_) = key {
        let found = "a short one, as for export (FREAK)";
        say.form("rsa_modulus", "the certificate's key", found, "RFC 9325 4.1");
    }
    if let ServerKeyExchange::Srp(key) = key {
        prime("srp_n", &key.params.srp_n.0, "a prime of 2048 bits or more, as for DHE", say);
    }
    if let Some(params) = key.dh_params() {
        prime("dh_p", &params.dh_p.0, LONG_PRIME, say);
    }
}

/// How long the prime of a key is that may be another number as well.
pub(super) fn lengths(key: &ServerKeyExchange, say: &mut Say<'_>) {
    let params = key.dh_params();
    if let Some((fault, reference)) =
        params.and_then(|params| prime_field::short(&params.dh_p.0, LONG_PRIME))
    {
        say.fault("dh_p", fault, reference);
    }
}

const LONG_PRIME: &str = "a prime of 2048 bits or more";

/// A prime that is none, or too short: what RFC 9325 says of DHE is so of every such group.
fn prime(field: &'static str, prime: &[u8], expected: &'static str, say: &mut Say<'_>) {
    for (fault, reference) in prime_field::prime(prime, expected) {
        say.fault(field, fault, reference);
    }
}
