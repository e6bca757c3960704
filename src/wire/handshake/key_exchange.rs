//! ServerKeyExchange and ClientKeyExchange up to TLS 1.2: RFC 5246 sections 7.4.3 and 7.4.7,
//! RFC 8422 sections 5.4 and 5.7, RFC 4279 for shared keys, RFC 5054 for passwords, RFC 2712 for
//! Kerberos. Their forms hang on the key exchange of the cipher suite.

use super::ec_parameters::EcParameters;
use super::likeness::{self, Likeness};
use super::signature::{Signature, Signed};
use crate::names::{KeyExchange, NamedGroup, ProtocolVersion, SignatureScheme};
use crate::wire::grammar::{Opaque, P8, P16, Reader, Record, Rest, Text, message, select};

select! {
    /// What the server adds where its certificate is not enough.
    ServerKeyExchange, item "server_key_exchange", by server_form {
        /// A key on a curve.
        KeyExchange::Ecdhe | KeyExchange::EcdhAnon => Ecdhe(EcdheServerKey),
        /// A key in a prime field.
        KeyExchange::Dhe | KeyExchange::DheExport | KeyExchange::DhAnon | KeyExchange::DhAnonExport
            => Dhe(DheServerKey),
        /// A short RSA key.
        KeyExchange::RsaExport => RsaExport(RsaServerKey),
        /// A hint at which shared key to use.
        KeyExchange::Psk | KeyExchange::RsaPsk => Psk(PskHint),
        /// The hint, and a key in a prime field.
        KeyExchange::DhePsk => DhePsk(DhePskServerKey),
        /// The hint, and a key on a curve.
        KeyExchange::EcdhePsk => EcdhePsk(EcdhePskServerKey),
        /// What a password is proved with.
        KeyExchange::Srp => Srp(SrpServerKey),
        /// Of a key exchange that has none, or whose form is not known.
        _ => Opaque(Rest),
    }
}

select! {
    /// The client's part of the key exchange.
    ClientKeyExchange, item "client_key_exchange", by client_form {
        /// The premaster secret under the server's RSA key.
        Of(KeyExchange::Rsa | KeyExchange::RsaExport) => Rsa(EncryptedPreMasterSecret),
        /// The same in SSL 3.0, without a length.
        Ssl3Rsa => Ssl3Rsa(Ssl3EncryptedPreMasterSecret),
        /// A value in a prime field. Nothing where it stands in the client's certificate, as it may
        /// where the server's stands in its own.
        Of(KeyExchange::Dhe | KeyExchange::DheExport | KeyExchange::DhAnon
            | KeyExchange::DhAnonExport | KeyExchange::Dh | KeyExchange::DhExport)
            => Dhe(ClientDiffieHellmanPublic),
        /// A point, or nothing likewise.
        Of(KeyExchange::Ecdhe | KeyExchange::EcdhAnon | KeyExchange::Ecdh)
            => Ecdhe(ClientEcDiffieHellmanPublic),
        /// Which shared key.
        Of(KeyExchange::Psk) => Psk(PskIdentity),
        /// Which shared key, and a secret under the server's RSA key.
        Of(KeyExchange::RsaPsk) => RsaPsk(RsaPskClientKey),
        /// Which shared key, and a value in a prime field.
        Of(KeyExchange::DhePsk) => DhePsk(DhePskClientKey),
        /// Which shared key, and a point.
        Of(KeyExchange::EcdhePsk) => EcdhePsk(EcdhePskClientKey),
        /// What a password is proved with.
        Of(KeyExchange::Srp) => Srp(SrpClientKey),
        /// A ticket.
        Of(KeyExchange::Krb5 | KeyExchange::Krb5Export) => Krb5(KerberosWrapper),
        /// Of a key exchange whose form is not known.
        Of(_) => Opaque(Rest),
    }
}

impl ServerKeyExchange {
    /// The key exchange whose form it has: the first of those that share one.
    pub fn key_exchange(&self) -> Option<KeyExchange> {
        match self {
            ServerKeyExchange::Ecdhe(_) => Some(KeyExchange::Ecdhe),
            ServerKeyExchange::Dhe(_) => Some(KeyExchange::Dhe),
            ServerKeyExchange::RsaExport(_) => Some(KeyExchange::RsaExport),
            ServerKeyExchange::Psk(_) => Some(KeyExchange::Psk),
            ServerKeyExchange::DhePsk(_) => Some(KeyExchange::DhePsk),
            ServerKeyExchange::EcdhePsk(_) => Some(KeyExchange::EcdhePsk),
            ServerKeyExchange::Srp(_) => Some(KeyExchange::Srp),
            ServerKeyExchange::Opaque(_) => None,
        }
    }

    /// The key exchanges whose form a body has, whatever was agreed: the first of those that share
    /// one.
    pub fn forms(body: &[u8]) -> Vec<KeyExchange> {
        likeness::forms(body)
    }

    /// The curve, where there is one.
    fn curve_params(&self) -> Option<&EcParameters> {
        match self {
            ServerKeyExchange::Ecdhe(key) => Some(&key.params.curve_params),
            ServerKeyExchange::EcdhePsk(key) => Some(&key.params.curve_params),
            _ => None,
        }
    }

    /// The curve by its name, where there is one.
    pub fn named_curve(&self) -> Option<NamedGroup> {
        self.curve_params()?.named_curve()
    }

    /// Whether the curve is written out.
    pub fn is_explicit_curve(&self) -> bool {
        matches!(
            self.curve_params(),
            Some(EcParameters::ExplicitPrime(_) | EcParameters::ExplicitChar2(_))
        )
    }

    /// The server's key on a curve, where there is one.
    pub fn point(&self) -> Option<&[u8]> {
        match self {
            ServerKeyExchange::Ecdhe(key) => Some(&key.params.public.0),
            ServerKeyExchange::EcdhePsk(key) => Some(&key.params.public.0),
            _ => None,
        }
    }

    /// The key in a prime field, where there is one.
    pub fn dh_params(&self) -> Option<&ServerDhParams> {
        match self {
            ServerKeyExchange::Dhe(key) => Some(&key.params),
            ServerKeyExchange::DhePsk(key) => Some(&key.params),
            _ => None,
        }
    }

    /// Who vouches for the key, where somebody does.
    pub fn signature(&self) -> Option<&Signature> {
        let signed = match self {
            ServerKeyExchange::Ecdhe(key) => &key.signature,
            ServerKeyExchange::Dhe(key) => &key.signature,
            ServerKeyExchange::RsaExport(key) => &key.signature,
            ServerKeyExchange::Srp(key) => &key.signature,
            _ => return None,
        };
        signed.0.as_ref()
    }

    /// By what algorithm the key is signed, where that is said.
    pub fn signature_algorithm(&self) -> Option<SignatureScheme> {
        self.signature()?.algorithm.0
    }
}

impl ClientKeyExchange {
    /// The value in a prime field, where there is one.
    pub fn value(&self) -> Option<&[u8]> {
        match self {
            ClientKeyExchange::Dhe(key) => key.dh_yc.as_ref().map(|value| &value.0[..]),
            ClientKeyExchange::DhePsk(key) => Some(&key.dh_yc.0),
            _ => None,
        }
    }

    /// The secret under the server's RSA key, where there is one.
    pub fn secret(&self) -> Option<&[u8]> {
        match self {
            ClientKeyExchange::Rsa(key) => Some(&key.encrypted_pre_master_secret.0),
            ClientKeyExchange::Ssl3Rsa(key) => Some(&key.encrypted_pre_master_secret.0),
            ClientKeyExchange::RsaPsk(key) => Some(&key.encrypted_pre_master_secret.0),
            _ => None,
        }
    }

    /// The client's key on a curve, where there is one.
    pub fn point(&self) -> Option<&[u8]> {
        match self {
            ClientKeyExchange::Ecdhe(key) => key.ecdh_yc.as_ref().map(|point| point.0.as_slice()),
            ClientKeyExchange::EcdhePsk(key) => Some(&key.ecdh_yc.0),
            _ => None,
        }
    }
}

message! {
    /// A key on a curve, and who vouches for it.
    EcdheServerKey, item "server_key_exchange", in "RFC 8422 5.4" {
        /// The key.
        params: ServerEcdhParams,
        /// By the certificate's key.
        signature: Signed,
    }
}

message! {
    /// A key in a prime field, and who vouches for it.
    DheServerKey, item "server_key_exchange", in "RFC 5246 7.4.3" {
        /// The key.
        params: ServerDhParams,
        /// By the certificate's key.
        signature: Signed,
    }
}

message! {
    /// A short RSA key, and who vouches for it.
    RsaServerKey, item "server_key_exchange", in "RFC 2246 7.4.3" {
        /// The key.
        params: ServerRsaParams,
        /// By the certificate's key.
        signature: Signed,
    }
}

message! {
    /// A hint at which shared key to use.
    PskHint, item "server_key_exchange", in "RFC 4279 2" {
        /// The hint.
        psk_identity_hint: Text<P16>,
    }
}

message! {
    /// A hint, and a key in a prime field.
    DhePskServerKey, item "server_key_exchange", in "RFC 4279 3" {
        /// The hint.
        psk_identity_hint: Text<P16>,
        /// The key.
        params: ServerDhParams,
    }
}

message! {
    /// A hint, and a key on a curve.
    EcdhePskServerKey, item "server_key_exchange", in "RFC 5489 2" {
        /// The hint.
        psk_identity_hint: Text<P16>,
        /// The key.
        params: ServerEcdhParams,
    }
}

message! {
    /// The server's half of a password's proof, and who vouches for it.
    SrpServerKey, item "server_key_exchange", in "RFC 5054 2.5.3" {
        /// The half.
        params: ServerSrpParams,
        /// By the certificate's key, where the suite has one.
        signature: Signed,
    }
}

message! {
    /// A key on a curve.
    ServerEcdhParams, item "params", in "RFC 8422 5.4" {
        /// The curve.
        curve_params: EcParameters,
        /// The server's point.
        public: Opaque<P8<1>>,
    }
}

message! {
    /// A key in a prime field.
    ServerDhParams, item "params", in "RFC 5246 7.4.3" {
        /// The prime.
        dh_p: Opaque<P16<1>>,
        /// The generator.
        dh_g: Opaque<P16<1>>,
        /// The server's public value.
        dh_ys: Opaque<P16<1>>,
    }
}

message! {
    /// An RSA key that is shorter than the certificate's.
    ServerRsaParams, item "params", in "RFC 2246 7.4.3" {
        /// The modulus.
        rsa_modulus: Opaque<P16<1>>,
        /// The public exponent.
        rsa_exponent: Opaque<P16<1>>,
    }
}

message! {
    /// The server's half of a password's proof.
    ServerSrpParams, item "params", in "RFC 5054 2.5.3" {
        /// The prime.
        srp_n: Opaque<P16<1>>,
        /// The generator.
        srp_g: Opaque<P16<1>>,
        /// The user's salt.
        srp_s: Opaque<P8<1>>,
        /// The server's public value.
        srp_b: Opaque<P16<1>>,
    }
}

message! {
    /// A secret under the server's RSA key.
    EncryptedPreMasterSecret, item "client_key_exchange", in "RFC 5246 7.4.7.1" {
        /// The secret.
        encrypted_pre_master_secret: Opaque<P16>,
    }
}

message! {
    /// A secret under the server's RSA key: all of the message in SSL 3.0.
    Ssl3EncryptedPreMasterSecret, item "client_key_exchange", in "RFC 6101 5.6.7" {
        /// The secret.
        encrypted_pre_master_secret: Rest,
    }
}

message! {
    /// A value in a prime field; none where the client's certificate has it.
    ClientDiffieHellmanPublic, item "client_key_exchange", in "RFC 5246 7.4.7.2" {
        /// The value.
        dh_yc: Option<Opaque<P16<1>>>,
    }
}

message! {
    /// A point; none where the client's certificate has it.
    ClientEcDiffieHellmanPublic, item "client_key_exchange", in "RFC 8422 5.7" {
        /// The point.
        ecdh_yc: Option<Opaque<P8<1>>>,
    }
}

message! {
    /// Which shared key.
    PskIdentity, item "client_key_exchange", in "RFC 4279 2" {
        /// Its name.
        psk_identity: Text<P16>,
    }
}

message! {
    /// Which shared key, and a secret under the server's RSA key.
    RsaPskClientKey, item "client_key_exchange", in "RFC 4279 4" {
        /// The key's name.
        psk_identity: Text<P16>,
        /// The secret.
        encrypted_pre_master_secret: Opaque<P16>,
    }
}

message! {
    /// Which shared key, and a value in a prime field.
    DhePskClientKey, item "client_key_exchange", in "RFC 4279 3" {
        /// The key's name.
        psk_identity: Text<P16>,
        /// The value.
        dh_yc: Opaque<P16<1>>,
    }
}

message! {
    /// Which shared key, and a point.
    EcdhePskClientKey, item "client_key_exchange", in "RFC 5489 2" {
        /// The key's name.
        psk_identity: Text<P16>,
        /// The point.
        ecdh_yc: Opaque<P8<1>>,
    }
}

message! {
    /// The client's half of a password's proof.
    SrpClientKey, item "client_key_exchange", in "RFC 5054 2.5.4" {
        /// The client's public value.
        srp_a: Opaque<P16<1>>,
    }
}

message! {
    /// A Kerberos ticket, and a secret under its key.
    KerberosWrapper, item "client_key_exchange", in "RFC 2712 3" {
        /// The ticket.
        ticket: Opaque<P16>,
        /// May be empty.
        authenticator: Opaque<P16>,
        /// The secret.
        encrypted_pre_master_secret: Opaque<P16>,
    }
}

/// The key exchange of the suite; where that is not known, the one whose form the message has.
fn server_form<R: Record>(r: &mut Reader<'_, R>) -> KeyExchange {
    agreed(r, "params", likeness::server)
}

/// What decides the form of the client's message.
enum ClientForm {
    /// The key exchange.
    Of(KeyExchange),
    /// That of RSA in SSL 3.0.
    Ssl3Rsa,
}

use ClientForm::{Of, Ssl3Rsa};

/// The same for the client's message.
fn client_form<R: Record>(r: &mut Reader<'_, R>) -> ClientForm {
    // What precedes RSA's secret since TLS 1.0, SSL 3.0 did not have.
    let ssl3 = r.context().version == Some(ProtocolVersion::SSL3_0);
    let server = r.context().assumed_key_exchange;
    let chosen = agreed(r, "exchange_keys", |body| likeness::client(body, server));
    match chosen {
        KeyExchange::Rsa | KeyExchange::RsaExport if ssl3 => Ssl3Rsa,
        chosen => Of(chosen),
    }
}

fn agreed<R: Record>(
    r: &mut Reader<'_, R>,
    field: &'static str,
    guess: impl Fn(&[u8]) -> Likeness,
) -> KeyExchange {
    if let Some(suite) = r.context().known_suite() {
        return suite.key_exchange();
    }
    let expected = match r.context().cipher_suite {
        Some(_) => "a cipher suite that is known",
        None => "a ServerHello that tells the cipher suite",
    };
    match guess(r.rest()) {
        Some((guessed, found)) => {
            r.assume(field, expected, found);
            guessed
        }
        None => {
            r.assume(field, expected, "bytes of no known form");
            KeyExchange::Unknown
        }
    }
}
