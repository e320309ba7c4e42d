//! The program around the server.

use std::io::Write as _;

use hallpass::http::{Host, News, Options};
use sd_notify::{NotifyState, notify, watchdog_enabled};

use super::options::options;
use crate::cli::serve::Serve;
use crate::settings::Settings;

/// The program around the server.
pub(super) struct Program {
    args: Serve,
    settings: Settings,
    /// Whether the service manager waits for signs of life.
    watchdog: bool,
}

impl Program {
    /// The program with these arguments and settings.
    pub(super) fn new(args: Serve, settings: Settings) -> Self {
        Self {
            args,
            settings,
            watchdog: watchdog_enabled().is_some(),
        }
    }
}

impl Host for Program {
    fn log(&self, line: &str) {
        // Nobody can be informed of a log that cannot be written.
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    }

    fn log_lines(&self, lines: &str) {
        let _ = std::io::stderr().lock().write_all(lines.as_bytes());
    }

    fn reload(&self) -> Result<Options, String> {
        let settings = self.settings.reread_serve();
        let options = settings.and_then(|settings| options(&self.args, &settings));
        options.map_err(|failure| failure.in_full())
    }

    fn notify(&self, news: &News) {
        // Without a service manager there is nobody to inform, and one that does not listen can do
        // nothing about it.
        let _ = match news {
            News::Ready(status) => notify(&[NotifyState::Ready, NotifyState::Status(status)]),
            // The time tells the manager which READY=1 belongs to this (sd_notify(3)).
            News::Reloading => NotifyState::monotonic_usec_now()
                .and_then(|now| notify(&[NotifyState::Reloading, now])),
            News::Stopping => notify(&[NotifyState::Stopping, NotifyState::Status("stopping")]),
            News::Alive if self.watchdog => notify(&[NotifyState::Watchdog]),
            _ => Ok(()),
        };
    }
}
