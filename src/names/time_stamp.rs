//! How an authority for the time takes a request: RFC 3161 section 2.4.2.

use super::code::registry;

registry! {
    /// How a request was taken.
    PkiStatus(u8), item "status", grease None {
        0 granted,
        1 grantedWithMods,
        2 rejection,
        3 waiting,
        4 revocationWarning,
        5 revocationNotification,
    }
}
