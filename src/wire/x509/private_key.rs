//! Private keys: PrivateKeyInfo and its encrypted form, RFC 5958 sections 2 and 3; what each
//! algorithm puts in it, RFC 8017 appendix A.1.2, RFC 5915 section 3, RFC 8410 section 7; and
//! what OpenSSL writes for DSA. No words are made of a secret.

use super::algorithm::{ALGORITHM_IDENTIFIER, EC_PARAMETERS, LARGE};
use super::oids;
use crate::wire::der::Schema;
use crate::wire::der::schema::{INTEGER, Inside, OCTETS, member, of_type, optional, tag};

/// `PrivateKeyInfo`, which RFC 5958 calls OneAsymmetricKey.
pub const PRIVATE_KEY_INFO: Schema = Schema::Sequence(&[
    member("version", &[tag::INTEGER], INTEGER),
    member("privateKeyAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("privateKey", &[tag::OCTET_STRING], Schema::ByOid(private_key)),
    optional("attributes", &[0xa0], Schema::SetOf("Attribute", &Schema::Any)),
    optional("publicKey", &[0x81], of_type(tag::BIT_STRING)),
]);

/// `EncryptedPrivateKeyInfo`.
pub const ENCRYPTED_PRIVATE_KEY_INFO: Schema = Schema::Sequence(&[
    member("encryptionAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("encryptedData", &[tag::OCTET_STRING], OCTETS),
]);

/// What the OCTET STRING of a key holds: bytes, where nothing is known of the algorithm, even if
/// they look like more.
fn private_key(algorithm: &[u8]) -> &'static Schema {
    static RSA: Schema = Schema::Octets(Inside::Element("RSAPrivateKey", &RSA_PRIVATE_KEY));
    static EC: Schema = Schema::Octets(Inside::Element("ECPrivateKey", &EC_PRIVATE_KEY));
    static CURVE: Schema =
        Schema::In("RFC 8410 7", &Schema::Octets(Inside::Element("CurvePrivateKey", &OCTETS)));
    static NUMBER: Schema = Schema::Octets(Inside::Element("PrivateKey", &SECRET));
    static BYTES: Schema = OCTETS;
    match algorithm {
        oids::RSA_ENCRYPTION | oids::RSASSA_PSS | oids::RSAES_OAEP => &RSA,
        oids::EC_PUBLIC_KEY | oids::EC_DH | oids::EC_MQV => &EC,
        oids::ED25519 | oids::ED448 | oids::X25519 | oids::X448 => &CURVE,
        oids::DSA | oids::DH_PUBLIC_NUMBER | oids::DH_KEY_AGREEMENT => &NUMBER,
        _ => &BYTES,
    }
}

/// A number of which nothing is said.
const SECRET: Schema = Schema::Type(tag::INTEGER, Some(|_| None));

/// `RSAPrivateKey`.
pub const RSA_PRIVATE_KEY: Schema = Schema::In(
    "RFC 8017 A.1.2",
    &Schema::Sequence(&[
        member("version", &[tag::INTEGER], INTEGER),
        member("modulus", &[tag::INTEGER], LARGE),
        member("publicExponent", &[tag::INTEGER], INTEGER),
        member("privateExponent", &[tag::INTEGER], SECRET),
        member("prime1", &[tag::INTEGER], SECRET),
        member("prime2", &[tag::INTEGER], SECRET),
        member("exponent1", &[tag::INTEGER], SECRET),
        member("exponent2", &[tag::INTEGER], SECRET),
        member("coefficient", &[tag::INTEGER], SECRET),
        optional("otherPrimeInfos", &[tag::SEQUENCE], Schema::Of("OtherPrimeInfo", &OTHER_PRIME)),
    ]),
);

const OTHER_PRIME: Schema = Schema::Sequence(&[
    member("prime", &[tag::INTEGER], SECRET),
    member("exponent", &[tag::INTEGER], SECRET),
    member("coefficient", &[tag::INTEGER], SECRET),
]);

/// `ECPrivateKey`.
pub const EC_PRIVATE_KEY: Schema = Schema::In(
    "RFC 5915 3",
    &Schema::Sequence(&[
        member("version", &[tag::INTEGER], INTEGER),
        member("privateKey", &[tag::OCTET_STRING], OCTETS),
        optional("parameters", &[0xa0], Schema::Explicit("ECParameters", &EC_PARAMETERS)),
        optional("publicKey", &[0xa1], Schema::Explicit("publicKey", &Schema::Bits(Inside::Point))),
    ]),
);

/// What OpenSSL writes for a key of DSA: no document has it.
pub const DSA_PRIVATE_KEY: Schema = Schema::Sequence(&[
    member("version", &[tag::INTEGER], INTEGER),
    member("p", &[tag::INTEGER], LARGE),
    member("q", &[tag::INTEGER], LARGE),
    member("g", &[tag::INTEGER], LARGE),
    member("pub_key", &[tag::INTEGER], LARGE),
    member("priv_key", &[tag::INTEGER], SECRET),
]);
