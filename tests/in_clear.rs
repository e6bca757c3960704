//! What goes by keys that do not encrypt: its content is read, and the MAC behind it is told apart, RFC
//! 5246 section 6.2.3.1.

mod common;

use common::flows::Flow;
use helloscope::transcript::{Side, Transcript};
use helloscope::wire::field::Field;

/// What stands behind the changes of keys: types, and how long the MAC of each is.
fn by_keys(transcript: &Transcript) -> Vec<(&'static str, usize)> {
    let mac = |field: Option<&Field>| field.map(|field| field.range().len());
    transcript
        .messages()
        .filter_map(|(_, message)| Some((message.type_name(), mac(message.tree.find("mac"))?)))
        .collect()
}

fn of(name: &str) -> Transcript {
    Flow::of_capture(name).remove(0).transcript(name)
}

#[test]
fn the_content_of_a_suite_that_does_not_encrypt_is_read_and_its_mac_told_apart() {
    for (name, mac) in
        [("tls10-rsa-null-md5", 16), ("tls12-rsa-null-sha256", 32), ("dtls12-rsa-null-sha", 20)]
    {
        let transcript = of(name);
        let expected = ["finished", "finished", "application_data", "alert", "alert"];
        let types = by_keys(&transcript);
        assert_eq!(types, expected.map(|it| (it, mac)), "{name}");
        let data = transcript.messages().find(|(_, it)| it.type_name() == "application_data");
        let data = data.unwrap().1;
        let words = data.tree.find("data").unwrap().own(&data.bytes).to_vec();
        assert_eq!(words, b"in clear\n", "{name}");
        assert!(transcript.messages().all(|(_, message)| message.complete()), "{name}");
    }
}

#[test]
fn a_handshake_behind_another_is_read_too() {
    let transcript = of("tls12-null-renegotiation");
    let types: Vec<_> = by_keys(&transcript).into_iter().map(|(name, _)| name).collect();
    let expected = [
        "finished",
        "finished",
        "client_hello",
        "server_hello",
        "certificate",
        "server_key_exchange",
        "server_hello_done",
        "client_key_exchange",
        "change_cipher_spec",
        "finished",
        "new_session_ticket",
        "change_cipher_spec",
        "finished",
        "alert",
        "alert",
    ];
    assert_eq!(types, expected);
}

#[test]
fn what_has_not_the_form_of_its_type_before_a_mac_stays_protected() {
    let mut flow = Flow::of_capture("tls12-rsa-null-sha256").remove(0);
    let last = flow.pieces.last_mut().unwrap();
    // An alert of a level that there is not, as encrypted bytes would have it.
    last.bytes[5] = 0x9c;
    let transcript = flow.transcript("changed");
    let last = transcript.messages().last().unwrap();
    assert_eq!((last.0.from, last.1.type_name()), (Side::Server, "encrypted"));
}
