//! What files hold in DER and PEM, without a connection around it: it counts from its own first
//! byte, as other tools count, and nothing behind it is a part of it.

mod common;

use common::openssl::{Folder, is_missing, openssl};
use common::other_records::{compressed_certificate, sized};
use common::program::run_with_input;
use common::{all_certificates, path, samples};
use helloscope::capture;
use helloscope::names::{ContentType, ProtocolVersion, oid};
use helloscope::transcript::{Recorder, Side, Source, Summary, Transcript};
use helloscope::wire::document::Document;
use helloscope::wire::fault::{Kind, Remark};
use helloscope::wire::field::Tree;
use helloscope::wire::grammar::{Context, Reader};
use helloscope::wire::stream::{Body, Message};
use helloscope::wire::x509;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn read(bytes: &[u8]) -> Transcript {
    capture::read("a file", bytes).unwrap()
}

/// The one message of a transcript.
fn only(transcript: &Transcript) -> &Message {
    let mut messages = transcript.messages();
    let (_, message) = messages.next().unwrap();
    assert!(messages.next().is_none());
    message
}

fn pem(label: &str, der: &[u8]) -> String {
    let digits: Vec<char> = base64(der).chars().collect();
    let lines: Vec<String> = digits.chunks(64).map(|line| line.iter().collect()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let number = (0..3)
            .fold(0, |sum, at| sum << 8 | u32::from(three.get(at).copied().unwrap_or_default()));
        for at in 0..4 {
            let digit = char::from(DIGITS[(number >> (18 - 6 * at)) as usize & 0x3f]);
            out.push(if at <= three.len() { digit } else { '=' });
        }
    }
    out
}

fn hash(bytes: &[u8]) -> String {
    helloscope::wire::text::hex(&Sha256::digest(bytes))
}

fn hashes(transcript: &Transcript) -> Vec<String> {
    Summary::of(transcript).certificates.into_iter().map(|facts| facts.sha256).collect()
}

fn faults(tree: &Tree) -> Vec<&Remark> {
    tree.remarks.iter().filter(|remark| remark.kind == Kind::Form).collect()
}

#[test]
fn a_certificate_by_itself_counts_from_its_own_first_byte() {
    for sample in all_certificates() {
        let mut r = Reader::<Tree>::new(&sample.bytes, Context::default());
        x509::certificate(&mut r);
        let own = r.finish();
        for input in [sample.bytes.clone(), pem("CERTIFICATE", &sample.bytes).into_bytes()] {
            let transcript = read(&input);
            let message = only(&transcript);
            assert_eq!(message.body, Body::Document(Document::Certificate), "{}", sample.name);
            assert_eq!((message.bytes.as_slice(), message.complete()), (&sample.bytes[..], true));
            assert_eq!(message.tree.remarks, own.remarks, "{}", sample.name);
            let ranges = |tree: &Tree| tree.fields.iter().map(|f| f.range()).collect::<Vec<_>>();
            assert_eq!(ranges(&message.tree), ranges(&own), "{}", sample.name);
            assert_eq!(transcript.remarks, [""; 0]);
        }
    }
}

#[test]
fn the_view_of_a_certificate_has_the_offsets_of_asn1parse() {
    if is_missing() {
        return;
    }
    let files = ["rsa-2048.der", "ecdsa-p256.der", "names.der", "extensions.der"];
    for file in files.map(|file| format!("testdata/certificates/{file}")) {
        let file = path(&file).into_os_string().into_string().unwrap();
        let parsed = openssl(&["asn1parse", "-inform", "DER", "-in", &file]);
        let parsed = String::from_utf8(parsed).unwrap();
        let lines = parsed.lines().filter_map(|line| line.split_once(":d="));
        let theirs: Vec<usize> = lines.map(|(at, _)| at.trim().parse().unwrap()).collect();
        let transcript = read(&std::fs::read(&file).unwrap());
        let tree = &only(&transcript).tree;
        let tags = tree.fields.iter().filter(|field| field.name == "tag");
        let ours: Vec<usize> = tags.map(|field| field.start()).collect();
        assert!(theirs.len() > 20, "{parsed}");
        // It does not look into strings, so ours are more.
        for at in theirs {
            assert!(ours.contains(&at), "{file}: {at} is not in {ours:?}");
        }
    }
}

#[test]
fn what_openssl_says_of_trust_stands_behind_a_certificate() {
    let der = std::fs::read(path("testdata/certificates/ecdsa-p256.der")).unwrap();
    // As `openssl x509 -trustout -addtrust serverAuth -setalias foo` writes it.
    let trust = b"\x30\x11\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01\x0c\x03foo";
    let both = [&der[..], trust].concat();
    for input in [both.clone(), pem("TRUSTED CERTIFICATE", &both).into_bytes()] {
        let transcript = read(&input);
        assert_eq!(hashes(&transcript), [hash(&der)]);
        let message = only(&transcript);
        assert_eq!(message.body, Body::Document(Document::TrustedCertificate));
        assert!(faults(&message.tree).is_empty(), "{:?}", message.tree.remarks);
        let alias = message.tree.find("alias").unwrap();
        assert_eq!(&both[alias.range()], b"\x0c\x03foo");
        assert!(message.tree.find("purpose").is_some());
    }
    // Another certificate is none of its parts.
    let twice = read(&[&der[..], &der].concat());
    assert_eq!(only(&twice).body, Body::Document(Document::Certificate));
}

#[test]
fn a_block_without_bytes_gets_a_remark() {
    let transcript = read(pem("CERTIFICATE", &[]).as_bytes());
    let tree = &only(&transcript).tree;
    let [remark] = faults(tree)[..] else { panic!("{:?}", tree.remarks) };
    assert_eq!((remark.field, &remark.range), ("certificate", &(0..0)));
    let run = run_with_input(&["dissect", "-"], pem("CERTIFICATE", &[]).as_bytes());
    assert!(run.stdout.contains("fault: expected an element"), "{}", run.stdout);
}

#[test]
fn a_key_under_a_password_says_how_it_is_kept() {
    let oid = |last: u8| [&b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05"[..], &[last]].concat();
    let sequence = |parts: &[&[u8]]| {
        let content = parts.concat();
        [&[0x30, content.len() as u8], &content[..]].concat()
    };
    let salt = sequence(&[b"\x04\x04salt", b"\x02\x02\x08\x00"]);
    let derivation = sequence(&[&oid(12), &salt]);
    let cipher = sequence(&[b"\x06\x08\x2a\x86\x48\x86\xf7\x0d\x03\x07", b"\x04\x02iv"]);
    let algorithm = sequence(&[&oid(13), &sequence(&[&derivation, &cipher])]);
    let transcript = read(&sequence(&[&algorithm, b"\x04\x06secret"]));
    let message = only(&transcript);
    assert_eq!(message.body, Body::Document(Document::EncryptedPrivateKeyInfo));
    assert!(faults(&message.tree).is_empty(), "{:?}", message.tree.remarks);
    for name in ["keyDerivationFunc", "salt", "iterationCount", "encryptionScheme"] {
        assert!(message.tree.find(name).is_some(), "{name}");
    }
    assert_eq!(oid::name("1.2.840.113549.1.5.13"), Some("PBES2"));
}

#[test]
fn the_fingerprint_is_of_the_certificate_and_not_of_what_stands_behind_it() {
    let der = std::fs::read(path("testdata/certificates/ecdsa-p256.der")).unwrap();
    let longer = [&der[..], &[0, 7, 9]].concat();
    let behind = der.len()..longer.len();
    for input in [longer.clone(), pem("CERTIFICATE", &longer).into_bytes()] {
        let transcript = read(&input);
        assert_eq!(hashes(&transcript), [hash(&der)]);
        let tree = &only(&transcript).tree;
        let [remark] = faults(tree)[..] else { panic!("{:?}", tree.remarks) };
        assert_eq!((remark.field, &remark.range), ("trailing", &behind));
        assert_eq!(remark.reference, "X.690 8.1.1");
    }
    // In a message, of either form; and where its length is not said.
    let indefinite = [&[0x30, 0x80], &der[4..], &[0, 0]].concat();
    for (whole, remarks) in [(der.clone(), 1), (indefinite, 2)] {
        let entry = sized(&[&whole[..], &[0, 7, 9]].concat());
        for (version, body) in [
            (ProtocolVersion::TLS1_2, sized(&entry)),
            (ProtocolVersion::TLS1_3, [vec![0], sized(&[&entry[..], &[0, 0]].concat())].concat()),
        ] {
            let message = [vec![11], sized(&body)].concat();
            let transcript = of_message(version, &message);
            assert_eq!(hashes(&transcript), [hash(&whole)]);
            assert_eq!(faults(&only(&transcript).tree).len(), remarks);
        }
    }
}

fn of_message(version: ProtocolVersion, bytes: &[u8]) -> Transcript {
    let context = Context::of(Some(version), None);
    let message = Message::decode(ContentType::handshake, bytes, context);
    let mut recorder = Recorder::default();
    recorder.push_message(Side::Server, message);
    recorder.finish(Source::default(), None)
}

#[test]
fn a_certificate_that_was_compressed_is_in_the_summary() {
    let compressed = of_message(ProtocolVersion::TLS1_3, &compressed_certificate());
    let beneath = &only(&compressed).tree.beneath[0].bytes;
    let plain = of_message(ProtocolVersion::TLS1_3, &[vec![11], sized(beneath)].concat());
    assert_eq!(compressed.chain(), plain.chain());
    assert_eq!(Summary::of(&compressed).certificates, Summary::of(&plain).certificates);
    assert!(Summary::of(&plain).certificates[0].subject.is_some());
}

#[test]
fn all_certificates_of_a_file_are_in_the_summary() {
    let ders: Vec<Vec<u8>> =
        samples("testdata/certificates", "der").into_iter().map(|sample| sample.bytes).collect();
    let file: String = ders.iter().map(|der| pem("CERTIFICATE", der)).collect();
    let transcript = read(file.as_bytes());
    assert_eq!(hashes(&transcript), ders.iter().map(|der| hash(der)).collect::<Vec<_>>());
    assert!(transcript.messages().all(|(_, message)| message.tree.fields[0].start() == 0));
    let run = run_with_input(&["dissect", "-", "--hex"], file.as_bytes());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let dump = run.stdout.lines().map(|line| line[10..49].replace(' ', "")).collect::<String>();
    assert_eq!(dump, helloscope::wire::text::hex(&ders.concat()));
}

#[test]
fn of_a_certificate_that_is_cut_off_no_fingerprint_is_claimed() {
    let der = std::fs::read(path("testdata/certificates/ecdsa-p256.der")).unwrap();
    let transcript = read(&der[..der.len() - 9]);
    let message = only(&transcript);
    assert_eq!((message.length, message.complete()), (der.len(), false));
    assert_eq!(hashes(&transcript), [""; 0]);
    assert_eq!(faults(&message.tree).len(), 1, "{:?}", message.tree.remarks);
}

/// What openssl makes: each kind in DER and in PEM, with the label of the latter.
fn made() -> Vec<(Document, &'static str, Vec<u8>)> {
    let folder = Folder::new();
    let file = |name: &str| folder.file(name);
    let (rsa, ec, ed, dsa) = (file("rsa"), file("ec"), file("ed"), file("dsa"));
    let bits = "rsa_keygen_bits:2048";
    openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", bits, "-out", &rsa]);
    let curve = "ec_paramgen_curve:P-256";
    openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", curve, "-out", &ec]);
    openssl(&["genpkey", "-algorithm", "ED25519", "-out", &ed]);
    let parameters = file("parameters");
    let bits = "dsa_paramgen_bits:2048";
    openssl(&["genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", bits, "-out", &parameters]);
    openssl(&["genpkey", "-paramfile", &parameters, "-out", &dsa]);
    let (mut made, mut made_of_files) = (Vec::new(), Vec::new());
    let mut add = |kind, label, arguments: &[&str]| made.push((kind, label, openssl(arguments)));
    let der = ["-outform", "DER"];
    for key in [&rsa, &ec, &ed, &dsa] {
        let own = ["pkcs8", "-topk8", "-nocrypt", "-in", key.as_str(), der[0], der[1]];
        add(Document::PrivateKeyInfo, "PRIVATE KEY", &own);
        let own = ["pkey", "-pubout", "-in", key.as_str(), der[0], der[1]];
        add(Document::SubjectPublicKeyInfo, "PUBLIC KEY", &own);
    }
    for (kind, label, key) in [
        (Document::RsaPrivateKey, "RSA PRIVATE KEY", &rsa),
        (Document::EcPrivateKey, "EC PRIVATE KEY", &ec),
        (Document::DsaPrivateKey, "DSA PRIVATE KEY", &dsa),
    ] {
        add(kind, label, &["pkey", "-traditional", "-in", key.as_str(), der[0], der[1]]);
    }
    let written_out = file("written-out");
    let explicit = "ec_param_enc:explicit";
    let own = ["genpkey", "-algorithm", "EC", "-pkeyopt", curve, "-pkeyopt", explicit, "-out"];
    openssl(&[&own[..], &[&written_out]].concat());
    let own = ["pkey", "-traditional", "-in", &written_out, der[0], der[1]];
    add(Document::EcPrivateKey, "EC PRIVATE KEY", &own);
    // Curves over both kinds of fields.
    for curve in ["prime256v1", "sect283k1"] {
        let own = ["ecparam", "-name", curve, "-param_enc", "explicit", der[0], der[1]];
        add(Document::EcParameters, "EC PARAMETERS", &own);
    }
    add(
        Document::EcParameters,
        "EC PARAMETERS",
        &["ecparam", "-name", "prime256v1", der[0], der[1]],
    );
    for (kind, label, algorithm, group) in [
        (Document::DhParameter, "DH PARAMETERS", "DH", "group:ffdhe2048"),
        (Document::DomainParameters, "X9.42 DH PARAMETERS", "DHX", "dh_rfc5114:3"),
    ] {
        let field = file(algorithm);
        let own = ["genpkey", "-genparam", "-algorithm", algorithm, "-pkeyopt", group];
        openssl(&[&own[..], &["-out", &field]].concat());
        add(kind, label, &["dhparam", "-in", &field, der[0], der[1]]);
    }
    let own = ["dsaparam", "-in", &parameters, der[0], der[1]];
    add(Document::DssParms, "DSA PARAMETERS", &own);
    let own = ["rsa", "-in", &rsa, "-RSAPublicKey_out", der[0], der[1]];
    add(Document::RsaPublicKey, "RSA PUBLIC KEY", &own);
    let own = ["pkcs8", "-topk8", "-passout", "pass:x", "-in", &rsa, der[0], der[1]];
    add(Document::EncryptedPrivateKeyInfo, "ENCRYPTED PRIVATE KEY", &own);
    let subject = ["-subj", "/CN=shop.test", "-addext", "subjectAltName=DNS:shop.test"];
    for key in [&rsa, &ec, &ed] {
        let own = ["req", "-new", "-key", key.as_str(), der[0], der[1]];
        add(Document::CertificationRequest, "CERTIFICATE REQUEST", &[&own[..], &subject].concat());
    }
    let own = ["req", "-new", "-key", &ec, "-subj", "/", der[0], der[1]];
    add(Document::CertificationRequest, "NEW CERTIFICATE REQUEST", &own);
    let certificate = file("certificate");
    let own = ["req", "-new", "-x509", "-key", &ec, "-out", &certificate];
    openssl(&[&own[..], &subject].concat());
    let own = ["crl2pkcs7", "-nocrl", "-certfile", &certificate, der[0], der[1]];
    add(Document::ContentInfo, "PKCS7", &own);
    // In BER, as it does not know beforehand how much there is.
    let own =
        ["cms", "-sign", "-stream", "-nodetach", "-in", &certificate, "-signer", &certificate];
    add(Document::ContentInfo, "CMS", &[&own[..], &["-inkey", &ec, der[0], der[1]]].concat());
    // The time, for a question that is granted and for one that is not.
    let (stamper, stamping) = (file("stamper"), file("stamping"));
    let serial = file("serial");
    std::fs::write(&serial, "01\n").unwrap();
    let text = format!(
        "[t]\nserial={serial}\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\n"
    );
    std::fs::write(&stamping, text).unwrap();
    let own = ["req", "-new", "-x509", "-key", &ec, "-out", &stamper];
    let purpose = ["-subj", "/CN=time", "-addext", "extendedKeyUsage=critical,timeStamping"];
    openssl(&[&own[..], &purpose].concat());
    for digest in ["-sha256", "-sha1"] {
        let question = file("question");
        openssl(&["ts", "-query", "-data", &certificate, digest, "-cert", "-out", &question]);
        let own = ["ts", "-reply", "-config", &stamping, "-section", "t", "-queryfile", &question];
        let answer = file("answer");
        openssl(&[&own[..], &["-signer", &stamper, "-inkey", &ec, "-out", &answer]].concat());
        made_of_files.push((Document::TimeStampReq, "", std::fs::read(&question).unwrap()));
        made_of_files.push((Document::TimeStampResp, "", std::fs::read(&answer).unwrap()));
    }
    let own = ["pkcs12", "-export", "-in", &certificate, "-inkey", &ec, "-passout", "pass:x"];
    add(Document::Pfx, "", &own);
    let open = ["-keypbe", "NONE", "-certpbe", "NONE", "-name", "own"];
    add(Document::Pfx, "", &[&own[..], &open].concat());
    // A list of one that was revoked, and an empty one of the first version.
    let (index, config) = (file("index"), file("config"));
    std::fs::write(&index, "R\t300101000000Z\t250101000000Z,keyCompromise\t0A\tunknown\t/CN=a\n")
        .unwrap();
    for (name, extensions, entries) in [("v2", "crl_extensions=x\n[x]\n", true), ("v1", "", false)]
    {
        if !entries {
            std::fs::write(&index, "").unwrap();
        }
        let list = file(name);
        let text = format!(
            "[ca]\ndefault_ca=c\n[c]\ndatabase={index}\ndefault_md=sha256\n\
             default_crl_days=30\n{extensions}{}",
            if entries { "authorityKeyIdentifier=keyid\n" } else { "" }
        );
        std::fs::write(&config, text).unwrap();
        let own = ["ca", "-gencrl", "-config", &config, "-keyfile", &ec, "-cert", &certificate];
        openssl(&[&own[..], &["-out", &list]].concat());
        add(Document::CertificateList, "X509 CRL", &["crl", "-in", &list, der[0], der[1]]);
    }
    made.extend(made_of_files);
    made
}

#[test]
fn what_x509_parser_does_not_know_is_not_read_alike() {
    let asked = |file: &str| {
        let input = std::fs::read(path(file)).unwrap();
        run_with_input(&["dissect", "-", "--second-opinion", "--brief"], &input).stdout
    };
    let unread = asked("testdata/certificates/ocsp/nonce.request");
    assert!(unread.contains("0 of 1 message read alike"), "{unread}");
    let read = asked("testdata/certificates/ecdsa-p256.der");
    assert!(read.contains("1 of 1 message read alike"), "{read}");
}

#[test]
fn x509_parser_is_asked_about_all_that_it_knows() {
    use helloscope::wire::second_opinion::{Kind, message};
    if is_missing() {
        return;
    }
    for (kind, _, mut der) in made() {
        let known = matches!(
            kind,
            Document::Certificate
                | Document::TrustedCertificate
                | Document::CertificateList
                | Document::CertificationRequest
                | Document::SubjectPublicKeyInfo
        );
        let found = |der: &[u8]| message(only(&read(der))).unwrap();
        let first = found(&der);
        let left = first.iter().find(|it| it.kind == Kind::Leaves && it.what == kind.name());
        assert_eq!(left.is_some(), !known, "{kind:?}: {first:?}");
        let differ = first.iter().filter(|it| it.kind != Kind::Leaves);
        // It has no certificate of the curves and parameters of each kind, and what it says of those has
        // tests of its own.
        if matches!(kind, Document::CertificateList | Document::CertificationRequest) {
            assert_eq!(differ.count(), 0, "{kind:?}: {first:?}");
            der.truncate(der.len() - 9);
            assert!(found(&der).iter().any(|it| it.kind == Kind::Refuses), "{kind:?}");
        }
    }
}

#[test]
fn what_stands_beside_certificates_is_named_for_what_it_is() {
    if is_missing() {
        return;
    }
    let mut curves = [0; 2];
    for (kind, label, der) in made() {
        let transcript = read(&der);
        let message = only(&transcript);
        assert_eq!((&message.body, message.complete()), (&Body::Document(kind), true), "{label}");
        assert!(message.tree.remarks.is_empty(), "{label}: {:?}", message.tree.remarks);
        message.tree.check_tiling(der.len()).unwrap();
        if kind == Document::EcPrivateKey {
            // A curve by its name, or as it is in a certificate where it is written out.
            let curve = ["namedCurve", "specifiedCurve"].map(|name| message.tree.find(name));
            assert!(curve.iter().flatten().count() == 1, "{:?}", message.tree);
            assert_eq!(curve[1].is_some(), message.tree.find("fieldID").is_some());
            curves[usize::from(curve[1].is_some())] += 1;
        }
        if !label.is_empty() {
            let transcript = read(pem(label, &der).as_bytes());
            assert_eq!(only(&transcript).body, Body::Document(kind), "{label}");
            assert_eq!(only(&transcript).bytes[..], der[..]);
        }
        let text = run_with_input(&["dissect", "-"], &der);
        assert_eq!((text.code, text.stderr.as_str()), (0, ""), "{label}");
        let words: Vec<&str> = text.stdout.split_whitespace().collect();
        assert!(words.join(" ").contains(kind.words()), "{label}: {}", text.stdout);
        assert!(!text.stdout.contains("not TLS"), "{label}: {}", text.stdout);
        // Cut anywhere it has all its bytes, and no more than one fault for that.
        for end in (1..der.len()).step_by(7) {
            let Some(kind) = Document::of(&der[..end]) else { continue };
            let message = Message::decode_document(kind, &der[..end]);
            message.tree.check_tiling(end).unwrap();
        }
    }
    assert_eq!(curves, [1, 1]);
}

#[test]
fn recorded_messages_of_ocsp_are_named_for_what_they_are() {
    for (ending, kind) in [("response", Document::OcspResponse), ("request", Document::OcspRequest)]
    {
        for sample in samples("testdata/certificates/ocsp", ending) {
            let transcript = read(&sample.bytes);
            assert_eq!(only(&transcript).body, Body::Document(kind), "{}", sample.name);
            only(&transcript).tree.check_tiling(sample.bytes.len()).unwrap();
            assert!(only(&transcript).complete(), "{}", sample.name);
        }
    }
}

#[test]
fn every_certificate_is_one_and_nothing_else() {
    for sample in all_certificates() {
        for end in 8..sample.bytes.len() {
            let kind = Document::of(&sample.bytes[..end]);
            assert_eq!(kind, Some(Document::Certificate), "{} up to {end}", sample.name);
        }
    }
}

#[test]
fn no_words_are_made_of_a_secret() {
    // A secret that would read as a text, were it looked into.
    let secret = b"\x0c\x1einsidethisthereisasecretword";
    let key = [&[0x30, 37, 2, 1, 1, 4, 32][..], secret].concat();
    let wrapped = [&[4, 39][..], &key].concat();
    let of_curve = [&[2, 1, 0, 0x30, 9, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1][..], &wrapped];
    let unknown = [&[2, 1, 0, 0x30, 4, 6, 2, 0x2a, 3, 4, 32][..], secret];
    for (kind, bytes) in [
        (Document::EcPrivateKey, key.clone()),
        (Document::PrivateKeyInfo, der(&of_curve.concat())),
        (Document::PrivateKeyInfo, der(&unknown.concat())),
    ] {
        let transcript = read(&bytes);
        assert_eq!(only(&transcript).body, Body::Document(kind));
        let view = ["dissect", "-", "-v"];
        for arguments in [&view[..], &["dissect", "-", "--format", "json", "--tree"]] {
            let run = run_with_input(arguments, &bytes);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""));
            assert!(!run.stdout.contains("secretword"), "{}", run.stdout);
        }
    }
}

/// What its label says decides of two numbers, and a prime field in which no secret is kept is
/// noticed.
#[test]
fn two_numbers_are_what_their_label_says() {
    let large = [&[2, 9, 0][..], &[0x91; 8]].concat();
    let numbers = |base: u8| der(&[&large[..], &[2, 1, base]].concat());
    for (label, base, kind) in [
        ("DH PARAMETERS", 2, Document::DhParameter),
        ("DH PARAMETERS", 3, Document::DhParameter),
        ("RSA PUBLIC KEY", 3, Document::RsaPublicKey),
        ("RSA PUBLIC KEY", 5, Document::RsaPublicKey),
        ("CERTIFICATE", 5, Document::DhParameter),
    ] {
        let transcript = read(pem(label, &numbers(base)).as_bytes());
        assert_eq!(only(&transcript).body, Body::Document(kind), "{label} {base}");
    }
    let told = |base| {
        let message = Message::decode_document(Document::DhParameter, &numbers(base));
        message.tree.remarks.iter().map(|it| (it.field, it.fault.found())).collect::<Vec<_>>()
    };
    let short = ("prime", "64".to_owned());
    assert_eq!(told(2), std::slice::from_ref(&short));
    assert_eq!(told(1), [short, ("base", "1".to_owned())]);
}

/// A SEQUENCE of these bytes.
fn der(content: &[u8]) -> Vec<u8> {
    [&[0x30, u8::try_from(content.len()).unwrap()], content].concat()
}

/// Of every kind a few that are known to be one: certificates, messages of OCSP, what holds others,
/// and a key.
fn known() -> Vec<Vec<u8>> {
    let mut known: Vec<Vec<u8>> = Vec::new();
    for (folder, ending) in [
        ("testdata/certificates", "der"),
        ("testdata/certificates/ocsp", "response"),
        ("testdata/certificates/ocsp", "request"),
    ] {
        known.extend(samples(folder, ending).into_iter().map(|sample| sample.bytes));
    }
    for ending in ["p12", "cms", "tsr", "tsq"] {
        let containers = samples("testdata/containers", ending);
        known.extend(containers.into_iter().map(|sample| sample.bytes));
    }
    known.push([&[0x30, 37, 2, 1, 1, 4, 32][..], &[7; 32]].concat());
    known
}

#[test]
fn what_is_der_of_no_kind_is_called_so_though_it_is_not_whole() {
    let whole = der(&[2, 1, 1, 2, 1, 1, 4, 3, 7, 7, 7]);
    let longer = [&whole[..], &[0]].concat();
    let indefinite = [&[0x30, 0x80], &whole[2..], &[0, 0]].concat();
    // The tag of the first element is of no type, and everything has its length.
    let odd = der(&[0xb0, 3, 2, 1, 1, 0x30, 3, 2, 1, 1]);
    for bytes in [&whole, &longer, &whole[..whole.len() - 1].to_vec(), &indefinite, &odd] {
        let transcript = read(bytes);
        let message = only(&transcript);
        assert_eq!(message.body, Body::Document(Document::Other), "{bytes:02x?}");
        message.tree.check_tiling(bytes.len()).unwrap();
    }
    for bytes in [
        // Half of it, and as much again; no elements in it; a message of LDAP.
        whole[..whole.len() / 2].to_vec(),
        [&whole[..], &whole].concat(),
        der(&[0x7f; 12]),
        der(&[2, 1, 1, 0x61, 7, 10, 1, 0, 4, 0, 4, 0]),
        // An odd tag, and a byte more or less.
        [&odd[..], &[0]].concat(),
        odd[..odd.len() - 1].to_vec(),
    ] {
        let transcript = read(&bytes);
        assert_eq!(only(&transcript).body, Body::Plaintext, "{bytes:02x?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_byte_has_a_name_in_whatever_is_taken_for_a_document(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        kind in prop::sample::select(vec![
            Document::Certificate,
            Document::CertificateList,
            Document::CertificationRequest,
            Document::SubjectPublicKeyInfo,
            Document::PrivateKeyInfo,
            Document::EncryptedPrivateKeyInfo,
            Document::RsaPrivateKey,
            Document::EcPrivateKey,
            Document::DsaPrivateKey,
            Document::RsaPublicKey,
            Document::EcParameters,
            Document::DhParameter,
            Document::DomainParameters,
            Document::DssParms,
            Document::ContentInfo,
            Document::Pfx,
            Document::OcspRequest,
            Document::OcspResponse,
            Document::TimeStampReq,
            Document::TimeStampResp,
            Document::Other,
        ]),
    ) {
        let all = known();
        let mut bytes = all[which.index(all.len())].clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(2 * bytes.len()).max(1));
        // What its bytes say that it is, and what it is not.
        for kind in Document::of(&bytes).into_iter().chain([kind]) {
            let message = Message::decode_document(kind, &bytes);
            prop_assert_eq!(message.tree.check_tiling(bytes.len()), Ok(()));
            prop_assert!(message.length >= bytes.len());
        }
    }
}

/// What `openssl s_client -sess_out` and `openssl ts -query` write is known by its first elements.
#[test]
fn a_session_and_a_question_for_the_time_are_named() {
    let tlv = |identifier: u8, content: &[u8]| {
        [&[identifier, u8::try_from(content.len()).unwrap()][..], content].concat()
    };
    let numbers = [2, 1, 1, 2, 2, 3, 3, 4, 2, 0xc0, 0x30];
    let secrets = [tlv(4, &[7; 32]), tlv(4, &[9; 48]), tlv(0xa2, &[2, 2, 0x1c, 0x20])].concat();
    let session = tlv(0x30, &[&numbers[..], &secrets].concat());
    let algorithm = [0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
    let imprint = tlv(0x30, &[&algorithm[..], &tlv(4, &[7; 32])].concat());
    let question = tlv(0x30, &[&[2, 1, 1][..], &imprint, &[1, 1, 0xff]].concat());
    for (der, name) in [(session, "ssl_session"), (question, "time_stamp_req")] {
        let transcript = capture::read("it", &der).unwrap();
        let message = only(&transcript);
        assert_eq!((message.type_name(), &message.tree.remarks[..]), (name, &[][..]));
        let fields: Vec<&str> = message.tree.fields.iter().map(|field| field.name).collect();
        assert_eq!(fields.contains(&"master_key"), name == "ssl_session");
        if name == "ssl_session" {
            let shown = run_with_input(&["dissect", "-"], &der).stdout;
            let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
            for words in ["ssl_version TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"] {
                assert!(shown.contains(words), "{words}: {shown}");
            }
        }
    }
}

/// RFC 3161 section 2.4.2: what refuses a request has no certificate in it, and is none.
#[test]
fn an_answer_without_the_time_says_why() {
    let refusal = [
        &[0x30, 25, 0x30, 23, 2, 1, 2, 0x30, 11, 0x0c, 9][..],
        b"not today",
        &[3, 5, 6, 0, 0, 0, 0x40],
    ];
    let refusal = refusal.concat();
    let shown = run_with_input(&["dissect", "-"], &refusal).stdout;
    for words in ["TimeStampResp", "rejection", "not today", "systemFailure"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(only(&read(&refusal)).tree.remarks.is_empty());
}

/// RFC 9654 section 2.1: the value has a name of its own.
#[test]
fn a_nonce_of_ocsp_is_called_one() {
    let nonce = [0x30, 17, 6, 9, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 2, 4, 4, 4, 2, 7, 7];
    let read = |nonce: &[u8]| {
        let extensions = [&[0x30, 19][..], nonce].concat();
        let mut r = Reader::<Tree>::new(&extensions, Context::default());
        helloscope::wire::ocsp::extensions(&mut r);
        r.finish()
    };
    let tree = read(&nonce);
    assert!(tree.remarks.is_empty() && tree.find("Nonce").is_some(), "{tree:?}");
    // Before RFC 6960 some stood there as they are: bytes that begin like a long element are none.
    let raw = [&nonce[..nonce.len() - 4], &[4, 0x82, 7, 7]].concat();
    let tree = read(&raw);
    assert!(!tree.remarks.iter().any(|remark| remark.to_string().contains("the end")), "{tree:?}");
}
