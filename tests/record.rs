//! `helloscope hello record` and real clients: what is recorded is what they sent, as they say
//! themselves.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream, UdpSocket};

use common::flows::Flow;
use common::openssl::{self, Folder};
use common::program::{Lab, Recorder, Run, run};
use common::{path, peers};
use helloscope::capture;
use helloscope::hello::HelloSpec;
use helloscope::transcript::Side;
use helloscope::wire::extension::{ClientExtension, Extension};
use helloscope::wire::text::{hex, unhex};
use serde_json::{Value as Json, json};

/// Runs `hello record` with a client that it starts itself. Its standard error is what the client
/// writes.
fn record(arguments: &[&str], client: &str) -> Run {
    run(&[&["hello", "record", "-q", "--exec", client], arguments].concat())
}

/// The same, where a whole hello comes of it.
fn recorded(arguments: &[&str], client: &str) -> Json {
    let run = record(&[&["--format", "json"], arguments].concat(), client);
    assert_eq!(run.code, 0, "{client}: {run:?}");
    let json = run.json();
    assert_eq!((&json["end"], &json["fault"]), (&json!("whole"), &Json::Null), "{client}");
    json
}

fn bytes(recording: &Json) -> Vec<u8> {
    unhex(recording["hex"].as_str().unwrap()).unwrap()
}

fn spec(recording: &Json) -> HelloSpec {
    let spec: HelloSpec = serde_json::from_value(recording["spec"].clone()).unwrap();
    assert_eq!(spec.flight(), bytes(recording));
    spec
}

fn numbers(list: &Json) -> Vec<usize> {
    let list = list.as_array().unwrap().iter();
    list.map(|number| usize::try_from(number.as_u64().unwrap()).unwrap()).collect()
}

/// What `openssl s_client -msg` says that it sent first, in the bytes of the wire.
fn first_sent(log: &str) -> Vec<u8> {
    let said = capture::read("s_client -msg", log.as_bytes()).unwrap();
    let message = said.from(Side::Client).next().unwrap();
    assert_eq!(message.type_name(), "client_hello");
    message.bytes.to_vec()
}

/// The clients of OpenSSL: options of ours, and of s_client.
const OPENSSL: &[(&[&str], &str)] = &[
    (&[], ""),
    (&[], "-servername shop.test -alpn h2,http/1.1 -status"),
    (&[], "-tls1_2 -cipher ALL -bugs"),
    (&[], "-tls1_3 -groups P-256:X25519"),
    // The hello in several records.
    (&[], "-max_send_frag 512 -alpn LONG,LONG"),
    (&["--starttls", "smtp"], "-starttls smtp"),
    (&["--starttls", "smtp"], "-starttls lmtp"),
    (&["--starttls", "imap"], "-starttls imap"),
    (&["--starttls", "pop3"], "-starttls pop3"),
    (&["--starttls", "ftp"], "-starttls ftp"),
    (&["--starttls", "ldap"], "-starttls ldap"),
    (&["--starttls", "postgres"], "-starttls postgres"),
    (&["--starttls", "mysql"], "-starttls mysql"),
    (&["--starttls", "xmpp"], "-starttls xmpp -xmpphost shop.test"),
    (&["--starttls", "xmpp"], "-starttls xmpp-server -name shop.test"),
    // TLS at once, though the server speaks first: as of a client told of the wrong port.
    (&["--starttls", "smtp"], "-servername shop.test"),
];

#[test]
fn what_is_recorded_of_openssl_is_what_it_says_that_it_sent() {
    if openssl::is_missing() {
        return;
    }
    for (own, options) in OPENSSL {
        let options = options.replace("LONG", &"a".repeat(250));
        let client = format!("openssl s_client {options} -connect {{addr}} -msg 2>/dev/null");
        let run = record(&[&["--format", "json"], *own].concat(), &client);
        let recording = run.json();
        assert_eq!((run.code, &recording["end"]), (0, &json!("whole")), "{options}: {run:?}");
        let spec = spec(&recording);
        assert_eq!(hex(&spec.message()), hex(&first_sent(&run.stderr)), "{options}");
        let records = numbers(&recording["records"]);
        assert_eq!(records.iter().sum::<usize>(), spec.message().len(), "{options}");
        assert_eq!(records.len() > 1, options.contains("-max_send_frag"), "{records:?}");
        let segments: usize = numbers(&recording["segments"]).iter().sum();
        assert_eq!(segments, bytes(&recording).len(), "{options}");
        let expected = own.get(1).map_or(Json::Null, |name| json!(name));
        assert_eq!(recording["starttls"], expected);
        let asked = options.contains("-starttls") && !options.contains("mysql");
        assert!(!asked || recording["dialogue"] != "", "{options}");
    }
}

#[test]
fn a_hello_of_dtls_is_recorded_in_its_datagrams() {
    if openssl::is_missing() {
        return;
    }
    for options in ["-dtls", "-dtls1_2 -servername shop.test", "-dtls1 -cipher ALL:@SECLEVEL=0"] {
        let client = format!("openssl s_client {options} -connect {{addr}} -msg 2>/dev/null");
        let run = record(&["--format", "json", "--dtls"], &client);
        let recording = run.json();
        assert_eq!((run.code, &recording["end"]), (0, &json!("whole")), "{options}: {run:?}");
        assert_eq!(recording["framing"], "dtls");
        let sent = bytes(&recording);
        // Behind the header of the record.
        assert_eq!(hex(&sent[13..]), hex(&first_sent(&run.stderr)), "{options}");
        assert_eq!(numbers(&recording["datagrams"]), [sent.len()]);
        assert_eq!(recording["segments"], json!([]));
        assert_eq!(numbers(&recording["records"]), [sent.len() - 13]);
        assert_eq!(hex(&spec(&recording).flight()), hex(&sent));
        // The alert has come to the client.
        assert!(run.stderr.contains("\n    02 28\n"), "{}", run.stderr);
    }
}

/// What of a hello is the same each time: suites, and extensions without what is drawn anew.
fn meaning(spec: &HelloSpec) -> (Vec<u16>, Vec<(u16, Vec<u8>)>) {
    let suites = spec.hello.cipher_suites.0.iter().map(|suite| suite.0).collect();
    let extensions = spec.hello.extensions().iter().map(|extension| {
        let data = match extension {
            ClientExtension::KeyShare(_) | ClientExtension::Padding(_) => Vec::new(),
            ClientExtension::ServerName(_) => Vec::new(),
            other => other.data(),
        };
        (extension.extension_type().0, data)
    });
    (suites, extensions.collect())
}

#[test]
fn the_hello_of_curl_is_the_one_that_is_its_preset() {
    if peers::is_missing("curl") {
        return;
    }
    let version = std::process::Command::new("curl").arg("--version").output().unwrap();
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let client = "curl -sk --connect-to ::{addr} https://shop.test/";
    let recording = recorded(&[], client);
    assert_eq!(recording["summary"]["server_name"], "shop.test");
    assert_eq!(recording["summary"]["alpn"], json!(["h2", "http/1.1"]));
    if version.starts_with("curl 7.88.1 ") && version.contains("OpenSSL/3.0.") {
        let known = fs::read(path("testdata/hellos/curl-7.88.1.bin")).unwrap();
        let known = HelloSpec::from_bytes(&known).unwrap();
        let found = spec(&recording);
        assert_eq!(meaning(&found), meaning(&known));
        assert_eq!(found.length(), known.length(), "both are padded to 512");
    }
    for (protocol, url) in [
        ("smtp", "smtp://{addr}/"),
        ("imap", "imap://{addr}/"),
        ("pop3", "pop3://{addr}/"),
        ("ftp", "ftp://{addr}/"),
    ] {
        let client = format!("curl -sk --ssl-reqd {url}");
        let behind = recorded(&["--starttls", protocol], &client);
        assert_eq!(behind["starttls"], protocol);
        // ALPN is HTTP's.
        assert_eq!(behind["summary"]["cipher_suites"], recording["summary"]["cipher_suites"]);
        assert_eq!(behind["summary"]["alpn"], json!([]), "{protocol}");
    }
}

#[test]
fn the_hello_of_python_is_the_same_behind_every_dialogue() {
    if peers::is_missing("python3") {
        return;
    }
    let python = |protocol: &[&str], code: &str| {
        let code = format!("import ssl; c = ssl.create_default_context(); {code}");
        let client = format!("python3 -c \"{code}\" 2>/dev/null");
        spec(&recorded(protocol, &client))
    };
    let plain = "import socket; s = socket.create_connection(('{host}', {port})); \
                 c.wrap_socket(s, server_hostname='localhost')";
    let plain = meaning(&python(&[], plain));
    assert!(plain.0.len() > 5 && plain.1.len() > 5);
    for (protocol, code) in [
        ("smtp", "import smtplib; smtplib.SMTP('localhost', {port}).starttls(context=c)"),
        ("imap", "import imaplib; imaplib.IMAP4('localhost', {port}).starttls(c)"),
        ("pop3", "import poplib; poplib.POP3('localhost', {port}).stls(c)"),
        (
            "ftp",
            "import ftplib; f = ftplib.FTP_TLS(context=c); f.connect('localhost', {port}); f.auth()",
        ),
    ] {
        assert_eq!(meaning(&python(&["--starttls", protocol], code)), plain, "{protocol}");
    }
}

#[test]
fn the_hello_of_gnutls_is_the_same_behind_every_dialogue() {
    if peers::is_missing("gnutls-cli") {
        return;
    }
    let gnutls = |own: &[&str], options: &str| {
        let client = format!("gnutls-cli {options} --insecure -p {{port}} localhost </dev/null");
        recorded(own, &client)
    };
    let plain = meaning(&spec(&gnutls(&[], "")));
    for protocol in ["smtp", "imap", "pop3", "ftp", "ldap", "postgres", "xmpp"] {
        let options = format!("--starttls-proto={protocol}");
        let behind = gnutls(&["--starttls", protocol], &options);
        assert_eq!(meaning(&spec(&behind)), plain, "{protocol}");
    }
    let datagrams = gnutls(&["--dtls"], "--udp");
    assert_eq!(datagrams["framing"], "dtls");
}

#[test]
fn the_hellos_of_node_and_of_psql_are_caught_too() {
    if !peers::is_missing("node") {
        let code = "require('tls').connect({port: {port}, host: '{host}', servername: 'a.test'})\
                    .on('error', () => {})";
        let recording = recorded(&[], &format!("node -e \"{code}\""));
        assert_eq!(recording["summary"]["server_name"], "a.test");
        spec(&recording);
    }
    if !peers::is_missing("psql") {
        let client = "psql 'host={host} port={port} user=me sslmode=require' -c 'select 1'";
        spec(&recorded(&["--starttls", "postgres"], client));
    }
}

#[test]
fn a_recorded_hello_is_diagnosed() {
    if openssl::is_missing() {
        return;
    }
    // OpenSSL pads a hello of 256 to 511 bytes where it is told so.
    let client = "openssl s_client -bugs -servername shop.test -connect {addr} >/dev/null 2>&1";
    let folder = Folder::new();
    let lab = Lab::start(&["--quirk", "padding-intolerance"]);
    for ending in ["toml", "json", "bin", "hex"] {
        let file = folder.file(&format!("what's mine!.{ending}"));
        let said = record(&["-o", &file], client);
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{said:?}");
        let quoted = file.replace('\'', r"'\''");
        let way_on = format!("\n\n  helloscope diagnose HOST --hello '{quoted}'\n");
        assert!(said.stdout.ends_with(&way_on), "{said:?}");
        let host = ["diagnose", "shop.test", "--connect-to", lab.address(), "--hello", &file];
        let found = run(&[&host[..], &["--format", "json"]].concat()).json();
        assert_eq!(found["known_as"], json!(["padding-intolerance"]), "{found}");
    }
}

#[test]
fn of_a_flight_the_hello_is_diagnosed_or_what_else_is_in_it() {
    let flight = [&hello("openssl-1.0.1g")[..], &[20, 3, 3, 0, 1, 1]].concat();
    let name = format!("hex:{}", hex(&flight));
    let host = |lab: &Lab| ["diagnose", lab.address(), "--hello", &name].map(str::to_owned);
    let ask = |lab: &Lab, more: &[&str]| {
        let host = host(lab);
        let arguments = host.iter().map(String::as_str).chain(more.iter().copied());
        run(&arguments.collect::<Vec<_>>())
    };
    // The hello alone fails as well.
    let lab = Lab::start(&["--quirk", "padding-intolerance"]);
    let found = ask(&lab, &["--format", "json"]).json();
    assert_eq!(found["known_as"], json!(["padding-intolerance"]), "{found}");
    assert_eq!(found["subject"]["source"], format!("{name},-flight"));
    let text = ask(&lab, &[]).stdout;
    assert!(text.contains("512 bytes, 80 cipher suites, 7 extensions\n"), "{text}");
    assert!(text.contains("the hello in the flight fails as the whole flight does"), "{text}");
    // What comes behind it is what fails, and with it the whole flight.
    let lab = Lab::start(&["--when", "flight.length>=520", "--react", "alert:decode_error"]);
    let found = ask(&lab, &["--format", "json"]).json();
    assert_eq!(
        (&found["verdict"], &found["remedy"]["edits"]),
        (&json!("difference"), &json!(["-flight"]))
    );
    assert_eq!(found["confirmed"], json!({"cause_fails": 4, "remedy_passes": 4}));
    let text = ask(&lab, &[]).stdout;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("7 extensions, in a flight of 523 bytes reaction"), "{text}");
    assert!(words.contains("takes the hello without what else is in its flight"), "{text}");
}

#[test]
fn what_a_flight_refuses_is_told_with_the_way_out_and_as_it_was_asked_for() {
    let name = format!("hex:{}140303000101", hex(&hello("openssl-1.0.1g")));
    let refused = |more: &[&str]| {
        let run = run(&[&["connect", "127.0.0.1:1", "--hello", &name], more].concat());
        let line = run.usage_error().to_owned();
        assert!(line.contains("`-flight` first takes the hello alone"), "{line}");
        line
    };
    assert!(refused(&["--server-name", "foo.test"]).starts_with("--server-name foo.test: every"));
    assert!(refused(&["--dtls"]).contains("\"--dtls\": every byte"));
}

#[test]
fn the_client_gets_the_answer_that_was_asked_for() {
    if openssl::is_missing() {
        return;
    }
    let client = "openssl s_client -connect {addr} -quiet";
    for (answer, words) in [
        ("alert", "SSL alert number 40"),
        ("handshake_failure", "SSL alert number 40"),
        ("unrecognized_name", "SSL alert number 112"),
        ("70", "SSL alert number 70"),
        ("close", "unexpected eof"),
    ] {
        let run = record(&["--answer", answer], client);
        assert_eq!(run.code, 0);
        assert!(run.stderr.contains(words), "{answer}: {}", run.stderr);
    }
    // It says nothing, and the client gives up by itself.
    let client = format!("timeout 1 {client}; echo it ended by itself");
    let run = record(&["--answer", "none"], &client);
    assert_eq!((run.code, run.stderr.as_str()), (0, "it ended by itself\n"));
}

#[test]
fn several_hellos_are_objects_one_behind_the_other_and_files_with_numbers() {
    if openssl::is_missing() {
        return;
    }
    let folder = Folder::new();
    let file = folder.file("mine.toml");
    let client = "for name in a b c; do \
                  openssl s_client -servername $name.test -connect {addr} >/dev/null 2>&1; done";
    let run = record(&["--count", "3", "--format", "ndjson", "-o", &file], client);
    assert_eq!(run.code, 0, "{run:?}");
    let lines: Vec<Json> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = lines.iter().map(|line| &line["summary"]["server_name"]).collect();
    assert_eq!(names, ["a.test", "b.test", "c.test"]);
    for (line, name) in lines.iter().zip(["mine.toml", "mine-2.toml", "mine-3.toml"]) {
        let file = folder.file(name);
        assert_eq!(line["saved"], file);
        let shown = crate::run(&["hello", "show", &file, "--as", "hex"]).stdout;
        assert_eq!(shown.trim(), line["hex"]);
    }
}

#[test]
fn a_client_that_does_not_come_is_an_error_of_one_line() {
    let run = record(&[], "exit 6 # {addr}");
    assert_eq!((run.code, run.stdout.as_str()), (3, ""));
    let line = "error: no hello: the client ended (exit status: 6) and did not connect\n";
    assert_eq!(run.stderr, line);
    let run = crate::run(&["hello", "record", "-q", "--timeout", "0.1"]);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""));
    let (line, end) = ("error: no hello: no client connected to 127.0.0.1:", " in 0.1 seconds\n");
    assert!(run.stderr.starts_with(line) && run.stderr.ends_with(end), "{run:?}");
}

#[test]
fn a_client_that_waits_for_the_servers_word_is_told_of() {
    let recorder = Recorder::start(&["--timeout", "1"]);
    let silent = TcpStream::connect(&recorder.address).unwrap();
    assert_eq!(recorder.ended().code, 3);
    drop(silent);
    if !peers::is_missing("python3") {
        let code = "import socket; socket.create_connection(('{host}', {port})).close()";
        let run = record(&[], &format!("python3 -c \"{code}\""));
        assert_eq!(run.code, 3);
        assert!(
            run.stderr.contains("said nothing") && run.stderr.contains("--starttls"),
            "{run:?}"
        );
    }
}

#[test]
fn a_file_that_cannot_be_written_is_told_before_a_client_comes() {
    let folder = Folder::new();
    let inside = |name: &str| folder.file(name);
    let refused = |file: &str| {
        let run = run(&["hello", "record", "-o", file, "--exec", "echo {addr} > /dev/stderr"]);
        run.usage_error().to_owned()
    };
    for name in ["x.txt", "x", "toml"] {
        let told = refused(&inside(name));
        assert!(told.ends_with("whose name ends in .toml, .json, .bin or .hex"), "{told}");
    }
    let absent = inside("absent/x.toml");
    assert!(refused(&absent).starts_with(&format!("-o {absent}: No such file or directory")));
    // A file that could be made is not left there.
    let nobody = record(&["-o", &inside("x.toml")], ": {addr}");
    assert_eq!(nobody.code, 3, "{nobody:?}");
    assert!(fs::read_dir(inside("")).unwrap().next().is_none());
    fs::create_dir(inside("d.bin")).unwrap();
    assert!(refused(&inside("d.bin")).contains("is a directory"), "{}", refused(&inside("d.bin")));
    // What is there stays where no client comes.
    fs::write(inside("kept.json"), "{}").unwrap();
    let run = run(&["hello", "record", "-q", "-o", &inside("kept.json"), "--exec", ": {addr}"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert_eq!(fs::read_to_string(inside("kept.json")).unwrap(), "{}");
}

#[test]
fn a_name_of_this_machine_is_where_to_listen() {
    let recorder = Recorder::start(&["--format", "json", "--listen", "localhost:0"]);
    let mut stream = TcpStream::connect(&recorder.address).unwrap();
    assert!(stream.peer_addr().unwrap().ip().is_loopback());
    stream.write_all(&hello("openssl-1.0.1e")).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(bytes(&recorder.ended().json()), hello("openssl-1.0.1e"));
}

#[test]
fn what_cannot_be_done_is_one_line() {
    for (arguments, what) in [
        (["--listen", "here"], "--listen here: ADDRESS:PORT belongs there"),
        (["--listen", "::1:0"], "--listen ::1:0: ADDRESS:PORT belongs there"),
        (["--listen", "nosuch.invalid:0"], "--listen nosuch.invalid:0: nosuch.invalid is no name"),
        (["--listen", "192.0.2.1:0"], "--listen 192.0.2.1:0: this machine has no such address"),
        (["--answer", "alerts"], "--answer alerts: an alert belongs there"),
        (["--timeout", "0"], "--timeout 0: a number of seconds"),
        (
            ["--exec", "curl https://shop.test/"],
            "--exec \"curl https://shop.test/\": it says neither",
        ),
        (["--starttls", "nntp"], "invalid value 'nntp' for '--starttls <PROTOCOL>'"),
        (["--count", "0"], "invalid value '0' for '--count <NUMBER>'"),
    ] {
        let run = run(&[&["hello", "record"], &arguments[..]].concat());
        assert!(run.usage_error().starts_with(what), "{run:?}");
    }
}

/// Sends this to a recorder, and nothing more. Returns what comes back, and what is said of it.
fn sent(arguments: &[&str], pieces: &[&[u8]]) -> (Vec<u8>, Run) {
    let recorder = Recorder::start(arguments);
    let mut stream = TcpStream::connect(&recorder.address).unwrap();
    stream.set_nodelay(true).unwrap();
    for piece in pieces {
        stream.write_all(piece).unwrap();
        #[cfg(target_os = "linux")]
        linux::wait_until_read(&stream);
    }
    let mut answer = Vec::new();
    stream.shutdown(Shutdown::Write).unwrap();
    stream.read_to_end(&mut answer).unwrap();
    (answer, recorder.ended())
}

/// What the kernel knows of a connection.
#[cfg(target_os = "linux")]
mod linux {
    use std::net::{SocketAddr, TcpStream};

    /// Waits until all that was written is with the other end's program.
    pub fn wait_until_read(stream: &TcpStream) {
        let (own, other) = (stream.local_addr().unwrap(), stream.peer_addr().unwrap());
        // It waits to be sent at one end, or to be read at the other.
        while queues(own, other).is_none_or(|(unsent, _)| unsent > 0)
            || queues(other, own).is_some_and(|(_, unread)| unread > 0)
        {
            std::thread::yield_now();
        }
    }

    /// Bytes that wait to be sent, and to be read, at one end.
    fn queues(from: SocketAddr, to: SocketAddr) -> Option<(u64, u64)> {
        let port = |address: SocketAddr| format!(":{:04X}", address.port());
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let words = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let mut own =
            words.filter(|words| words[1].ends_with(&port(from)) && words[2].ends_with(&port(to)));
        let words = own.next()?;
        let (unsent, unread) = words[4].split_once(':')?;
        let number = |digits| u64::from_str_radix(digits, 16).unwrap();
        Some((number(unsent), number(unread)))
    }
}

fn hello(name: &str) -> Vec<u8> {
    fs::read(path(&format!("testdata/hellos/{name}.bin"))).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_hello_that_was_cut_is_recorded_with_its_segments() {
    let bytes = hello("openssl-1.0.1e");
    let pieces = [&bytes[..1], &bytes[1..6], &bytes[6..100], &bytes[100..]];
    let (answer, run) = sent(&["--format", "json"], &pieces);
    assert_eq!(answer, [21, 3, 3, 0, 2, 2, 40]);
    let recording = run.json();
    assert_eq!(numbers(&recording["segments"]), pieces.map(<[u8]>::len));
    assert_eq!(recording["spec"]["segments"], json!([1, 5, 94]));
    assert_eq!(spec(&recording).flight(), bytes);
}

#[test]
fn what_is_said_of_a_hello() {
    let (_, run) = sent(&[], &[&hello("openssl-1.0.1e")]);
    let words = run.stdout.split_once("  TLS").unwrap().1;
    let expected = ", 346 bytes

     versions  up to TLS 1.2
       suites  80
   extensions  6: server_name, ec_point_formats, supported_groups,
               session_ticket, signature_algorithms, next_protocol_negotiation
  server name  shop.test.example
          JA3  8406613e2904cd92cca398a4e95cb2da
          JA4  t12d800600_15c493246000_570a46b37db9
      records  1 of 341 bytes
     segments  1 of 346 bytes
help: -o FILE.toml keeps it, to be diagnosed, edited and sent again
";
    assert_eq!(words, expected);
}

#[test]
fn a_client_of_ssl2_gets_an_error_of_ssl2() {
    let flow = Flow::of_capture("ssl2").remove(0);
    let hello = &flow.pieces.iter().find(|piece| piece.from == Side::Client).unwrap().bytes;
    let folder = Folder::new();
    let file = folder.file("old.toml");
    let (answer, run) = sent(&["--format", "json", "-o", &file], &[hello]);
    assert_eq!(answer, [0x80, 3, 0, 0, 1]);
    let recording = run.json();
    assert_eq!((run.code, &recording["framing"]), (0, &json!("sslv2")));
    assert_eq!(bytes(&recording), *hello);
    assert_eq!(numbers(&recording["records"]), [hello.len() - 2]);
    assert_eq!(recording["saved"], file);
    assert_eq!(spec(&recording).flight(), *hello);
    assert_eq!(crate::run(&["hello", "show", &file, "--as", "hex"]).stdout.trim(), hex(hello));
}

#[test]
fn who_speaks_no_tls_is_named() {
    let http = b"GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
    let (answer, run) = sent(&[], &[http]);
    assert_eq!((answer.as_slice(), run.code), (&b""[..], 1));
    assert!(run.stdout.contains("fault  no TLS but http: GET / HTTP/1.1\n"), "{run:?}");
    let (_, run) = sent(&[], &[&[0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]]);
    assert!(run.stdout.ends_with("help: record it with --starttls postgres\n"), "{run:?}");
    // Text from a peer cannot reach the terminal.
    let (_, run) = sent(&[], &[b"GET /\x1b[31m\xe2\x80\xae HTTP/1.1\r\n\r\n"]);
    assert!(run.stdout.contains("GET /\\u{1b}[31m\\u{202e} HTTP/1.1"), "{run:?}");
    let (_, run) = sent(&["--starttls", "imap", "--format", "json"], &[b"\x1b[31m LOGOUT\r\n"]);
    assert_eq!((run.code, &run.json()["end"]), (1, &json!("dialogue")));
    assert!(!run.stdout.contains('\x1b'));
}

#[test]
fn a_hello_that_is_cut_off_is_kept_as_far_as_it_came() {
    let bytes = hello("openssl-1.0.1e");
    let folder = Folder::new();
    let (_, recorded) =
        sent(&["--format", "json", "-o", &folder.file("cut.toml")], &[&bytes[..100]]);
    let recording = recorded.json();
    assert_eq!((recorded.code, &recording["end"]), (1, &json!("closed")));
    let fault = recording["fault"].as_str().unwrap();
    assert!(fault.starts_with("an unfinished ClientHello: "), "{fault}");
    assert_eq!(recording["hex"], hex(&bytes[..100]));
    assert_eq!(recording["saved"], folder.file("cut.toml"));
    let shown = run(&["hello", "show", &folder.file("cut.toml"), "--as", "hex"]).stdout;
    assert_eq!(shown.trim(), hex(&bytes[..100]));
}

#[test]
fn whatever_a_hello_comes_with_is_kept_so_that_it_is_sent_again() {
    let bytes = hello("openssl-1.0.1e");
    let mut lying = bytes.clone();
    lying[4] += 9;
    let record = |length: u8, part: &[u8]| [&[22, 3, 1, 0, length], part].concat();
    let cut = [record(100, &bytes[5..105]), record(241, &bytes[105..200])].concat();
    let alert = [&[21, 3, 1, 0, 2, 1, 0], &bytes[..]].concat();
    let folder = Folder::new();
    for (index, sent_bytes) in [lying, cut, alert].iter().enumerate() {
        let file = folder.file(&format!("{index}.toml"));
        sent(&["--format", "json", "-o", &file], &[sent_bytes]);
        let shown = run(&["hello", "show", &file, "--as", "hex"]).stdout;
        assert_eq!(shown.trim(), hex(sent_bytes), "{index}");
    }
}

#[test]
fn a_file_with_an_earlier_hello_is_not_taken_for_the_new_one() {
    let folder = Folder::new();
    let file = folder.file("mine.toml");
    fs::write(&file, "earlier").unwrap();
    let (_, run) = sent(&["-o", &file], &[b"GET / HTTP/1.1\r\n\r\n"]);
    let told = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("mine.toml is an earlier one"), "{told}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "earlier");
    let (_, run) = sent(&["--format", "json", "-o", &file], &[b"GET / HTTP/1.1\r\n\r\n"]);
    let recording = run.json();
    assert_eq!(recording["earlier"], file);
    assert_eq!(recording["saved"], folder.file("mine.bin"));
    // One that is replaced is none.
    let (_, run) = sent(&["--format", "json", "-o", &file], &[&hello("openssl-1.0.1e")]);
    let recording = run.json();
    assert_eq!((&recording["earlier"], &recording["saved"]), (&Json::Null, &json!(file)));
}

#[test]
fn what_a_client_sends_behind_its_hello_is_sent_again() {
    let folder = Folder::new();
    let file = folder.file("early.toml");
    // As a client of TLS 1.3 with early data does, all in one segment.
    let all =
        [&hello("openssl-3.5.8")[..], &[20, 3, 3, 0, 1, 1], &[23, 3, 3, 0, 3, 7, 7, 7]].concat();
    let (answer, run) = sent(&["-o", &file], &[&all]);
    assert_eq!(answer, [21, 3, 3, 0, 2, 2, 40]);
    assert!(run.stdout.contains("  behind it  14 bytes, which go out with it\n"), "{run:?}");
    let shown = crate::run(&["hello", "show", &file, "--as", "hex"]);
    assert_eq!(shown.stdout.trim(), hex(&all));
    // A diagnosis takes the hello alone.
    let alone = format!("{file},-flight");
    assert!(run.stdout.contains(&format!("diagnose HOST --hello {alone}")), "{run:?}");
    let shown = crate::run(&["hello", "show", &alone, "--as", "hex"]);
    assert_eq!(shown.stdout.trim(), hex(&hello("openssl-3.5.8")));
    let shown = crate::run(&["hello", "show", &file]).stdout;
    assert!(shown.contains("ClientHello") && shown.contains("ChangeCipherSpec"), "{shown}");
    let recorder = Recorder::start(&["--format", "json"]);
    crate::run(&["connect", &recorder.address, "--hello", &file]);
    let recording = recorder.ended().json();
    assert_eq!(bytes(&recording), all);
    assert_eq!((&recording["behind"], &recording["dropped"]), (&json!(14), &json!(0)));
    assert_eq!(numbers(&recording["segments"]), [all.len()]);
}

/// What is recorded of a client that sends this, and the rest once a server that answered as soon as
/// all is quiet would have done so.
fn recorded_with_a_pause(arguments: &[&str], first: &[u8], rest: &[u8]) -> Json {
    let recorder = Recorder::start(&[&["--format", "json"], arguments].concat());
    let mut stream = TcpStream::connect(&recorder.address).unwrap();
    stream.write_all(first).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(400));
    stream.write_all(rest).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    recorder.ended().json()
}

#[test]
fn a_record_that_has_begun_is_waited_for_and_without_an_answer_all_is() {
    let all = [&hello("openssl-3.5.8")[..], &[20, 3, 3, 0, 1, 1], &[23, 3, 3, 0, 1, 7]].concat();
    let pieces = |cut: usize| all.split_at(all.len() - cut);
    for (arguments, cut) in [
        // Within a header, and behind it.
        (&[][..], 5),
        (&[], 2),
        (&["--answer", "none"], 12),
        (&["--answer", "none"], 6),
    ] {
        let (first, rest) = pieces(cut);
        let recording = recorded_with_a_pause(arguments, first, rest);
        assert_eq!(bytes(&recording), all, "{arguments:?} {cut}");
        assert_eq!((&recording["end"], &recording["cut"]), (&json!("whole"), &json!(false)));
        assert_eq!(spec(&recording).segments, [first.len()]);
    }
    // The rest of this one does not come.
    let (first, _) = pieces(1);
    let (_, run) = sent(&[], &[first]);
    let told = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("11 bytes, which go out with it; the last record is cut off"), "{told}");
    let (_, run) = sent(&["--format", "json"], &[first]);
    assert_eq!(run.json()["cut"], true);
}

#[test]
fn datagrams_behind_a_hello_are_kept_but_for_what_is_sent_again() {
    let hello = common::other_records::dtls_client_hello();
    let numbered = |kind: u8, number: u8, body: &[u8]| {
        let header = [kind, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, number, 0, body.len() as u8];
        [&header[..], body].concat()
    };
    let (alert, data) = (numbered(21, 9, &[1, 90]), numbered(23, 10, &[7; 3]));
    let mut again = hello.clone();
    again[10] += 1;
    let recorder = Recorder::start(&["--dtls", "--format", "json"]);
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    for datagram in [&hello, &again, &alert, &hello, &data, &alert] {
        client.send_to(datagram, &recorder.address).unwrap();
    }
    let recording = recorder.ended().json();
    assert_eq!(numbers(&recording["datagrams"]), [hello.len(), alert.len(), data.len()]);
    assert_eq!(bytes(&recording), [&hello[..], &alert, &data].concat());
    assert_eq!(recording["behind"], alert.len() + data.len());
    assert_eq!(spec(&recording).datagrams().len(), 3);
}

#[test]
fn a_record_that_its_datagram_cuts_off_is_told() {
    let hello = common::other_records::dtls_client_hello();
    let behind = |length: u8| {
        let record = [21, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 9, 0, length, 1, 90];
        [&hello[..], &record].concat()
    };
    let folder = Folder::new();
    let file = folder.file("flight.toml");
    for (length, cut) in [(2, false), (9, true)] {
        let recorded = |arguments: &[&str]| {
            let recorder = Recorder::start(&[&["--dtls"], arguments].concat());
            let client = UdpSocket::bind("127.0.0.1:0").unwrap();
            client.send_to(&behind(length), &recorder.address).unwrap();
            recorder.ended()
        };
        let recording = recorded(&["--format", "json"]).json();
        assert_eq!((&recording["end"], &recording["cut"]), (&json!("whole"), &json!(cut)));
        assert_eq!(bytes(&recording), behind(length));
        let text = recorded(&["-o", &file]).stdout;
        let told = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = "15 bytes, which go out with it; a record in it is cut off";
        assert_eq!(told.contains(words), cut, "{told}");
        assert!(text.ends_with(&format!("  helloscope connect HOST --hello {file}\n")), "{text}");
    }
}

#[test]
fn a_recorded_flight_of_dtls_is_sent_as_it_is_also_where_dtls_is_asked_for() {
    // Two records in one datagram: every byte is given.
    let hello = common::other_records::dtls_client_hello();
    let all = [&hello[..], &[21, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 1, 90]].concat();
    let folder = Folder::new();
    let file = folder.file("flight.toml");
    let recorder = Recorder::start(&["--dtls", "-o", &file]);
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.send_to(&all, &recorder.address).unwrap();
    recorder.ended();
    // A flight has the versions of its records in it.
    let spec = fs::read_to_string(&file).unwrap();
    assert!(spec.contains("flight = ") && !spec.contains("record_version"), "{spec}");
    let recorder = Recorder::start(&["--dtls", "--format", "json"]);
    let run = crate::run(&["connect", &recorder.address, "--dtls", "--hello", &file]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(bytes(&recorder.ended().json()), all);
    let cut = ["connect", "127.0.0.1:1", "-q", "--dtls", "--mtu", "100", "--hello", &file];
    assert!(crate::run(&cut).usage_error().contains("every byte is given"));
}

#[test]
fn a_hello_that_breaks_its_form_is_recorded_all_the_same() {
    let mut bytes = hello("openssl-1.0.1e");
    // The length of the extensions, a byte too long.
    let at = bytes.windows(4).position(|window| window == [1, 0, 0, 0x88]).unwrap() + 3;
    bytes[at] += 1;
    let (answer, run) = sent(&["--format", "json"], &[&bytes]);
    assert_eq!(answer[..5], [21, 3, 1, 0, 2]);
    let recording = run.json();
    assert_eq!((run.code, &recording["end"]), (0, &json!("whole")));
    assert!(recording["fault"].as_str().unwrap().contains("found"), "{recording}");
    assert_eq!(spec(&recording).flight(), bytes);
}

#[test]
fn what_a_stranger_sends_over_udp_keeps_no_client_away() {
    let recorder = Recorder::start(&["--dtls", "--format", "json"]);
    let bind = || UdpSocket::bind("127.0.0.1:0").unwrap();
    let (stranger, client) = (bind(), bind());
    stranger.send_to(&[22], &recorder.address).unwrap();
    let hello = common::other_records::dtls_client_hello();
    client.send_to(&hello, &recorder.address).unwrap();
    let mut answer = [0; 100];
    let length = client.recv(&mut answer).unwrap();
    assert_eq!((length, answer[0], &answer[13..15]), (15, 21, &[2, 40][..]));
    let run = recorder.ended();
    let recording = run.json();
    assert_eq!((run.code, recording["hex"].as_str()), (0, Some(&*hex(&hello))));
    assert_eq!(recording["peer"], client.local_addr().unwrap().to_string());
}
