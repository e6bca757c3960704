//! Chance from a seed, so that the same diagnosis asks the same questions.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Where chance comes from.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// Dice that fall the same each time.
    pub fn new() -> Dice {
        Dice(ChaCha8Rng::from_seed([7; 32]))
    }

    /// A number below `end`; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        (self.0.next_u32() as usize) % end.max(1)
    }

    /// Whether one of so many equal chances came out.
    pub fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    /// A number from one to another, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        let span = high.saturating_sub(low).saturating_add(1);
        low + self.0.next_u64() % span
    }

    /// A number from 0 to 1.
    pub fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / f64::from(u32::MAX)
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, these: &[T]) -> Option<T> {
        these.get(self.below(these.len())).copied()
    }

    /// The place of one of these, each as often as its share is.
    pub fn pick(&mut self, shares: &[f64]) -> Option<usize> {
        let total: f64 = shares.iter().sum();
        let mut left = self.unit() * total;
        shares.iter().position(|share| {
            left -= share;
            left <= 0.0
        })
    }

    /// Any order, each as likely as any other.
    pub fn shuffle<T>(&mut self, these: &mut [T]) {
        for at in (1..these.len()).rev() {
            these.swap(at, self.below(at + 1));
        }
    }
}
