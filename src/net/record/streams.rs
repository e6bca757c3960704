//! Clients over TCP: a thread a connection, each bounded in time and in bytes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use super::answer::Answer;
use super::catch::{Catch, Caught, End};
use super::{Event, FAREWELL, Recording, TICK, Terms};

/// How long a client may take to read what it is sent.
const WRITE: Duration = Duration::from_secs(2);
/// Bytes of one read: more than the kernel joins of a hello.
const READ: usize = 1 << 16;
/// Bytes that are read and dropped of a client that has its answer.
const DROPPED: usize = 1 << 20;
/// Connections that are held at once; one more is closed as soon as it is made.
const CONNECTIONS: usize = 256;

/// Listens, and tells what comes. Returns where it listens.
pub(super) fn listen(
    address: SocketAddr,
    terms: Terms,
    events: Sender<Event>,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    let acceptor = thread::Builder::new().name("record".to_owned());
    acceptor.spawn(move || accept(&listener, &terms, &events))?;
    Ok(address)
}

/// Wakes up who sits in `accept`, so that it sees that all is to end.
pub(super) fn wake(address: SocketAddr) {
    drop(TcpStream::connect_timeout(&address, Duration::from_secs(1)));
}

fn accept(listener: &TcpListener, terms: &Terms, events: &Sender<Event>) {
    let mine = std::sync::Arc::new(());
    for stream in listener.incoming() {
        if terms.stop.load(Ordering::Relaxed) {
            return;
        }
        let Ok(stream) = stream else {
            // Most likely there are no more file descriptors: some will be free again.
            thread::sleep(TICK);
            continue;
        };
        let Ok(peer) = stream.peer_addr() else { continue };
        let held = std::sync::Arc::clone(&mine);
        if std::sync::Arc::strong_count(&mine) > CONNECTIONS + 1 {
            continue;
        }
        let (terms, own) = (terms.clone(), events.clone());
        // Whoever listened to the events may have gone: then nobody misses them.
        let serve = move || {
            let _held = held;
            let _ = own.send(Event::Connected(peer));
            serve(stream, peer, terms, &own);
            let _ = own.send(Event::Over);
        };
        drop(thread::Builder::new().name("record connection".to_owned()).spawn(serve));
    }
}

fn serve(stream: TcpStream, peer: SocketAddr, terms: Terms, events: &Sender<Event>) {
    let deadline = Instant::now() + terms.hello;
    let mut connection = Connection { stream, terms, deadline };
    let caught = connection.catch();
    let words = connection.terms.answer.bytes(&caught);
    let _ = events.send(Event::Caught(Box::new(Recording { peer, caught })));
    // What goes wrong from here on is the client's affair.
    let _ = connection.answer(&words);
}

/// One client.
struct Connection {
    stream: TcpStream,
    terms: Terms,
    /// How long the client is waited for.
    deadline: Instant,
}

impl Connection {
    /// Takes what the client sends, up to its hello.
    fn catch(&mut self) -> Caught {
        let (mut catch, greeting) = Catch::begin(self.terms.starttls);
        let end = self.fill(&mut catch, &greeting).unwrap_or_else(|error| match error.kind() {
            ErrorKind::TimedOut => End::Deadline,
            _ => End::Reset,
        });
        catch.finish(end)
    }

    fn fill(&mut self, catch: &mut Catch, greeting: &[u8]) -> io::Result<End> {
        self.stream.set_nodelay(true)?;
        self.stream.set_read_timeout(Some(TICK))?;
        self.stream.set_write_timeout(Some(WRITE))?;
        self.stream.write_all(greeting)?;
        // What one read returns is what one segment brought, as far as a server can tell.
        let mut buffer = vec![0; READ];
        loop {
            let length = self.read(&mut buffer)?;
            if length == 0 {
                return Ok(End::Closed);
            }
            let answer = catch.receive(buffer.get(..length).unwrap_or_default());
            self.stream.write_all(&answer)?;
            if let Some(end) = catch.end() {
                return Ok(end);
            }
        }
    }

    /// Reads what there is, however long the client takes, up to the deadline.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.terms.stop.load(Ordering::Relaxed) && Instant::now() < self.deadline {
            match self.stream.read(buffer) {
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                    ) => {}
                read => return read,
            }
        }
        Err(ErrorKind::TimedOut.into())
    }

    /// Gives the client its answer, and waits until it has taken it.
    fn answer(mut self, words: &[u8]) -> io::Result<()> {
        let wait = match self.terms.answer {
            Answer::Silence => self.terms.hold,
            Answer::Alert(_) | Answer::Close => {
                self.stream.write_all(words)?;
                self.stream.shutdown(Shutdown::Write)?;
                FAREWELL
            }
        };
        // Bytes that nobody has read would turn the close into a reset.
        self.deadline = Instant::now() + wait;
        let mut buffer = vec![0; READ];
        let mut dropped = 0;
        while dropped < DROPPED {
            match self.read(&mut buffer)? {
                0 => break,
                length => dropped += length,
            }
        }
        Ok(())
    }
}
