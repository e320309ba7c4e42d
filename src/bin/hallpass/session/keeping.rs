//! The key that `unlock` keeps for a while, and `lock` forgets.

use std::io;

use hallpass::Kind;
use hallpass::backend::{Backend, Fault, Mode};
use hallpass::barrier::{SlotSecret, StoreId, Unlock, peek};
use hallpass::model::time::{Span, Time};

use super::Session;
use super::opening::ask;
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::keyring::{self, Kernel};
use crate::ui::Ui;

impl Session {
    /// Opens the store with a key that is given or typed, and keeps what opens it for a while.
    pub(crate) fn keep(&mut self, ui: &mut Ui, lasts: Span) -> Result<Time, Failure> {
        let mut backend = self.connect(ui)?;
        let store = self.location()?;
        let id = own_id(&mut *backend)?;
        keyring::refused(&Kernel, &id).map_err(|source| no_keyring(&source))?;
        let given = match self.key_source()? {
            Some(source) => source.fetch(ui.secrets(), store, self.colocated())?,
            None => ask(ui, store)?,
        };
        let limits = self.limits_for(&given);
        let unlock = Unlock::Slot(SlotSecret::of(&mut *backend, &given, &limits)?);
        drop(given);
        let mut core = self.open_with(backend, &unlock)?;
        core.read(|_| Ok(()))?;
        let kept = match &unlock {
            Unlock::Slot(secret) => keyring::keep(&Kernel, &id, secret, core.now(), lasts),
            _ => return Err(Failure::new(Kind::Bug, "a slot's secret is none")),
        };
        self.core = Some(core);
        kept.map_err(|source| no_keyring(&source))
    }

    /// Ends what is kept; whether anything was. Where there is no keyring, nothing was.
    pub(crate) fn forget(&self) -> Result<bool, Failure> {
        let id = own_id(&mut *self.backend()?)?;
        match keyring::forget(&Kernel, &id) {
            Err(source) if keyring::refused(&Kernel, &id).is_ok() => {
                let message = "what the kernel keeps could not be removed";
                Err(Failure::new(Kind::Failed, message).because(&source))
            }
            forgotten => Ok(forgotten.unwrap_or(false)),
        }
    }

    /// Until when the key is kept, if it is.
    pub(crate) fn kept_until(&self) -> Option<Time> {
        let id = peek(&mut *self.backend().ok()?)?;
        keyring::find(&Kernel, &id, Time::now(&SystemClock)).map(|kept| kept.until)
    }
}

/// The id of the store, which names what is kept of it.
fn own_id(backend: &mut dyn Backend) -> Result<StoreId, Failure> {
    backend.begin(Mode::Read)?.check_shape()?;
    peek(backend).ok_or_else(|| Fault::Corrupt("its header is damaged".into()).into())
}

fn no_keyring(source: &io::Error) -> Failure {
    Failure::new(Kind::Failed, "the kernel cannot keep a key here")
        .because(source)
        .advice(
            "a sandbox or container may forbid it, or its quota is used up; give the key to each \
         command: `--key-file FILE`, `--passphrase-file FILE`, `--passphrase-command CMD`",
        )
}
