//! Sockets: names become addresses, a hello goes out over a plain `TcpStream`, and what comes
//! back is handed to a [`Conversation`](crate::conversation::Conversation).

mod address;
mod exchange;
pub mod record;
mod server;
pub mod starttls;

pub use address::{BadHost, Family, Host};
pub use exchange::{Deadlines, connect_failure, exchange};
pub use server::Server;
