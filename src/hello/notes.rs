//! What a person is told beside an edited hello that stays as it is: what may not have been meant.

use super::edit::{Edit, Place};
use super::framing::Framing;
use super::spec::HelloSpec;
use crate::names::ExtensionType;
use crate::wire::extension::{ClientExtension, Extension, PskBinderEntry};
use crate::wire::grammar::Opaque;
use crate::wire::handshake::client_hello::ClientHello;

/// That edits, as they were typed, leave the hello as it was.
pub(super) fn idle(edits: &[String]) -> Option<String> {
    (!edits.is_empty()).then(|| format!("changes nothing: {}", edits.join("; ")))
}

/// That the last place is a pre_shared_key's.
pub(super) fn before_psk(edit: &Edit, words: &str, spec: &HelloSpec) -> Option<String> {
    let is_psk = |one: &ClientExtension| one.extension_type() == ExtensionType::pre_shared_key;
    let Edit::Move(moved, Place::Last) = edit else { return None };
    let behind = spec.hello.extensions().last().is_some_and(is_psk);
    (behind && *moved != ExtensionType::pre_shared_key).then(|| {
        format!(
            "\"{words}\": it stands before pre_shared_key, which must be last (RFC 8446 4.2.11); \
             with `!` before the edit it is really last"
        )
    })
}

/// That there is nothing between which a hello over TCP could wait.
pub(super) fn no_gap(edit: &Edit, words: &str, spec: &HelloSpec) -> Option<String> {
    let waits = matches!(edit, Edit::Delay(Some(_)));
    let whole = spec.segments.is_empty() && spec.framing != Framing::Dtls;
    (waits && whole).then(|| {
        format!(
            "\"{words}\": it changes nothing on the wire, since the hello goes in one segment; \
             `segments=5,rest` cuts it"
        )
    })
}

/// That a hello was cut off where it comes from.
pub(super) fn cut_off(spec: &HelloSpec) -> Option<String> {
    let (raw, claimed) = (spec.raw.as_ref()?.0.len(), usize::from(spec.record_length?));
    (spec.records.is_empty() && raw < claimed).then(|| {
        format!(
            "the record is cut off, {raw} of {claimed} bytes are there: they are sent as they are"
        )
    })
}

/// What could not be said in types, so that every byte is given.
pub(super) fn in_flight(spec: &HelloSpec) -> Option<String> {
    let why = spec.flight.as_ref()?.why(spec.framing)?;
    Some(format!("`flight` has every byte, since types cannot say them: {why}"))
}

/// That segments may not stay apart.
pub(super) fn no_pause(spec: &HelloSpec) -> Option<String> {
    let cut = !spec.segments.is_empty() && spec.framing != Framing::Dtls;
    (cut && spec.delay_ms == Some(0)).then(|| {
        "delay=0ms: each segment is a write of its own, but without time between them they may go \
         out or arrive as one; without a delay of its own a hello waits as long as keeps them apart"
            .to_owned()
    })
}

/// That the binders of a pre_shared_key, which are an HMAC over all of the hello before them, are
/// none over the hello as it has become.
pub(super) fn stale_binders(before: &HelloSpec, after: &HelloSpec) -> Option<String> {
    let (was, is) = (before.sent().ok()?, after.sent().ok()?);
    let made = binders(&was);
    let kept = binders(&is).into_iter().any(|one| !one.0.0.is_empty() && made.contains(&one));
    let covered = |hello: ClientHello, spec: &HelloSpec| (unsealed(hello), spec.handshake_length);
    (kept && covered(was, before) != covered(is, after)).then(|| {
        "the binders of pre_shared_key were made for the hello before it was changed; a server that \
         knows the PSK will reject them (RFC 8446 4.2.11.2)"
            .to_owned()
    })
}

fn binders(hello: &ClientHello) -> Vec<PskBinderEntry> {
    let binders = hello.extensions().iter().filter_map(|extension| match extension {
        ClientExtension::PreSharedKey(psks) => Some(psks.binders.0.iter().cloned()),
        _ => None,
    });
    binders.flatten().collect()
}

/// A hello with zeros for its binders: all that they cover, and their lengths, which count for the
/// header that they cover too.
fn unsealed(mut hello: ClientHello) -> ClientHello {
    for extension in hello.extensions.iter_mut().flat_map(|block| &mut block.0) {
        if let ClientExtension::PreSharedKey(psks) = extension {
            for PskBinderEntry(binder) in &mut psks.binders.0 {
                *binder = Opaque::new(vec![0; binder.0.len()]);
            }
        }
    }
    hello
}
