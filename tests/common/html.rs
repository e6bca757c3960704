//! A reader of HTML that takes nothing amiss for granted: every element that is opened is closed,
//! every value stands in double quotes, and no character of a text could begin anything else.

use std::collections::HashSet;

/// An element with its own text, that of elements in it left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// The elements of a page, in the order in which they end.
pub fn read(page: &str) -> Vec<Element> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>\n").expect("it says what it is");
    let (mut open, mut done) = (Vec::<Element>::new(), Vec::new());
    while !rest.is_empty() {
        let is_raw = open.last().is_some_and(|one| ["script", "style"].contains(&&*one.name));
        let end = if is_raw { rest.find("</") } else { rest.find('<') };
        let (text, behind) = rest.split_at(end.unwrap_or(rest.len()));
        let text = if is_raw { text.to_owned() } else { unescape(text) };
        match open.last_mut() {
            Some(element) => element.text.push_str(&text),
            None => assert_eq!(text.trim(), "", "a text in no element"),
        }
        rest = behind;
        if let Some(closing) = rest.strip_prefix("</") {
            let (name, behind) = closing.split_once('>').expect("a tag ends");
            let element = open.pop().unwrap_or_else(|| panic!("</{name}> closes nothing"));
            assert_eq!(element.name, name);
            done.push(element);
            rest = behind;
        } else if !rest.is_empty() {
            let (element, behind) = opening(rest);
            match element.name.as_str() {
                "meta" => done.push(element),
                _ => open.push(element),
            }
            rest = behind;
        }
    }
    assert_eq!(open, [], "all is closed");
    done
}

/// The element that a tag opens, and what stands behind the tag.
fn opening(text: &str) -> (Element, &str) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut rest = &text[1..];
    let mut name = || {
        let end = rest.find(|c| !is_name(c)).unwrap();
        let (name, behind) = rest.split_at(end);
        assert!(!name.is_empty(), "a `<` that is none of a tag: {text:.40}");
        rest = behind;
        name.to_owned()
    };
    let mut element = Element { name: name(), ..Element::default() };
    loop {
        if let Some(behind) = rest.strip_prefix('>') {
            let names: HashSet<_> = element.attributes.iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), element.attributes.len(), "twice in {element:?}");
            return (element, behind);
        }
        rest = rest.strip_prefix(' ').unwrap_or_else(|| panic!("{rest:.40}"));
        let (attribute, behind) = rest.split_once("=\"").unwrap();
        assert!(attribute.chars().all(is_name), "{attribute}");
        let (value, behind) = behind.split_once('"').expect("a value ends");
        element.attributes.push((attribute.to_owned(), unescape(value)));
        rest = behind;
    }
}

/// A text as it is shown.
fn unescape(text: &str) -> String {
    assert!(!text.contains(['<', '>', '\'']), "{text}");
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').unwrap_or_else(|| panic!("&{part:.20}"));
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            other => panic!("&{other};"),
        });
        out.push_str(rest);
    }
    out
}
