//! PKCS #12, CMS and time stamps are read down to what they hold: RFC 7292, RFC 5652, RFC 3161.

mod common;

use common::openssl::{Folder, is_missing, openssl};
use common::program::run_with_input;
use common::{Sample, path, samples};
use helloscope::wire::document::Document;
use helloscope::wire::fault::{Kind, Remark};
use helloscope::wire::field::Tree;
use helloscope::wire::stream::Message;

/// A file, which is of the kind that its bytes tell.
fn read(bytes: &[u8]) -> Message {
    let message = Message::decode_document(Document::of(bytes).unwrap(), bytes);
    message.tree.check_tiling(bytes.len()).unwrap();
    message
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(path("testdata/containers").join(name)).unwrap()
}

/// What the content of each element of this name says, also beneath others.
fn said(tree: &Tree, bytes: &[u8], name: &str) -> Vec<String> {
    let mut said = Vec::new();
    let elements = tree.fields.iter().enumerate().filter(|(_, it)| it.name == name);
    for (at, _) in elements.filter(|(_, it)| !it.is_leaf()) {
        let content = tree.children(at).last().and_then(|(_, content)| content.words(bytes));
        said.push(content.unwrap_or_default());
    }
    for beneath in &tree.beneath {
        said.extend(self::said(&beneath.tree, &beneath.bytes, name));
    }
    said
}

/// The names of all fields, and behind them those of what lies beneath.
fn names(tree: &Tree) -> Vec<&'static str> {
    let own = tree.fields.iter().map(|field| field.name);
    own.chain(tree.beneath.iter().flat_map(|beneath| names(&beneath.tree))).collect()
}

fn is_there(tree: &Tree, name: &str) -> bool {
    names(tree).contains(&name)
}

#[test]
fn what_containers_hold_has_its_names() {
    let oid = |name: &str, dotted: &str| format!("{name} ({dotted})");
    let certificate = oid("certBag", "1.2.840.113549.1.12.10.1.3");
    let shrouded = oid("pkcs8ShroudedKeyBag", "1.2.840.113549.1.12.10.1.2");
    let key = oid("keyBag", "1.2.840.113549.1.12.10.1.1");
    let secret = oid("secretBag", "1.2.840.113549.1.12.10.1.5");
    for (name, bags, parts, absent) in [
        (
            "openssl-open.p12",
            vec![&certificate, &key],
            &["Certificate", "KeyBag", "ECPrivateKey"][..],
            &["macData", "EncryptedData"][..],
        ),
        (
            "openssl-certificate.p12",
            vec![&certificate],
            &["Certificate", "macSalt", "iterations"],
            &["EncryptedData"],
        ),
        (
            "openssl-legacy.p12",
            vec![&shrouded],
            &["EncryptedData", "encryptedContent", "iterationCount"],
            &["Certificate"],
        ),
        (
            "nss.p12",
            vec![&shrouded],
            &["encryptedContent", "keyDerivationFunc", "bagAttributes"],
            &["Certificate"],
        ),
        (
            "nss-certificate.p12",
            vec![&certificate, &shrouded],
            &["Certificate", "encryptedData", "macSalt"],
            &["EncryptedData"],
        ),
        ("java-trusted.p12", vec![&certificate], &["Certificate"], &["macData"]),
        (
            "java-secret.p12",
            vec![&secret],
            &["EncryptedPrivateKeyInfo", "encryptionScheme", "encryptedData"],
            &["Certificate"],
        ),
    ] {
        let bytes = file(name);
        let message = read(&bytes);
        assert_eq!(message.type_name(), "pfx", "{name}");
        let tree = &message.tree;
        let mut found = said(tree, &bytes, "bagId");
        found.sort();
        let mut bags: Vec<&str> = bags.into_iter().map(String::as_str).collect();
        bags.sort_unstable();
        assert_eq!(found, bags, "{name}");
        for part in parts {
            assert!(is_there(tree, part), "{name}: {part}");
        }
        for part in absent {
            assert!(!is_there(tree, part), "{name}: {part}");
        }
        assert_eq!(tree.remarks, [], "{name}");
    }
    let bytes = file("openssl-open.p12");
    let types = said(&read(&bytes).tree, &bytes, "attrType");
    assert!(types.contains(&oid("friendlyName", "1.2.840.113549.1.9.20")), "{types:?}");
    assert!(said(&read(&bytes).tree, &bytes, "attrValue").contains(&"näme".to_owned()));
    let bytes = file("java-trusted.p12");
    let types = said(&read(&bytes).tree, &bytes, "attrType");
    assert!(types.iter().any(|it| it.starts_with("oracle-jdk-trustedkeyusage ")), "{types:?}");
}

#[test]
fn messages_are_read_down_to_signers_and_recipients() {
    for (name, parts) in [
        (
            "signed.cms",
            &[
                "SignedData",
                "Certificate",
                "SignerInfo",
                "issuerAndSerialNumber",
                "ESSCertIDv2",
                "issuerSerial",
                "SMIMECapability",
                "capabilityID",
            ][..],
        ),
        ("digest.cms", &["DigestedData", "encapContentInfo", "digest"]),
        ("agreed.cms", &["kari", "originatorKey", "recipientEncryptedKeys", "encryptedKey"]),
        ("gcm.cms", &["AuthEnvelopedData", "ktri", "aes-nonce", "aes-ICVlen", "mac"]),
        ("password.cms", &["pwri", "keyDerivationAlgorithm", "salt", "keyEncryptionAlgorithm"]),
        ("wrapped.cms", &["kekri", "kekid", "keyIdentifier", "encryptedContent"]),
    ] {
        let message = read(&file(name));
        assert_eq!(message.type_name(), "content_info", "{name}");
        for part in parts {
            assert!(is_there(&message.tree, part), "{name}: {part} in {:?}", names(&message.tree));
        }
        assert_eq!(message.tree.remarks, [], "{name}");
    }
    let bytes = file("signed.cms");
    let types = said(&read(&bytes).tree, &bytes, "attrType");
    let types: Vec<&str> = types.iter().filter_map(|it| it.split(' ').next()).collect();
    for name in ["contentType", "signingTime", "messageDigest", "smimeCapabilities"] {
        assert!(types.contains(&name), "{name}: {types:?}");
    }
    assert!(types.contains(&"id-aa-signingCertificateV2"), "{types:?}");
}

#[test]
fn a_time_stamp_tells_the_time_and_of_what() {
    let bytes = file("time-sha256.tsr");
    let tree = &read(&bytes).tree;
    let one = |name: &str| {
        let said = said(tree, &bytes, name);
        assert_eq!(said.len(), 1, "{name}: {said:?}");
        said.into_iter().next().unwrap()
    };
    assert_eq!(one("eContentType"), "id-ct-TSTInfo (1.2.840.113549.1.9.16.1.4)");
    assert_eq!(one("policy"), "1.2.3.4");
    assert!(one("genTime").ends_with(" UTC"));
    assert_eq!(["seconds", "millis", "micros"].map(one), ["1", "500", "100"]);
    assert_eq!(one("ordering"), "TRUE");
    // The same imprint and nonce as were asked about.
    let question = file("time.tsq");
    let asked = &read(&question).tree;
    for name in ["messageImprint", "nonce"] {
        let own = |tree: &Tree, bytes: &[u8]| bytes[tree.find(name).unwrap().range()].to_vec();
        assert_eq!(own(tree, &bytes), own(asked, &question), "{name}");
    }
    for part in ["TSTInfo", "tsa", "directoryName", "hashedMessage", "ESSCertIDv2", "Certificate"] {
        assert!(is_there(tree, part), "{part}");
    }
    let plain = file("time-sha1.tsr");
    let plain = &read(&plain).tree;
    for (part, there) in [("genTime", true), ("ESSCertID", true), ("accuracy", false)] {
        assert_eq!(is_there(plain, part), there, "{part}");
    }
    assert_eq!((&tree.remarks[..], &plain.remarks[..]), (&[][..], &[][..]));
}

/// RFC 7914 section 7.
#[test]
fn the_parameters_of_scrypt_have_names() {
    let bytes = file("scrypt.key");
    let tree = &read(&bytes).tree;
    let numbers = ["costParameter", "blockSize", "parallelizationParameter"];
    let told = numbers.map(|name| said(tree, &bytes, name).concat());
    assert_eq!(told, ["16384", "8", "1"]);
    assert_eq!(tree.find("keyLength").map(|it| it.range()), None);
    assert!(tree.find("salt").is_some() && tree.remarks.is_empty());
}

/// Only a MAC may be under a password.
#[test]
fn nothing_is_called_encrypted_that_is_not() {
    for Sample { name, bytes } in samples("testdata/containers", "p12") {
        let shown = run_with_input(&["dissect", "-"], &bytes).stdout;
        assert!(!shown.contains("password"), "{name}: {shown}");
        assert!(shown.contains("keys and certificates (PKCS #12)"), "{name}: {shown}");
    }
}

/// An element.
fn tlv(identifier: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[identifier, 0x82][..], &length, content].concat()
}

/// The contents of the elements in a row, of lengths in one to three bytes, with their tags.
fn elements(mut bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let mut found = Vec::new();
    while let [identifier, first, rest @ ..] = bytes {
        let digits = if *first < 0x80 { 0 } else { usize::from(first & 0x7f) };
        let long = rest[..digits].iter().fold(0, |sum, &digit| sum << 8 | usize::from(digit));
        let length = if digits == 0 { usize::from(*first) } else { long };
        found.push((*identifier, &rest[digits..][..length]));
        bytes = &rest[digits + length..];
    }
    found
}

/// A string in pieces of so many bytes.
fn pieces(content: &[u8], size: usize) -> Vec<u8> {
    let pieces: Vec<u8> = content.chunks(size).flat_map(|piece| tlv(4, piece)).collect();
    [&[0x24, 0x80][..], &pieces, &[0, 0]].concat()
}

/// A ContentInfo whose string is in pieces, with what `inside` makes of its content.
fn in_pieces(info: &[u8], size: usize, inside: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let parts = elements(info);
    let string = elements(parts[1].1)[0].1;
    let string = tlv(0xa0, &pieces(&inside(string), size));
    tlv(0x30, &[tlv(6, parts[0].1), string].concat())
}

/// X.690 section 8.7.3, as Windows and Bouncy Castle write it: what pieces of a string hold is read
/// as if it were in one.
#[test]
fn strings_in_pieces_are_put_together() {
    let bytes = file("openssl-open.p12");
    let whole = elements(elements(&bytes)[0].1);
    let rewritten = |size: usize| {
        let safe = in_pieces(whole[1].1, size, &|safes| {
            let infos = elements(elements(safes)[0].1);
            let infos = infos.iter().map(|info| in_pieces(info.1, size, &<[u8]>::to_vec));
            tlv(0x30, &infos.flatten().collect::<Vec<u8>>())
        });
        tlv(0x30, &[tlv(2, whole[0].1), safe].concat())
    };
    for size in [1, 7, 100, 1000, 5000] {
        let bytes = rewritten(size);
        let message = read(&bytes);
        assert_eq!(message.tree.remarks, [], "{size}");
        for name in ["bagId", "attrType", "attrValue", "notAfter", "serialNumber", "privateKey"] {
            let ours = said(&message.tree, &bytes, name);
            let own = file("openssl-open.p12");
            assert_eq!(ours, said(&read(&own).tree, &own, name), "{size}: {name}");
        }
        assert_eq!(message.tree.beneath.is_empty(), size >= 1000, "{size}");
        tile(&message.tree);
    }
    // Where a piece is not there to its end, or is none, nothing is put together.
    let bytes = rewritten(100);
    for end in (40..bytes.len()).step_by(3) {
        let tree = Message::decode_document(Document::Pfx, &bytes[..end]).tree;
        tree.check_tiling(end).unwrap();
        tile(&tree);
    }
    let mut odd = bytes.clone();
    let second = bytes.windows(4).rposition(|it| it == [4, 0x82, 0, 100]).unwrap();
    odd[second] = 0x0c;
    tile(&read(&odd).tree);
}

fn tile(tree: &Tree) {
    for beneath in &tree.beneath {
        beneath.tree.check_tiling(beneath.bytes.len()).unwrap();
        tile(&beneath.tree);
    }
}

/// What an expert says of a certificate, of a key and of a list does not hang on what they stand in.
#[test]
fn weak_keys_are_noticed_wherever_they_stand() {
    if is_missing() {
        return;
    }
    let folder = Folder::new();
    let file = |name: &str| folder.file(name);
    let (key, own, bag) = (file("key"), file("own"), file("bag"));
    let weak = ["-newkey", "rsa:1024", "-nodes", "-sha1", "-subj", "/CN=weak.test"];
    openssl(&[&["req", "-x509"][..], &weak, &["-keyout", &key, "-out", &own]].concat());
    let der = ["-outform", "DER"];
    let certificate = openssl(&["x509", "-in", &own, der[0], der[1]]);
    let private = openssl(&["pkcs8", "-topk8", "-nocrypt", "-in", &key, der[0], der[1]]);
    let open = ["-keypbe", "NONE", "-certpbe", "NONE", "-passout", "pass:x", "-out", &bag];
    openssl(&[&["pkcs12", "-export", "-in", &own, "-inkey", &key][..], &open].concat());
    let pfx = std::fs::read(&bag).unwrap();
    let cms = openssl(&["crl2pkcs7", "-nocrl", "-certfile", &own, der[0], der[1]]);
    let notices = |bytes: &[u8]| {
        let remarks = &read(bytes).tree.remarks;
        assert!(remarks.iter().all(|it| it.kind == Kind::Notice), "{remarks:?}");
        let told = |it: &Remark| format!("{} {:?} {}", it.field, it.fault, it.reference);
        let mut told: Vec<String> = remarks.iter().map(told).collect();
        told.sort();
        told
    };
    let (own, private) = (notices(&certificate), notices(&private));
    assert!(own.iter().any(|it| it.starts_with("modulus")), "{own:?}");
    assert_eq!(private.len(), 1, "{private:?}");
    assert_eq!(notices(&cms), own);
    let mut both = [own, private].concat();
    both.sort();
    assert_eq!(notices(&pfx), both);
}
