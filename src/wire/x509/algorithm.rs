//! AlgorithmIdentifier and its parameters: RFC 5280 section 4.1.1.2, RFC 3279, RFC 4055 for RSA,
//! RFC 5480 and X9.62 for curves, RFC 9215 for GOST.

use super::oids;
use crate::wire::der::Schema;
use crate::wire::der::schema::{
    INTEGER, Inside, NULL, OCTETS, OID, default, member, of_type, optional, tag,
};

/// An algorithm, and what it needs to be told.
pub const ALGORITHM_IDENTIFIER: Schema = Schema::Sequence(&[
    member("algorithm", &[tag::OBJECT_IDENTIFIER], OID),
    optional("parameters", &[], Schema::ByOid(parameters)),
]);

/// An INTEGER that is mostly large, and told by its bits.
pub const LARGE: Schema = INTEGER;

fn parameters(algorithm: &[u8]) -> &'static Schema {
    static ANY: Schema = Schema::Any;
    static NONE: Schema = Schema::In("RFC 4055 5", &NULL);
    static MASK: Schema = ALGORITHM_IDENTIFIER;
    static ABSENT: Schema =
        Schema::In("RFC 8410 3", &Schema::OneOf(&[], "no parameters", &Schema::Any));
    match algorithm {
        oids::ED25519 | oids::ED448 | oids::X25519 | oids::X448 => &ABSENT,
        oids::RSASSA_PSS => &RSASSA_PSS_PARAMS,
        oids::RSAES_OAEP => &RSAES_OAEP_PARAMS,
        oids::MGF1 => &MASK,
        oids::PBES2 => &PBES2_PARAMS,
        oids::PBKDF2 => &PBKDF2_PARAMS,
        oids::SCRYPT => &SCRYPT_PARAMS,
        oids::PBMAC1 => &PBMAC1_PARAMS,
        oids::AES128_GCM | oids::AES192_GCM | oids::AES256_GCM => &GCM_PARAMETERS,
        // The algorithm that hides the key.
        oids::PWRI_KEK => &MASK,
        _ if algorithm.starts_with(oids::SINGLE_PASS_DH) => &MASK,
        oids::SINGLE_PASS_DH_SHA1 => &MASK,
        _ if algorithm.starts_with(oids::PKCS12_PBE) => &PBE_PARAMETER,
        oids::PBE_MD5_DES | oids::PBE_SHA1_DES | oids::PBE_MD5_RC2 | oids::PBE_SHA1_RC2 => {
            &PBE_PARAMETER
        }
        oids::EC_PUBLIC_KEY | oids::EC_DH | oids::EC_MQV => &EC_PARAMETERS,
        oids::DSA => &DSS_PARMS,
        oids::DH_PUBLIC_NUMBER => &DOMAIN_PARAMETERS,
        oids::DH_KEY_AGREEMENT => &DH_PARAMETER,
        oids::GOST_2001 | oids::GOST_2012_256 | oids::GOST_2012_512 => &GOST_PARAMETERS,
        _ if algorithm.starts_with(oids::PKCS1) => &NONE,
        _ => &ANY,
    }
}

static RSASSA_PSS_PARAMS: Schema = Schema::In(
    "RFC 4055 3.1",
    &Schema::Sequence(&[
        optional("hashAlgorithm", &[0xa0], Schema::Explicit("hashAlgorithm", &HASH)),
        optional("maskGenAlgorithm", &[0xa1], Schema::Explicit("maskGenAlgorithm", &HASH)),
        default(
            "saltLength",
            &[0xa2],
            &[tag::INTEGER, 1, 20],
            Schema::Explicit("saltLength", &INTEGER),
        ),
        default(
            "trailerField",
            &[0xa3],
            &[tag::INTEGER, 1, 1],
            Schema::Explicit("trailerField", &INTEGER),
        ),
    ]),
);

static RSAES_OAEP_PARAMS: Schema = Schema::In(
    "RFC 4055 4.1",
    &Schema::Sequence(&[
        optional("hashFunc", &[0xa0], Schema::Explicit("hashFunc", &HASH)),
        optional("maskGenFunc", &[0xa1], Schema::Explicit("maskGenFunc", &HASH)),
        optional("pSourceFunc", &[0xa2], Schema::Explicit("pSourceFunc", &HASH)),
    ]),
);

static HASH: Schema = ALGORITHM_IDENTIFIER;

/// `ECParameters`, RFC 5480 section 2.1.1: a CHOICE by tag.
pub(super) const EC_PARAMETERS: Schema = Schema::ByTag(ec_parameters);

fn ec_parameters(identifier: u8) -> (&'static str, &'static Schema) {
    static NAMED: Schema = OID;
    static IMPLICIT: Schema = NULL;
    static ANY: Schema = Schema::Any;
    match identifier {
        tag::OBJECT_IDENTIFIER => ("namedCurve", &NAMED),
        tag::NULL => ("implicitCurve", &IMPLICIT),
        tag::SEQUENCE => ("specifiedCurve", &SPECIFIED_EC_DOMAIN),
        _ => ("ECParameters", &ANY),
    }
}

/// A curve that is written out: X9.62, RFC 3279 section 2.3.5.
static SPECIFIED_EC_DOMAIN: Schema = Schema::In(
    "RFC 3279 2.3.5",
    &Schema::Sequence(&[
        member("version", &[tag::INTEGER], INTEGER),
        member(
            "fieldID",
            &[tag::SEQUENCE],
            Schema::Sequence(&[
                member("fieldType", &[tag::OBJECT_IDENTIFIER], OID),
                member("parameters", &[], Schema::ByOid(field_parameters)),
            ]),
        ),
        member(
            "curve",
            &[tag::SEQUENCE],
            Schema::Sequence(&[
                member("a", &[tag::OCTET_STRING], OCTETS),
                member("b", &[tag::OCTET_STRING], OCTETS),
                optional("seed", &[tag::BIT_STRING], of_type(tag::BIT_STRING)),
            ]),
        ),
        member("base", &[tag::OCTET_STRING], Schema::Octets(Inside::Point)),
        member("order", &[tag::INTEGER], LARGE),
        optional("cofactor", &[tag::INTEGER], INTEGER),
        optional("hash", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    ]),
);

fn field_parameters(field: &[u8]) -> &'static Schema {
    static ANY: Schema = Schema::Any;
    static PRIME: Schema = LARGE;
    static CHARACTERISTIC_TWO: Schema = Schema::Sequence(&[
        member("m", &[tag::INTEGER], INTEGER),
        member("basis", &[tag::OBJECT_IDENTIFIER], OID),
        member("parameters", &[], Schema::Any),
    ]);
    match field {
        oids::PRIME_FIELD => &PRIME,
        oids::CHARACTERISTIC_TWO_FIELD => &CHARACTERISTIC_TWO,
        _ => &ANY,
    }
}

static PBES2_PARAMS: Schema = Schema::In(
    "RFC 8018 A.4",
    &Schema::Sequence(&[
        member("keyDerivationFunc", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
        member("encryptionScheme", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    ]),
);

static PBKDF2_PARAMS: Schema = Schema::In(
    "RFC 8018 A.2",
    &Schema::Sequence(&[
        // A CHOICE of a salt and of an algorithm that tells it.
        member("salt", &[tag::OCTET_STRING, tag::SEQUENCE], Schema::Any),
        member("iterationCount", &[tag::INTEGER], INTEGER),
        optional("keyLength", &[tag::INTEGER], INTEGER),
        optional("prf", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    ]),
);

static SCRYPT_PARAMS: Schema = Schema::In(
    "RFC 7914 7",
    &Schema::Sequence(&[
        member("salt", &[tag::OCTET_STRING], OCTETS),
        member("costParameter", &[tag::INTEGER], INTEGER),
        member("blockSize", &[tag::INTEGER], INTEGER),
        member("parallelizationParameter", &[tag::INTEGER], INTEGER),
        optional("keyLength", &[tag::INTEGER], INTEGER),
    ]),
);

static GCM_PARAMETERS: Schema = Schema::In(
    "RFC 5084 3.2",
    &Schema::Sequence(&[
        member("aes-nonce", &[tag::OCTET_STRING], OCTETS),
        default("aes-ICVlen", &[tag::INTEGER], &[12], INTEGER),
    ]),
);

static PBMAC1_PARAMS: Schema = Schema::In(
    "RFC 8018 A.5",
    &Schema::Sequence(&[
        member("keyDerivationFunc", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
        member("messageAuthScheme", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    ]),
);

/// The same parameters in RFC 8018 appendix A.3 and in RFC 7292 appendix C.
static PBE_PARAMETER: Schema = Schema::Sequence(&[
    member("salt", &[tag::OCTET_STRING], OCTETS),
    member("iterationCount", &[tag::INTEGER], INTEGER),
]);

pub(super) static DSS_PARMS: Schema = Schema::In(
    "RFC 3279 2.3.2",
    &Schema::Sequence(&[
        member("p", &[tag::INTEGER], LARGE),
        member("q", &[tag::INTEGER], LARGE),
        member("g", &[tag::INTEGER], LARGE),
    ]),
);

pub(super) static DOMAIN_PARAMETERS: Schema = Schema::In(
    "RFC 3279 2.3.3",
    &Schema::Sequence(&[
        member("p", &[tag::INTEGER], LARGE),
        member("g", &[tag::INTEGER], LARGE),
        member("q", &[tag::INTEGER], LARGE),
        optional("j", &[tag::INTEGER], LARGE),
        optional(
            "validationParms",
            &[tag::SEQUENCE],
            Schema::Sequence(&[
                member("seed", &[tag::BIT_STRING], of_type(tag::BIT_STRING)),
                member("pgenCounter", &[tag::INTEGER], INTEGER),
            ]),
        ),
    ]),
);

/// PKCS #3.
pub(super) static DH_PARAMETER: Schema = Schema::Sequence(&[
    member("prime", &[tag::INTEGER], LARGE),
    member("base", &[tag::INTEGER], LARGE),
    optional("privateValueLength", &[tag::INTEGER], INTEGER),
]);

static GOST_PARAMETERS: Schema = Schema::In(
    "RFC 9215 4.1",
    &Schema::Sequence(&[
        member("publicKeyParamSet", &[tag::OBJECT_IDENTIFIER], OID),
        optional("digestParamSet", &[tag::OBJECT_IDENTIFIER], OID),
        optional("encryptionParamSet", &[tag::OBJECT_IDENTIFIER], OID),
    ]),
);
