//! A curve, named or spelled out: `ECParameters`, RFC 4492 section 5.4. RFC 8422 leaves only names.

use super::grammar::{Opaque, P8, Reader, Record, Rest, message, select};
use crate::names::{EcBasisType, EcCurveType, NamedGroup};

select! {
    /// A curve.
    EcParameters, item "curve_params", by curve_type {
        /// By its name.
        EcCurveType::named_curve => Named(NamedCurve),
        /// By its equation over a prime field.
        EcCurveType::explicit_prime => ExplicitPrime(ExplicitPrime),
        /// By its equation over a binary field.
        EcCurveType::explicit_char2 => ExplicitChar2(ExplicitChar2),
        /// In a way that nobody knows.
        _ => Opaque(Rest),
    }
}

impl EcParameters {
    /// The curve's name, where it has one.
    pub fn named_curve(&self) -> Option<NamedGroup> {
        match self {
            EcParameters::Named(curve) => Some(curve.named_curve),
            _ => None,
        }
    }
}

impl From<NamedGroup> for EcParameters {
    fn from(named_curve: NamedGroup) -> Self {
        EcParameters::Named(NamedCurve { curve_type: EcCurveType::named_curve, named_curve })
    }
}

message! {
    /// A curve by its name.
    NamedCurve, item "curve_params", in "RFC 8422 5.4" {
        /// `named_curve`.
        curve_type: EcCurveType,
        /// The name.
        named_curve: NamedGroup,
    }
}

message! {
    /// A curve over a prime field.
    ExplicitPrime, item "curve_params", in "RFC 4492 5.4" {
        /// `explicit_prime`.
        curve_type: EcCurveType,
        /// The field.
        prime_p: Opaque<P8>,
        /// The equation.
        curve: EcCurve,
        /// The base point.
        base: Opaque<P8>,
        /// Its order.
        order: Opaque<P8>,
        /// How many times the order goes into the number of points.
        cofactor: Opaque<P8>,
    }
}

message! {
    /// A curve over a binary field.
    ExplicitChar2, item "curve_params", in "RFC 4492 5.4" {
        /// `explicit_char2`.
        curve_type: EcCurveType,
        /// The field has 2^m members.
        m: u16,
        /// The polynomial that makes the field.
        basis: EcBasis,
        /// The equation.
        curve: EcCurve,
        /// The base point.
        base: Opaque<P8>,
        /// Its order.
        order: Opaque<P8>,
        /// How many times the order goes into the number of points.
        cofactor: Opaque<P8>,
    }
}

message! {
    /// The coefficients of a curve's equation.
    EcCurve, item "curve", in "RFC 4492 5.4" {
        /// Of x.
        a: Opaque<P8>,
        /// The constant.
        b: Opaque<P8>,
    }
}

select! {
    /// The polynomial that makes a binary field.
    EcBasis, item "basis", by basis_type {
        /// Of three terms.
        EcBasisType::ec_basis_trinomial => Trinomial(Trinomial),
        /// Of five terms.
        EcBasisType::ec_basis_pentanomial => Pentanomial(Pentanomial),
        /// In a way that nobody knows.
        _ => Opaque(Rest),
    }
}

message! {
    /// x^m + x^k + 1.
    Trinomial, item "basis", in "RFC 4492 5.4" {
        /// `ec_basis_trinomial`.
        basis: EcBasisType,
        /// The exponent.
        k: Opaque<P8>,
    }
}

message! {
    /// x^m + x^k3 + x^k2 + x^k1 + 1.
    Pentanomial, item "basis", in "RFC 4492 5.4" {
        /// `ec_basis_pentanomial`.
        basis: EcBasisType,
        /// The lowest exponent.
        k1: Opaque<P8>,
        /// The one in the middle.
        k2: Opaque<P8>,
        /// The highest.
        k3: Opaque<P8>,
    }
}

fn curve_type<R: Record>(r: &mut Reader<'_, R>) -> EcCurveType {
    EcCurveType(r.rest().first().copied().unwrap_or(0))
}

fn basis_type<R: Record>(r: &mut Reader<'_, R>) -> EcBasisType {
    EcBasisType(r.rest().first().copied().unwrap_or(0))
}
