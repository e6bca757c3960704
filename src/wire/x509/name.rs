//! Distinguished names: RFC 5280 section 4.1.2.4, and the types of their attributes in appendix
//! A.1.

use super::oids;
use crate::wire::der::Schema;
use crate::wire::der::schema::{OID, member, tag};

/// `Name`: a CHOICE of one, rdnSequence.
pub const NAME: Schema = Schema::Of("RelativeDistinguishedName", &RDN);

/// `RelativeDistinguishedName`.
pub const RDN: Schema = Schema::SetOf("AttributeTypeAndValue", &ATTRIBUTE);

const ATTRIBUTE: Schema = Schema::Sequence(&[
    member("type", &[tag::OBJECT_IDENTIFIER], OID),
    member("value", &[], Schema::ByOid(value)),
]);

/// Which strings the value of an attribute may be.
pub fn value(attribute: &[u8]) -> &'static Schema {
    static ANY: Schema = Schema::Any;
    static DIRECTORY_STRING: Schema = Schema::In(
        "RFC 5280 A.1",
        &Schema::OneOf(
            &[
                tag::UTF8_STRING,
                tag::PRINTABLE_STRING,
                tag::TELETEX_STRING,
                tag::UNIVERSAL_STRING,
                tag::BMP_STRING,
            ],
            "DirectoryString",
            &ANY,
        ),
    );
    static PRINTABLE: Schema = Schema::In(
        "RFC 5280 A.1",
        &Schema::OneOf(&[tag::PRINTABLE_STRING], "PrintableString", &ANY),
    );
    static IA5: Schema =
        Schema::In("RFC 5280 A.1", &Schema::OneOf(&[tag::IA5_STRING], "IA5String", &ANY));
    match attribute {
        oids::COUNTRY | oids::SERIAL_NUMBER | oids::DN_QUALIFIER | oids::JURISDICTION_COUNTRY => {
            &PRINTABLE
        }
        oids::DOMAIN_COMPONENT | oids::EMAIL_ADDRESS => &IA5,
        attribute if is_directory_string(attribute) => &DIRECTORY_STRING,
        _ => &ANY,
    }
}

/// Whether the value of an attribute is a DirectoryString.
pub fn is_directory_string(attribute: &[u8]) -> bool {
    matches!(
        attribute,
        oids::COMMON_NAME
            | oids::SURNAME
            | oids::LOCALITY
            | oids::STATE
            | oids::ORGANIZATION
            | oids::ORGANIZATIONAL_UNIT
            | oids::TITLE
            | oids::NAME
            | oids::GIVEN_NAME
            | oids::INITIALS
            | oids::GENERATION_QUALIFIER
            | oids::PSEUDONYM
    )
}
