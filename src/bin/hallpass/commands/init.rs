//! `hallpass init`.

use std::path::{Path, PathBuf};

use hallpass::Kind;
use hallpass::backend::Fault;
use hallpass::backend::location::Location;
use hallpass::barrier::recovery::RecoveryCode;
use hallpass::barrier::{NewSlot, StoreId, Unlock, key_file};
use hallpass::crypto::{Argon2Params, Key};
use hallpass::entropy::Entropy;
use hallpass::ops::store;
use hallpass::secret::SecretText;

use super::recovery::show_and_confirm;
use crate::cli::top::Init;
use crate::failure::Failure;
use crate::newfile::{NewFile, WrittenFile};
use crate::prompt::tolerable;
use crate::session::Session;
use crate::settings::remember_key_file;
use crate::ui::Ui;
use crate::unlock::{KeySource, ensure_not_colocated};

/// What opens the store, besides a recovery code.
enum ChosenKey {
    Passphrase(SecretText),
    KeyFile(Key),
}

/// Creates the store. All questions are asked, and every secret is safe on disk or on paper, before
/// the store appears.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Init) -> Result<(), Failure> {
    let Init {
        new_key_file,
        recovery_file,
        no_recovery,
    } = args;
    let asked = !no_recovery && recovery_file.is_none();
    if asked && !ui.has_dialogue() {
        let message = "a recovery code would be shown, but there is no terminal";
        return Err(Failure::usage(message).advice("`--recovery-file FILE` or `--no-recovery`"));
    }
    let location = session.location()?.clone();
    session.warn_of_weakness(ui);
    let mut context = session.context();
    // A rehearsal, so that nobody answers questions in vain. It leaves no file behind while they
    // are asked: an interrupt ends the program without cleaning up.
    drop(location.create(&session.options())?);
    for file in [new_key_file, recovery_file].into_iter().flatten() {
        NewFile::preview(file, ui.protected())?;
        ensure_not_colocated(file, &location, session.colocated())?;
    }
    let mut id = StoreId::default();
    context.entropy.fill(&mut id)?;
    let chosen = choose(ui, session, new_key_file.as_deref(), &mut *context.entropy)?;
    let code = if *no_recovery {
        None
    } else {
        Some(RecoveryCode::generate(&mut *context.entropy)?)
    };
    if let (Some(code), None) = (&code, recovery_file) {
        show_and_confirm(ui, code, &mut *context.entropy)?;
    }
    let backend = location.create(&session.options())?;
    let mut files = Vec::new();
    if let (Some(file), ChosenKey::KeyFile(key)) = (new_key_file, &chosen) {
        files.push(write(ui, file, &key_file::encode(&id, key))?);
    }
    if let (Some(code), Some(file)) = (&code, recovery_file) {
        files.push(write(ui, file, &code.line())?);
    }
    let made = store::init(
        backend,
        id,
        slots(&chosen, code.as_ref()),
        &session.state()?,
        context,
    );
    // A creation that fails late may have published the store: then only these files open it.
    if made.is_ok() || may_be_there(session, &location) {
        files.into_iter().for_each(WrittenFile::keep);
    }
    session.adopt(made?);
    ui.note(format!("created the store {location}"));
    if matches!(chosen, ChosenKey::Passphrase(_)) && ui.can_ask() {
        ui.note(
            "`hallpass unlock` keeps it unlocked for a while, so that the passphrase is typed once",
        );
    }
    report_files(
        ui,
        session,
        new_key_file.as_deref(),
        recovery_file.as_deref(),
    )
}

/// Whether there may be a store now. Of a database that does not answer nobody knows.
fn may_be_there(session: &Session, location: &Location) -> bool {
    match location.file() {
        Some(path) => path.symlink_metadata().is_ok(),
        None => !matches!(location.open(&session.options()), Err(Fault::Missing(_))),
    }
}

/// Writes a secret to a new file of its own.
fn write(ui: &Ui, file: &Path, secret: &SecretText) -> Result<WrittenFile, Failure> {
    NewFile::making(file, ui.protected())?.write(secret.expose().as_bytes())
}

fn choose(
    ui: &mut Ui,
    session: &Session,
    new_key_file: Option<&Path>,
    entropy: &mut dyn Entropy,
) -> Result<ChosenKey, Failure> {
    let source = session.named_key_source()?;
    match (new_key_file, source) {
        (Some(_), Some(_)) => Err(Failure::usage("the new key is given more than once")),
        (Some(_), None) => Ok(ChosenKey::KeyFile(Key::generate(entropy)?)),
        (None, Some(KeySource::KeyFile(_) | KeySource::Credential(_))) => {
            let message = "a key file belongs to one store, and this store does not exist yet";
            Err(Failure::usage(message).command("init --new-key-file FILE"))
        }
        (None, Some(source)) => {
            match source.fetch(ui.secrets(), session.location()?, session.colocated())? {
                Unlock::Passphrase(text) => tolerable(text).map(ChosenKey::Passphrase),
                _ => Err(Failure::new(Kind::Bug, "a passphrase was a key")),
            }
        }
        (None, None) => {
            let instead = "`--new-key-file FILE` or `--passphrase-file FILE`";
            ui.new_passphrase("New passphrase", instead)
                .map(ChosenKey::Passphrase)
        }
    }
}

fn slots<'a>(chosen: &'a ChosenKey, code: Option<&'a RecoveryCode>) -> Vec<NewSlot<'a>> {
    let first = match chosen {
        ChosenKey::Passphrase(text) => NewSlot::Passphrase(text, Argon2Params::SLOT_DEFAULT),
        ChosenKey::KeyFile(key) => NewSlot::KeyFile(key),
    };
    std::iter::once(first)
        .chain(code.map(NewSlot::Recovery))
        .collect()
}

fn report_files(
    ui: &mut Ui,
    session: &Session,
    key: Option<&Path>,
    recovery: Option<&Path>,
) -> Result<(), Failure> {
    if let Some(file) = recovery {
        ui.warn(format!(
            "anyone who has {} can open the store: move it to safe storage",
            file.display()
        ));
    }
    let Some(file) = key else { return Ok(()) };
    let file: PathBuf = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    match &session.settings().key_file {
        // The settings are for the store that they name, or the default one, not for one that an
        // option named for this run only.
        None if session.is_elsewhere() => {
            ui.note(format!(
                "give later commands `--key-file {}`",
                file.display()
            ));
        }
        None => {
            remember_key_file(session.settings().config()?, &file)?;
            let config = session.settings().config()?.display();
            ui.note(format!(
                "later commands read the key from {}, as set in {config}",
                file.display()
            ));
        }
        Some(other) if *other == file => {}
        Some(other) => ui.warn(format!(
            "the settings name another key file, {}; use this one with `--key-file {}`",
            other.display(),
            file.display()
        )),
    }
    Ok(())
}
