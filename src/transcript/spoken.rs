//! Which protocol is spoken before TLS: a greeting may be that of several (`220 ` of SMTP, RFC 5321
//! section 4.2, and of FTP, RFC 959 section 4.2), and what both sides say tells which.

use super::{Side, Transcript};
use crate::wire::record::plaintext::{self, Protocol, first_words};
use crate::wire::stream::Body;

/// What is spoken in clear over a connection, where it tells.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spoken(Option<Protocol>);

impl Spoken {
    /// What all that was said leaves.
    pub fn of(transcript: &Transcript) -> Spoken {
        let said = transcript.messages().filter(|(_, message)| message.body == Body::Plaintext);
        let mut left: Vec<&str> = Vec::new();
        for (event, message) in said {
            let possible = plaintext::possible(&message.bytes, event.from);
            if left.is_empty() {
                left.clone_from(&possible);
            }
            let both: Vec<&str> =
                left.iter().filter(|name| possible.contains(name)).copied().collect();
            // What fits to nothing before it is of another protocol, as behind a proxy's words.
            if !both.is_empty() {
                left = both;
            }
        }
        left.sort_unstable();
        left.dedup();
        match left[..] {
            [name] => Spoken(plaintext::named(name)),
            _ => Spoken(None),
        }
    }

    /// The protocol of what one side says.
    pub fn protocol(self, from: Side, bytes: &[u8]) -> Option<Protocol> {
        let possible = plaintext::possible(bytes, from);
        let fits = |spoken: &Protocol| match possible.is_empty() {
            true => !first_words(bytes).is_empty(),
            false => possible.contains(&spoken.name),
        };
        self.0.filter(fits).or_else(|| plaintext::recognise_side(bytes, from))
    }
}
