//! `hallpass store key`.

use std::path::Path;

use hallpass::Kind;
use hallpass::barrier::recovery::RecoveryCode;
use hallpass::barrier::{NewSlot, SlotSummary, Unlock, key_file};
use hallpass::crypto::{Argon2Params, Key};
use hallpass::files::trust::PASSPHRASE;
use hallpass::ops::store::key;
use hallpass::secret::SecretText;

use crate::cli::input::Input;
use crate::cli::store::{KeyAdd, KeyList, KeyRemove};
use crate::failure::Failure;
use crate::newfile::NewFile;
use crate::prompt::tolerable;
use crate::session::Session;
use crate::ui::Ui;
use crate::unlock::ensure_not_colocated;

/// Lists the keys of the store.
pub(super) fn list(ui: &mut Ui, session: &mut Session, args: &KeyList) -> Result<(), Failure> {
    let KeyList {} = args;
    let slots = key::list(session.core(ui)?)?;
    ui.list(&slots)
}

/// Adds a key to the store.
pub(super) fn add(ui: &mut Ui, session: &mut Session, args: &KeyAdd) -> Result<(), Failure> {
    let KeyAdd {
        new_key_file,
        new_passphrase_file,
        recovery_file,
    } = args;
    let slot = match (new_key_file, recovery_file) {
        (Some(file), _) => add_key_file(ui, session, file)?,
        (None, Some(file)) => add_recovery(ui, session, file)?,
        (None, None) => {
            session.core(ui)?;
            let passphrase = match new_passphrase_file {
                Some(file) => tolerable(new_passphrase(ui, session, file)?)?,
                None => ui.new_passphrase("New passphrase", "`--new-passphrase-file FILE`")?,
            };
            let new = NewSlot::Passphrase(&passphrase, Argon2Params::SLOT_DEFAULT);
            key::add(session.core(ui)?, &new)?
        }
    };
    ui.show(&slot)
}

fn add_key_file(ui: &mut Ui, session: &mut Session, file: &Path) -> Result<SlotSummary, Failure> {
    ensure_not_colocated(file, session.location()?, session.colocated())?;
    NewFile::preview(file, ui.protected())?;
    let core = session.core(ui)?;
    let new = Key::generate(&mut *core.entropy)?;
    let text = key_file::encode(&core.store.id(), &new);
    let written = NewFile::making(file, ui.protected())?.write(text.expose().as_bytes())?;
    let slot = key::add(core, &NewSlot::KeyFile(&new))?;
    written.keep();
    Ok(slot)
}

fn add_recovery(ui: &mut Ui, session: &mut Session, file: &Path) -> Result<SlotSummary, Failure> {
    ensure_not_colocated(file, session.location()?, session.colocated())?;
    NewFile::preview(file, ui.protected())?;
    let core = session.core(ui)?;
    let code = RecoveryCode::generate(&mut *core.entropy)?;
    let text = code.line();
    let written = NewFile::making(file, ui.protected())?.write(text.expose().as_bytes())?;
    let slot = key::add(core, &NewSlot::Recovery(&code))?;
    written.keep();
    ui.warn(format!(
        "anyone who has {} can open the store: move it to safe storage",
        file.display()
    ));
    Ok(slot)
}

/// Reads a new passphrase from a file.
fn new_passphrase(ui: &mut Ui, session: &Session, file: &Input) -> Result<SecretText, Failure> {
    if let Input::File(path) = file {
        ensure_not_colocated(path, session.location()?, session.colocated())?;
    }
    ui.read(file, "the new passphrase", PASSPHRASE)
}

/// Removes a key from the store.
pub(super) fn remove(ui: &mut Ui, session: &mut Session, args: &KeyRemove) -> Result<(), Failure> {
    let KeyRemove { slot, dry_run } = args;
    let limits = session.kdf_limits();
    let core = session.core(ui)?;
    key::list(core)?;
    let slot = key::find(core, slot)?;
    if slot.in_use && (*dry_run || !ui.can_ask()) {
        let message = "this key opened the store; open it with another one to remove it";
        return Err(Failure::new(Kind::Refused, message)
            .advice("`--key-file FILE` or `--passphrase-file FILE`"));
    }
    let consequence = format!(
        "the {} {} will no longer open the store; older copies of the store still open with it",
        word(&slot),
        slot.id
    );
    if *dry_run {
        return ui.preview(&consequence, &slot);
    }
    ui.confirm(&consequence, "Remove this key?")?;
    let proof = if slot.in_use && ui.can_ask() {
        Some(another(ui)?)
    } else {
        None
    };
    key::remove(core, &slot, proof.as_ref(), &limits)?;
    ui.record(&slot)?;
    ui.note(format!("removed {}", slot.id));
    Ok(())
}

/// Asks for another key: the key in use may go only when another one is proven to work.
fn another(ui: &mut Ui) -> Result<Unlock, Failure> {
    let name = "A remaining passphrase or recovery code";
    ui.secret(name, Kind::Refused, "open the store with another key")
        .map(Unlock::Passphrase)
}

fn word(slot: &SlotSummary) -> &'static str {
    use hallpass::barrier::SlotKind::{KeyFile, Passphrase, Recovery};
    match slot.kind {
        Passphrase => "passphrase",
        KeyFile => "key file",
        Recovery => "recovery code",
        _ => "key",
    }
}
