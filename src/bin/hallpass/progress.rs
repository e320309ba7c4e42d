//! A bar on a terminal's standard error while long work goes on.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::can_draw;

/// A progress bar; it is hidden where nobody watches.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Returns a bar for `what`, shown if `watched`.
    pub(crate) fn new(what: &'static str, watched: bool) -> Self {
        Self::styled(what, watched, "{msg} {bar:30} {percent}% {eta}")
    }

    /// Returns a spinner for `what`, whose duration is unknown.
    pub(crate) fn waiting(what: &'static str, watched: bool) -> Self {
        Self::styled(what, watched, "{msg} {elapsed} {spinner}")
    }

    fn styled(what: &'static str, watched: bool, template: &str) -> Self {
        let target = if watched && can_draw() {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target).with_message(what);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(500));
        Self(bar)
    }

    /// Advances to `done` of `total`.
    pub(crate) fn at(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
