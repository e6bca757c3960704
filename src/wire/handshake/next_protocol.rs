//! Messages of extensions that came before ALPN and token binding: NextProtocol of
//! draft-agl-tls-nextprotoneg-04, and the channel id of draft-balfanz-tls-channelid-01, which is
//! sent as a message of type 203.

use crate::names::ExtensionType;
use crate::wire::grammar::{Fixed, Opaque, P8, Text, message};

message! {
    /// Which protocol the client will speak.
    NextProtocol, item "next_protocol", in "draft-agl-tls-nextprotoneg-04 3.1" {
        /// The protocol.
        selected_protocol: Text<P8>,
        /// As many zeros as hide how long its name is.
        padding: Opaque<P8>,
    }
}

message! {
    /// A key that the client proves to have, by which it is known again.
    ChannelId, item "channel_id", in "draft-balfanz-tls-channelid-01 4" {
        /// `channel_id`, again.
        extension_type: ExtensionType,
        /// 128.
        length: u16,
        /// The key's point on P-256.
        x: Fixed<32>,
        /// The point's other half.
        y: Fixed<32>,
        /// A signature over the handshake so far.
        r: Fixed<32>,
        /// The signature's other half.
        s: Fixed<32>,
    }
}
