//! Serves until it is told to end.

use std::sync::Arc;

use hallpass::Kind;
use hallpass::http::{Inherited, NewContext, Server, serve};
use hallpass::sys::sockets::take_inherited;

use super::check;
use super::options::options;
use super::program::Program;
use super::start_error::failure;
use crate::cli::serve::Serve;
use crate::failure::Failure;
use crate::memory;
use crate::session::Session;
use crate::terminal::Interrupt;
use crate::ui::Ui;

/// Serves until it is told to end, or reports what would be served.
pub(crate) fn run(ui: &mut Ui, session: &mut Session, args: Serve) -> Result<(), Failure> {
    // First, so that no child of this process gets them.
    let inherited = inherited(session)?;
    let options = options(&args, session.settings().serve())?;
    session.require_anchor();
    // Whether the store is whole and the newest is known once it was read.
    let epoch = session.core(ui)?.read(|reader| Ok(reader.epoch()))?;
    if args.check {
        return check::run(ui, session, &options, &inherited, epoch);
    }
    // A question for the passphrase leaves a handler of signals behind, which would end the program.
    let _watched = Interrupt::watch();
    let opening = session.opening()?;
    let new_context: NewContext = session.contexts();
    let core = session.take()?;
    let host = Arc::new(Program::new(args, session.settings().clone()));
    let mailer = ui.mailer();
    let server = Server {
        core,
        available_kib: memory::available_kib(),
        opening,
        new_context,
        options,
        inherited,
        new_mailer: Box::new(move || Box::new(mailer.clone())),
        host,
    };
    serve(server).map_err(failure)
}

/// What the service manager handed over. A socket without a name is called `unknown`, as systemd
/// does.
fn inherited(session: &Session) -> Result<Vec<Inherited>, Failure> {
    let Some(handed) = session.handed() else {
        return Ok(Vec::new());
    };
    let sockets = take_inherited(handed.count).map_err(|source| {
        let message = "`LISTEN_FDS` names descriptors that are not open";
        Failure::new(Kind::Failed, message).because(&source)
    })?;
    let names = handed.names.iter().filter(|name| !name.is_empty()).cloned();
    let names = names.chain(std::iter::repeat("unknown".to_owned()));
    let named = sockets.into_iter().zip(names);
    Ok(named
        .map(|(socket, name)| Inherited { name, socket })
        .collect())
}
