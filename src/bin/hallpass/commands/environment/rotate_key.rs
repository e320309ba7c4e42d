//! `hallpass environment rotate-key`.

use hallpass::ops::environment;
use hallpass::ops::impact::Impact;

use crate::cli::environment::RotateKey;
use crate::commands::consequence::Consequence;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Replaces the key of an environment.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &RotateKey) -> Result<(), Failure> {
    let RotateKey { name, dry_run } = args;
    let old = environment::show(session.core(ui)?, name)?.key;
    let change = format!("replacing the key of environment `{name}`");
    let consequence = Consequence::new(&change, Impact::default()).and(format!(
        "{old} is no longer accepted: applications that send it need the new key"
    ));
    if *dry_run {
        return consequence.show(ui);
    }
    consequence.confirm(ui, "Replace the key?")?;
    let environment = environment::rotate_key(session.core(ui)?, name)?;
    ui.note(format!("environment `{name}` has a new environment key"));
    ui.show(&environment)
}
