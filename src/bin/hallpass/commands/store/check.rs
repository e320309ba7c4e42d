//! `hallpass store check`.

use hallpass::ops::store;

use crate::cli::store::Check;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Verifies the whole store.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Check) -> Result<(), Failure> {
    let Check {} = args;
    let core = session.core(ui)?;
    let bar = ui.progress("checking");
    let report = store::check(core, &mut |done, total| bar.at(done, total))?;
    drop(bar);
    ui.show(&report)?;
    ui.note("every row, every checksum and the whole log are valid");
    Ok(())
}
