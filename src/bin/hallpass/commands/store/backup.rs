//! `hallpass store backup`.

use hallpass::Error;
use hallpass::backend::Fault;
use hallpass::backend::options::{FolderPolicy, Journal, OpenOptions};
use hallpass::error::Existing;
use hallpass::ops::store;

use crate::cli::store::Backup;
use crate::failure::Failure;
use crate::newfile::NewFile;
use crate::session::Session;
use crate::ui::Ui;

/// Writes a verified copy of the store.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Backup) -> Result<(), Failure> {
    let Backup { file } = args;
    // A backup is one sealed file that nothing else writes, so it may be on any medium.
    let options = OpenOptions {
        journal: Journal::Portable,
        folder: FolderPolicy::Any,
        ..session.options()
    };
    // A missing folder is a typo, or a disk that is not mounted, so it is not created.
    NewFile::at(file, ui.protected())?;
    let core = session.core(ui)?;
    let bar = ui.progress("copying");
    let report = store::back_up(core, file, &options, &mut |at| bar.at(at.done, at.total));
    let report = report.map_err(|error| match error {
        Error::Storage(Fault::Exists(path)) => Error::Exists(Existing::File(path.into())),
        other => other,
    })?;
    drop(bar);
    ui.show(&report)?;
    ui.note(format!(
        "wrote {}; it opens with the same keys",
        file.display()
    ));
    Ok(())
}
