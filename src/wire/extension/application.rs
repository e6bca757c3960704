//! `application_layer_protocol_negotiation`, RFC 7301 section 3.1: the protocols that may run
//! inside. `application_settings` (draft-vvv-tls-alps) and `next_protocol_negotiation`
//! (draft-agl-tls-nextprotoneg) list them in the same form.

use serde::{Deserialize, Serialize};

use crate::wire::grammar::{P8, Read, Reader, Record, Text, Wire};

/// `opaque ProtocolName<1..2^8-1>`, as in `h2`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProtocolName(pub Text<P8>);

impl Wire for ProtocolName {
    const ITEM: &'static str = "protocol_name";

    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        Text::read(r, name).map(ProtocolName)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}
