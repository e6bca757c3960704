//! `oid_filters`, RFC 8446 section 4.2.5: what a server wants to see in the extensions of a client's
//! certificate.

use crate::wire::der::Der;
use crate::wire::der::schema::OID;
use crate::wire::der_value::der_value;
use crate::wire::grammar::{Opaque, P8, P16, message};

message! {
    /// An extension that must be there, and the values that it must have.
    OidFilter, item "oid_filter", in "RFC 8446 4.2.5" {
        /// Which extension.
        certificate_extension_oid: ExtensionOid,
        /// Its values in DER, in the form that is the extension's own; none means any.
        certificate_extension_values: Opaque<P16>,
    }
}

der_value! {
    /// An OBJECT IDENTIFIER.
    ExtensionOid<P8>, item "certificate_extension_oid",
    read |r| Der::new(r).element("OBJECT IDENTIFIER", &OID)
}
