//! What a certificate says of itself in a few words, read off its tree: so a summary says of a name,
//! a time or a key what the tree says of them, of whatever BER there is as well. RFC 5280 section 4.1.

use super::{certificate, oids, stamp_of};
use crate::names::oid;
use crate::wire::der::schema::tag;
use crate::wire::field::{Field, Tree};
use crate::wire::grammar::{Context, Reader};
use crate::wire::text::hex;
use crate::wire::time::Stamp;

/// The parts by which people know a certificate, safe to print. What is not there to its end, or
/// has not the form of its part, is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Whom it names, as in `CN=shop.example, O=Shop`.
    pub subject: Option<String>,
    /// Who signed it.
    pub issuer: Option<String>,
    /// From when it is good.
    pub not_before: Option<Stamp>,
    /// Until when it is good.
    pub not_after: Option<Stamp>,
    /// The host names that it is good for.
    pub dns_names: Vec<String>,
    /// The addresses of hosts that it is good for.
    pub ip_addresses: Vec<String>,
    /// The mailboxes that it is good for.
    pub email_addresses: Vec<String>,
    /// The URIs that it is good for.
    pub uris: Vec<String>,
    /// Its key, as in `RSA 2048`.
    pub key: Option<String>,
    /// How it is signed, as in `sha256WithRSAEncryption`.
    pub signature_algorithm: Option<String>,
}

impl Identity {
    /// What the certificate at the start of these bytes says of itself.
    pub fn read(bytes: &[u8]) -> Identity {
        let mut r = Reader::<Tree>::new(bytes, Context::default());
        certificate(&mut r);
        let tree = r.into_record();
        let Some(whole) = tree.roots().find(|(_, field)| field.name == "Certificate") else {
            return Identity::default();
        };
        let whole = Part { tree: &tree, bytes, index: whole.0, field: whole.1 };
        let Some(tbs) = whole.child("tbsCertificate") else { return Identity::default() };
        let time = |name| tbs.child("validity")?.child(name)?.whole()?.stamp();
        let algorithm = || whole.child("signatureAlgorithm")?.child("algorithm")?.oid();
        let names = |kind| tbs.alternative_names(kind).unwrap_or_default();
        Identity {
            subject: tbs.child("subject").and_then(Part::whole).map(|name| name.distinguished()),
            issuer: tbs.child("issuer").and_then(Part::whole).map(|name| name.distinguished()),
            not_before: time("notBefore"),
            not_after: time("notAfter"),
            dns_names: names("dNSName"),
            ip_addresses: names("iPAddress"),
            email_addresses: names("rfc822Name"),
            uris: names("uniformResourceIdentifier"),
            key: tbs.child("subjectPublicKeyInfo").and_then(Part::whole).and_then(|key| key.key()),
            signature_algorithm: algorithm().map(oid_name),
        }
    }
}

/// A field of a tree, and what stands in it.
#[derive(Clone, Copy)]
struct Part<'t> {
    tree: &'t Tree,
    bytes: &'t [u8],
    index: usize,
    field: &'t Field,
}

impl<'t> Part<'t> {
    fn children(self) -> impl Iterator<Item = Part<'t>> {
        let Part { tree, bytes, index, .. } = self;
        tree.children(index).map(move |(index, field)| Part { tree, bytes, index, field })
    }

    /// The first element in it that has this name.
    fn child(self, name: &str) -> Option<Part<'t>> {
        self.children().find(|part| part.field.name == name && !part.field.is_leaf())
    }

    /// The elements in it that have this name.
    fn each(self, name: &'static str) -> impl Iterator<Item = Part<'t>> {
        self.children().filter(move |part| part.field.name == name && !part.field.is_leaf())
    }

    /// Itself, where it is there to its end.
    fn whole(self) -> Option<Part<'t>> {
        (self.tree.missing(self.index) == 0).then_some(self)
    }

    fn own_bytes(self) -> &'t [u8] {
        self.field.own(self.bytes)
    }

    /// The type's identifier octet, without the bit for elements inside.
    fn universal(self) -> u8 {
        self.own_bytes().first().map_or(0, |identifier| identifier & !tag::CONSTRUCTED)
    }

    /// What of it is neither tag nor length: one leaf, or where it is in pieces one of each.
    fn contents(self) -> impl Iterator<Item = Part<'t>> {
        let Part { tree, bytes, index, .. } = self;
        let within = tree.fields.iter().enumerate().take(tree.behind(index)).skip(index + 1);
        let leaves = within.filter(|(_, other)| {
            other.is_leaf() && !matches!(other.name, "tag" | "length" | "end-of-contents")
        });
        leaves.map(move |(index, field)| Part { tree, bytes, index, field })
    }

    /// The words of a leaf.
    fn leaf_words(self) -> Option<String> {
        self.field.words(self.bytes)
    }

    /// What a string or another simple value says. One without words is told by its bytes, as RFC
    /// 4514 section 2.4 has it.
    fn words(self) -> String {
        let identifier = self.own_bytes().first().copied().unwrap_or_default();
        let is_simple = match identifier {
            tag::SEQUENCE | tag::SET => false,
            // A string in pieces says what they say together.
            0..=0x3f => true,
            _ => identifier & tag::CONSTRUCTED == 0,
        };
        let words = is_simple.then(|| self.contents().map(Part::leaf_words).collect()).flatten();
        words.unwrap_or_else(|| format!("#{}", hex(self.own_bytes())))
    }

    /// The content of an OBJECT IDENTIFIER.
    fn oid(self) -> Option<&'t [u8]> {
        let content = self.contents().next()?.own_bytes();
        (self.universal() == tag::OBJECT_IDENTIFIER).then_some(content)
    }

    fn stamp(self) -> Option<Stamp> {
        let mut pieces = self.contents();
        let content = pieces.next()?.own_bytes();
        if pieces.next().is_some() { None } else { stamp_of(self.universal(), content) }
    }

    /// A Name in words.
    fn distinguished(self) -> String {
        let attribute = |attribute: Part<'t>| {
            let kind = attribute.child("type").and_then(Part::oid).map(oid_name);
            let value = attribute.children().filter(|part| !part.field.is_leaf()).nth(1);
            let value = value.map(Part::words).unwrap_or_default();
            format!("{}={value}", kind.unwrap_or_else(|| "?".to_owned()))
        };
        let relative = |name: Part<'t>| {
            let attributes = name.each("AttributeTypeAndValue").map(attribute);
            attributes.collect::<Vec<_>>().join(" + ")
        };
        self.each("RelativeDistinguishedName").map(relative).collect::<Vec<_>>().join(", ")
    }

    /// The names of one kind in the subjectAltName of a TBSCertificate.
    fn alternative_names(self, kind: &'static str) -> Option<Vec<String>> {
        let extensions = self.child("extensions")?.child("extensions")?;
        let is_names = |extension: &Part<'t>| {
            extension.child("extnID").and_then(Part::oid) == Some(oids::SUBJECT_ALT_NAME)
        };
        let extension = extensions.each("Extension").find(is_names)?;
        let mut value = extension.child("extnValue")?.whole()?;
        // In one piece, it is a string within a string.
        while let Some(piece) = value.child("OCTET STRING") {
            value = piece;
        }
        let names = value.child("GeneralNames")?;
        Some(names.each(kind).map(Part::words).collect())
    }

    /// The key of a SubjectPublicKeyInfo in words.
    fn key(self) -> Option<String> {
        let identifier = self.child("algorithm")?;
        let algorithm = identifier.child("algorithm")?.oid()?;
        Some(match algorithm {
            oids::RSA_ENCRYPTION | oids::RSASSA_PSS | oids::RSAES_OAEP => {
                let name = match algorithm {
                    oids::RSA_ENCRYPTION => "RSA".to_owned(),
                    _ => oid_name(algorithm),
                };
                let key = self.child("subjectPublicKey").and_then(|key| key.child("RSAPublicKey"));
                let modulus = key.and_then(|key| key.child("modulus")).map(Part::words);
                match modulus.as_deref().map(|size| (size, size.strip_suffix(" bits"))) {
                    Some((_, Some(bits))) => format!("{name} {bits}"),
                    Some((odd, None)) => format!("{name}, with the modulus {odd}"),
                    None => name,
                }
            }
            oids::EC_PUBLIC_KEY | oids::EC_DH | oids::EC_MQV => identifier.curve(),
            oids::DSA => "DSA".to_owned(),
            other => oid_name(other),
        })
    }

    /// The curve that an AlgorithmIdentifier names, writes out, or leaves to its issuer.
    fn curve(self) -> String {
        if let Some(curve) = self.child("namedCurve").and_then(Part::oid) {
            return format!("EC {}", oid_name(curve));
        }
        if self.child("implicitCurve").is_some() {
            return "EC, implied by its issuer".to_owned();
        }
        let Some(curve) = self.child("specifiedCurve") else { return "EC".to_owned() };
        let size = || {
            let parameters = curve.child("fieldID")?.child("parameters")?;
            let degree = parameters.child("m").map(|degree| format!("{} bits", degree.words()));
            Some(degree.unwrap_or_else(|| parameters.words()))
        };
        match size().filter(|size| size.ends_with(" bits")) {
            Some(size) => format!("EC, written out ({size})"),
            None => "EC, written out".to_owned(),
        }
    }
}

/// The name of an identifier, or its numbers, or where it has none its bytes.
fn oid_name(content: &[u8]) -> String {
    let Some(dotted) = oid::dotted(content) else { return format!("#{}", hex(content)) };
    oid::name(&dotted).map_or(dotted.clone(), str::to_owned)
}
