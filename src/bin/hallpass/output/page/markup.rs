//! An HTML document under construction: literals as they are, everything else escaped.

use std::fmt::Display;

use hallpass::html::push_escaped;
use hallpass::model::time::Time;

use crate::output::sanitize;

/// A document, or the beginning of one.
#[derive(Default)]
pub(super) struct Markup(String);

impl Markup {
    /// Adds markup, which can only be a literal of this program.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Adds text, in an element or between double quotes.
    pub(super) fn text(&mut self, text: impl Display) -> &mut Self {
        push_escaped(&mut self.0, &sanitize::line(&text.to_string()));
        self
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// Formats the day of a time: `2026-11-24`.
pub(super) fn day(time: Time) -> String {
    time.to_string().chars().take(10).collect()
}

/// Writes a time, for people and programs.
pub(super) fn moment(page: &mut Markup, time: Time) {
    page.raw("<time datetime=\"")
        .text(time)
        .raw("\">")
        .text(time)
        .raw("</time>");
}

/// Writes the day of a time, and its distance from `now`.
pub(super) fn away(page: &mut Markup, time: Time, now: Time) {
    const DAY: i64 = 86_400;
    page.raw("<time datetime=\"")
        .text(time)
        .raw("\">")
        .text(day(time))
        .raw("</time> <small>");
    let days = (time.seconds() - now.seconds()).abs() / DAY;
    match (days, time > now) {
        (0, false) => page.raw("today"),
        (0, true) => page.raw("within a day"),
        (1, false) => page.raw("1 day ago"),
        (1, true) => page.raw("in 1 day"),
        (_, false) => page.text(days).raw(" days ago"),
        (_, true) => page.raw("in ").text(days).raw(" days"),
    };
    page.raw("</small>");
}
