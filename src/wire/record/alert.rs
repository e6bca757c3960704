//! Alerts: RFC 8446 section 6, in a form that has not changed since SSL 3.0.

use crate::names::{AlertDescription, AlertLevel};
use crate::wire::grammar::message;

message! {
    /// What one side says when it gives up, or takes its leave.
    Alert, item "alert", in "RFC 8446 6" {
        /// How grave it is.
        level: AlertLevel,
        /// What it is.
        description: AlertDescription,
    }
}
