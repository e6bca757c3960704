//! Many rules, many hellos: a verdict of `cause` is never wrong, and seldom withheld.

use helloscope::diagnose::{Cause, Diagnosis, Options, Subject, Verdict, diagnose};
use helloscope::hello::draw::Draw;
use helloscope::hello::preset::Preset;
use helloscope::hello::{Condition, Facts};
use helloscope::lab::{LabTarget, Rule, Service};
use helloscope::names::{AlertDescription, AlertLevel};
use helloscope::probe::{Probe, Target};
use helloscope::quirks::Response;

const HOST: &str = "lab.helloscope.test";

/// Rules of every kind: lengths, members, kinds, numbers, absence, place, order.
const RULES: &[&str] = &[
    r#"{"field":"handshake.length","min":256,"max":511}"#,
    r#"{"field":"handshake.length","min":512,"max":1023}"#,
    r#"{"field":"handshake.length","min":768}"#,
    r#"{"field":"handshake.length","min":1400}"#,
    r#"{"field":"handshake.length","max":299}"#,
    r#"{"field":"extensions","has":21}"#,
    r#"{"field":"extensions","has":35}"#,
    r#"{"field":"extensions","has":23}"#,
    r#"{"field":"extensions","has":5}"#,
    r#"{"field":"extensions","has":0}"#,
    r#"{"field":"extensions","has":13}"#,
    r#"{"field":"extensions","has":43}"#,
    r#"{"field":"extensions","has":51}"#,
    r#"{"field":"extensions","has":65037}"#,
    r#"{"field":"extensions","has":13172}"#,
    r#"{"field":"extensions","has":"grease"}"#,
    r#"{"field":"cipher_suites","has":"grease"}"#,
    r#"{"field":"grease","is":true}"#,
    r#"{"field":"supported_groups","has":4588}"#,
    r#"{"field":"supported_groups","has":29}"#,
    r#"{"field":"signature_algorithms","has":2052}"#,
    r#"{"field":"supported_versions","has":772}"#,
    r#"{"field":"alpn","has":"h2"}"#,
    r#"{"field":"session_id.length","min":1}"#,
    r#"{"field":"session_id.length","max":0}"#,
    r#"{"field":"legacy_version","min":771}"#,
    r#"{"field":"cipher_suites.count","min":33}"#,
    r#"{"field":"cipher_suites.count","min":65}"#,
    r#"{"field":"cipher_suites","has":49192}"#,
    r#"{"field":"cipher_suites","has":4866}"#,
    r#"{"field":"cipher_suites","lacks":255}"#,
    r#"{"field":"extensions","lacks":65281}"#,
    r#"{"field":"extensions","lacks":23}"#,
    r#"{"field":"extensions","lacks":16}"#,
    r#"{"field":"extensions.last_empty","is":true}"#,
    r#"{"field":"extensions.last","is":51}"#,
    r#"{"field":"extensions.count","min":12}"#,
    r#"{"field":"record.version","is":769}"#,
    r#"{"field":"key_share.count","min":2}"#,
    r#"{"field":"supported_groups.count","min":5}"#,
    r#"{"field":"extensions","order":[0,16]}"#,
];

fn ask(condition: &Condition, preset: &Preset) -> Option<Diagnosis> {
    let spec = Draw::seeded("sweep").hello(&preset.spec, Some(HOST));
    // A hello that no server of the lab takes has no cause of its own.
    if !LabTarget::new(Service::healthy()).probe(&Probe::of(&spec)).reaction.accepted() {
        return None;
    }
    if !condition.holds(&Facts::of(&spec.flight(), &[])) {
        return None;
    }
    let response =
        Response::Alert { level: AlertLevel::fatal, description: AlertDescription::internal_error };
    let rule = Rule { condition: condition.clone(), response };
    let mut target = LabTarget::new(Service::healthy().with(rule));
    let subject = Subject { name: preset.id.to_owned(), spec, address: None };
    let options = Options { server_name: Some(HOST.to_owned()), ..Options::default() };
    Some(diagnose(&mut target, subject, &options, &mut |_| {}))
}

/// Whether a cause is what was put in, or says less without saying anything else: a bound that is
/// not called exact.
fn is_right(found: &Condition, put_in: &Condition) -> bool {
    let inexact = serde_json::to_string(found).unwrap().contains("_exact\":false");
    let field = |condition: &Condition| {
        serde_json::to_value(condition).unwrap().get("field").map(ToString::to_string)
    };
    found == put_in || inexact && field(found) == field(put_in)
}

#[test]
fn a_cause_is_never_wrong_and_seldom_withheld() {
    let (mut right, mut withheld, mut wrong) = (0, 0, Vec::new());
    for json in RULES {
        let condition: Condition = serde_json::from_str(json).unwrap();
        for preset in Preset::all().iter().step_by(11) {
            let Some(diagnosis) = ask(&condition, preset) else { continue };
            match (&diagnosis.verdict, &diagnosis.cause) {
                (Verdict::Cause | Verdict::Incompatible, Some(Cause::Condition(found))) => {
                    if is_right(found, &condition) {
                        right += 1;
                    } else {
                        let found = serde_json::to_string(found).unwrap();
                        wrong.push(format!("{json} with {}: {found}", preset.id));
                    }
                }
                (verdict, _) => {
                    eprintln!("{json} with {}: {}", preset.id, verdict.word());
                    withheld += 1;
                }
            }
        }
    }
    eprintln!("{right} right, {withheld} withheld, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(right > 60 && withheld * 20 < right, "{right} right, {withheld} withheld");
}
