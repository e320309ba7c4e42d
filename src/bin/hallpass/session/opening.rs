//! How a session opens its store: which key, asked of whom, on which storage.

use std::path::Path;
use std::time::Duration;

use hallpass::Kind;
use hallpass::backend::location::Location;
use hallpass::backend::options::OpenOptions;
use hallpass::backend::{Backend, Mode};
use hallpass::barrier::{KdfLimits, State, StoreId, Unlock, peek};
use hallpass::model::time::Time;
use hallpass::open::Opening;
use hallpass::ops::Core;

use super::Session;
use crate::cli::global::KeyFlags;
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::keyring::{self, Kept, Kernel};
use crate::secrets::Secrets;
use crate::ui::Ui;
use crate::unlock::{Colocated, KeySource, OPTIONS};

/// How long somebody who presses Tab waits for a database.
const GLANCE: Duration = Duration::from_millis(500);

impl Session {
    /// Opens the store. Problems with its file are reported before anybody is asked for a secret.
    pub(super) fn open(&self, ui: &mut Ui) -> Result<Core, Failure> {
        let mut backend = self.connect(ui)?;
        let secret = if let Some(found) = self.unasked(ui, &mut *backend)? {
            found.secret
        } else {
            // A database may have the tables of a store and no rows.
            backend.begin(Mode::Read)?.check_shape()?;
            ask(ui, self.location()?)?
        };
        self.open_with(backend, &secret)
    }

    /// Connects to the store, after a warning if the connection is weak.
    pub(super) fn connect(&self, ui: &mut Ui) -> Result<Box<dyn Backend>, Failure> {
        self.location()?;
        self.warn_of_weakness(ui);
        self.backend()
    }

    /// Where the store is, how it is opened, and what this machine remembers of it.
    pub(crate) fn opening(&self) -> Result<Opening, Failure> {
        Ok(Opening {
            location: self.location()?.clone(),
            options: self.options(),
            state: self.state()?,
            adopt: self.settings.anchor_adopt,
        })
    }

    pub(super) fn open_with(
        &self,
        backend: Box<dyn Backend>,
        secret: &Unlock,
    ) -> Result<Core, Failure> {
        let limits = self.limits_for(secret);
        let mut core = self
            .opening()?
            .open_on(backend, secret, &limits, self.context())?;
        if self.admits_moved {
            core.store.admit_moved();
        }
        Ok(core)
    }

    /// Opens the store if no question is needed; returns where its key came from.
    pub(crate) fn open_unasked(&mut self, ui: &mut Ui) -> Result<Option<String>, Failure> {
        let mut backend = self.connect(ui)?;
        let Some(FoundKey { secret, origin }) = self.unasked(ui, &mut *backend)? else {
            return Ok(None);
        };
        self.core = Some(self.open_with(backend, &secret)?);
        Ok(Some(origin))
    }

    /// Opens the store if its key is available and nothing has to be waited for. Reports nothing and
    /// writes nothing: the anchor is neither read nor updated.
    pub(crate) fn glance(&self, secrets: &mut Secrets) -> Option<Core> {
        let store = self.location().ok()?;
        let options = OpenOptions {
            busy_timeout: Duration::ZERO,
            ..self.options()
        };
        let opening = Opening {
            location: store.hasty(GLANCE),
            options,
            state: State::off(),
            adopt: false,
        };
        let mut backend = opening.connect().ok()?;
        let secret = match self.key_source().ok()? {
            Some(source) if source.is_at_hand() => {
                source.fetch(secrets, store, self.colocated()).ok()?
            }
            Some(_) => return None,
            None => Unlock::Slot(kept(&mut *backend)?.1.secret),
        };
        let limits = self.limits_for(&secret);
        opening
            .open_on(backend, &secret, &limits, self.context())
            .ok()
    }

    /// What `secret` may take: only a passphrase is stretched.
    pub(super) fn limits_for(&self, secret: &Unlock) -> KdfLimits {
        match secret {
            Unlock::Passphrase(_) => self.kdf_limits(),
            _ => KdfLimits::default(),
        }
    }

    /// Which way to the key is given.
    pub(super) fn key_source(&self) -> Result<Option<KeySource>, Failure> {
        KeySource::choose(
            &self.key,
            &self.environment,
            self.settings.key_file.as_deref(),
        )
    }

    /// Whether a key is given, or kept, so that nobody would be asked.
    pub(crate) fn has_key(&self) -> Result<bool, Failure> {
        Ok(self.key_source()?.is_some() || kept(&mut *self.backend()?).is_some())
    }

    /// What would open the next command of the same kind without asking: no option, but the
    /// environment, the settings or systemd.
    pub(crate) fn lasting_key(&self) -> Result<Option<String>, Failure> {
        let none = KeyFlags::default();
        let settings = self.settings.key_file.as_deref();
        Ok(KeySource::choose(&none, &self.environment, settings)?.map(|source| source.describe()))
    }

    /// Where options alone say that a new key comes from: `init` makes the store with it.
    pub(crate) fn named_key_source(&self) -> Result<Option<KeySource>, Failure> {
        KeySource::choose(&self.key, &self.environment, None)
    }

    /// Whether a key file may be in the folder of the store.
    pub(crate) fn colocated(&self) -> Colocated {
        if self.key.allow_colocated_key {
            Colocated::Allowed
        } else {
            Colocated::Refused
        }
    }

    /// Fetches what opens a copy of the store, asking only if nothing else is there.
    pub(crate) fn unlock_copy(
        &self,
        ui: &mut Ui,
        file: &Path,
        backend: &mut dyn Backend,
    ) -> Result<Unlock, Failure> {
        let copy = Location::File(file.to_owned());
        if let Some(source) = self.key_source()? {
            return source.fetch(ui.secrets(), &copy, self.colocated());
        }
        match kept(backend) {
            Some((_, kept)) if kept.secret.fits(backend)? => Ok(Unlock::Slot(kept.secret)),
            _ => ask(ui, &copy),
        }
    }

    /// Fetches what opens the store, if that takes no question.
    fn unasked(&self, ui: &mut Ui, backend: &mut dyn Backend) -> Result<Option<FoundKey>, Failure> {
        if let Some(source) = self.key_source()? {
            let origin = source.describe();
            let secret = source.fetch(ui.secrets(), self.location()?, self.colocated())?;
            return Ok(Some(FoundKey { secret, origin }));
        }
        let Some((id, kept)) = kept(backend) else {
            return Ok(None);
        };
        if kept.secret.fits(backend)? {
            let (secret, origin) = (Unlock::Slot(kept.secret), "keyring".to_owned());
            return Ok(Some(FoundKey { secret, origin }));
        }
        // Its slot was removed, or the store was replaced by a copy with other slots.
        let _ = keyring::forget(&Kernel, &id);
        ui.note("the key that `unlock` kept no longer opens the store; it was removed");
        Ok(None)
    }
}

pub(super) fn ask(ui: &mut Ui, store: &Location) -> Result<Unlock, Failure> {
    ui.secret(&passphrase_of(store), Kind::NoKey, OPTIONS)
        .map(Unlock::Passphrase)
}

/// What opens the store, and where it came from.
struct FoundKey {
    secret: Unlock,
    origin: String,
}

fn passphrase_of(store: &Location) -> String {
    format!("Passphrase of {store}")
}

/// What is kept for the store in `backend`.
pub(super) fn kept(backend: &mut dyn Backend) -> Option<(StoreId, Kept)> {
    let id = peek(backend)?;
    Some((id, keyring::find(&Kernel, &id, Time::now(&SystemClock))?))
}
