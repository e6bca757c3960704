//! `server_name`, RFC 6066 section 3: the host that the client wants to reach.

use crate::names::NameType;
use crate::wire::grammar::{P16, Text, message};

message! {
    /// A name of a host, without a dot at its end. No address.
    ServerName, item "server_name", in "RFC 6066 3" {
        /// What kind of name it is; `host_name` is the only kind there is.
        name_type: NameType,
        /// The name.
        host_name: Text<P16<1>, 32>,
    }
}
