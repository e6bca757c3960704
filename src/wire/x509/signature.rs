//! Signatures: RFC 3279 section 2.2. Those of RSA, of Edwards curves, of lattices and hashes are
//! bytes without an inner form.

use super::algorithm::LARGE;
use super::oids;
use crate::wire::der::Schema;
use crate::wire::der::schema::{Inside, member, of_type, tag};

/// What a signature by this algorithm is.
pub fn signature_value(algorithm: &[u8]) -> &'static Schema {
    static ECDSA: Schema = Schema::In(
        "RFC 3279 2.2.3",
        &Schema::Bits(Inside::Element("ECDSA-Sig-Value", &ECDSA_SIG_VALUE)),
    );
    static DSA: Schema = Schema::In(
        "RFC 3279 2.2.2",
        &Schema::Bits(Inside::Element("Dss-Sig-Value", &ECDSA_SIG_VALUE)),
    );
    static BYTES: Schema = of_type(tag::BIT_STRING);
    match algorithm {
        oids::ECDSA_WITH_SHA1
        | oids::ECDSA_WITH_SHA224
        | oids::ECDSA_WITH_SHA256
        | oids::ECDSA_WITH_SHA384
        | oids::ECDSA_WITH_SHA512
        | oids::ECDSA_WITH_SHA3_224
        | oids::ECDSA_WITH_SHA3_256
        | oids::ECDSA_WITH_SHA3_384
        | oids::ECDSA_WITH_SHA3_512
        | oids::SM2_WITH_SM3 => &ECDSA,
        oids::DSA_WITH_SHA1
        | oids::DSA_WITH_SHA224
        | oids::DSA_WITH_SHA256
        | oids::DSA_WITH_SHA384
        | oids::DSA_WITH_SHA512 => &DSA,
        _ => &BYTES,
    }
}

/// Two numbers, which DSA has as well.
pub static ECDSA_SIG_VALUE: Schema = TWO_NUMBERS;
const TWO_NUMBERS: Schema =
    Schema::Sequence(&[member("r", &[tag::INTEGER], LARGE), member("s", &[tag::INTEGER], LARGE)]);
