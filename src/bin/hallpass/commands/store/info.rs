//! `hallpass store info`.

use hallpass::ops::store;

use crate::cli::store::Info;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Shows facts about the store.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Info) -> Result<(), Failure> {
    let Info {} = args;
    session.admit_moved();
    let store = session.location()?.to_string();
    let info = store::info(session.core(ui)?, store)?;
    ui.show(&info)
}
