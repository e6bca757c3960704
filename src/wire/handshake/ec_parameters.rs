//! A curve, named or spelled out: `ECParameters`, RFC 4492 section 5.4. RFC 8422 leaves only names.

use crate::names::{EcBasisType, EcCurveType, NamedGroup};
use crate::wire::choice::choice;
use crate::wire::grammar::{Opaque, P8, message};

choice! {
    /// A curve.
    EcParameters by curve_type: EcCurveType, item "curve_params", in "RFC 4492 5.4" {
        /// By its equation over a prime field.
        explicit_prime => ExplicitPrime(ExplicitPrime),
        /// By its equation over a binary field.
        explicit_char2 => ExplicitChar2(ExplicitChar2),
        /// By its name.
        named_curve => Named(NamedGroup),
    }
}

impl EcParameters {
    /// The curve's name, where it has one.
    pub fn named_curve(&self) -> Option<NamedGroup> {
        match self {
            EcParameters::Named(curve) => Some(*curve),
            _ => None,
        }
    }
}

message! {
    /// A curve over a prime field.
    ExplicitPrime, item "explicit_prime", in "RFC 4492 5.4" {
        /// The field.
        prime_p: Opaque<P8<1>>,
        /// The equation.
        curve: EcCurve,
        /// The base point.
        base: Opaque<P8<1>>,
        /// Its order.
        order: Opaque<P8<1>>,
        /// How many times the order goes into the number of points.
        cofactor: Opaque<P8<1>>,
    }
}

message! {
    /// A curve over a binary field.
    ExplicitChar2, item "explicit_char2", in "RFC 4492 5.4" {
        /// The field has 2^m members.
        m: u16,
        /// The polynomial that makes the field.
        basis: EcBasis,
        /// The equation.
        curve: EcCurve,
        /// The base point.
        base: Opaque<P8<1>>,
        /// Its order.
        order: Opaque<P8<1>>,
        /// How many times the order goes into the number of points.
        cofactor: Opaque<P8<1>>,
    }
}

message! {
    /// The coefficients of a curve's equation.
    EcCurve, item "curve", in "RFC 4492 5.4" {
        /// Of x.
        a: Opaque<P8<1>>,
        /// The constant.
        b: Opaque<P8<1>>,
    }
}

choice! {
    /// The polynomial that makes a binary field.
    EcBasis by basis: EcBasisType, item "basis", in "RFC 4492 5.4" {
        /// Of three terms.
        ec_basis_trinomial => Trinomial(Trinomial),
        /// Of five terms.
        ec_basis_pentanomial => Pentanomial(Pentanomial),
    }
}

message! {
    /// x^m + x^k + 1.
    Trinomial, item "trinomial", in "RFC 4492 5.4" {
        /// The exponent.
        k: Opaque<P8>,
    }
}

message! {
    /// x^m + x^k3 + x^k2 + x^k1 + 1.
    Pentanomial, item "pentanomial", in "RFC 4492 5.4" {
        /// The lowest exponent.
        k1: Opaque<P8>,
        /// The one in the middle.
        k2: Opaque<P8>,
        /// The highest.
        k3: Opaque<P8>,
    }
}
