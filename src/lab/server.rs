//! A service of the lab over TCP: a thread a connection, each bounded in time and in bytes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::passage::{self, Passage};
use super::service::{Answer, Decision, Service};

/// Connections that are held at once; one more is closed as soon as it is made.
const CONNECTIONS: usize = 256;
/// How long a connection is held, if the client does not end it.
const HOLD: Duration = Duration::from_secs(60);
/// How long a client may take to read what it is sent.
const WRITE: Duration = Duration::from_secs(10);
/// How long a client may take to close a connection that the server has closed.
const FAREWELL: Duration = Duration::from_secs(2);
/// Bytes that are taken from a client. The largest hello that real stacks take is as long.
const BYTES: usize = 1 << 17;
/// How often a connection looks whether the server is to stop.
pub(super) const TICK: Duration = Duration::from_millis(100);

/// One connection, for those who watch: told when it is decided what becomes of it.
#[derive(Debug)]
pub struct Served<'a> {
    /// Whose it is.
    pub client: SocketAddr,
    /// What the client has said.
    pub flight: &'a [u8],
    /// In segments of these sizes.
    pub segments: &'a [usize],
    /// What is done, and why: [`Answer::NeedMore`] where the client went away, or took too long.
    pub decision: &'a Decision,
    /// The address to which it was passed on, or why it could not be.
    pub upstream: Option<Result<SocketAddr, String>>,
}

/// What is done with the news of a connection.
type Watch = dyn Fn(&Served<'_>) + Send + Sync;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens at an address, and answers there with a service. Port 0 is any that is free.
    ///
    /// # Errors
    /// Where the system does not let it listen there.
    pub fn start(listen: SocketAddr, service: Service) -> io::Result<Server> {
        Server::start_watched(listen, service, |_| {})
    }

    /// The same, with somebody who is told of each connection.
    ///
    /// # Errors
    /// Where the system does not let it listen there.
    pub fn start_watched(
        listen: SocketAddr,
        service: Service,
        watch: impl Fn(&Served<'_>) + Send + Sync + 'static,
    ) -> io::Result<Server> {
        let listener = TcpListener::bind(listen)?;
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let house: Arc<House> = Arc::new(House { service, watch: Box::new(watch) });
        let acceptor = {
            let stop = Arc::clone(&stop);
            thread::Builder::new()
                .name("lab".to_owned())
                .spawn(move || accept(&listener, &house, &stop))?
        };
        Ok(Server { address, stop, acceptor: Some(acceptor) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for as long as the server runs: until something else ends the program.
    pub fn wait(mut self) {
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // The acceptor sits in `accept`: a connection of our own wakes it up.
        let mut address = self.address;
        match address {
            SocketAddr::V4(v4) if v4.ip().is_unspecified() => {
                address.set_ip(Ipv4Addr::LOCALHOST.into())
            }
            SocketAddr::V6(v6) if v6.ip().is_unspecified() => {
                address.set_ip(Ipv6Addr::LOCALHOST.into())
            }
            _ => {}
        }
        let woken = TcpStream::connect_timeout(&address, Duration::from_secs(1));
        if let (Ok(_), Some(acceptor)) = (woken, self.acceptor.take()) {
            let _ = acceptor.join();
        }
    }
}

/// What all connections share.
struct House {
    service: Service,
    watch: Box<Watch>,
}

fn accept(listener: &TcpListener, house: &Arc<House>, stop: &Arc<AtomicBool>) {
    for stream in listener.incoming() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let Ok(stream) = stream else {
            // Most likely there are no more file descriptors: some will be free again.
            thread::sleep(TICK);
            continue;
        };
        // The acceptor has one reference to the house, and each connection another.
        if Arc::strong_count(house) > CONNECTIONS {
            continue;
        }
        let (house, stop) = (Arc::clone(house), Arc::clone(stop));
        // What goes wrong with a connection is the client's affair, and ends it.
        let talk = move || drop(Connection::new(stream, stop).and_then(|c| c.serve(&house)));
        drop(thread::Builder::new().name("lab connection".to_owned()).spawn(talk));
    }
}

/// One client.
struct Connection {
    stream: TcpStream,
    stop: Arc<AtomicBool>,
    /// When it has lasted long enough.
    deadline: Instant,
}

impl Connection {
    fn new(stream: TcpStream, stop: Arc<AtomicBool>) -> io::Result<Connection> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TICK))?;
        stream.set_write_timeout(Some(WRITE))?;
        Ok(Connection { stream, stop, deadline: Instant::now() + HOLD })
    }

    fn serve(mut self, house: &House) -> io::Result<()> {
        let client = self.stream.peer_addr()?;
        if let Some(greeting) = house.service.greeting() {
            self.stream.write_all(greeting)?;
        }
        let mut buffer = vec![0; 1 << 16];
        let (mut flight, mut segments) = (Vec::new(), Vec::new());
        let decided = self.decide(&house.service, &mut flight, &mut segments, &mut buffer);
        let (decision, ended) = match decided {
            Ok(decision) => (decision, Ok(())),
            Err(error) => (Decision { answer: Answer::NeedMore, struck: None }, Err(error)),
        };
        let server = match (&decision.answer, house.service.upstream()) {
            (Answer::PassOn(_) | Answer::SendThenPassOn(_), Some(addresses)) => {
                Some(passage::connect(addresses))
            }
            _ => None,
        };
        let upstream = server.as_ref().map(|server| match server {
            Ok(server) => server.peer_addr().map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        });
        (house.watch)(&Served {
            client,
            flight: &flight,
            segments: &segments,
            decision: &decision,
            upstream,
        });
        ended?;
        match (decision.answer, server) {
            (Answer::PassOn(most), Some(Ok(server))) => {
                let passage = Passage::new(&self.stream, &server, most, &self.stop);
                passage.pass(&flight, &segments)
            }
            (Answer::SendThenPassOn(bytes), Some(Ok(server))) => {
                self.stream.write_all(&bytes)?;
                Passage::new(&self.stream, &server, None, &self.stop).pass(&flight, &segments)
            }
            // As far as one can, the client sees what it would see without the lab.
            (Answer::PassOn(_) | Answer::SendThenPassOn(_), _) => passage::reset(&self.stream),
            (answer, _) => self.play(answer, &mut buffer),
        }
    }

    /// Reads the client's first flight, and asks the service what is to be done with it.
    fn decide(
        &mut self,
        service: &Service,
        flight: &mut Vec<u8>,
        segments: &mut Vec<usize>,
        buffer: &mut [u8],
    ) -> io::Result<Decision> {
        let visit = service.visit();
        loop {
            // What one read returns is what one segment brought, as far as a server can tell.
            let read = self.read(buffer)?;
            flight.extend(buffer.iter().take(read));
            segments.extend(Some(read).filter(|&read| read > 0));
            if read == 0 || flight.len() > BYTES {
                // There will be no whole hello to judge.
                let answer = match service.upstream() {
                    Some(_) => Answer::PassOn(None),
                    None => Answer::Close,
                };
                return Ok(Decision { answer, struck: None });
            }
            let decision = visit.decide(flight, segments);
            if decision.answer != Answer::NeedMore {
                return Ok(decision);
            }
        }
    }

    fn play(mut self, answer: Answer, buffer: &mut [u8]) -> io::Result<()> {
        match answer {
            Answer::NeedMore | Answer::PassOn(_) | Answer::SendThenPassOn(_) | Answer::Silence => {
                self.hold(buffer)
            }
            // The lab goes no further: what the client says next ends it.
            Answer::Send(bytes) => {
                self.stream.write_all(&bytes)?;
                self.read(buffer)?;
                self.close(buffer)
            }
            Answer::SendThenClose(bytes) => {
                self.stream.write_all(&bytes)?;
                self.close(buffer)
            }
            Answer::SendThenSilence(bytes) => {
                self.stream.write_all(&bytes)?;
                self.hold(buffer)
            }
            Answer::Close => self.close(buffer),
            Answer::Reset => passage::reset(&self.stream),
        }
    }

    /// Says nothing any more, until the client ends.
    fn hold(mut self, buffer: &mut [u8]) -> io::Result<()> {
        while self.read(buffer)? > 0 {}
        Ok(())
    }

    /// Reads what there is, however long the client takes, up to the deadline.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.stop.load(Ordering::Relaxed) && Instant::now() < self.deadline {
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

    /// Says that nothing more comes, and waits for the client to say so too: bytes that nobody
    /// has read would turn the close into a reset.
    fn close(mut self, buffer: &mut [u8]) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)?;
        self.deadline = self.deadline.min(Instant::now() + FAREWELL);
        let mut left = BYTES;
        loop {
            let read = self.read(buffer)?;
            if read == 0 || read > left {
                return Ok(());
            }
            left -= read;
        }
    }
}
