//! What is encrypted, and for whom: RFC 5652 sections 6 and 8, RFC 5083 where it has a MAC as well.

use super::{ANY_CERTIFICATES, ANY_LISTS, ATTRIBUTES, IDENTIFIER, ISSUER_AND_SERIAL_NUMBER};
use crate::wire::der::Schema;
use crate::wire::der::schema::{
    GENERALIZED_TIME, INTEGER, OCTETS, OID, member, of_type, optional, tag,
};
use crate::wire::x509::ALGORITHM_IDENTIFIER;

/// `EnvelopedData`, section 6.1.
pub const ENVELOPED_DATA: Schema = Schema::In(
    "RFC 5652 6.1",
    &Schema::Sequence(&[
        member("version", &[tag::INTEGER], INTEGER),
        optional("originatorInfo", &[0xa0], ORIGINATOR_INFO),
        member("recipientInfos", &[tag::SET], RECIPIENT_INFOS),
        member("encryptedContentInfo", &[tag::SEQUENCE], ENCRYPTED_CONTENT_INFO),
        optional("unprotectedAttrs", &[0xa1], ATTRIBUTES),
    ]),
);

/// `AuthEnvelopedData`, RFC 5083 section 2.1.
pub const AUTH_ENVELOPED_DATA: Schema = Schema::In(
    "RFC 5083 2.1",
    &Schema::Sequence(&[
        member("version", &[tag::INTEGER], INTEGER),
        optional("originatorInfo", &[0xa0], ORIGINATOR_INFO),
        member("recipientInfos", &[tag::SET], RECIPIENT_INFOS),
        member("authEncryptedContentInfo", &[tag::SEQUENCE], ENCRYPTED_CONTENT_INFO),
        optional("authAttrs", &[0xa1], ATTRIBUTES),
        member("mac", &[tag::OCTET_STRING], OCTETS),
        optional("unauthAttrs", &[0xa2], ATTRIBUTES),
    ]),
);

/// `EncryptedData`, section 8.
pub const ENCRYPTED_DATA: Schema = Schema::In(
    "RFC 5652 8",
    &Schema::Sequence(&[
        member("version", &[tag::INTEGER], INTEGER),
        member("encryptedContentInfo", &[tag::SEQUENCE], ENCRYPTED_CONTENT_INFO),
        optional("unprotectedAttrs", &[0xa1], ATTRIBUTES),
    ]),
);

const ENCRYPTED_CONTENT_INFO: Schema = Schema::Sequence(&[
    member("contentType", &[tag::OBJECT_IDENTIFIER], OID),
    member("contentEncryptionAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    // In BER it may stand in pieces.
    optional("encryptedContent", &[0x80, 0xa0], OCTETS),
]);

const ORIGINATOR_INFO: Schema = Schema::Sequence(&[
    optional("certs", &[0xa0], ANY_CERTIFICATES),
    optional("crls", &[0xa1], ANY_LISTS),
]);

const RECIPIENT_INFOS: Schema = Schema::Of("", &RECIPIENT_INFO);

/// `RecipientInfo`, section 6.2.
const RECIPIENT_INFO: Schema = Schema::ByTag(|identifier| match identifier {
    tag::SEQUENCE => ("ktri", &Schema::In("RFC 5652 6.2.1", &KEY_TRANSPORT)),
    0xa1 => ("kari", &Schema::In("RFC 5652 6.2.2", &KEY_AGREEMENT)),
    0xa2 => ("kekri", &Schema::In("RFC 5652 6.2.3", &KEY_ENCRYPTION_KEY)),
    0xa3 => ("pwri", &Schema::In("RFC 5652 6.2.4", &PASSWORD)),
    0xa4 => ("ori", &Schema::In("RFC 5652 6.2.5", &OTHER)),
    _ => ("", &Schema::Any),
});

const KEY_TRANSPORT: Schema = Schema::Sequence(&[
    member("version", &[tag::INTEGER], INTEGER),
    member("rid", &[], IDENTIFIER),
    member("keyEncryptionAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("encryptedKey", &[tag::OCTET_STRING], OCTETS),
]);

const KEY_AGREEMENT: Schema = Schema::Sequence(&[
    member("version", &[tag::INTEGER], INTEGER),
    member("originator", &[0xa0], Schema::Explicit("", &ORIGINATOR)),
    optional("ukm", &[0xa1], Schema::Explicit("ukm", &OCTETS)),
    member("keyEncryptionAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member(
        "recipientEncryptedKeys",
        &[tag::SEQUENCE],
        Schema::Of("RecipientEncryptedKey", &RECIPIENT_ENCRYPTED_KEY),
    ),
]);

/// `OriginatorIdentifierOrKey`.
const ORIGINATOR: Schema = Schema::ByTag(|identifier| match identifier {
    tag::SEQUENCE => ("issuerAndSerialNumber", &ISSUER_AND_SERIAL_NUMBER),
    0x80 => ("subjectKeyIdentifier", &OCTETS),
    0xa1 => ("originatorKey", &ORIGINATOR_KEY),
    _ => ("", &Schema::Any),
});

const ORIGINATOR_KEY: Schema = Schema::Sequence(&[
    member("algorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("publicKey", &[tag::BIT_STRING], of_type(tag::BIT_STRING)),
]);

const RECIPIENT_ENCRYPTED_KEY: Schema = Schema::Sequence(&[
    member("rid", &[], RECIPIENT),
    member("encryptedKey", &[tag::OCTET_STRING], OCTETS),
]);

/// `KeyAgreeRecipientIdentifier`.
const RECIPIENT: Schema = Schema::ByTag(|identifier| match identifier {
    tag::SEQUENCE => ("issuerAndSerialNumber", &ISSUER_AND_SERIAL_NUMBER),
    0xa0 => ("rKeyId", &RECIPIENT_KEY_IDENTIFIER),
    _ => ("", &Schema::Any),
});

const RECIPIENT_KEY_IDENTIFIER: Schema = Schema::Sequence(&[
    member("subjectKeyIdentifier", &[tag::OCTET_STRING], OCTETS),
    optional("date", &[tag::GENERALIZED_TIME], GENERALIZED_TIME),
    optional("other", &[tag::SEQUENCE], Schema::Any),
]);

const KEY_ENCRYPTION_KEY: Schema = Schema::Sequence(&[
    member("version", &[tag::INTEGER], INTEGER),
    member("kekid", &[tag::SEQUENCE], KEY_IDENTIFIER),
    member("keyEncryptionAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("encryptedKey", &[tag::OCTET_STRING], OCTETS),
]);

const KEY_IDENTIFIER: Schema = Schema::Sequence(&[
    member("keyIdentifier", &[tag::OCTET_STRING], OCTETS),
    optional("date", &[tag::GENERALIZED_TIME], GENERALIZED_TIME),
    optional("other", &[tag::SEQUENCE], Schema::Any),
]);

const PASSWORD: Schema = Schema::Sequence(&[
    member("version", &[tag::INTEGER], INTEGER),
    optional("keyDerivationAlgorithm", &[0xa0], ALGORITHM_IDENTIFIER),
    member("keyEncryptionAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("encryptedKey", &[tag::OCTET_STRING], OCTETS),
]);

const OTHER: Schema = Schema::Sequence(&[
    member("oriType", &[tag::OBJECT_IDENTIFIER], OID),
    member("oriValue", &[], Schema::Any),
]);
