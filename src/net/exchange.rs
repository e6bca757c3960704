//! One connection: the hello out, the server's first flight in.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::datagrams;
use super::socket::SocketOptions;
use super::unacknowledged::unacknowledged;
use crate::conversation::{Conversation, Progress};
use crate::hello::facts::segment_sizes;
use crate::probe::{Observation, Path, Probe};
use crate::transcript::{End, Kind, Reaction, Source, Step, Transcript};
use crate::wire::limits::ANSWERS;

/// Between two segments, so that no kernel joins them, and a peer that is busy has read the one
/// before the other comes.
const SEGMENT_PAUSE: Duration = Duration::from_millis(50);

/// How long is waited, and for what.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// For the connection.
    pub connect: Duration,
    /// For each answer; [`ANSWERS`] times as long for all of them.
    pub answer: Duration,
    /// For what comes after all is decided: protected records are shown, if they are soon there.
    pub linger: Duration,
}

/// Connects, sends, reads; or sends datagrams, where that is how the hello goes.
pub fn exchange(
    address: SocketAddr,
    probe: &Probe,
    deadlines: Deadlines,
    options: &SocketOptions,
) -> Observation {
    if let Some(spec) = probe.by_datagrams() {
        return datagrams::exchange(address, spec, deadlines, options);
    }
    let begun = Instant::now();
    let mut stream = match options.connect(address, deadlines.connect) {
        Ok(stream) => stream,
        Err(error) => return unreached(connect_failure(&error), begun),
    };
    let connected_in = Some(begun.elapsed().as_secs_f64());
    let client = stream.local_addr();
    // Who never reads is waited for no longer than who never answers.
    let _ = stream.set_write_timeout(Some(deadlines.answer));
    let sent = Instant::now();
    let mut conversation = Conversation::new(&probe.flight);
    if let Some(hello) = &probe.hello {
        conversation = conversation.with_hello((**hello).clone());
    }
    // A peer that has closed already may still have said why: what it said is read all the same.
    let mut written = send(&mut stream, &probe.flight, probe);
    let end = loop {
        let end = receive(&mut stream, &mut conversation, deadlines, sent);
        let Some(again) = conversation.send(sent.elapsed().as_secs_f64()) else { break end };
        written = written.and(send(&mut stream, &again, probe));
    };
    let seconds = sent.elapsed().as_secs_f64();
    let transcript = conversation.finish(live(address), ended(&written, end));
    let mut observation = observed(transcript, client, address, seconds);
    let is_silence = observation.reaction.kind == Kind::Silence;
    let unacknowledged = if is_silence { unacknowledged(&stream) } else { None };
    observation.path = Path { connected_in, unacknowledged };
    observation
}

/// How a connection ended, by what writing and reading told. A reset is told once, to the one of
/// both that comes upon it first; told to a write, it leaves nothing but an end to be read. A peer
/// that closed before it reset has closed: then a write is told that the pipe is broken.
fn ended(written: &io::Result<()>, read: End) -> End {
    match (written, read) {
        (Err(error), End::Closed) if error.kind() == ErrorKind::ConnectionReset => End::Reset,
        (Err(error), End::Open) if is_late(error) => End::Open,
        (Err(_), End::Open) => End::Reset,
        (_, read) => read,
    }
}

/// Whether the time was over.
fn is_late(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Where a transcript of a live connection comes from.
pub(super) fn live(address: SocketAddr) -> Source {
    Source { name: address.to_string(), form: "live" }
}

/// What came of an exchange between these ends.
pub(super) fn observed(
    mut transcript: Transcript,
    client: io::Result<SocketAddr>,
    server: SocketAddr,
    seconds: f64,
) -> Observation {
    transcript.client = client.ok().map(|address| address.to_string());
    transcript.server = Some(server.to_string());
    let silence = Reaction { kind: Kind::Silence, step: Step::ClientHello };
    let reaction = Reaction::of(&transcript).unwrap_or(silence);
    Observation { reaction, seconds, transcript: Some(transcript), path: Path::default() }
}

/// There was nobody.
pub(super) fn unreached(kind: Kind, begun: Instant) -> Observation {
    let reaction = Reaction { kind, step: Step::Connect };
    Observation {
        reaction,
        seconds: begun.elapsed().as_secs_f64(),
        transcript: None,
        path: Path::default(),
    }
}

/// Sends a flight as a probe says, a write for each segment.
fn send(stream: &mut TcpStream, flight: &[u8], probe: &Probe) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut left = flight;
    for (index, size) in segment_sizes(left.len(), &probe.segments).into_iter().enumerate() {
        if index > 0 {
            thread::sleep(probe.delay.unwrap_or(SEGMENT_PAUSE));
        }
        let (segment, rest) = left.split_at(size.min(left.len()));
        stream.write_all(segment)?;
        left = rest;
    }
    Ok(())
}

/// Reads until all is decided or it is our turn, the peer has closed, or the time is up. However the
/// peer sends, the time as a whole is bounded.
fn receive(
    stream: &mut TcpStream,
    conversation: &mut Conversation,
    deadlines: Deadlines,
    sent: Instant,
) -> End {
    let mut buffer = [0; 16 * 1024];
    let mut decided = None;
    // The time for answers begins when the last segment is out.
    let bound = sent.elapsed() + deadlines.answer * ANSWERS;
    loop {
        let elapsed = sent.elapsed();
        let wait = match conversation.progress() {
            Progress::Waiting => deadlines.answer.min(bound.saturating_sub(elapsed)),
            Progress::Decided => {
                let decided = *decided.get_or_insert(elapsed);
                (decided + deadlines.linger).saturating_sub(elapsed)
            }
            Progress::Full => return End::Full,
            Progress::ToSend => return End::Open,
        };
        // A time of zero would wait for ever.
        if wait.is_zero() || stream.set_read_timeout(Some(wait)).is_err() {
            return End::Open;
        }
        match stream.read(&mut buffer) {
            Ok(0) => return End::Closed,
            Ok(length) => {
                let bytes = buffer.get(..length).unwrap_or_default();
                conversation.receive(sent.elapsed().as_secs_f64(), bytes);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if is_late(&error) => return End::Open,
            Err(_) => return End::Reset,
        }
    }
}

/// Why there is no connection.
pub fn connect_failure(error: &io::Error) -> Kind {
    match error.kind() {
        ErrorKind::ConnectionRefused => Kind::Refused,
        // Somebody was there, and took it back.
        ErrorKind::ConnectionReset => Kind::Reset,
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Kind::ConnectTimeout,
        _ => Kind::Unroutable,
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use socket2::{Domain, SockRef, Socket, Type};

    use super::*;
    use crate::probe::Unacknowledged;

    /// What a client sees that sends a flight in these segments to a server that reads what is there
    /// and resets.
    fn met_by_a_reset(segments: &[usize]) -> Kind {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            let _ = client.read(&mut [0; 100]).unwrap();
            SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
        });
        let probe = Probe { segments: segments.to_vec(), ..Probe::new(vec![22; 20]) };
        let whole = Duration::from_secs(10);
        let deadlines = Deadlines { connect: whole, answer: whole, linger: whole };
        let options = SocketOptions::default();
        let seen = exchange(address, &probe, deadlines, &options).reaction.kind;
        server.join().unwrap();
        seen
    }

    /// What a client sees that sends this to a server that accepts and never reads, with the
    /// smallest buffer that its system has, or with the one that it has by itself.
    fn met_by_one_who_never_reads(flight: Vec<u8>, has_small_buffer: bool) -> Observation {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        if has_small_buffer {
            listener.set_recv_buffer_size(1).unwrap();
        }
        listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        listener.listen(1).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let whole = Duration::from_millis(300);
        let deadlines = Deadlines { connect: whole, answer: whole, linger: whole };
        let probe = Probe::new(flight);
        exchange(address, &probe, deadlines, &SocketOptions::default())
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_has_arrived_is_told_from_what_has_not() {
        let flight = |length| vec![22; length];
        let arrived = met_by_one_who_never_reads(flight(600), false);
        assert_eq!(arrived.reaction.kind, Kind::Silence);
        assert_eq!(arrived.path.unacknowledged, Some(Unacknowledged::default()));
        assert!(arrived.path.connected_in.is_some());
        // More than both kernels take together, too.
        for length in [20_000, 8_000_000] {
            let stuck = met_by_one_who_never_reads(flight(length), true);
            assert_eq!(stuck.reaction.kind, Kind::Silence);
            let left = stuck.path.unacknowledged.unwrap();
            assert!(left.bytes > 0 && left.bytes < length as u32, "{left:?}");
            assert!(left.window_closed && !left.is_lost(), "{left:?}");
        }
    }

    #[test]
    fn a_reset_is_one_whether_a_read_or_a_write_comes_upon_it() {
        for segments in [&[][..], &[5], &[5, 5], &[1, 1, 1, 1]] {
            assert_eq!(met_by_a_reset(segments), Kind::Reset, "{segments:?}");
        }
    }
}
