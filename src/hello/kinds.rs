//! Kinds of ciphers of SSL 2.0 (section 2.5 of its specification) in a spec file: by name or by
//! number, as suites are.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use crate::wire::record::ssl2::CipherKind;

/// Reads a list of kinds.
pub(super) fn of_ciphers<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<CipherKind>, D::Error> {
    let kinds = Vec::<Kind>::deserialize(from)?;
    Ok(kinds.into_iter().map(|Kind(kind)| kind).collect())
}

struct Kind(CipherKind);

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

struct KindVisitor;

impl Visitor<'_> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a kind of a cipher of SSL 2.0, by name or as 0x010080")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Kind, E> {
        CipherKind::deserialize(StrDeserializer::new(text)).map(Kind)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Kind, E> {
        // They have three bytes.
        let kind = u32::try_from(number).ok().filter(|kind| *kind < 1 << 24);
        let kind = kind.ok_or_else(|| E::custom(format!("{number} is more than 0xffffff")))?;
        Ok(Kind(CipherKind(kind)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Kind, E> {
        let number =
            u64::try_from(number).map_err(|_| E::custom(format!("{number} is less than 0")))?;
        self.visit_u64(number)
    }
}

#[cfg(test)]
mod tests {
    use crate::hello::named::NamedHello;
    use crate::hello::spec_file::{from_json, from_toml};
    use crate::wire::record::ssl2::CipherKind;

    #[test]
    fn kinds_are_named_or_numbers_in_toml_and_json() {
        let named = NamedHello::parse("openssl-1.0.1e,sslv2").unwrap().recorded().unwrap();
        let toml = |kinds: &str| {
            let spec = toml::to_string(&named.spec).unwrap();
            from_toml(
                &spec.replace("[hello]", &format!("[sslv2]\ncipher_specs = {kinds}\n[hello]")),
            )
        };
        let kinds = [CipherKind(0x010080), CipherKind(0x2f)];
        for text in
            ["[0x010080, 0x2f]", "[65664, \"0x00002f\"]", "[\"SSL_CK_RC4_128_WITH_MD5\", 47]"]
        {
            assert_eq!(toml(text).unwrap().sslv2.cipher_specs, kinds, "{text}");
        }
        let mut json = serde_json::to_value(&named.spec).unwrap();
        json["sslv2"] = serde_json::json!({"cipher_specs": [65664, 47]});
        assert_eq!(from_json(&json.to_string()).unwrap().sslv2.cipher_specs, kinds);
        for (wrong, told) in [
            ("[0x1000000]", "16777216 is more than 0xffffff"),
            ("[-1]", "-1 is less than 0"),
            ("[true]", "by name or as 0x010080"),
            ("[\"RC5\"]", "\"RC5\" is no kind"),
        ] {
            let error = toml(wrong).unwrap_err();
            assert!(error.starts_with("line ") && error.contains(told), "{error}");
        }
    }
}
