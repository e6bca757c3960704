//! SupplementalData: RFC 4680. What an application wants to say within the handshake, for which an
//! extension of the hello has asked.

use crate::names::SupplementalDataType;
use crate::wire::grammar::{List, Opaque, P16, P24, message};

message! {
    /// What applications say.
    SupplementalData, item "supplemental_data", in "RFC 4680 2" {
        /// Each with its type.
        supp_data: List<P24<1>, SupplementalDataEntry>,
    }
}

message! {
    /// What one application says.
    SupplementalDataEntry, item "supplemental_data_entry", in "RFC 4680 2" {
        /// Which application.
        supp_data_type: SupplementalDataType,
        /// What it says.
        data: Opaque<P16>,
    }
}
