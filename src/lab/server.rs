//! A service of the lab over TCP: a thread a connection, each bounded in time and in bytes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use socket2::SockRef;

use super::service::{Answer, Service};

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
const TICK: Duration = Duration::from_millis(100);

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
        let listener = TcpListener::bind(listen)?;
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let acceptor = {
            let stop = Arc::clone(&stop);
            thread::Builder::new()
                .name("lab".to_owned())
                .spawn(move || accept(&listener, &Arc::new(service), &stop))?
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

fn accept(listener: &TcpListener, service: &Arc<Service>, stop: &Arc<AtomicBool>) {
    for stream in listener.incoming() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let Ok(stream) = stream else {
            // Most likely there are no more file descriptors: some will be free again.
            thread::sleep(TICK);
            continue;
        };
        // The acceptor has one reference to the service, and each connection another.
        if Arc::strong_count(service) > CONNECTIONS {
            continue;
        }
        let (service, stop) = (Arc::clone(service), Arc::clone(stop));
        // What goes wrong with a connection is the client's affair, and ends it.
        let talk = move || drop(Connection::new(stream, stop).and_then(|c| c.serve(&service)));
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

    fn serve(mut self, service: &Service) -> io::Result<()> {
        if let Some(greeting) = service.greeting() {
            self.stream.write_all(greeting)?;
        }
        // What one read returns is what one segment brought, as far as a server can tell.
        let (mut flight, mut segments) = (Vec::new(), Vec::new());
        let mut buffer = vec![0; 1 << 16];
        let answer = loop {
            let read = self.read(&mut buffer)?;
            if read == 0 || flight.len() + read > BYTES {
                break Answer::Close;
            }
            flight.extend(buffer.iter().take(read));
            segments.push(read);
            match service.answer(&flight, &segments) {
                Answer::NeedMore => {}
                answer => break answer,
            }
        };
        match answer {
            Answer::NeedMore | Answer::Silence => {
                while self.read(&mut buffer)? > 0 {}
                Ok(())
            }
            // The lab goes no further: what the client says next ends it.
            Answer::Send(bytes) => {
                self.stream.write_all(&bytes)?;
                self.read(&mut buffer)?;
                self.close(&mut buffer)
            }
            Answer::SendThenClose(bytes) => {
                self.stream.write_all(&bytes)?;
                self.close(&mut buffer)
            }
            Answer::Close => self.close(&mut buffer),
            // A connection that is closed without lingering is reset.
            Answer::Reset => SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)),
        }
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
