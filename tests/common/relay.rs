//! A relay on loopback that keeps what goes over the connections that pass through it.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use helloscope::transcript::Side;

use super::flows::{Flow, Piece};
use super::peers;

/// A relay to one server.
#[derive(Debug)]
pub struct Relay {
    /// Where clients are to connect.
    pub address: String,
    /// Whether no client will come any more.
    over: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Flow>>,
}

impl Relay {
    /// Passes on so many connections, one after the other.
    pub fn to(server: &str, connections: usize) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = server.to_owned();
        let over = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&over);
        let thread = thread::spawn(move || {
            let passed = (0..connections).map(|_| {
                let (client, from) = next_client(&listener, &is_over);
                let server = peers::connect(&server);
                let mut flow = Flow {
                    client: from.to_string(),
                    server: server.peer_addr().unwrap().to_string(),
                    ..Flow::default()
                };
                flow.pieces = pass(client, server);
                flow
            });
            passed.collect()
        });
        Relay { address, over, thread }
    }

    /// What went over each of the connections. All clients have ended.
    pub fn flows(self) -> Vec<Flow> {
        self.over.store(true, Ordering::SeqCst);
        self.thread.join().unwrap()
    }
}

fn next_client(listener: &TcpListener, is_over: &AtomicBool) -> (TcpStream, SocketAddr) {
    listener.set_nonblocking(true).unwrap();
    loop {
        let last = is_over.load(Ordering::SeqCst);
        match listener.accept() {
            Ok((client, from)) => {
                client.set_nonblocking(false).unwrap();
                return (client, from);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                assert!(!last, "the client ended and did not connect");
                thread::sleep(Duration::from_millis(5));
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Passes bytes on both ways until both ends are done.
fn pass(client: TcpStream, server: TcpStream) -> Vec<Piece> {
    let pieces = Arc::new(Mutex::new(Vec::new()));
    let copy = |mut from: TcpStream, mut to: TcpStream, side| {
        let pieces = Arc::clone(&pieces);
        thread::spawn(move || {
            let mut buffer = [0; 1 << 14];
            while let Ok(length @ 1..) = from.read(&mut buffer) {
                keep(&pieces, side, &buffer[..length]);
                if to.write_all(&buffer[..length]).is_err() {
                    break;
                }
            }
            let _ = to.shutdown(Shutdown::Write);
        })
    };
    let (client_again, server_again) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let up = copy(client, server, Side::Client);
    let down = copy(server_again, client_again, Side::Server);
    up.join().unwrap();
    down.join().unwrap();
    Arc::into_inner(pieces).unwrap().into_inner().unwrap()
}

/// Keeps bytes before they are passed on, so that what answers them stands behind them.
fn keep(pieces: &Mutex<Vec<Piece>>, from: Side, bytes: &[u8]) {
    let mut pieces = pieces.lock().unwrap();
    let frame = u32::try_from(pieces.len()).unwrap() + 1;
    pieces.push(Piece { frame, from, bytes: bytes.to_vec() });
}
