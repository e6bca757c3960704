//! Our tree of a certificate in the words of `openssl x509 -text`, so that the two can be compared
//! as a whole. White space is left out, since the lines are broken for the eye.
//!
//! What OpenSSL calls things stands here and in `openssl_names`; what things are comes from the
//! tree alone.

use std::fmt::Write as _;

use super::der::{Ours, dotted};
use super::openssl_names::{KEY_USAGE, NETSCAPE_TYPES, REASONS, long_name, named_curve};
use helloscope::names::oid;

/// The options of `openssl x509` whose output this is: attribute types by their numbers.
pub const OPTIONS: &[&str] =
    &["-text", "-noout", "-inform", "DER", "-nameopt", "oid,utf8,sep_comma_plus,show_type"];

/// Text without its white space.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The whole certificate.
pub fn certificate(ours: &Ours<'_>) -> String {
    let root = ours.tree.roots().next().unwrap().0;
    let tbs = ours.has(root, "tbsCertificate").unwrap();
    let part = |name| ours.has(tbs, name).unwrap();
    let mut out = String::from("Certificate:Data:");
    let version = ours.has(tbs, "version").map(|tagged| ours.part(tagged, "version").unwrap());
    let version: u8 = version.map_or(1, |version| version.trim_start_matches('v').parse().unwrap());
    write!(out, "Version:{version}(0x{:x})", version - 1).unwrap();
    let serial = content(ours, part("serialNumber"));
    write!(out, "SerialNumber:{}", serial_number(serial)).unwrap();
    let algorithm = part("signature");
    write!(out, "SignatureAlgorithm:{}", algorithm_name(ours, algorithm)).unwrap();
    out += &pss_parameters(ours, algorithm);
    write!(out, "Issuer:{}", typed_name(ours, part("issuer"))).unwrap();
    let validity = part("validity");
    let time = |name| month_first(&ours.part(validity, name).unwrap());
    write!(out, "ValidityNotBefore:{}NotAfter:{}", time("notBefore"), time("notAfter")).unwrap();
    write!(out, "Subject:{}", typed_name(ours, part("subject"))).unwrap();
    out += &public_key(ours, part("subjectPublicKeyInfo"));
    if let Some(tagged) = ours.has(tbs, "extensions") {
        out += "X509v3extensions:";
        for extension in ours.elements(ours.has(tagged, "extensions").unwrap()) {
            out += &self::extension(ours, extension);
        }
    }
    let algorithm = ours.has(root, "signatureAlgorithm").unwrap();
    write!(out, "SignatureAlgorithm:{}SignatureValue:", algorithm_name(ours, algorithm)).unwrap();
    out += &pss_parameters(ours, algorithm);
    let value = ours.has(root, "signatureValue").unwrap();
    match ours.has(value, "Dss-Sig-Value") {
        Some(numbers) => {
            for name in ["r", "s"] {
                let number = content(ours, ours.has(numbers, name).unwrap());
                write!(out, "{name}:{}", colons(number)).unwrap();
            }
        }
        None => out += &colons(&ours.own(value)[string_start(ours, value)..]),
    }
    squeezed(&out)
}

/// Where the content of a BIT STRING begins behind its count of unused bits.
pub fn string_start(ours: &Ours<'_>, index: usize) -> usize {
    let unused = ours.tree.children(index).find(|(_, field)| field.name == "unused_bits").unwrap();
    unused.1.range().end - ours.field(index).range().start
}

/// The content of a primitive, without its count of unused bits.
pub fn content<'a>(ours: &Ours<'a>, index: usize) -> &'a [u8] {
    &ours.bytes[ours.content(index).range()]
}

/// The content of any element.
fn inside<'a>(ours: &Ours<'a>, index: usize) -> &'a [u8] {
    let length = ours.tree.children(index).nth(1).unwrap().1;
    &ours.bytes[length.range().end..ours.field(index).range().end]
}

pub fn colons(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}

pub fn upper(bytes: &[u8]) -> String {
    colons(bytes).to_uppercase()
}

/// A number as OpenSSL prints large ones: no zeros in front, but where the first bit would be
/// taken for a sign.
fn number(bytes: &[u8]) -> String {
    let significant: Vec<u8> = bytes.iter().copied().skip_while(|&byte| byte == 0).collect();
    let sign = significant.first().is_some_and(|&first| first >= 0x80);
    colons(&[if sign { &[0][..] } else { &[] }, &significant].concat())
}

pub fn serial_number(content: &[u8]) -> String {
    let significant: Vec<u8> = content.iter().copied().skip_while(|&byte| byte == 0).collect();
    match content {
        [0x80..=0xff, ..] if content.len() <= 8 => {
            let number = content.iter().fold(-1i64, |number, &byte| number << 8 | i64::from(byte));
            format!("{number}(-0x{:x})", -number)
        }
        _ if significant.len() <= 8 => {
            let number = significant.iter().fold(0u64, |number, &b| number << 8 | u64::from(b));
            // OpenSSL has room for a signed one.
            match i64::try_from(number) {
                Ok(number) => format!("{number}(0x{number:x})"),
                Err(_) => colons(&significant),
            }
        }
        _ => colons(&significant),
    }
}

/// `2014-05-22 11:26:57 UTC` as `May2211:26:572014GMT`.
pub fn month_first(words: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (date, time) = words.strip_suffix(" UTC").unwrap().split_once(' ').unwrap();
    let [year, month, day] = date.split('-').collect::<Vec<_>>()[..] else { panic!("{date}") };
    let month = MONTHS[month.parse::<usize>().unwrap() - 1];
    format!("{month}{}{time}{year}GMT", day.trim_start_matches('0'))
}

pub fn id(ours: &Ours<'_>, index: usize, name: &str) -> String {
    dotted(&ours.part(index, name).unwrap()).to_owned()
}

pub fn algorithm_name(ours: &Ours<'_>, index: usize) -> String {
    long_name(&id(ours, index, "algorithm"))
}

/// The parameters of RSASSA-PSS; of other signatures none.
pub fn pss_parameters(ours: &Ours<'_>, index: usize) -> String {
    let name = algorithm_name(ours, index);
    let Some(parameters) = ours.has(index, "parameters").filter(|_| name == "rsassaPss") else {
        return String::new();
    };
    let inner = |at, name| ours.has(at, name).and_then(|tagged| ours.has(tagged, name));
    let algorithm = |at| algorithm_name(ours, at);
    let hash = match inner(parameters, "hashAlgorithm") {
        Some(hash) => algorithm(hash),
        None => "sha1(default)".to_owned(),
    };
    let mask = match inner(parameters, "maskGenAlgorithm") {
        Some(mask) => {
            // RFC 4055 has a hash there; one certificate is known for having none.
            let hash = ours.has(mask, "parameters");
            let Some(hash) = hash else { return "(INVALIDPSSPARAMETERS)".to_owned() };
            format!("{}with{}", algorithm(mask), algorithm(hash))
        }
        None => "mgf1withsha1(default)".to_owned(),
    };
    let salt = match inner(parameters, "saltLength") {
        Some(salt) => format!("0x{}", upper(content(ours, salt)).trim_start_matches("00:")),
        None => "0x14(default)".to_owned(),
    };
    format!("HashAlgorithm:{hash}MaskAlgorithm:{mask}SaltLength:{salt}TrailerField:0x01(default)")
}

/// A name with types by number, and the kinds of strings.
pub fn typed_name(ours: &Ours<'_>, name: usize) -> String {
    let parts = ours.elements(name).into_iter().map(|part| {
        let attributes = ours.elements(part).into_iter().map(|attribute| {
            let value = ours.has(attribute, "value").unwrap();
            let tag = ours.tree.children(value).next().unwrap().1;
            let kind = string_kind(ours.bytes[tag.range().start]);
            let text = unescaped(&ours.words(value).unwrap());
            format!("{}={kind}:{text}", id(ours, attribute, "type"))
        });
        attributes.collect::<Vec<_>>().join("+")
    });
    parts.collect::<Vec<_>>().join(",")
}

fn string_kind(identifier: u8) -> &'static str {
    match identifier {
        0x0c => "UTF8STRING",
        0x12 => "NUMERICSTRING",
        0x13 => "PRINTABLESTRING",
        0x14 => "T61STRING",
        0x16 => "IA5STRING",
        0x1a => "VISIBLESTRING",
        0x1b => "GENERALSTRING",
        0x1c => "UNIVERSALSTRING",
        0x1e => "BMPSTRING",
        other => panic!("{other:#x} is no string"),
    }
}

/// OpenSSL is asked for text as it is.
fn unescaped(words: &str) -> String {
    words.replace("\\\\", "\\")
}

/// A name in one line: `C = DE, O = Example`, without its spaces.
pub fn name_line(ours: &Ours<'_>, name: usize) -> String {
    let parts = ours.elements(name).into_iter().map(|part| rdn_line(ours, part));
    parts.collect::<Vec<_>>().join(",")
}

fn rdn_line(ours: &Ours<'_>, part: usize) -> String {
    let attributes = ours.elements(part).into_iter().map(|attribute| {
        let value = unescaped(&ours.part(attribute, "value").unwrap());
        let quote = if value.contains(|c| ",+\"<>;\\".contains(c)) { "\"" } else { "" };
        format!("{}={quote}{value}{quote}", short_name(&id(ours, attribute, "type")))
    });
    attributes.collect::<Vec<_>>().join("+")
}

/// A name in the oldest of OpenSSL's forms: `/C=DE/O=Example`.
fn name_path(ours: &Ours<'_>, name: usize) -> String {
    let attributes = ours.elements(name).into_iter().flat_map(|part| ours.elements(part));
    let line = attributes.map(|attribute| {
        let value = unescaped(&ours.part(attribute, "value").unwrap());
        let value = value.replace('/', "\\/").replace('+', "\\+");
        format!("/{}={value}", short_name(&id(ours, attribute, "type")))
    });
    line.collect()
}

pub fn short_name(id: &str) -> String {
    oid::name(id).unwrap_or(id).to_owned()
}

fn public_key(ours: &Ours<'_>, info: usize) -> String {
    let algorithm = ours.has(info, "algorithm").unwrap();
    let key = ours.has(info, "subjectPublicKey").unwrap();
    let id = id(ours, algorithm, "algorithm");
    let raw = &ours.own(key)[string_start(ours, key)..];
    let name = long_name(&id);
    let mut out = format!("SubjectPublicKeyInfo:PublicKeyAlgorithm:{name}");
    let part = |at, name| content(ours, ours.has(at, name).unwrap());
    match name.as_str() {
        "rsaEncryption" | "rsassaPss" => {
            let numbers = ours.has(key, "RSAPublicKey").unwrap();
            let (modulus, exponent) = (part(numbers, "modulus"), part(numbers, "publicExponent"));
            let bits = ours.part(numbers, "modulus").unwrap();
            let bits = bits.trim_end_matches(" bits");
            let value = exponent.iter().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
            write!(out, "Public-Key:({bits}bit)Modulus:{}", number(modulus)).unwrap();
            write!(out, "Exponent:{value}(0x{value:x})").unwrap();
            if name == "rsassaPss" {
                assert!(ours.has(algorithm, "parameters").is_none());
                out += "NoPSSparameterrestrictions";
            }
        }
        "dsaEncryption" => {
            let parameters = ours.has(algorithm, "parameters").unwrap();
            let bits = ours.part(parameters, "p").unwrap();
            let key = part(key, "DSAPublicKey");
            write!(out, "Public-Key:({}bit)pub:{}", bits.trim_end_matches(" bits"), number(key))
                .unwrap();
            for name in ["p", "q", "g"] {
                let value = number(part(parameters, name));
                write!(out, "{}:{value}", name.to_uppercase()).unwrap();
            }
        }
        "id-ecPublicKey" => {
            let named = ours.part(algorithm, "namedCurve");
            let (bits, curve) = match named {
                Some(curve) => named_curve(dotted(&curve)),
                None => written_curve(ours, ours.has(algorithm, "specifiedCurve").unwrap()),
            };
            // The point comes apart into its form and its coordinates.
            let point: Vec<u8> = ["form", "x", "y"]
                .into_iter()
                .filter_map(|name| ours.tree.children(key).find(|(_, field)| field.name == name))
                .flat_map(|(index, _)| ours.own(index).to_vec())
                .collect();
            write!(out, "Public-Key:({bits}bit)pub:{}{curve}", colons(&point)).unwrap();
        }
        "ED25519" | "ED448" => write!(out, "{name}Public-Key:pub:{}", colons(raw)).unwrap(),
        _ => out += "UnabletoloadPublicKey",
    }
    out
}

fn written_curve(ours: &Ours<'_>, curve: usize) -> (u32, String) {
    let part = |at, name| ours.has(at, name).unwrap();
    let field = part(curve, "fieldID");
    assert_eq!(id(ours, field, "fieldType"), "1.2.840.10045.1.1");
    let coefficients = part(curve, "curve");
    let value = |at, name| number(content(ours, part(at, name)));
    let base = part(curve, "base");
    let point = &inside(ours, base);
    let order = ours.part(curve, "order").unwrap();
    let cofactor = ours.part(curve, "cofactor").unwrap();
    let text = format!(
        "FieldType:prime-fieldPrime:{}A:{}B:{}Generator(uncompressed):{}Order:{}Cofactor:{cofactor}\
         (0x{cofactor})Seed:{}",
        value(field, "parameters"),
        value(coefficients, "a"),
        value(coefficients, "b"),
        colons(point),
        value(curve, "order"),
        colons(content(ours, part(coefficients, "seed"))),
    );
    (order.trim_end_matches(" bits").parse().unwrap(), text)
}

pub fn extension(ours: &Ours<'_>, extension: usize) -> String {
    let id = id(ours, extension, "extnID");
    let critical = ours.part(extension, "critical").is_some_and(|critical| critical == "TRUE");
    let critical = if critical { "critical" } else { "" };
    let value = ours.has(extension, "extnValue").unwrap();
    let raw = inside(ours, value);
    let known = ours.elements(value).first().and_then(|&at| extension_value(ours, &id, at));
    let body = known.unwrap_or_else(|| dump(raw));
    format!("{}:{critical}{body}", long_name(&id))
}

/// What OpenSSL shows of an extension that it does not know.
fn dump(bytes: &[u8]) -> String {
    let printed = |byte: &u8| match byte {
        b'\n' | b'\r' | b' '..=b'~' => char::from(*byte),
        _ => '.',
    };
    bytes.iter().map(printed).collect()
}

/// The body of an extension that OpenSSL knows.
fn extension_value(ours: &Ours<'_>, id: &str, at: usize) -> Option<String> {
    let bits = |names: &[(&str, &str)]| {
        let words = ours.words(at).unwrap();
        let words = words.split(", ").filter(|word| !word.is_empty());
        words.map(|word| renamed(names, word)).collect::<Vec<_>>().join(", ")
    };
    let lines = |line: &dyn Fn(usize) -> String| -> String {
        ours.elements(at).into_iter().map(line).collect()
    };
    let listed = |item: &dyn Fn(usize) -> String| {
        ours.elements(at).into_iter().map(item).collect::<Vec<_>>().join(",")
    };
    Some(match id {
        "2.5.29.17" | "2.5.29.18" => listed(&|name| general_name(ours, name, "IPAddress")),
        "2.5.29.15" => bits(KEY_USAGE),
        "2.16.840.1.113730.1.1" => bits(NETSCAPE_TYPES),
        "2.5.29.37" => listed(&|purpose| long_name(dotted(&ours.words(purpose).unwrap()))),
        "2.5.29.19" => {
            let ca = ours.part(at, "cA").unwrap_or("FALSE".to_owned());
            let length = ours.part(at, "pathLenConstraint");
            let length = length.map(|length| format!(",pathlen:{length}"));
            format!("CA:{ca}{}", length.unwrap_or_default())
        }
        "2.5.29.14" => upper(content(ours, at)),
        "2.5.29.35" => authority_key(ours, at),
        "2.5.29.31" | "2.5.29.46" => lines(&|point| distribution_point(ours, point)),
        "2.5.29.32" => lines(&|policy| self::policy(ours, policy)),
        "2.5.29.33" => lines(&|mapping| {
            let part = |name| self::id(ours, mapping, name);
            format!("{}:{}", part("issuerDomainPolicy"), part("subjectDomainPolicy"))
        }),
        "2.5.29.30" => {
            let subtrees = |name: &str, title: &str| match ours.has(at, name) {
                None => String::new(),
                Some(subtrees) => {
                    let names = ours
                        .elements(subtrees)
                        .into_iter()
                        .map(|subtree| general_name(ours, ours.elements(subtree)[0], "IP"));
                    format!("{title}:{}", names.collect::<String>())
                }
            };
            subtrees("permittedSubtrees", "Permitted") + &subtrees("excludedSubtrees", "Excluded")
        }
        "2.5.29.36" => {
            let part = |name, title| Some(format!("{title}:{}", ours.part(at, name)?));
            let parts = [
                part("requireExplicitPolicy", "Require Explicit Policy"),
                part("inhibitPolicyMapping", "Inhibit Policy Mapping"),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join(",")
        }
        "2.5.29.16" => {
            let time = |name| month_first(&ours.part(at, name).unwrap());
            format!("NotBefore:{},NotAfter:{}", time("notBefore"), time("notAfter"))
        }
        "1.3.6.1.5.5.7.1.1" | "1.3.6.1.5.5.7.1.11" => lines(&|description| {
            let method = long_name(&self::id(ours, description, "accessMethod"));
            let location = ours.elements(description)[1];
            format!("{method}-{}", general_name(ours, location, "IPAddress"))
        }),
        "1.3.6.1.5.5.7.1.24" => listed(&|feature| {
            let words = ours.words(feature).unwrap();
            words.split(" (").next().unwrap().to_owned()
        }),
        "1.3.6.1.5.5.7.48.1.5" => String::new(),
        "1.3.6.1.4.1.11129.2.4.3" => "NULL".to_owned(),
        "1.3.6.1.4.1.11129.2.4.2" | "1.3.6.1.4.1.11129.2.4.5" => timestamps(ours, at),
        // A number, or text.
        "2.5.29.54" => ours.words(at).unwrap(),
        _ if id.starts_with("2.16.840.1.113730.1.") => unescaped(&ours.words(at).unwrap()),
        _ => return None,
    })
}

fn renamed(names: &[(&str, &str)], word: &str) -> String {
    names.iter().find(|(ours, _)| *ours == word).unwrap().1.to_owned()
}

fn general_name(ours: &Ours<'_>, at: usize, address: &str) -> String {
    let words = || unescaped(&ours.words(at).unwrap());
    match ours.field(at).name {
        "dNSName" => format!("DNS:{}", words()),
        "rfc822Name" => format!("email:{}", words()),
        "uniformResourceIdentifier" => format!("URI:{}", words()),
        "registeredID" => format!("RegisteredID:{}", words()),
        "iPAddress" => {
            let bytes = content(ours, at);
            match bytes.len() {
                4 | 16 => format!("{address}:{}", ip(bytes)),
                length => {
                    let (network, mask) = bytes.split_at(length / 2);
                    format!("{address}:{}/{}", ip(network), ip(mask))
                }
            }
        }
        "directoryName" => {
            let name = ours.has(at, "Name").unwrap();
            // Where it prints lists of names it has the oldest form.
            let old = address == "IPAddress";
            format!("DirName:{}", if old { name_path(ours, name) } else { name_line(ours, name) })
        }
        "otherName" => {
            let kind = match id(ours, at, "type-id").as_str() {
                "1.3.6.1.4.1.311.20.2.3" => "UPN",
                "1.3.6.1.5.5.7.8.7" => "SRVName",
                _ => return "othername:<unsupported>".to_owned(),
            };
            let value = ours.elements(ours.has(at, "value").unwrap())[0];
            format!("othername:{kind}::{}", ours.words(value).unwrap())
        }
        other => panic!("{other}"),
    }
}

fn ip(bytes: &[u8]) -> String {
    if bytes.len() == 4 {
        return bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(".");
    }
    let groups =
        bytes.chunks(2).map(|pair| format!("{:X}", u16::from_be_bytes([pair[0], pair[1]])));
    groups.collect::<Vec<_>>().join(":")
}

fn authority_key(ours: &Ours<'_>, at: usize) -> String {
    let key = ours.has(at, "keyIdentifier").map(|key| upper(content(ours, key)));
    let issuer = ours.has(at, "authorityCertIssuer").map(|names| {
        let names = ours.elements(names).into_iter();
        let names = names.map(|name| general_name(ours, name, "IPAddress"));
        names.collect::<String>()
    });
    let serial = ours.has(at, "authorityCertSerialNumber");
    let serial = serial.map(|serial| match content(ours, serial) {
        [0, rest @ ..] if !rest.is_empty() => format!("serial:{}", upper(rest)),
        serial => format!("serial:{}", upper(serial)),
    });
    // OpenSSL names the key identifier only where it is not alone.
    let alone = issuer.is_none() && serial.is_none();
    let key = key.map(|key| if alone { key } else { format!("keyid:{key}") });
    [key, issuer, serial].into_iter().flatten().collect()
}

fn distribution_point(ours: &Ours<'_>, at: usize) -> String {
    let names = |at| -> String {
        let names = ours.elements(at).into_iter();
        names.map(|name| general_name(ours, name, "IP")).collect()
    };
    let mut out = String::new();
    if let Some(name) = ours.has(at, "distributionPoint") {
        match ours.has(name, "fullName") {
            Some(full) => write!(out, "FullName:{}", names(full)).unwrap(),
            None => {
                let part = ours.has(name, "nameRelativeToCRLIssuer").unwrap();
                write!(out, "RelativeName:{}", rdn_line(ours, part)).unwrap();
            }
        }
    }
    if let Some(reasons) = ours.part(at, "reasons") {
        let reasons = reasons.split(", ").map(|reason| renamed(REASONS, reason));
        write!(out, "Reasons:{}", reasons.collect::<Vec<_>>().join(",")).unwrap();
    }
    if let Some(issuer) = ours.has(at, "cRLIssuer") {
        write!(out, "CRLIssuer:{}", names(issuer)).unwrap();
    }
    out
}

fn policy(ours: &Ours<'_>, at: usize) -> String {
    let mut out = format!("Policy:{}", long_name(&id(ours, at, "policyIdentifier")));
    let Some(qualifiers) = ours.has(at, "policyQualifiers") else { return out };
    for info in ours.elements(qualifiers) {
        let qualifier = ours.has(info, "qualifier").unwrap();
        if id(ours, info, "policyQualifierId") == "1.3.6.1.5.5.7.2.1" {
            write!(out, "CPS:{}", unescaped(&ours.words(qualifier).unwrap())).unwrap();
            continue;
        }
        out += "UserNotice:";
        if let Some(reference) = ours.has(qualifier, "noticeRef") {
            let numbers = ours.elements(ours.has(reference, "noticeNumbers").unwrap());
            let numbers: Vec<_> = numbers.into_iter().map(|at| ours.words(at).unwrap()).collect();
            let plural = if numbers.len() > 1 { "s" } else { "" };
            let organization = ours.part(reference, "organization").unwrap();
            write!(out, "Organization:{organization}Number{plural}:{}", numbers.join(",")).unwrap();
        }
        if let Some(text) = ours.has(qualifier, "explicitText") {
            // OpenSSL takes the bytes of a BMPString for a text of C, which a zero ends.
            let text = match ours.bytes[ours.field(text).range().start] {
                0x1e => dump(content(ours, text).split(|&byte| byte == 0).next().unwrap()),
                _ => unescaped(&ours.words(text).unwrap()),
            };
            write!(out, "ExplicitText:{text}").unwrap();
        }
    }
    out
}

fn timestamps(ours: &Ours<'_>, at: usize) -> String {
    let list = ours.has(at, "sct_list").unwrap();
    let stamps = ours.elements(list).into_iter().map(|sct| {
        let leaf = |name: &str| {
            let mut parts = ours.tree.children(sct);
            parts.find(|(_, field)| field.name == name).unwrap().0
        };
        let words = |index: usize| ours.field(index).words(ours.bytes).unwrap();
        assert_eq!(words(leaf("sct_version")), "v1 (0x00)");
        let extensions = ours.own(leaf("extensions"));
        assert_eq!(extensions, [0, 0], "extensions that OpenSSL would print");
        let signature = leaf("signature");
        let (algorithm, _) = ours.tree.children(signature).next().unwrap();
        let algorithm = match words(algorithm).as_str() {
            "ecdsa_secp256r1_sha256 (0x0403)" => "ecdsa-with-SHA256",
            "rsa_pkcs1_sha256 (0x0401)" => "sha256WithRSAEncryption",
            other => panic!("what does OpenSSL call {other}?"),
        };
        let value = &ours.own(ours.has(signature, "signature").unwrap())[2..];
        format!(
            "SignedCertificateTimestamp:Version:v1(0x0)LogID:{}Timestamp:{}Extensions:none\
             Signature:{algorithm}{}",
            upper(ours.own(leaf("id"))),
            month_first(&words(leaf("timestamp"))),
            upper(value),
        )
    });
    stamps.collect()
}
