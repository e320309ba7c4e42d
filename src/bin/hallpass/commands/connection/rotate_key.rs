//! `hallpass connection rotate-key`.

use hallpass::ops::connection;
use hallpass::ops::impact::Impact;

use crate::cli::connection::RotateKey;
use crate::commands::consequence::Consequence;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Replaces the API key of a connection.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &RotateKey) -> Result<(), Failure> {
    let RotateKey { name, dry_run } = args;
    let old = connection::show(session.core(ui)?, name)?.api_key;
    let change = format!("replacing the API key of connection `{name}`");
    let consequence = Consequence::new(&change, Impact::default()).and(format!(
        "{old} is no longer accepted: applications that send it need the new key"
    ));
    if *dry_run {
        return consequence.show(ui);
    }
    consequence.confirm(ui, "Replace the key?")?;
    let connection = connection::rotate_key(session.core(ui)?, name)?;
    ui.note(format!("connection `{name}` has a new API key"));
    ui.show(&connection)
}
