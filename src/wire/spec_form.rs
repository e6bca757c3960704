//! How wire values stand in a spec file (TOML or JSON): numbers by name, bytes as hexadecimal
//! digits, text as text, lists as lists. Reading back what was written gives the same value.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::grammar::{Codes, Empty, Fixed, List, Opaque, Rest, Sequence, SinceTls12, Text};
use super::record::ssl2::CipherKind;
use super::text::{count_of_bytes, hex, unhex};
use crate::names::Ssl2CipherKind;

/// Stands before text that is given as hexadecimal digits, since it is no plain text.
const HEX: &str = "hex:";

struct HexVisitor;

impl Visitor<'_> for HexVisitor {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes as hexadecimal digits")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<u8>, E> {
        unhex(text).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// Bytes as hexadecimal digits, for `#[serde(with = …)]`.
pub mod bytes {
    use super::*;

    /// Writes them.
    ///
    /// # Errors
    /// What the serializer says.
    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(bytes))
    }

    /// Reads them.
    ///
    /// # Errors
    /// Where the text is not pairs of hexadecimal digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        deserializer.deserialize_str(HexVisitor)
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, or bytes as \"hex:…\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<u8>, E> {
        match text.strip_prefix(HEX) {
            Some(digits) => {
                unhex(digits).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }
            None => Ok(text.as_bytes().to_vec()),
        }
    }
}

/// Text as itself where it is plain, else as `hex:…`.
pub fn text_form(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.starts_with(HEX) && !text.chars().any(char::is_control) => {
            text.to_owned()
        }
        _ => format!("{HEX}{}", hex(bytes)),
    }
}

/// What all byte-like values share: their form is one string.
macro_rules! string_forms { ($( <$($param:ident)? $(, $few:ident)?> $type:ty, $write:expr, $read:expr; )*) => {$(
    impl<$($param)? $(, const $few: usize)?> Serialize for $type {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(&$write(&self.0))
        }
    }
    impl<'de, $($param)? $(, const $few: usize)?> Deserialize<'de> for $type {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let (visitor, make) = $read;
            deserializer.deserialize_str(visitor).map(make)
        }
    }
    impl<$($param)? $(, const $few: usize)?> fmt::Debug for $type {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&$write(&self.0))
        }
    }
)*} }

string_forms! {
    <P, FEW> Opaque<P, FEW>, hex, (HexVisitor, Opaque::new);
    <P, FEW> Text<P, FEW>, text_form, (TextVisitor, Text::new);
    <> Rest, hex, (HexVisitor, |bytes: Vec<u8>| Rest(bytes.into()));
}

impl<const N: usize> Serialize for Fixed<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(&self.0))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Fixed<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = deserializer.deserialize_str(HexVisitor)?;
        let length = bytes.len();
        let array = <[u8; N]>::try_from(bytes);
        let has = count_of_bytes(length);
        array.map(Fixed).map_err(|_| D::Error::custom(format!("{has}, where {N} belong")))
    }
}

impl<const N: usize> fmt::Debug for Fixed<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl Serialize for Empty {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("")
    }
}

impl<'de> Deserialize<'de> for Empty {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.deserialize_str(HexVisitor)?.is_empty() {
            Ok(Empty)
        } else {
            Err(D::Error::custom("this has no body: write \"\", or give its bytes as raw data"))
        }
    }
}

impl<P, C: Serialize> Serialize for Codes<P, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

impl<'de, P, C: Deserialize<'de>> Deserialize<'de> for Codes<P, C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Codes::new)
    }
}

impl<P, T: Serialize> Serialize for List<P, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, P, T: Deserialize<'de>> Deserialize<'de> for List<P, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(List::new)
    }
}

impl<T: Serialize> Serialize for Sequence<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Sequence<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Sequence)
    }
}

impl<T: Serialize> Serialize for SinceTls12<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for SinceTls12<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(SinceTls12)
    }
}

impl Serialize for CipherKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match Ssl2CipherKind(self.0).name() {
            Some(name) => serializer.serialize_str(name),
            None => serializer.serialize_str(&format!("0x{:06x}", self.0)),
        }
    }
}

impl<'de> Deserialize<'de> for CipherKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CipherKindVisitor)
    }
}

/// A kind is judged while it is read, where the reader knows its place.
struct CipherKindVisitor;

impl Visitor<'_> for CipherKindVisitor {
    type Value = CipherKind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a kind of a cipher of SSL 2.0, by name or as 0x010080")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<CipherKind, E> {
        let kind = Ssl2CipherKind::parse(text).map(|kind| CipherKind(kind.0));
        kind.ok_or_else(|| E::custom(format!("{text:?} is no kind of a cipher of SSL 2.0")))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<CipherKind, E> {
        // They have three bytes.
        let kind = u32::try_from(number).ok().filter(|kind| *kind < 1 << 24);
        let kind = kind.ok_or_else(|| E::custom(format!("{number} is more than 0xffffff")))?;
        Ok(CipherKind(kind))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<CipherKind, E> {
        let number =
            u64::try_from(number).map_err(|_| E::custom(format!("{number} is less than 0")))?;
        self.visit_u64(number)
    }
}
