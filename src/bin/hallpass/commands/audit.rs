//! `hallpass audit`.

use hallpass::ops::audit;

use crate::cli::audit::{AuditCommand, Export, Head, Verify};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

mod follow;
mod list;

/// Runs one of the commands.
pub(super) fn run(
    ui: &mut Ui,
    session: &mut Session,
    command: AuditCommand,
) -> Result<Exit, Failure> {
    session.admit_moved();
    match command {
        AuditCommand::List(args) => return list::run(ui, session, args),
        AuditCommand::Verify(args) => verify(ui, session, &args)?,
        AuditCommand::Head(args) => head(ui, session, &args)?,
        AuditCommand::Export(args) => export(ui, session, &args)?,
    }
    Ok(Exit::DONE)
}

fn verify(ui: &mut Ui, session: &mut Session, args: &Verify) -> Result<(), Failure> {
    let Verify { head } = args;
    let core = session.core(ui)?;
    let bar = ui.progress("verifying");
    let proof = audit::verify(core, head, &mut |done, total| bar.at(done, total))?;
    drop(bar);
    ui.show(&proof)?;
    ui.note("the log is complete and unchanged");
    Ok(())
}

fn head(ui: &mut Ui, session: &mut Session, args: &Head) -> Result<(), Failure> {
    let Head {} = args;
    let head = audit::head(session.core(ui)?)?;
    ui.show(&head)
}

fn export(ui: &mut Ui, session: &mut Session, args: &Export) -> Result<(), Failure> {
    let Export {} = args;
    let core = session.core(ui)?;
    let bar = ui.progress_beside_results("exporting");
    let mut listing = ui.exporting();
    let head =
        listing.fed(|show| audit::export(core, &mut |done, total| bar.at(done, total), show))?;
    drop(bar);
    let count = listing.end()?;
    ui.note(format!("{count} entries; the head is {head}"));
    Ok(())
}
