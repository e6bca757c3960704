//! The two ends of a connection that is recorded: programs with their certificates, and what they
//! say of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::process::{ChildStdin, Command, Stdio};
use std::thread::JoinHandle;

use helloscope::names::Code;
use helloscope::transcript::{Summary, Transcript};

use super::flows::Flow;
use super::laws;
use super::openssl::{self, ECDSA, Folder, Identity, RSA};
use super::program::Guard;

/// Certificates, and what else the ends need of files.
#[derive(Debug)]
pub struct Files {
    pub rsa: Identity,
    pub ecdsa: Identity,
    pub ed25519: Identity,
    pub folder: Folder,
}

impl Files {
    pub fn new() -> Files {
        let files = Files {
            rsa: Identity::with_authority(RSA, "/CN=rsa.test"),
            ecdsa: Identity::new(ECDSA, "/CN=ecdsa.test"),
            ed25519: Identity::new(&["-newkey", "ed25519"], "/CN=ed25519.test"),
            folder: Folder::new(),
        };
        let (index, response) = (files.folder.file("index"), files.folder.file("ocsp.der"));
        std::fs::write(&index, "").unwrap();
        let (own, authority) = (files.rsa.file("cert.pem"), files.rsa.file("ca-cert.pem"));
        let key = files.rsa.file("ca-key.pem");
        let signer = ["-CA", &authority, "-rsigner", &authority, "-rkey", &key];
        let what = ["-issuer", &authority, "-cert", &own, "-respout", &response];
        openssl::openssl(&[&["ocsp", "-index", &index][..], &signer, &what].concat());
        files
    }

    /// The words of a line of options, with the files for which names in capitals stand.
    pub fn words(&self, options: &str) -> Vec<String> {
        let identity = |of: &Identity, flag: [&str; 2]| {
            [flag[0].to_owned(), of.file("cert.pem"), flag[1].to_owned(), of.file("key.pem")]
        };
        let own = ["-cert", "-key"];
        let mut words = Vec::new();
        for word in options.split_whitespace() {
            match word {
                "RSA" => {
                    words.extend(identity(&self.rsa, own));
                    words.extend(["-cert_chain".to_owned(), self.rsa.file("ca-cert.pem")]);
                }
                "ECDSA" => words.extend(identity(&self.ecdsa, own)),
                "ED25519" => words.extend(identity(&self.ed25519, own)),
                "OCSP" => words.push(self.folder.file("ocsp.der")),
                "SESSION" => words.push(self.folder.file("session")),
                word => words.push(word.to_owned()),
            }
        }
        words
    }
}

/// A running `openssl s_server -trace`.
#[derive(Debug)]
pub struct Server {
    process: Guard,
    pub address: String,
    trace: JoinHandle<String>,
    /// It ends with its standard input.
    stdin: Option<ChildStdin>,
}

impl Server {
    /// A server of web pages for so many connections.
    pub fn start(files: &Files, options: &str, connections: usize) -> Server {
        let count = connections.to_string();
        Server::spawn(files, &format!("{options} -naccept {count} -www"))
    }

    /// A server for one client that speaks DTLS.
    pub fn of_datagrams(files: &Files, options: &str) -> Server {
        Server::spawn(files, &format!("{options} -naccept 1"))
    }

    fn spawn(files: &Files, options: &str) -> Server {
        let mut command = Command::new("openssl");
        command.args(["s_server", "-accept", "127.0.0.1:0", "-trace"]);
        command.args(files.words(options)).stdin(Stdio::piped());
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let stdin = process.stdin.take();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let process = Guard(process);
        let mut line = String::new();
        while !line.starts_with("ACCEPT ") {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "{options} does not listen");
        }
        let (_, port) = line.trim().rsplit_once(':').unwrap();
        let address = format!("127.0.0.1:{port}");
        Server { process, address, trace: collect(lines), stdin }
    }

    /// What it said, once all connections are over.
    pub fn trace(mut self) -> String {
        drop(self.stdin.take());
        let _ = self.process.0.wait();
        self.trace.join().unwrap()
    }
}

/// All that a process writes.
pub fn collect(mut output: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = output.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

const REQUEST: &[u8] = b"GET / HTTP/1.0\r\n\r\n";

/// Runs a client until the server closes, with a request on its standard input. Returns what it
/// wrote.
pub fn run(program: &str, arguments: &[String]) -> String {
    let mut command = Command::new(program);
    command.args(arguments).stderr(Stdio::null());
    let (said, _) = run_to_end(&mut command, Some(REQUEST));
    said
}

/// Runs a client to its end. Its standard input has a request and stays open, or has nothing and
/// is at its end. Returns what it wrote to its standard output and its standard error, where that
/// goes nowhere else.
pub fn run_to_end(command: &mut Command, request: Option<&[u8]>) -> (String, String) {
    let input = if request.is_some() { Stdio::piped() } else { Stdio::null() };
    let mut client = Guard(command.stdin(input).stdout(Stdio::piped()).spawn().unwrap());
    let mut stdin = client.0.stdin.take();
    if let (Some(stdin), Some(request)) = (&mut stdin, request) {
        let _ = stdin.write_all(request);
    }
    let said = collect(client.0.stdout.take().unwrap());
    let complained = client.0.stderr.take().map(collect);
    client.0.wait().unwrap();
    drop(stdin);
    let complained = complained.map(|thread| thread.join().unwrap()).unwrap_or_default();
    (said.join().unwrap(), complained)
}

/// The suite that was agreed on.
pub fn suite_of(wire: &Transcript) -> Option<&'static str> {
    Summary::of(wire).cipher_suite.and_then(|suite| suite.name())
}

/// The transcript of a connection in which nothing is wrong.
pub fn is_sound(flow: &Flow, name: &str) -> Transcript {
    let wire = flow.transcript(name);
    laws::hold(flow, &wire, name);
    assert_eq!(laws::remarks_of_form(&wire), [], "{name}");
    wire
}

/// A port of loopback that was free.
pub fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

/// The same, of datagrams.
pub fn free_datagram_port() -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port().to_string()
}
