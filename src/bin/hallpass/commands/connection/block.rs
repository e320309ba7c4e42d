//! `hallpass connection block`.

use hallpass::ops::connection;

use crate::cli::connection::Block;
use crate::commands::consequence::Consequence;
use crate::commands::outcome;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Blocks a connection.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Block) -> Result<(), Failure> {
    let Block {
        name,
        reason,
        dry_run,
    } = args;
    let (_, impact) = connection::preview_block(session.core(ui)?, &name, reason.as_ref())?;
    let consequence = Consequence::new(&format!("blocking connection `{name}`"), impact);
    if dry_run {
        return consequence.show(ui);
    }
    consequence.confirm(ui, "Block it?")?;
    let changed = connection::block(session.core(ui)?, &name, reason.as_ref())?;
    outcome::changed(ui, &format!("connection `{name}` is blocked"), &changed)
}
