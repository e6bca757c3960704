//! What of a flight the peer has not acknowledged, where the system tells: Linux does in
//! `/proc/net/tcp` and `/proc/net/tcp6` (proc_net_tcp in the kernel's documentation), which are read
//! as text. Elsewhere there are none such, and nothing is told.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};

use crate::probe::Unacknowledged;

/// The timer of a connection that waits for an acknowledgement, to send again.
const RETRANSMIT: &str = "01";
/// The timer of one that waits for a window to open.
const ZERO_WINDOW_PROBE: &str = "04";

/// What the peer of a connection has not acknowledged; none where the system does not tell.
pub(super) fn unacknowledged(stream: &TcpStream) -> Option<Unacknowledged> {
    let ends = (stream.local_addr().ok()?, stream.peer_addr().ok()?);
    let table = if ends.0.is_ipv4() { "/proc/net/tcp" } else { "/proc/net/tcp6" };
    let lines = BufReader::new(File::open(table).ok()?).lines();
    lines.map_while(Result::ok).find_map(|line| of_line(&line, ends))
}

/// What a line of the table tells, where it is that of a connection between these ends:
/// `sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt …`, in hexadecimal digits
/// but for the first.
fn of_line(line: &str, (local, peer): (SocketAddr, SocketAddr)) -> Option<Unacknowledged> {
    let mut columns = line.split_ascii_whitespace().skip(1);
    let mut is_end = |end: SocketAddr| {
        let found = columns.next().and_then(address);
        found == Some((end.ip(), end.port()))
    };
    if !(is_end(local) && is_end(peer)) {
        return None;
    }
    let queues = columns.nth(1)?;
    let (timer, _) = columns.next()?.split_once(':')?;
    let timeouts = number(columns.next()?)?;
    Some(Unacknowledged {
        bytes: number(queues.split_once(':')?.0)?,
        retransmissions: if timer == RETRANSMIT { timeouts } else { 0 },
        window_closed: timer == ZERO_WINDOW_PROBE,
    })
}

/// An address and a port. Of the address, each word of four bytes is told as the number that it is
/// in memory; the port is told as it is.
fn address(text: &str) -> Option<(IpAddr, u16)> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| Some(number(ip.get(at..at + 8)?)?.to_ne_bytes());
    let ip = match ip.len() {
        8 => Ipv4Addr::from(word(0)?).into(),
        32 => {
            let words = [word(0)?, word(8)?, word(16)?, word(24)?];
            let mut bytes = [0; 16];
            bytes.iter_mut().zip(words.as_flattened()).for_each(|(to, from)| *to = *from);
            Ipv6Addr::from(bytes).into()
        }
        _ => return None,
    };
    Some((ip, port))
}

fn number(text: &str) -> Option<u32> {
    u32::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Linux 6.1 on x86-64 shows them.
    const LOST: &str = "   3: 0200000A:9C40 010000CB:01BB 01 0000013C:00000000 01:0000004F 00000003  \
                        1000        0 41827 3 0000000000000000 1600 4 24 1 7";
    const CLOSED: &str = "   4: 0200000A:9C41 010000CB:01BB 01 00000800:00000000 04:00000011 00000000  \
                          1000        4 41828 2 0000000000000000 20 4 30 10 -1";
    const V6: &str = "   0: 00000000000000000000000001000000:B5D2 \
                      B80D0120000000000000000001000000:01BB 01 00000000:00000000 00:00000000 00000000 \
                      1000        0 41829 1 0000000000000000 20 4 30 10 -1";

    fn told(line: &str, local: &str, peer: &str) -> Option<Unacknowledged> {
        of_line(line, (local.parse().unwrap(), peer.parse().unwrap()))
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn a_line_tells_of_its_own_connection() {
        let lost = Unacknowledged { bytes: 316, retransmissions: 3, window_closed: false };
        assert_eq!(told(LOST, "10.0.0.2:40000", "203.0.0.1:443"), Some(lost));
        let closed = Unacknowledged { bytes: 2048, retransmissions: 0, window_closed: true };
        assert_eq!(told(CLOSED, "10.0.0.2:40001", "203.0.0.1:443"), Some(closed));
        let nothing = Some(Unacknowledged::default());
        assert_eq!(told(V6, "[::1]:46546", "[2001:db8::1]:443"), nothing);
        for (local, peer) in [
            ("10.0.0.2:40001", "203.0.0.1:443"),
            ("10.0.0.2:40000", "203.0.0.1:444"),
            ("10.0.0.3:40000", "203.0.0.1:443"),
            ("[::1]:40000", "203.0.0.1:443"),
        ] {
            assert_eq!(told(LOST, local, peer), None, "{local} {peer}");
        }
    }

    #[test]
    fn what_is_no_such_line_tells_nothing() {
        let head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt";
        for line in ["", head, "0:", &LOST[..40], &LOST.replace(':', " "), &LOST.replace('A', "é")]
        {
            assert_eq!(told(line, "10.0.0.2:40000", "203.0.0.1:443"), None, "{line}");
        }
    }
}
