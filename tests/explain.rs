//! `helloscope explain`: the catalogue as pages to read.

mod common;

use common::program::run;
use helloscope::quirks::Quirk;
use helloscope::report::explain;
use serde_json::json;

#[test]
fn the_list_stands_by_chapters_and_fits_a_terminal() {
    let list = run(&["explain", "list"]).stdout;
    assert!(list.lines().all(|line| line.chars().count() <= 80), "{list}");
    insta::assert_snapshot!("list", list);
    let json = run(&["explain", "list", "--format", "json"]).json();
    assert_eq!(json["schema"], "helloscope/quirks/1");
    let quirks = json["quirks"].as_array().unwrap();
    assert_eq!(quirks.len(), Quirk::all().len());
    // Both have the same order.
    let mut rest = list.as_str();
    for quirk in quirks {
        let id = format!("\n  {} ", quirk["id"].as_str().unwrap());
        let at = rest.find(&id).unwrap_or_else(|| panic!("{id}: {rest}"));
        rest = &rest[at + 1..];
    }
}

#[test]
fn a_page_has_all_that_is_known() {
    insta::assert_snapshot!("f5-256-511", run(&["explain", "f5-256-511"]).stdout);
    insta::assert_snapshot!("ech", run(&["explain", "ech-and-cloudflare"]).stdout);
    for quirk in Quirk::all() {
        let page = anstream::adapter::strip_str(&explain::page(quirk, 80)).to_string();
        assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
        // Broken into lines anywhere, within long words too.
        let letters = |text: &str| text.split_whitespace().collect::<String>();
        let page = letters(&page);
        let settings = quirk.remedy.client.iter().chain(&quirk.remedy.server);
        let settings = settings.map(|setting| &setting.setting);
        let products = quirk.products.iter().map(|product| &product.versions);
        let all = settings.chain(products).chain(&quirk.sources);
        for text in all.chain([&quirk.summary, &quirk.title, &quirk.example.fails]) {
            assert!(page.contains(&letters(text)), "{}: {text}: {page}", quirk.id);
        }
    }
}

#[test]
fn the_json_of_a_page_is_its_file() {
    let mut object = run(&["explain", "sni-required", "--format", "json"]).json();
    let schema = object.as_object_mut().unwrap().remove("schema");
    assert_eq!(schema, Some(json!("helloscope/quirk/1")));
    let quirk: Quirk = serde_json::from_value(object).unwrap();
    assert_eq!(Quirk::find("sni-required"), Ok(&quirk));
}

#[test]
fn an_alert_is_explained_with_the_quirks_that_answer_with_it() {
    let told = run(&["explain", "missing_extension"]).stdout;
    insta::assert_snapshot!("missing_extension", told);
    assert_eq!(run(&["explain", "109"]).stdout, told);
    let json = run(&["explain", "missing_extension", "--format", "json"]).json();
    assert_eq!((&json["number"], &json["name"]), (&json!(109), &json!("missing_extension")));
    for id in json["quirks"].as_array().unwrap() {
        assert!(told.contains(&format!("\n  {} ", id.as_str().unwrap())), "{id}: {told}");
    }
}

#[test]
fn what_is_not_known_is_one_line_with_the_nearest() {
    assert_eq!(
        run(&["explain", "f5-256-512"]).usage_error(),
        "explain: no quirk is called \"f5-256-512\"; did you mean \"f5-256-511\"? (`helloscope \
         explain list` has all)"
    );
    for what in ["xyzzy", "250", ""] {
        let error = run(&["explain", what]);
        assert!(error.usage_error().contains("no quirk is called"), "{error:?}");
    }
}
