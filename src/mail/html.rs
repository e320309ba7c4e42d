//! The HTML part: one column of text, no colour, no image, nothing from elsewhere.
//!
//! Colours are left to the reader's program, so that dark ones stay readable.

/// Text as HTML shows it.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
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
    html
}

/// A whole page. `title` is text, `body` is HTML.
pub(super) fn page(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n\
         <html lang=\"en\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n\
         </head>\n\
         <body style=\"margin:0\">\n\
         <div style=\"max-width:36em;margin:0 auto;padding:1.5em;\
         font-family:sans-serif;font-size:16px;line-height:1.5\">\n\
         {body}\
         </div>\n\
         </body>\n\
         </html>\n"
    )
}

/// Names and values, as a table that a screen reader reads as one.
pub(super) fn facts(facts: &[(&str, &str)]) -> String {
    let mut rows = String::new();
    for (name, value) in facts {
        rows.push_str("<tr><th scope=\"row\" style=\"text-align:left;padding:0 1.5em 0 0;");
        rows.push_str("font-weight:normal;vertical-align:top;white-space:nowrap\">");
        rows.push_str(&escaped(name));
        rows.push_str("</th>\n<td style=\"vertical-align:top;word-break:break-word\">");
        rows.push_str(&escaped(value));
        rows.push_str("</td></tr>\n");
    }
    format!("<table style=\"border-collapse:collapse\">\n{rows}</table>\n")
}
