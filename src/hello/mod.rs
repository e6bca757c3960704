//! ClientHellos as data, and what can be said about them.

pub mod condition;
pub mod facts;

pub use condition::Condition;
pub use facts::Facts;
