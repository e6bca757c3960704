//! `application_layer_protocol_negotiation`, RFC 7301 section 3.1: the protocols that may run
//! inside. `application_settings` (draft-vvv-tls-alps) and `next_protocol_negotiation`
//! (draft-agl-tls-nextprotoneg) list them in the same form.

use crate::wire::grammar::{P8, Text, named};

named! {
    /// `opaque ProtocolName<1..2^8-1>`, as in `h2`.
    ProtocolName(Text<P8<1>>), item "protocol_name"
}
