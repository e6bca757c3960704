//! The luck of the lab: which rules strike which client, and what garbage is made of. With the same
//! seed it is the same for the first client, the second, and so on.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};

/// The share of the clients that a rule strikes, of those for whom it holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate(f64);

impl Rate {
    /// All of them.
    pub const ALWAYS: Rate = Rate(1.0);

    /// As a number from 0 to 1.
    pub fn share(self) -> f64 {
        self.0
    }
}

/// A text that is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadRate;

impl fmt::Display for BadRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a share from 0 to 1 belongs there, as in 0.3 or 30%")
    }
}

impl std::error::Error for BadRate {}

/// Reads `0.3`, or `30%`.
///
/// ```
/// use helloscope::lab::Rate;
///
/// assert_eq!("30%".parse::<Rate>(), "0.3".parse());
/// assert!("1.1".parse::<Rate>().is_err());
/// ```
impl FromStr for Rate {
    type Err = BadRate;

    fn from_str(text: &str) -> Result<Rate, BadRate> {
        let (digits, whole) = match text.trim().strip_suffix('%') {
            Some(digits) => (digits, 100.0),
            None => (text.trim(), 1.0),
        };
        let share: f64 = digits.parse().map_err(|_| BadRate)?;
        Some(Rate(share / whole)).filter(|rate| (0.0..=1.0).contains(&rate.0)).ok_or(BadRate)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the luck of all clients comes from. Clones count the same clients.
#[derive(Clone, Debug)]
pub(super) struct Luck {
    seed: [u8; 32],
    clients: Arc<AtomicU64>,
}

impl Default for Luck {
    fn default() -> Luck {
        let mut seed = [0; 32];
        // Without randomness luck is still luck, and no secret hangs on it.
        let _ = SystemRandom::new().fill(&mut seed);
        Luck { seed, clients: Arc::default() }
    }
}

impl Luck {
    pub(super) fn seeded(seed: &str) -> Luck {
        Luck { seed: Sha256::digest(seed).into(), clients: Arc::default() }
    }

    /// The luck of the next client.
    pub(super) fn throw(&self) -> Throw {
        Throw { seed: self.seed, client: self.clients.fetch_add(1, Ordering::Relaxed) }
    }
}

/// The luck of one client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Throw {
    seed: [u8; 32],
    client: u64,
}

impl Throw {
    /// Luck for one thing is not luck for another: each has streams of its own.
    fn stream(self, of: u64) -> ChaCha20Rng {
        let mut rng = ChaCha20Rng::from_seed(self.seed);
        rng.set_stream(self.client.wrapping_mul(2).wrapping_add(of));
        rng
    }

    /// Whether rules strike, one after the other.
    pub(super) fn strikes(self) -> Strikes {
        Strikes { throw: self, rng: None }
    }

    /// Bytes that mean nothing.
    pub(super) fn garbage(self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.stream(1).fill_bytes(&mut bytes);
        bytes
    }
}

/// Whether the rules of a service strike one client, asked for in their order.
pub(super) struct Strikes {
    throw: Throw,
    /// Made where a rule leaves it to luck, which few do.
    rng: Option<ChaCha20Rng>,
}

impl Strikes {
    /// Whether the next rule strikes at its rate.
    pub(super) fn next(&mut self, rate: Rate) -> bool {
        if rate == Rate::ALWAYS {
            return true;
        }
        let throw = self.throw;
        let rng = self.rng.get_or_insert_with(|| throw.stream(0));
        f64::from(rng.next_u32()) < rate.0 * 4_294_967_296.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(seed: &str, rate: &str) -> Vec<bool> {
        let (luck, rate) = (Luck::seeded(seed), rate.parse().unwrap());
        (0..1000).map(|_| luck.throw().strikes().next(rate)).collect()
    }

    #[test]
    fn a_rate_is_the_share_of_the_clients_that_are_struck() {
        let share = |rate| struck("x", rate).into_iter().filter(|struck| *struck).count();
        assert_eq!((share("0"), share("1"), share("100%")), (0, 1000, 1000));
        assert!((250..350).contains(&share("0.3")), "{}", share("0.3"));
        assert_eq!(struck("x", "0.3"), struck("x", "30%"));
        assert_ne!(struck("x", "0.3"), struck("y", "0.3"));
    }

    #[test]
    fn what_is_no_share_is_no_rate() {
        for text in ["", "often", "1.01", "-0.1", "101%", "NaN", "inf"] {
            assert_eq!(text.parse::<Rate>(), Err(BadRate), "{text}");
        }
    }
}
