//! What the program does for the server.

use crate::http::Options;

/// The program around the server: it writes log lines, reads settings, and knows the service
/// manager. The server itself reads neither the environment nor files of settings.
pub trait Host: Send + Sync {
    /// Writes one line to the log. The line has no line break, and no secret.
    fn log(&self, line: &str);

    /// Writes several lines to the log at once, each with its line break.
    fn log_lines(&self, lines: &str) {
        lines.lines().for_each(|line| self.log(line));
    }

    /// Reads the settings again.
    ///
    /// # Errors
    ///
    /// What is wrong with them, for the log. The server keeps those that it has.
    fn reload(&self) -> Result<Options, String>;

    /// Informs the service manager, if there is one.
    fn notify(&self, news: &News);
}

/// What the service manager is informed of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum News {
    /// It serves; with a line about what.
    Ready(String),
    /// It reads its settings again. [`News::Ready`] follows.
    Reloading,
    /// It ends.
    Stopping,
    /// It is alive: due twice in each interval of the watchdog.
    Alive,
}
