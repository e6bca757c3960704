//! Kinds of names in the extension server_name: RFC 6066 section 3, which has no registry for them.

use super::code::registry;

registry! {
    /// What kind of name an entry of server_name is.
    NameType(u8), item "name_type", grease None {
        0 host_name,
    }
}
