//! A review as one HTML page, to read, print and file: no script, no external resources.
//!
//! Everything that is not a literal of this program goes through [`Markup::text`], which escapes
//! it. Should that ever fail, the page's own content security policy still lets nothing run and
//! nothing load.

use hallpass::model::severity::Severity;
use hallpass::ops::review::{Finding, Review};

mod markup;
mod profiles;
mod timeline;

use markup::{Markup, moment};
use timeline::Scale;

const STYLE: &str = include_str!("page/style.css");

/// Formats the page.
pub(crate) fn of(review: &Review) -> String {
    let mut page = Markup::default();
    head(&mut page, review);
    summary(&mut page, review);
    findings(&mut page, review);
    let scale = Scale::of(&review.survey);
    profiles::write(&mut page, &review.survey, &scale);
    page.raw("<footer><p>Made by hallpass ")
        .text(env!("CARGO_PKG_VERSION"));
    page.raw(". It contains no secrets: no token, password or key.</p></footer>\n</main>\n</body>\n</html>\n");
    page.finish()
}

fn head(page: &mut Markup, review: &Review) {
    page.raw(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>hallpass review of ",
    );
    page.text(review.reviewed_at)
        .raw("</title>\n<style>\n")
        .raw(STYLE);
    page.raw("</style>\n</head>\n<body>\n<main>\n<header>\n<h1>hallpass review</h1>\n<dl class=\"facts\">");
    page.raw("<div><dt>store</dt><dd><code>")
        .text(&review.survey.store)
        .raw("</code></dd></div>");
    page.raw("<div><dt>reviewed</dt><dd>");
    moment(page, review.reviewed_at);
    page.raw("</dd></div><div><dt>epoch</dt><dd>")
        .text(review.survey.epoch)
        .raw("</dd></div>");
    page.raw("</dl>\n</header>\n");
}

fn summary(page: &mut Markup, review: &Review) {
    let counts = review.counts;
    let survey = &review.survey;
    let live = survey.tokens.iter().filter(|it| it.state.is_live()).count();
    page.raw("<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">Summary</h2>\n<ul class=\"counts\">\n");
    for (class, count, what) in [
        ("<li class=\"high\"><b>", counts.high, "high"),
        ("<li class=\"medium\"><b>", counts.medium, "medium"),
        ("<li class=\"low\"><b>", counts.low, "low"),
        ("<li><b>", survey.profiles.len(), "profiles"),
        ("<li><b>", survey.connections.len(), "connections"),
        ("<li><b>", live, "live tokens"),
        (
            "<li><b>",
            survey.tokens.len() - live,
            "revoked or expired tokens",
        ),
        ("<li><b>", survey.keys.len(), "store keys"),
    ] {
        page.raw(class)
            .text(count)
            .raw("</b> ")
            .raw(what)
            .raw("</li>\n");
    }
    page.raw("</ul>\n</section>\n");
}

fn findings(page: &mut Markup, review: &Review) {
    page.raw("<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">Findings</h2>\n");
    if review.findings.is_empty() {
        page.raw("<p>No findings.</p>\n");
    }
    for severity in Severity::ALL {
        let found = review.findings.iter().filter(|it| it.severity == severity);
        let found: Vec<_> = found.collect();
        if !found.is_empty() {
            of_severity(page, severity, &found);
        }
    }
    page.raw("</section>\n");
}

fn of_severity(page: &mut Markup, severity: Severity, found: &[&Finding]) {
    page.raw("<table class=\"findings\">\n<caption><span class=\"chip ")
        .raw(severity.word());
    page.raw("\">")
        .raw(severity.word())
        .raw("</span> ")
        .text(found.len());
    page.raw(if found.len() == 1 {
        " finding"
    } else {
        " findings"
    });
    page.raw(
        "</caption>\n<thead><tr><th scope=\"col\">About</th><th scope=\"col\">What</th>\
         <th scope=\"col\">Command</th></tr></thead>\n<tbody>\n",
    );
    for finding in found {
        page.raw("<tr><th scope=\"row\"><small>")
            .raw(finding.subject.kind)
            .raw("</small> ");
        page.text(&finding.subject.name).raw("</th><td>");
        sentence(page, &finding.message);
        page.raw(" <small>")
            .raw(finding.id.word())
            .raw("</small></td><td><code>");
        page.text(&finding.command).raw("</code></td></tr>\n");
    }
    page.raw("</tbody>\n</table>\n");
}

/// Writes a sentence; literals in backticks become `code`.
fn sentence(page: &mut Markup, text: &str) {
    for (n, part) in text.split('`').enumerate() {
        if n % 2 == 0 {
            page.text(part);
        } else {
            page.raw("<code>").text(part).raw("</code>");
        }
    }
}

#[cfg(test)]
mod tests;
