//! Programs that tests speak to where they are installed.

use std::io::Write;
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Those that `.ci/run` sees to: without them `HELLOSCOPE_REQUIRE_PEERS=1` fails.
const REQUIRED: &[&str] = &[
    "gnutls-cli",
    "gnutls-serv",
    "certutil",
    "pk12util",
    "selfserv",
    "tstclnt",
    "ssltap",
    "nginx",
    "haproxy",
];

/// Whether a program is not installed, so that there is nothing to speak to: a test says so and
/// goes on without it.
pub fn is_missing(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Err(error) = command.spawn().and_then(|mut child| child.wait()) else { return false };
    let required = std::env::var_os("HELLOSCOPE_REQUIRE_PEERS").is_some_and(|value| value == "1");
    assert!(!(required && REQUIRED.contains(&program)), "{program} does not start: {error}");
    // Past the test harness, which keeps to itself what a test that passes prints.
    let _ = writeln!(std::io::stderr(), "not tested: {program} does not start: {error}");
    true
}

/// Waits until something listens on a port of loopback.
pub fn wait_for(port: &str) {
    drop(connect(&format!("127.0.0.1:{port}")));
}

/// Connects to what begins to listen about now.
pub fn connect(address: &str) -> TcpStream {
    for _ in 0..500 {
        if let Ok(stream) = TcpStream::connect(address) {
            return stream;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("nothing listens at {address}");
}
