//! `hallpass serve`.

use std::io::Write as _;
use std::sync::Arc;

use hallpass::Kind;
use hallpass::http::{Host, NewContext, Options, Server, StartError, serve};

use crate::cli::serve::Serve;
use crate::failure::Failure;
use crate::memory;
use crate::session::Session;
use crate::ui::Ui;

/// Serves until it is told to end.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Serve) -> Result<(), Failure> {
    let Serve {
        listen,
        doors,
        trust_proxy,
        client_ip_header,
    } = args;
    let mut options = Options::default();
    if !listen.is_empty() {
        options.listen = listen;
    }
    if !doors.is_empty() {
        options.doors = doors.into_iter().collect();
    }
    options.trust_proxy = trust_proxy.into_iter().collect();
    if let Some(header) = client_ip_header {
        options.client_ip_header = header;
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
        available_kib: memory::available_kib(),
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
