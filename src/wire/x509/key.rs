//! Public keys: SubjectPublicKeyInfo, RFC 5280 section 4.1.2.7, and what each algorithm puts in
//! it. Keys of Edwards and Montgomery curves (RFC 8410) and of lattices and hashes (RFC 9881,
//! RFC 9909, RFC 9935) are bytes without an inner form.

use super::algorithm::{ALGORITHM_IDENTIFIER, LARGE};
use super::oids;
use crate::wire::der::Schema;
use crate::wire::der::schema::{Inside, OCTETS, member, of_type, tag};

/// A key and its algorithm.
pub const SUBJECT_PUBLIC_KEY_INFO: Schema = Schema::Sequence(&[
    member("algorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("subjectPublicKey", &[tag::BIT_STRING], Schema::ByOid(public_key)),
]);

fn public_key(algorithm: &[u8]) -> &'static Schema {
    static RSA: Schema = Schema::In(
        "RFC 8017 A.1.1",
        &Schema::Bits(Inside::Element("RSAPublicKey", &RSA_PUBLIC_KEY)),
    );
    static EC: Schema = Schema::In("RFC 5480 2.2", &Schema::Bits(Inside::Point));
    static DSA: Schema =
        Schema::In("RFC 3279 2.3.2", &Schema::Bits(Inside::Element("DSAPublicKey", &LARGE)));
    static DH: Schema =
        Schema::In("RFC 3279 2.3.3", &Schema::Bits(Inside::Element("DHPublicKey", &LARGE)));
    static GOST: Schema =
        Schema::In("RFC 9215 4.3", &Schema::Bits(Inside::Element("GostR3410-PublicKey", &OCTETS)));
    static BYTES: Schema = of_type(tag::BIT_STRING);
    match algorithm {
        oids::RSA_ENCRYPTION | oids::RSASSA_PSS | oids::RSAES_OAEP => &RSA,
        oids::EC_PUBLIC_KEY | oids::EC_DH | oids::EC_MQV => &EC,
        oids::DSA => &DSA,
        oids::DH_PUBLIC_NUMBER | oids::DH_KEY_AGREEMENT => &DH,
        oids::GOST_2001 | oids::GOST_2012_256 | oids::GOST_2012_512 => &GOST,
        _ => &BYTES,
    }
}

/// `RSAPublicKey`.
pub const RSA_PUBLIC_KEY: Schema = Schema::Sequence(&[
    member("modulus", &[tag::INTEGER], LARGE),
    member("publicExponent", &[tag::INTEGER], LARGE),
]);
