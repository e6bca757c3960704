//! DER and what of BER is met in its place: X.690. Every element as its tag, its length and its
//! content, named by a schema where one is known ([`super::x509`], [`super::ocsp`]) and by its
//! tag where not.
//!
//! - [`schema`]: the language in which the tables are written
//! - `walk`: reads by a schema, through a [`Reader`]; `strings`: what stands in a string
//! - `header`: tags and lengths; `check`: contents of the universal types
//! - [`words`]: what they say
//! - [`elements`]: reads without a tree, for those who want a few parts of something known
//! - `oid`: identifiers in tables
//!
//! Nothing is refused. What DER does not allow is shown, with a remark that names the section.

pub mod elements;
pub mod schema;
pub mod words;

mod check;
mod header;
pub(crate) mod oid;
mod strings;
mod walk;

pub use schema::{Say, Schema};
pub use walk::Der;

use super::field::{Shape, Value};
use super::grammar::{Prefix, Read, Reader, Record, length};

/// Reads an element by its name, as a section describes it. What follows it is left where it is.
pub fn element<R: Record>(
    r: &mut Reader<'_, R>,
    section: &'static str,
    name: &'static str,
    schema: &Schema,
) {
    let outer = r.section(section);
    Der::new(r).element(name, schema);
    r.section(outer);
}

/// Hands out what takes notices, each with its section.
pub fn saying<R: Record>(r: &mut Reader<'_, R>, notices: impl FnOnce(Say<'_>)) {
    notices(&mut |section, field, range, fault| {
        let outer = r.section(section);
        r.notice(field, range, fault);
        r.section(outer);
    });
}

/// DER behind its length, shown by what `read` knows of it. Its value is its bytes, whatever stands
/// in them, so without a tree nothing in them is looked at.
pub fn sized<P: Prefix, R: Record>(
    r: &mut Reader<'_, R>,
    name: &'static str,
    read: impl FnOnce(&mut Reader<'_, R>),
) -> Read<Vec<u8>> {
    r.node(name, Shape::Struct, |r| {
        let length = length::<P, R>(r)?;
        let der = r.rest().get(..length).unwrap_or_default().to_vec();
        r.within(name, length, |r| {
            if R::KEEPS {
                read(r);
                r.trailing();
            } else {
                r.remaining(name, Value::Bytes);
            }
            Ok(der)
        })
    })
}
