//! The HTML part: one column of text, no colours, no images, no external resources.
//!
//! Colours are left to the recipient's mail program, so that dark modes stay readable.

use crate::html::push_escaped;

/// Escapes text for HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    push_escaped(&mut html, text);
    html
}

const HEAD: &str = "<!doctype html>\n\
    <html lang=\"en\">\n\
    <head>\n\
    <meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <meta name=\"color-scheme\" content=\"light dark\">\n";
const COLUMN: &str = "</head>\n\
    <body style=\"margin:0\">\n\
    <div style=\"max-width:36em;margin:0 auto;padding:1.5em;\
    font-family:sans-serif;font-size:16px;line-height:1.5\">\n";
const FOOT: &str = "</div>\n</body>\n</html>\n";

/// Formats a whole page. `title` is text, `body` is HTML. The string has its full capacity from the
/// start: one that grows leaves copies of a code behind.
pub(super) fn page(title: &str, body: &str) -> String {
    let title = format!("<title>{}</title>\n", escaped(title));
    let parts = [HEAD, &title, COLUMN, body, FOOT];
    let mut page = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    page.extend(parts);
    page
}

/// Appends names and values, as a table that a screen reader reads as one.
pub(super) fn push_facts(html: &mut String, facts: &[(&str, &str)]) {
    html.push_str("<table style=\"border-collapse:collapse\">\n");
    for (name, value) in facts {
        html.push_str("<tr><th scope=\"row\" style=\"text-align:left;padding:0 1.5em 0 0;");
        html.push_str("font-weight:normal;vertical-align:top;white-space:nowrap\">");
        push_escaped(html, name);
        html.push_str("</th>\n<td style=\"vertical-align:top;word-break:break-word\">");
        push_escaped(html, value);
        html.push_str("</td></tr>\n");
    }
    html.push_str("</table>\n");
}
