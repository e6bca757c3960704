//! Alerts: RFC 8446 section 6, in a form that has not changed since SSL 3.0.

use crate::names::{AlertDescription, AlertLevel, Code};
use crate::wire::fault::Fault;
use crate::wire::grammar::{Reader, Record, message};

message! {
    /// What one side says when it gives up, or takes its leave.
    Alert, item "alert", in "RFC 8446 6", then check {
        /// How grave it is.
        level: AlertLevel,
        /// What it is.
        description: AlertDescription,
    }
}

/// Bytes of an alert.
pub const LENGTH: usize = 2;

/// Whether a record of TLS with an alert in clear begins here.
pub fn begins_in_clear(bytes: &[u8]) -> bool {
    matches!(bytes, [21, 3, _, 0, 2, 1 | 2, _, ..])
}

/// Notices a level that is none.
fn check<R: Record>(alert: &Alert, r: &mut Reader<'_, R>) {
    if alert.level.name().is_none() {
        let fault = Fault::Value { expected: "1 or 2", found: alert.level.number().into() };
        let at = r.at();
        r.notice("level", at - 2..at - 1, fault);
    }
}
