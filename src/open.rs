//! Opening a store from its location and a secret, and further connections to it.

use crate::backend::Backend;
use crate::backend::Fault;
use crate::backend::location::Location;
#[cfg(test)]
use crate::backend::memory::MemoryBackend;
use crate::backend::options::OpenOptions;
use crate::barrier::{KdfLimits, State, Store, Unlock};
use crate::core::{Context, Core};
use crate::error::Result;
use crate::ops::before_write;
use crate::ops::store::adopt;

/// Where a store is, how it is opened, and what this machine remembers of it.
///
/// A server opens its store once, and then one [sibling](Self::sibling) per worker thread: they share
/// the unlocked keys, so that the KDF of a passphrase runs once and the passphrase is then wiped.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Where it is.
    pub location: Location,
    /// How its storage is opened.
    pub options: OpenOptions,
    /// What this machine remembers of it: its anchor.
    pub state: State,
    /// Whether a history that another machine accepted is followed. If not, it is refused until a
    /// person accepts it here.
    pub adopt: bool,
    /// A store in memory that is connected to instead.
    #[cfg(test)]
    pub stand_in: Option<MemoryBackend>,
}

impl Opening {
    /// Connects to the storage. Nothing is unlocked yet, so what is wrong with a file is found before
    /// anybody is asked for a secret.
    ///
    /// # Errors
    ///
    /// There is no store, others could change or read it, or it cannot be opened.
    pub fn connect(&self) -> Result<Box<dyn Backend>, Fault> {
        #[cfg(test)]
        if let Some(stand_in) = &self.stand_in {
            return Ok(Box::new(stand_in.clone()));
        }
        self.location.open(&self.options)
    }

    /// Opens the store with `secret`. `limits` caps the cost of the passphrase KDF.
    ///
    /// # Errors
    ///
    /// As [`Self::connect`]; no key slot opens with the secret; or the header is damaged or newer than
    /// this program. Integrity and freshness are checked by each transaction, not here.
    pub fn open(&self, secret: &Unlock, limits: &KdfLimits, context: Context) -> Result<Core> {
        self.open_on(self.connect()?, secret, limits, context)
    }

    /// As [`Self::open`], on a connection that [`Self::connect`] has made.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn open_on(
        &self,
        backend: Box<dyn Backend>,
        secret: &Unlock,
        limits: &KdfLimits,
        context: Context,
    ) -> Result<Core> {
        let store = Store::open(backend, secret, limits, &self.state)?;
        Ok(self.core(store, context))
    }

    /// Opens the store once more, on a connection of its own, with the keys that `core` has unlocked:
    /// no secret is needed and no KDF is run. The anchor is checked as for `core`.
    ///
    /// # Errors
    ///
    /// As [`Self::connect`]; or another store is at this location now.
    pub fn sibling(&self, core: &Core, context: Context) -> Result<Core> {
        let store = core.store.open_sibling(self.connect()?, &self.state)?;
        Ok(self.core(store, context))
    }

    fn core(&self, store: Store, context: Context) -> Core {
        let mut core = Core::new(store, context, before_write);
        if self.adopt {
            core.follow_accepted(adopt);
        }
        core
    }
}
