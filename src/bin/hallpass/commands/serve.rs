//! `hallpass serve`.

use std::io::Write as _;
use std::sync::Arc;

use hallpass::Kind;
use hallpass::http::{Address, Host, NewContext, Options, Server, StartError, serve};

use crate::cli::serve::{MetricsAddress, Serve};
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Serves until it is told to end.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Serve) -> Result<(), Failure> {
    let Serve {
        listen,
        doors,
        metrics_listen,
        metrics_per_token,
        access_log,
    } = args;
    let in_settings = || session.settings().serve().metrics_listen.clone();
    let mut options = Options {
        metrics_listen: match metrics_listen.or_else(in_settings) {
            Some(MetricsAddress::At(address)) => Some(address),
            Some(MetricsAddress::Off) => None,
            None => Some(Address::usual_metrics()),
        },
        metrics_per_token,
        access_log: access_log.unwrap_or_default(),
        ..Options::default()
    };
    if !listen.is_empty() {
        options.listen = listen;
    }
    if !doors.is_empty() {
        options.doors = doors.into_iter().collect();
    }
    session.core(ui)?;
    let opening = session.opening()?;
    let new_context: NewContext = session.contexts();
    let core = session.take()?;
    let host = Arc::new(Program {
        options: options.clone(),
    });
    let server = Server {
        core,
        opening,
        new_context,
        options,
        host,
    };
    serve(server).map_err(failure)
}

/// The program around the server.
struct Program {
    options: Options,
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
        Ok(self.options.clone())
    }
}

fn failure(error: StartError) -> Failure {
    match error {
        StartError::Store(error) => error.into(),
        other => Failure::new(Kind::Failed, "the server does not start").because(&other),
    }
}
