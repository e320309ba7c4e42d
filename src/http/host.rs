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
}
