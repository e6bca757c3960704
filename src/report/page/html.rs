//! HTML that is well formed by construction: elements are opened and closed by one call, and every
//! text and every value of an attribute goes through one escape (HTML Living Standard, section 13.1).

use std::fmt::{Display, Write};

/// The names and values of an element's attributes; those without a value are not there.
pub type Attributes<'a> = &'a [(&'a str, &'a str)];

/// A piece of a page.
#[derive(Debug, Default)]
pub struct Html(String);

impl Html {
    /// A page, of which nothing is there but that it is one.
    pub fn page() -> Html {
        Html("<!DOCTYPE html>\n".to_owned())
    }

    /// An element with what is in it.
    pub fn with(&mut self, name: &str, attributes: Attributes<'_>, inside: impl FnOnce(&mut Html)) {
        self.open(name, attributes);
        inside(self);
        self.close(name);
    }

    /// An element with a text.
    pub fn of(&mut self, name: &str, attributes: Attributes<'_>, text: impl Display) {
        self.with(name, attributes, |html| html.text(text));
    }

    /// An element in which nothing can be, as `meta`.
    pub fn void(&mut self, name: &str, attributes: Attributes<'_>) {
        self.open(name, attributes);
        self.0.push('\n');
    }

    /// A text.
    pub fn text(&mut self, text: impl Display) {
        self.0.push_str(&escape(&text.to_string()));
    }

    /// An element whose text is taken as it is: a style or a script of our own.
    pub fn raw(&mut self, name: &str, text: &'static str) {
        self.open(name, &[]);
        self.0.push_str(text);
        self.close(name);
    }

    /// What was written.
    pub fn finish(self) -> String {
        self.0
    }

    fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        // A string takes whatever is written to it.
        let _ = write!(self.0, "<{name}");
        for (attribute, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            let _ = write!(self.0, " {attribute}=\"{}\"", escape(value));
        }
        self.0.push('>');
    }

    fn close(&mut self, name: &str) {
        let _ = write!(self.0, "</{name}>");
        // In a line of text, a line's end would be a space.
        if !INLINE.contains(&name) {
            self.0.push('\n');
        }
    }
}

/// Elements that stand in a line of text.
const INLINE: &[&str] = &["a", "code", "mark", "span", "strong", "title", "text"];

/// A text so that it is read as text, in an element and in a value between double quotes. What
/// cannot be seen, or turns the direction of writing round, is written as its number.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push(c),
            _ if c.is_control() || is_unseen(c) => out.extend(c.escape_default()),
            _ => out.push(c),
        }
    }
    out
}

/// Whether a character is none that is seen, but tells how others are shown.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_text_whatever_is_in_it() {
        assert_eq!(
            escape("</script><b a='\"'>&"),
            "&lt;/script&gt;&lt;b a=&#39;&quot;&#39;&gt;&amp;"
        );
        assert_eq!(
            escape("a\0\u{1b}[31m\u{202e}b\u{feff}"),
            "a\\u{0}\\u{1b}[31m\\u{202e}b\\u{feff}"
        );
        assert_eq!(escape("füchse → 東京\n"), "füchse → 東京\n");
        let mut html = Html::default();
        html.of("p", &[("title", "\"><script>")], "<i>");
        assert_eq!(html.finish(), "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;i&gt;</p>\n");
    }
}
