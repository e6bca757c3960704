//! Clients over TCP: a thread a connection, each bounded in time and in bytes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use super::answer::Answer;
use super::catch::{Catch, Caught, End};
use super::{Event, FAREWELL, QUIET, Recording, TICK, Terms};

/// How long a client may take to read what it is sent.
const WRITE: Duration = Duration::from_secs(2);
/// Bytes of one read: more than the kernel joins of a hello.
const READ: usize = 1 << 16;
/// Bytes that are read and dropped of a client that has its answer.
const DROPPED: usize = 1 << 20;
/// Connections that are held at once; one more is closed as soon as it is made.
const CONNECTIONS: usize = 256;

/// Listens at the first address where it can, and tells what comes. Returns where it listens.
pub(super) fn listen(
    addresses: &[SocketAddr],
    terms: Terms,
    events: Sender<Event>,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(addresses)?;
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
    loop {
        let accepted = listener.accept();
        if terms.stop.load(Ordering::Relaxed) {
            return;
        }
        // The address comes with the connection: one that was reset since has none any more.
        let Ok((stream, peer)) = accepted else {
            // Most likely there are no more file descriptors: some will be free again.
            thread::sleep(TICK);
            continue;
        };
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
    let mut connection = Connection { stream, terms, deadline, reset: false };
    let mut caught = connection.catch();
    let words = connection.terms.answer.bytes(&caught);
    // What goes wrong from here on is the client's affair, and told as such.
    let _ = connection.answer(&words);
    caught.reset |= connection.reset;
    let _ = events.send(Event::Caught(Box::new(Recording { peer, caught })));
    let _ = connection.part();
}

/// One client.
struct Connection {
    stream: TcpStream,
    terms: Terms,
    /// How long the client is waited for.
    deadline: Instant,
    /// Whether the client was seen to reset it: the system tells that once.
    reset: bool,
}

impl Connection {
    /// Takes what the client sends before it is answered.
    fn catch(&mut self) -> Caught {
        let (mut catch, greeting) = Catch::begin(self.terms.starttls);
        let end = self.fill(&mut catch, &greeting).unwrap_or_else(|error| match error.kind() {
            ErrorKind::TimedOut => End::Deadline,
            _ => End::Reset,
        });
        catch.finish(match end {
            // A reset that was told already leaves nothing but an end.
            End::Closed if self.is_reset() => End::Reset,
            end => end,
        })
    }

    fn fill(&mut self, catch: &mut Catch, greeting: &[u8]) -> io::Result<End> {
        // A client that is gone may have sent its hello all the same.
        let _ = self.stream.set_nodelay(true);
        self.stream.set_read_timeout(Some(TICK))?;
        self.stream.set_write_timeout(Some(WRITE))?;
        self.say(greeting)?;
        // What one read returns is what one segment brought, as far as a server can tell.
        let mut buffer = vec![0; READ];
        loop {
            let length = self.read(&mut buffer, self.deadline)?;
            if length == 0 {
                return Ok(End::Closed);
            }
            let answer = catch.receive(buffer.get(..length).unwrap_or_default());
            self.say(&answer)?;
            if let Some(end) = catch.end() {
                if end == End::Whole {
                    self.fill_up(catch, &mut buffer);
                }
                return Ok(end);
            }
        }
    }

    /// Takes what the client sends behind its hello, until it waits; of one that is told nothing,
    /// until it gives up.
    fn fill_up(&mut self, catch: &mut Catch, buffer: &mut [u8]) {
        while !catch.is_full() {
            let deadline = match self.terms.answer {
                Answer::Silence => self.deadline.max(self.terms.until),
                // What it has begun it means to end.
                _ if catch.is_in_record() => self.deadline,
                _ => self.deadline.min(Instant::now() + QUIET),
            };
            match self.read(buffer, deadline) {
                Ok(length @ 1..) => {
                    catch.receive(buffer.get(..length).unwrap_or_default());
                }
                // The hello is there, however the client ends.
                Ok(0) => return,
                Err(error) => {
                    self.reset |= is_reset(&error);
                    return;
                }
            }
        }
    }

    /// Writes. That the client has reset the connection is noted: what it sent before can be read.
    fn say(&mut self, words: &[u8]) -> io::Result<()> {
        match self.stream.write_all(words) {
            Err(error) if is_reset(&error) => {
                self.reset = true;
                Ok(())
            }
            written => written,
        }
    }

    /// Whether the client has reset the connection.
    fn is_reset(&mut self) -> bool {
        let error = self.stream.take_error().ok().flatten();
        self.reset |= error.is_some_and(|error| is_reset(&error));
        self.reset
    }

    /// Reads what there is, however long the client takes, up to a deadline.
    fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> io::Result<usize> {
        while !self.terms.stop.load(Ordering::Relaxed) && Instant::now() < deadline {
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

    /// Gives the client its answer.
    fn answer(&mut self, words: &[u8]) -> io::Result<()> {
        if self.is_reset() || matches!(self.terms.answer, Answer::Silence) {
            return Ok(());
        }
        // A reset that is told from here on may be what the client says to the answer.
        self.say(words)?;
        self.stream.shutdown(Shutdown::Write)
    }

    /// Waits until the client has taken its answer.
    fn part(mut self) -> io::Result<()> {
        // Bytes that nobody has read would turn the close into a reset.
        let deadline = match self.terms.answer {
            Answer::Silence => self.terms.until,
            Answer::Alert(_) | Answer::Close => Instant::now() + FAREWELL,
        };
        let mut buffer = vec![0; READ];
        let mut dropped = 0;
        while dropped < DROPPED {
            match self.read(&mut buffer, deadline)? {
                0 => break,
                length => dropped += length,
            }
        }
        Ok(())
    }
}

/// Whether an error says that the client has reset the connection, or is gone without a word.
fn is_reset(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    use std::sync::mpsc::{Receiver, channel};

    use socket2::SockRef;

    use super::*;
    use crate::net::starttls::Protocol;

    /// What is recorded of a client that sends this and resets, before its connection is accepted.
    fn reset_behind(sent: &[u8], starttls: Option<Protocol>) -> Recording {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let address = client.local_addr().unwrap();
        client.write_all(sent).unwrap();
        SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
        drop(client);

        let stop = Arc::new(AtomicBool::new(false));
        let second = Duration::from_secs(1);
        let answer = Answer::parse("alert").unwrap();
        let until = Instant::now() + second;
        let terms = Terms { starttls, answer, hello: 10 * second, until, stop: Arc::clone(&stop) };
        let (sender, events): (_, Receiver<Event>) = channel();
        let reached = listener.local_addr().unwrap();
        let acceptor = thread::spawn(move || accept(&listener, &terms, &sender));
        let Ok(Event::Connected(peer)) = events.recv() else { panic!("nobody connected") };
        assert_eq!(peer, address);
        let Ok(Event::Caught(recording)) = events.recv() else { panic!("nothing was recorded") };
        stop.store(true, Ordering::Relaxed);
        wake(reached);
        acceptor.join().unwrap();
        *recording
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_hello_is_kept_of_a_client_that_resets_right_behind_it() {
        let path = format!("{}/testdata/hellos/openssl-1.0.1e.bin", env!("CARGO_MANIFEST_DIR"));
        let hello = std::fs::read(path).unwrap();
        let caught = reset_behind(&hello, None).caught;
        assert_eq!((caught.end, caught.reset), (End::Whole, true));
        assert_eq!(caught.spec().unwrap().flight(), hello);
        // What the server says before cannot be sent any more, and what came can be read.
        let said = [b"EHLO a\r\nSTARTTLS\r\n", &hello[..]].concat();
        let caught = reset_behind(&said, Some(Protocol::Smtp)).caught;
        assert_eq!((caught.end, caught.reset), (End::Whole, true));
        assert_eq!(caught.bytes, hello);
        let caught = reset_behind(&hello[..60], None).caught;
        assert_eq!((caught.end, caught.reset, caught.bytes.len()), (End::Reset, true, 60));
        let caught = reset_behind(b"", None).caught;
        assert!(caught.is_silence() && caught.reset);
    }
}
