//! Text in HTML.

/// Appends `text`, escaped for HTML: in an element, or in an attribute with either kind of quotes.
pub fn push_escaped(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_an_element_or_an_attribute() {
        let mut html = String::new();
        push_escaped(&mut html, "<b a=\"x\" c='y'>&é</b>");
        assert_eq!(
            html,
            "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;é&lt;/b&gt;"
        );
    }
}
