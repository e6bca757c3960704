//! `use_srtp`, RFC 5764 section 4.1.1: the keys are for media. Both sides send the same form.

use crate::names::SrtpProtectionProfile;
use crate::wire::grammar::{Codes, Opaque, P8, P16, message};

message! {
    /// How media may be protected; a server names one profile.
    UseSrtpData, item "use_srtp_data", in "RFC 5764 4.1.1" {
        /// The profiles.
        srtp_protection_profiles: Codes<P16<2>, SrtpProtectionProfile>,
        /// A name for the master key, to stand in each packet.
        srtp_mki: Opaque<P8>,
    }
}
