//! `hallpass export`.

use hallpass::ops::export;

use crate::declaration::written;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Prints the configuration as a declaration.
pub(super) fn run(ui: &mut Ui, session: &mut Session) -> Result<(), Failure> {
    ui.ensure_document()?;
    let core = session.core(ui)?;
    let bar = ui.progress_beside_results("checking");
    let inventory = export::export(core, &mut |done, total| bar.at(done, total))?;
    drop(bar);
    let written = written(&inventory);
    ui.print_text(&written, &written.toml()?)?;
    if written.tokens() > 0 {
        ui.note("tokens are exported without `to`; add it to have a missing token issued again");
    }
    Ok(())
}
