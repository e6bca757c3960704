//! ClientHellos as data, and what can be said about them.
//!
//! - [`spec`]: a hello and its framing, to bytes, TOML and JSON; [`framing`] frames it, [`recorded`]
//!   reads one that was sent, `said` its message, `lies` one whose headers lie, and [`no_hello`] says
//!   why bytes are none, [`flight`] has one of which every byte is given, [`spec_file`] reads one that
//!   was written, and `sizes` the sizes in it
//! - [`draw`]: what is drawn anew for each connection
//! - [`preset`]: hellos of real clients
//! - [`edit`]: a change to a hello; [`edit_form`] reads it from one word, [`edit_words`] writes it,
//!   [`edits`] has several, [`apply`] does it; [`edited`] does several as a person asks for them,
//!   [`legal`] keeps the hello legal, and `notes` says what nobody may have meant
//! - [`difference`]: the edits that give one hello what another says; [`exact`] makes it the other to
//!   the byte, and [`comparison`] tells it in words, `list_change` what of a
//!   list, `other_values` what is only another value
//! - [`carrier`]: ways to make a hello longer and change nothing else; [`body_length`] makes one
//!   extension longer or shorter
//! - [`named`]: how a person names a hello on the command line
//! - [`vocabulary`]: the fields on which conditions are stated; [`lists`] gets at the lists
//! - [`facts`]: what is true of a hello as it is sent
//! - [`condition`]: statements about a hello that are true or false; `condition_form` writes them
//!   for programs, and [`condition_words`] reads what a person writes

pub mod apply;
pub mod body_length;
pub mod carrier;
pub mod comparison;
pub mod condition;
mod condition_form;
pub mod condition_words;
pub mod difference;
pub mod draw;
mod drawing_ended;
pub mod edit;
pub mod edit_form;
pub mod edit_words;
pub mod edited;
pub mod edits;
pub mod exact;
pub mod facts;
pub mod flight;
pub mod framing;
pub mod legal;
mod lies;
mod list_change;
pub mod lists;
pub mod named;
pub mod no_hello;
mod notes;
mod other_values;
pub mod preset;
pub mod recorded;
mod said;
pub mod second_hello;
mod sizes;
pub mod source;
pub mod spec;
pub mod spec_file;
pub mod taken;
pub mod vocabulary;

pub use condition::Condition;
pub use facts::Facts;
pub use spec::HelloSpec;
