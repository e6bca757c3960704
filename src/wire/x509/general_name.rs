//! GeneralName: RFC 5280 section 4.2.1.6, a CHOICE whose tag says which kind of name it is.

use super::name::NAME;
use super::oids;
use super::words::{ip_address, ip_network, registered_id};
use crate::wire::der::Schema;
use crate::wire::der::schema::{IA5, OID, UTF8, member, optional, tag};

/// A name of any kind.
pub const GENERAL_NAME: Schema = Schema::ByTag(general_name);
/// Names of any kinds.
pub const GENERAL_NAMES: Schema = Schema::Of("GeneralName", &GENERAL_NAME);
/// A name that stands for all names below it: RFC 5280 section 4.2.1.10.
pub const CONSTRAINT: Schema = Schema::ByTag(constraint);

fn general_name(identifier: u8) -> (&'static str, &'static Schema) {
    static TEXT: Schema = IA5;
    static ADDRESS: Schema = Schema::Type(tag::OCTET_STRING, Some(ip_address));
    static REGISTERED: Schema = Schema::Type(tag::OBJECT_IDENTIFIER, Some(registered_id));
    static DIRECTORY_NAME: Schema = Schema::Explicit("Name", &NAME);
    static OTHER_NAME: Schema = Schema::Sequence(&[
        member("type-id", &[tag::OBJECT_IDENTIFIER], OID),
        member("value", &[0xa0], Schema::Explicit("", &Schema::ByOid(other_name))),
    ]);
    static EDI_PARTY_NAME: Schema = Schema::Sequence(&[
        optional("nameAssigner", &[0xa0], Schema::Explicit("", &Schema::Any)),
        member("partyName", &[0xa1], Schema::Explicit("", &Schema::Any)),
    ]);
    static ANY: Schema = Schema::Any;
    match identifier {
        0xa0 => ("otherName", &OTHER_NAME),
        0x81 => ("rfc822Name", &TEXT),
        0x82 => ("dNSName", &TEXT),
        0xa3 => ("x400Address", &ANY),
        0xa4 => ("directoryName", &DIRECTORY_NAME),
        0xa5 => ("ediPartyName", &EDI_PARTY_NAME),
        0x86 => ("uniformResourceIdentifier", &TEXT),
        0x87 => ("iPAddress", &ADDRESS),
        0x88 => ("registeredID", &REGISTERED),
        _ => ("GeneralName", &NO_GENERAL_NAME),
    }
}

/// A tag of no kind of name.
static NO_GENERAL_NAME: Schema = Schema::OneOf(&[], "a kind of GeneralName", &Schema::Any);

fn constraint(identifier: u8) -> (&'static str, &'static Schema) {
    static NETWORK: Schema = Schema::Type(tag::OCTET_STRING, Some(ip_network));
    match identifier {
        0x87 => ("iPAddress", &NETWORK),
        _ => general_name(identifier),
    }
}

fn other_name(kind: &[u8]) -> &'static Schema {
    static ANY: Schema = Schema::Any;
    static IN_UTF8: Schema = UTF8;
    static IN_ASCII: Schema = IA5;
    match kind {
        oids::MS_UPN | oids::XMPP_ADDRESS | oids::SMTP_UTF8_MAILBOX => &IN_UTF8,
        oids::DNS_SRV => &IN_ASCII,
        _ => &ANY,
    }
}
