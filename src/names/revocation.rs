//! What is said of a certificate's revocation: RFC 6960 section 4.2.1 and RFC 5280 section 5.3.1.

use super::code::registry;

registry! {
    /// How a request for a status was taken.
    OcspResponseStatus(u8), item "responseStatus", grease None {
        0 successful,
        1 malformedRequest,
        2 internalError,
        3 tryLater,
        5 sigRequired,
        6 unauthorized,
    }
}

registry! {
    /// Why a certificate was revoked.
    CrlReason(u8), item "cRLReason", grease None {
        0 unspecified,
        1 keyCompromise,
        2 cACompromise,
        3 affiliationChanged,
        4 superseded,
        5 cessationOfOperation,
        6 certificateHold,
        8 removeFromCRL,
        9 privilegeWithdrawn,
        10 aACompromise,
    }
}
