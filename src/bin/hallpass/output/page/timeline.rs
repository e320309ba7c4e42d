//! The lifetime of each token as a line: issue, last use and end, on one axis of time.

use hallpass::model::time::{Span, Time};
use hallpass::ops::review::Survey;
use hallpass::ops::token::Summary as Token;

use super::markup::{Markup, day};

/// The width of the drawing, and the margin for marks on both sides.
const WIDTH: i64 = 300;
const MARGIN: i64 = 10;
/// The largest number of marks on the axis.
const TICKS: i64 = 5;

/// Maps times to positions.
pub(super) struct Scale {
    pub(super) now: Time,
    start: Time,
    end: Time,
    ticks: Vec<Time>,
}

impl Scale {
    /// Returns a scale for the tokens, at most from three years back to two years ahead.
    pub(super) fn of(survey: &Survey) -> Self {
        let now = survey.at;
        let years = |n| Span::from_seconds(n * Span::YEAR.seconds()).unwrap_or(Span::YEAR);
        let first = survey
            .tokens
            .iter()
            .map(|it| it.created_at)
            .min()
            .unwrap_or(now);
        let last = survey
            .tokens
            .iter()
            .filter_map(|it| it.expires_at)
            .max()
            .unwrap_or(now);
        let start = first
            .max(now.minus(years(3)))
            .min(now.minus(Span::FORTNIGHT));
        let end = last.min(now.plus(years(2))).max(now.plus(Span::FORTNIGHT));
        Self {
            now,
            start,
            end,
            ticks: ticks(start, end),
        }
    }

    /// Returns the position of a time; one out of range is at the edge.
    fn position(&self, time: Time) -> i64 {
        let seconds = time.clamp(self.start, self.end).seconds() - self.start.seconds();
        let whole = (self.end.seconds() - self.start.seconds()).max(1);
        MARGIN + (WIDTH - 2 * MARGIN) * seconds / whole
    }

    /// Draws the axis.
    pub(super) fn axis(&self, page: &mut Markup) {
        page.raw("<svg role=\"img\" viewBox=\"0 0 300 22\" width=\"300\" height=\"22\" aria-label=\"time from ");
        page.text(day(self.start))
            .raw(" to ")
            .text(day(self.end))
            .raw("\">");
        self.grid(page, "M", " 16V22");
        for tick in &self.ticks {
            page.raw("<text x=\"")
                .text(self.position(*tick).clamp(22, WIDTH - 22));
            page.raw("\" y=\"12\">")
                .text(day(*tick).get(..7).unwrap_or_default())
                .raw("</text>");
        }
        page.raw("</svg>");
    }

    /// Draws the lifetime of a token.
    pub(super) fn line(&self, page: &mut Markup, token: &Token) {
        page.raw(
            "<svg role=\"img\" viewBox=\"0 0 300 24\" width=\"300\" height=\"24\" aria-label=\"",
        );
        page.text(description(token)).raw("\">");
        self.grid(page, "M", " 0V24");
        page.raw("<path class=\"now\" d=\"M")
            .text(self.position(self.now))
            .raw(" 0V24\"/>");
        let from = self.position(token.created_at);
        let to = self.position(end(token).unwrap_or(self.end));
        page.raw(if token.state.is_live() {
            "<path class=\"life\""
        } else {
            "<path class=\"past\""
        });
        page.raw(" d=\"M")
            .text(from)
            .raw(" 12H")
            .text(to.max(from + 1))
            .raw("\"/>");
        match end(token) {
            Some(end) if end <= self.end => {
                page.raw("<path class=\"ends\" d=\"M")
                    .text(to)
                    .raw(" 5V19\"/>");
            }
            _ => {
                page.raw("<path class=\"endless\" d=\"M")
                    .text(WIDTH - MARGIN);
                page.raw(" 6L")
                    .text(WIDTH - 1)
                    .raw(" 12L")
                    .text(WIDTH - MARGIN)
                    .raw(" 18Z\"/>");
            }
        }
        if token.created_at >= self.start {
            page.raw("<circle class=\"issued\" cx=\"")
                .text(from)
                .raw("\" cy=\"12\" r=\"4\"/>");
        }
        if let Some(used) = token.last_used_at {
            let at = self.position(used);
            page.raw("<path class=\"used\" d=\"M")
                .text(at)
                .raw(" 6L")
                .text(at + 6)
                .raw(" 12L");
            page.text(at).raw(" 18L").text(at - 6).raw(" 12Z\"/>");
        }
        page.raw("</svg>");
    }

    fn grid(&self, page: &mut Markup, before: &'static str, after: &'static str) {
        page.raw("<path class=\"grid\" d=\"");
        for tick in &self.ticks {
            page.raw(before).text(self.position(*tick)).raw(after);
        }
        page.raw("\"/>");
    }
}

/// Explains the marks.
pub(super) fn legend(page: &mut Markup) {
    page.raw("<p class=\"legend\" aria-hidden=\"true\">");
    for (mark, meaning) in [
        (
            "<circle class=\"issued\" cx=\"8\" cy=\"8\" r=\"4\"/>",
            "issued",
        ),
        (
            "<path class=\"used\" d=\"M8 2L14 8L8 14L2 8Z\"/>",
            "last used",
        ),
        ("<path class=\"ends\" d=\"M8 2V14\"/>", "expires"),
        (
            "<path class=\"endless\" d=\"M4 3L12 8L4 13Z\"/>",
            "continues, or never expires",
        ),
        ("<path class=\"now\" d=\"M8 1V15\"/>", "now"),
    ] {
        page.raw("<span><svg viewBox=\"0 0 16 16\" width=\"16\" height=\"16\">")
            .raw(mark);
        page.raw("</svg> ").raw(meaning).raw("</span>");
    }
    page.raw("</p>\n");
}

/// Returns when a token expires, or was ended early.
fn end(token: &Token) -> Option<Time> {
    token.revoked_at.or(token.expires_at)
}

/// Describes the line in words.
fn description(token: &Token) -> String {
    let issued = format!("issued {}", day(token.created_at));
    let used = token.last_used_at.map_or_else(
        || "never used".to_owned(),
        |used| format!("last used {}", day(used)),
    );
    let ends = match (token.revoked_at, token.expires_at) {
        (Some(at), _) => format!("revoked {}", day(at)),
        (None, Some(end)) => format!("expires {}", day(end)),
        (None, None) => "never expires".to_owned(),
    };
    format!("{issued}, {used}, {ends}")
}

/// Returns beginnings of months, spaced so that there are at most [`TICKS`].
fn ticks(start: Time, end: Time) -> Vec<Time> {
    let first = month(start) + 1;
    let last = month(end);
    let steps = [1, 2, 3, 6, 12, 24].into_iter();
    let step = steps
        .clone()
        .find(|step| (last - first) / step < TICKS)
        .unwrap_or(24);
    let months = (first..=last).filter(|month| month % step == 0);
    months
        .filter_map(|n| format!("{:04}-{:02}-01", n / 12, n % 12 + 1).parse().ok())
        .collect()
}

/// Counts the months since the year 0.
fn month(time: Time) -> i64 {
    let day = day(time);
    let number = |part: Option<&str>| part.and_then(|it| it.parse::<i64>().ok()).unwrap_or(1);
    let mut parts = day.split('-');
    12 * number(parts.next()) + number(parts.next()) - 1
}
