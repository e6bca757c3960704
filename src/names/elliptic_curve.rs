//! How points and curves are written: RFC 8422 sections 5.1.2 and 5.4, RFC 4492 section 5.4; the
//! IANA registries "TLS EC Point Formats" and "TLS EC Curve Types"; how a field of characteristic 2
//! is written, RFC 4492 section 5.4, has none. The curves themselves are in
//! [`NamedGroup`](super::NamedGroup).

use super::code::registry;

registry! {
    /// How a point on a curve is written.
    EcPointFormat(u8), item "ec_point_format", grease None {
        0 uncompressed,
        1 ansiX962_compressed_prime,
        2 ansiX962_compressed_char2,
    }
}

registry! {
    /// Whether a ServerKeyExchange spells its curve out or names it.
    EcCurveType(u8), item "curve_type", grease None {
        1 explicit_prime,
        2 explicit_char2,
        3 named_curve,
    }
}

registry! {
    /// How many terms the polynomial has that makes a field of characteristic 2.
    EcBasisType(u8), item "basis", grease None {
        1 ec_basis_trinomial,
        2 ec_basis_pentanomial,
    }
}
