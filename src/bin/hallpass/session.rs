//! One run: what holds for it, and the store once a command needs it.

use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};

use hallpass::Kind;
use hallpass::backend::location::Location;
use hallpass::backend::options::DatabaseOptions;
use hallpass::backend::{DatabaseFacts, Mode};
use hallpass::barrier::{KdfLimits, Notice};
use hallpass::entropy::OsEntropy;
#[cfg(feature = "server")]
use hallpass::http::NewContext;
use hallpass::model::audit::Actor;
use hallpass::ops::{Context, Core};

use crate::actor;
use crate::cli::global::{DatabaseFlags, Global, KeyFlags};
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::memory;
#[cfg(feature = "server")]
use crate::settings::Handed;
use crate::settings::{Environment, Settings};
use crate::ui::Ui;

mod keeping;
mod named;
mod opening;
mod place;

/// What a run knows before it opens the store.
pub(crate) struct Session {
    settings: Settings,
    key: KeyFlags,
    environment: Environment,
    network: Network,
    flags: DatabaseFlags,
    /// Where the store is, once that was needed.
    location: OnceCell<Location>,
    database: OnceCell<DatabaseOptions>,
    /// Whether a weak connection was reported.
    warned: Cell<bool>,
    core: Option<Core>,
    place: String,
    elsewhere: bool,
    admits_moved: bool,
}

/// Whether the store may be on a network file system, where locks may not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    /// `--allow-network-fs`.
    Allowed,
    /// It is refused.
    Refused,
}

impl Session {
    /// A run with these options.
    pub(crate) fn new(settings: Settings, global: Global, environment: Environment) -> Self {
        let network = if global.allow_network_fs {
            Network::Allowed
        } else {
            Network::Refused
        };
        let place = named::typed(&global);
        let elsewhere = global.store.is_some() && global.config.is_none();
        Self {
            settings,
            key: global.key,
            environment,
            network,
            flags: global.database,
            location: OnceCell::new(),
            database: OnceCell::new(),
            warned: Cell::new(false),
            core: None,
            place,
            elsewhere,
            admits_moved: false,
        }
    }

    /// Opens the store also if it was moved to another place: for what only shows its past.
    pub(crate) fn admit_moved(&mut self) {
        self.admits_moved = true;
    }

    /// The options that named the store, as they would be typed, each with a space before it.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Whether the store, but not the settings, was named by an option.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.elsewhere
    }

    /// What holds for this run.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The folder for temporary files.
    pub(crate) fn temporary(&self) -> &Path {
        self.environment
            .temporary
            .as_deref()
            .unwrap_or(Path::new("/tmp"))
    }

    /// This program's own file.
    pub(crate) fn program(&self) -> Result<&Path, Failure> {
        let unknown = || Failure::new(Kind::Failed, "the program does not know its own file");
        self.environment.program.as_deref().ok_or_else(unknown)
    }

    /// Uses another store than the settings name. It must not be open yet.
    pub(crate) fn use_store(&mut self, store: PathBuf) {
        self.settings.use_store(store);
        self.location = OnceCell::new();
    }

    /// The open store. The first use opens it.
    pub(crate) fn core(&mut self, ui: &mut Ui) -> Result<&mut Core, Failure> {
        let core = match self.core.take() {
            Some(core) => core,
            None => self.open(ui)?,
        };
        Ok(self.core.insert(core))
    }

    /// Refuses a store without an anchor, unless anchors are off: what is served must be known to be
    /// the newest.
    #[cfg(feature = "server")]
    pub(crate) fn require_anchor(&mut self) {
        self.settings.require_anchor();
    }

    /// The descriptors that the service manager handed to this process.
    #[cfg(feature = "server")]
    pub(crate) fn handed(&self) -> Option<&Handed> {
        let handed = self.environment.handed.as_ref();
        handed.filter(|handed| handed.pid == std::process::id())
    }

    /// The open store, which the caller closes.
    #[cfg(feature = "server")]
    pub(crate) fn take(&mut self) -> Result<Core, Failure> {
        let missing = || Failure::new(Kind::Bug, "the store is not open");
        self.core.take().ok_or_else(missing)
    }

    /// The store, if it is open.
    pub(crate) fn opened(&mut self) -> Option<&mut Core> {
        self.core.as_mut()
    }

    /// Takes over a store that a command has created or opened itself.
    pub(crate) fn adopt(&mut self, core: Core) {
        self.core = Some(core);
    }

    /// Whether there is a store whose file is as it should be, and what runs its database; it is not
    /// opened.
    pub(crate) fn look(&self) -> Result<Option<DatabaseFacts>, Failure> {
        let mut backend = self.backend()?;
        backend.begin(Mode::Read)?.check_shape()?;
        Ok(backend.facts()?)
    }

    /// How much memory a passphrase may take.
    pub(crate) fn kdf_limits(&self) -> KdfLimits {
        let available_kib = if self.key.kdf_allow_memory {
            None
        } else {
            memory::available_kib()
        };
        KdfLimits { available_kib }
    }

    /// What the core is handed: the real clock, randomness, and who runs this.
    pub(crate) fn context(&self) -> Context {
        Context {
            clock: Box::new(SystemClock),
            entropy: Box::new(OsEntropy),
            request: self.actor().into(),
            token_lifetime: self.settings.token_lifetime,
        }
    }

    /// Makes the context of further connections of a server.
    #[cfg(feature = "server")]
    pub(crate) fn contexts(&self) -> NewContext {
        let actor = self.actor();
        let token_lifetime = self.settings.token_lifetime;
        Box::new(move || Context {
            clock: Box::new(SystemClock),
            entropy: Box::new(OsEntropy),
            request: actor.clone().into(),
            token_lifetime,
        })
    }

    /// Whether the store was changed in this run.
    pub(crate) fn has_committed(&self) -> bool {
        self.core
            .as_ref()
            .is_some_and(|core| core.store.has_committed())
    }

    /// Prints the notices of the store, and closes it. A change that the anchor did not follow has an
    /// exit code of its own.
    pub(crate) fn close(&mut self, ui: &mut Ui) -> Result<(), Failure> {
        self.warn_of_weakness(ui);
        let Some(mut core) = self.core.take() else {
            return Ok(());
        };
        for notice in core.store.take_notices() {
            ui.warn(message(&notice));
        }
        match core.store.take_anchor_failure() {
            None => Ok(()),
            Some(source) => {
                let done = "committed, but the anchor was not updated";
                Err(Failure::new(Kind::Anchor, done)
                    .because(&source)
                    .command("status"))
            }
        }
    }

    /// Who runs this.
    pub(crate) fn actor(&self) -> Actor {
        actor::current(self.environment.sudo_user.as_ref())
    }
}

/// The message of a notice, for an operator.
fn message(notice: &Notice) -> String {
    match notice {
        Notice::FirstUse => {
            "this machine had not seen the store before; it now has an anchor for it".to_owned()
        }
        Notice::AnchorNotUpdated(why) => {
            format!("the anchor could not be updated: {why}")
        }
        Notice::ClockBehind(seconds) => format!(
            "the clock is {seconds} seconds behind the store's last change; expiry is judged by that change"
        ),
        Notice::Adopted(found) => format!(
            "another machine accepted or moved the store as of epoch {found}; this machine follows, and what it knows to have ended stays so"
        ),
        _ => "the store has a notice unknown to this program".to_owned(),
    }
}
