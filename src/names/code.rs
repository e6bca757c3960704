//! What all registries share: [`Code`], a number with a table of names, and the macro that
//! declares one.
//!
//! RFC 8701 reserves values in most registries so that peers learn to ignore what they do not
//! know (GREASE); which values those are is part of a registry's declaration.

use std::fmt;

/// A number of one or two bytes from the wire whose meaning stands in a registry.
pub trait Code: Copy + Eq + fmt::Display + 'static {
    /// Bytes that the number takes on the wire: 1 or 2.
    const WIDTH: usize;
    /// What one number of this registry is called as a member of a list, as in `cipher_suite`.
    const ITEM: &'static str;
    /// The reserved values of RFC 8701 in this registry.
    const GREASE: Grease;

    /// What a field of the tree must know of the registry.
    const REGISTRY: &'static Registry =
        &Registry { width: Self::WIDTH, name_of: Self::name_of, grease: Self::GREASE };

    /// The number itself.
    fn number(self) -> u16;
    /// The code of a number. What does not fit the width loses its high byte.
    fn from_number(number: u16) -> Self;
    /// The registry's name of a number, where it has one.
    fn name_of(number: u16) -> Option<&'static str>;
    /// Every number that has a name, in the order of the registry.
    fn all() -> &'static [(u16, &'static str)];
    /// What others than the registry call its numbers, a table each.
    fn aliases() -> &'static [Aliases] {
        &[]
    }

    /// The registry's name of this number, where it has one.
    fn name(self) -> Option<&'static str> {
        Self::name_of(self.number())
    }

    /// Whether the number is one that RFC 8701 reserves to be ignored.
    fn is_grease(self) -> bool {
        Self::GREASE.holds(self.number())
    }

    /// Reads a name of the registry's or another's (in any case), a number in decimal, or one in
    /// hexadecimal behind `0x`.
    fn parse(text: &str) -> Option<Self> {
        let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(hex) => u16::from_str_radix(hex, 16).ok(),
            None => text.parse().ok(),
        };
        number
            .filter(|&number| Self::WIDTH == 2 || number <= 0xff)
            .or_else(|| {
                let same = |name: &str| name.eq_ignore_ascii_case(text);
                rows::<Self>().find(|(_, name)| same(name)).map(|(number, _)| number)
            })
            .map(Self::from_number)
    }
}

/// A registry as a value, for whoever holds a number whose type is no longer known.
#[derive(Debug)]
pub struct Registry {
    /// Bytes that a number takes on the wire.
    pub width: usize,
    /// The name of a number, where it has one.
    pub name_of: fn(u16) -> Option<&'static str>,
    /// The reserved values of RFC 8701.
    pub grease: Grease,
}

impl Registry {
    /// A number as every output prints it.
    pub fn words(&self, number: u16) -> String {
        let mut out = String::new();
        let (name, grease) = ((self.name_of)(number), self.grease.holds(number));
        // A string takes whatever is written to it.
        let _ = write_code(&mut out, number, self.width, name, grease);
        out
    }
}

/// Numbers and what somebody calls them, in the order of the numbers; of several names for one
/// number the first is the usual one.
pub type Aliases = &'static [(u16, &'static str)];

/// All names that [`Code::parse`] knows: the registry's, then those of others.
fn rows<C: Code>() -> impl Iterator<Item = (u16, &'static str)> {
    C::all().iter().chain(C::aliases().iter().flat_map(|table| table.iter())).copied()
}

/// Which values of a registry are reserved to be ignored, RFC 8701 section 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grease {
    /// None.
    None,
    /// The sixteen two-byte values 0x0a0a, 0x1a1a … 0xfafa.
    TwoBytes,
    /// The eight one-byte values 0x0b, 0x2a … 0xe4 of PskKeyExchangeMode.
    OneByte,
}

impl Grease {
    /// The reserved values.
    pub fn values(self) -> impl Iterator<Item = u16> {
        let (count, step, first) = match self {
            Grease::None => (0, 0, 0),
            Grease::TwoBytes => (16, 0x1010, 0x0a0a),
            Grease::OneByte => (8, 0x1f, 0x0b),
        };
        (0..count).map(move |index| first + index * step)
    }

    /// Whether a number is one of the reserved ones.
    pub const fn holds(self, number: u16) -> bool {
        match self {
            Grease::None => false,
            Grease::TwoBytes => number & 0x0f0f == 0x0a0a && number >> 8 == number & 0xff,
            Grease::OneByte => number <= 0xe4 && number % 0x1f == 0x0b,
        }
    }
}

/// Writes a code as every output does: `NAME (0x1301)`, `GREASE (0x0a0a)`, `unknown (0x1234)`.
pub fn write_code(
    out: &mut impl fmt::Write,
    number: impl Into<u32>,
    width: usize,
    name: Option<&str>,
    grease: bool,
) -> fmt::Result {
    let name = name.unwrap_or(if grease { "GREASE" } else { "unknown" });
    let number = number.into();
    write!(out, "{name} (0x{number:0digits$x})", digits = width * 2)
}

/// Declares a registry: the newtype, a constant for each name, and its [`Code`].
///
/// A row is a number, a Rust name and, where the registry's own name is no Rust name, that name.
/// `item` is what a member of a list is called; `grease` which values RFC 8701 reserves; `also`
/// what others call the numbers.
macro_rules! registry {
    (
        $(#[$doc:meta])*
        $type:ident($int:ty), item $item:literal, grease $grease:ident
        $(, also [$($aliases:path),*])? {
            $( $number:literal $name:ident $($text:literal)? ),* $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(pub $int);

        #[allow(non_upper_case_globals)]
        impl $type {
            $(
                #[doc = concat!("`", stringify!($name), "`, ", stringify!($number), ".")]
                pub const $name: $type = $type($number);
            )*
        }

        impl $crate::names::code::Code for $type {
            const WIDTH: usize = size_of::<$int>();
            const ITEM: &'static str = $item;
            const GREASE: $crate::names::code::Grease = $crate::names::code::Grease::$grease;

            #[inline(always)]
            #[allow(clippy::unnecessary_cast)]
            fn number(self) -> u16 {
                self.0 as u16
            }
            #[inline(always)]
            #[allow(clippy::unnecessary_cast)]
            fn from_number(number: u16) -> Self {
                $type(number as $int)
            }
            fn name_of(number: u16) -> Option<&'static str> {
                match number {
                    $( $number => Some($crate::names::code::text!($name $($text)?)), )*
                    _ => None,
                }
            }
            fn all() -> &'static [(u16, &'static str)] {
                &[$( ($number, $crate::names::code::text!($name $($text)?)), )*]
            }
            $(fn aliases() -> &'static [$crate::names::code::Aliases] {
                &[$($aliases),*]
            })?
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                use $crate::names::code::Code;
                let width = <Self as Code>::WIDTH;
                $crate::names::code::write_code(f, self.number(), width, self.name(), self.is_grease())
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::names::code::serialize(*self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::names::code::deserialize(deserializer)
            }
        }
    };
}

/// The registry's own name of a row.
macro_rules! text {
    ($name:ident) => {
        stringify!($name)
    };
    ($name:ident $text:literal) => {
        $text
    };
}

pub(crate) use {registry, text};

/// Serializes a code as a spec file has it: by name, or as `0x1234` where it has none.
pub fn serialize<C: Code, S: serde::Serializer>(code: C, serializer: S) -> Result<S::Ok, S::Error> {
    match code.name() {
        Some(name) => serializer.serialize_str(name),
        None => serializer.collect_str(&format_args!(
            "0x{:0digits$x}",
            code.number(),
            digits = C::WIDTH * 2
        )),
    }
}

/// Reads a code by name or by number; an unknown name is answered with the nearest known one.
pub fn deserialize<'de, C: Code, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<C, D::Error> {
    struct Visitor<C>(std::marker::PhantomData<C>);

    impl<C: Code> serde::de::Visitor<'_> for Visitor<C> {
        type Value = C;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a {} by name, or a {}", C::ITEM.replace('_', " "), up_to::<C>("number"))
        }

        fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<C, E> {
            let limit = if C::WIDTH == 1 { 0xff } else { 0xffff };
            match u16::try_from(number) {
                Ok(number) if number <= limit => Ok(C::from_number(number)),
                _ => Err(E::invalid_value(serde::de::Unexpected::Signed(number), &self)),
            }
        }

        fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<C, E> {
            self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<C, E> {
            C::parse(text).ok_or_else(|| E::custom(Unknown::<C>::new(text)))
        }
    }

    deserializer.deserialize_any(Visitor(std::marker::PhantomData))
}

/// A name that the registry lacks: displays as one line that names it and the nearest known one.
#[derive(Debug)]
pub struct Unknown<C> {
    text: String,
    registry: std::marker::PhantomData<C>,
}

impl<C: Code> Unknown<C> {
    /// What was written.
    pub fn new(text: &str) -> Self {
        Unknown { text: text.to_owned(), registry: std::marker::PhantomData }
    }
}

impl<C: Code> fmt::Display for Unknown<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no {} is called {:?}", C::ITEM.replace('_', " "), self.text)?;
        if is_number(&self.text) {
            return write!(f, "; {}", up_to::<C>("numbers go"));
        }
        let names = || rows::<C>().map(|(_, name)| name);
        // What is only a word of a name, as the 1.2 of TLS, is too far from it in letters.
        let has_word = |name: &&str| name.split(' ').any(|word| word == self.text);
        let with_word = || names().filter(has_word).min_by_key(|name| name.len());
        match nearest(&self.text, names()).or_else(with_word) {
            Some(name) => write!(f, "; did you mean {name:?}?"),
            None => write!(f, "; a number such as 0x{} works too", "0".repeat(C::WIDTH * 2)),
        }
    }
}

impl<C: Code + fmt::Debug> std::error::Error for Unknown<C> {}

/// `number up to 65535 (0xffff)`.
fn up_to<C: Code>(what: &str) -> String {
    let last = if C::WIDTH == 1 { 0xff } else { 0xffff };
    format!("{what} up to {last} (0x{last:x})")
}

/// Whether a text is a number, however large.
fn is_number(text: &str) -> bool {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix))
}

/// The word of `known` that is most like `text`, where one is like it enough to be meant: a slip of
/// the pen away, or else the only one that says more (`delay_ms` for `delay`), or less.
pub fn nearest<'k>(text: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let text = text.to_ascii_lowercase();
    let most = text.len().max(3) / 3;
    let (mut best, mut parts) = (None, Vec::new());
    for word in known {
        let lower = word.to_ascii_lowercase();
        if is_part(&text, &lower) || is_part(&lower, &text) {
            parts.push(word);
        }
        // Words whose lengths alone are too far apart are not looked at.
        if lower.len().abs_diff(text.len()) <= most {
            let found = distance(&text, &lower);
            if found <= most && best.is_none_or(|(least, _)| found < least) {
                best = Some((found, word));
            }
        }
    }
    match (best, parts.as_slice()) {
        (Some((_, word)), _) => Some(word),
        (None, [word]) => Some(word),
        (None, _) => None,
    }
}

/// Whether a name of several words begins or ends with some of them.
fn is_part(part: &str, name: &str) -> bool {
    let begins = name.strip_prefix(part).is_some_and(|rest| rest.starts_with('_'));
    let ends = name.strip_suffix(part).is_some_and(|rest| rest.ends_with('_'));
    part.len() > 2 && (begins || ends)
}

/// Levenshtein's distance in bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        for (y, above) in b.bytes().zip(row.iter_mut().skip(1)) {
            let here = (corner + usize::from(x != y)).min(left + 1).min(*above + 1);
            corner = std::mem::replace(above, here);
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grease_is_what_rfc_8701_lists() {
        let two: Vec<u16> = (0..=0xffff).filter(|&n| Grease::TwoBytes.holds(n)).collect();
        let listed: Vec<u16> = (0..16).map(|n| n * 0x1010 + 0x0a0a).collect();
        assert_eq!(two, listed);
        let one: Vec<u16> = (0..=0xffff).filter(|&n| Grease::OneByte.holds(n)).collect();
        assert_eq!(one, [0x0b, 0x2a, 0x49, 0x68, 0x87, 0xa6, 0xc5, 0xe4]);
        assert!(Grease::TwoBytes.values().eq(two));
        assert!(Grease::OneByte.values().eq(one));
    }

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn a_slip_of_the_pen_finds_its_word() {
        let known = ["supported_groups", "server_name", "padding"];
        assert_eq!(nearest("suported_groups", known.into_iter()), Some("supported_groups"));
        assert_eq!(nearest("xyzzy", known.into_iter()), None);
    }

    #[test]
    fn a_name_that_says_too_little_or_too_much_finds_its_word() {
        let known = ["delay_ms", "records", "record_length", "record_version", "hello"];
        let near = |text| nearest(text, known.into_iter());
        assert_eq!(near("delay"), Some("delay_ms"));
        assert_eq!(near("version"), Some("record_version"));
        assert_eq!(near("split_records"), Some("records"));
        assert_eq!(near("record"), Some("records"), "a slip of the pen before a part");
        assert_eq!(nearest("record", known[2..].iter().copied()), None, "it may be each of two");
    }
}
