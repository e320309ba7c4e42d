//! One run: what holds for it, and the store once a command needs it.

use std::path::{Path, PathBuf};

use hallpass::Kind;
use hallpass::backend::sqlite::{OpenOptions, SqliteBackend};
use hallpass::backend::{Backend as _, Mode};
use hallpass::barrier::{KdfLimits, Notice, State, Store, Unlock};
use hallpass::crypto::OsEntropy;
use hallpass::model::audit::Actor;
use hallpass::ops::{Core, World};

use crate::actor;
use crate::cli::global::{Global, KeyFlags};
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::memory;
use crate::output::sanitize::shell;
use crate::settings::{self, Environment, Settings};
use crate::ui::Ui;
use crate::unlock::{Colocated, OPTIONS, Source};

/// What a run knows before it opens the store.
pub(crate) struct Session {
    settings: Settings,
    key: KeyFlags,
    environment: Environment,
    network: Network,
    core: Option<Core>,
    place: String,
    elsewhere: bool,
}

/// Whether the store may lie on a network filesystem, where locks may not hold.
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
        let network = if global.allow_network_fs { Network::Allowed } else { Network::Refused };
        let place = place(&global);
        let elsewhere = global.store.is_some() && global.config.is_none();
        Self { settings, key: global.key, environment, network, core: None, place, elsewhere }
    }

    /// The options that said which store this is about, as they would be typed, each with a blank
    /// before it.
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

    /// Where files may lie that are thrown away.
    pub(crate) fn temporary(&self) -> &Path {
        self.environment.temporary.as_deref().unwrap_or(Path::new("/tmp"))
    }

    /// This program's own file.
    pub(crate) fn program(&self) -> Result<&Path, Failure> {
        let unknown = || Failure::new(Kind::Failed, "the program does not know its own file");
        self.environment.program.as_deref().ok_or_else(unknown)
    }

    /// The open store; the first command that needs it opens it.
    pub(crate) fn core(&mut self, ui: &mut Ui) -> Result<&mut Core, Failure> {
        let core = match self.core.take() {
            Some(core) => core,
            None => self.open(ui)?,
        };
        Ok(self.core.insert(core))
    }

    /// Takes over a store that a command has made or opened in its own way.
    pub(crate) fn adopt(&mut self, core: Core) {
        self.core = Some(core);
    }

    /// Opens the store. What is wrong with its file is told before anybody is asked for anything.
    fn open(&self, ui: &mut Ui) -> Result<Core, Failure> {
        let backend = SqliteBackend::open(self.settings.store()?, &self.options())?;
        let secret = self.unlock(ui)?;
        // A key file is not stretched, so that it does not matter how much memory is free.
        let limits = match secret {
            Unlock::KeyFile(_) => KdfLimits::default(),
            Unlock::Passphrase(_) => self.kdf_limits(),
        };
        let state = self.state()?;
        let store = Store::open(Box::new(backend), &secret, &limits, &state)?;
        Ok(Core::new(store, self.world()))
    }

    /// Whether there is a store whose file is as it should be; it is not opened.
    pub(crate) fn look(&self) -> Result<(), Failure> {
        let mut backend = SqliteBackend::open(self.settings.store()?, &self.options())?;
        Ok(backend.begin(Mode::Read)?.check_shape()?)
    }

    /// How the store's file is made and opened.
    pub(crate) fn options(&self) -> OpenOptions {
        let allow_network_fs = self.network == Network::Allowed;
        OpenOptions { allow_network_fs, ..OpenOptions::default() }
    }

    /// What this machine remembers of the store, and where.
    pub(crate) fn state(&self) -> Result<State, Failure> {
        let require = match self.settings.anchor {
            settings::Anchor::Off => return Ok(State::off()),
            settings::Anchor::On => false,
            settings::Anchor::Require => true,
        };
        let folder = Some(self.settings.state()?.to_owned());
        Ok(State { folder, place: Some(real(self.settings.store()?)), require })
    }

    /// How much memory a passphrase may take.
    pub(crate) fn kdf_limits(&self) -> KdfLimits {
        let available_kib = if self.key.kdf_allow_memory { None } else { memory::available_kib() };
        KdfLimits { available_kib }
    }

    /// The real world, for the core.
    pub(crate) fn world(&self) -> World {
        World {
            clock: Box::new(SystemClock),
            entropy: Box::new(OsEntropy),
            actor: self.actor(),
            token_lifetime: self.settings.token_lifetime,
        }
    }

    /// Whether the store was changed in this run.
    pub(crate) fn has_committed(&self) -> bool {
        self.core.as_ref().is_some_and(|core| core.store.has_committed())
    }

    /// Tells what the store has to say, and closes it. A change that the anchor did not follow ends
    /// with a code of its own.
    pub(crate) fn close(&mut self, ui: &mut Ui) -> Result<(), Failure> {
        let Some(mut core) = self.core.take() else { return Ok(()) };
        for notice in core.store.take_notices() {
            ui.warn(told(&notice));
        }
        match core.store.take_anchor_failure() {
            None => Ok(()),
            Some(source) => {
                let done = "committed, but the anchor was not updated";
                Err(Failure::new(Kind::Anchor, done).because(&source).hint("hallpass status"))
            }
        }
    }

    /// Who runs this.
    pub(crate) fn actor(&self) -> Actor {
        actor::current(self.environment.sudo_user.as_ref())
    }

    /// Where the key would come from without asking.
    pub(crate) fn key_source(&self) -> Result<Option<Source>, Failure> {
        Source::choose(&self.key, &self.environment, self.settings.key_file.as_deref())
    }

    /// Where options alone say that a new key comes from: `init` makes the store with it.
    pub(crate) fn named_key_source(&self) -> Result<Option<Source>, Failure> {
        Source::choose(&self.key, &self.environment, None)
    }

    /// Whether a key file may lie beside the store.
    pub(crate) fn colocated(&self) -> Colocated {
        if self.key.allow_colocated_key { Colocated::Allowed } else { Colocated::Refused }
    }

    /// Fetches what opens the store, asking only if nothing else is given and someone is there.
    pub(crate) fn unlock(&self, ui: &mut Ui) -> Result<Unlock, Failure> {
        self.unlock_from(ui, self.settings.store()?)
    }

    /// As [`Self::unlock`], for the store or a backup of it that lies at `store`.
    pub(crate) fn unlock_from(&self, ui: &mut Ui, store: &Path) -> Result<Unlock, Failure> {
        match self.key_source()? {
            Some(source) => source.fetch(ui.secrets(), store, self.colocated()),
            None => ui.secret(&passphrase_of(store), Kind::NoKey, OPTIONS).map(Unlock::Passphrase),
        }
    }
}

fn place(global: &Global) -> String {
    let named = [
        ("--store", &global.store),
        ("--state", &global.state),
        ("--config", &global.config),
        ("--key-file", &global.key.key_file),
    ];
    let said = named.into_iter().filter_map(|(option, path)| Some((option, path.as_ref()?)));
    said.flat_map(|(option, path)| [format!(" {option} "), shell(path)]).collect()
}

/// What a notice says to an operator.
fn told(notice: &Notice) -> String {
    match notice {
        Notice::FirstUse => {
            "this machine had not seen the store before; it is remembered from now on".to_owned()
        }
        Notice::AnchorNotUpdated(why) => {
            format!("the anchor could not be brought up to date: {why}")
        }
        Notice::ClockBehind(seconds) => format!(
            "the clock is {seconds} seconds behind the store's last change; expiry is judged by that change"
        ),
        _ => "the store has a notice that this program does not know".to_owned(),
    }
}

/// The path without links, by which this machine knows the place.
fn real(store: &Path) -> PathBuf {
    let folder = store.parent().and_then(|folder| folder.canonicalize().ok());
    match (folder, store.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => store.to_owned(),
    }
}

fn passphrase_of(store: &Path) -> String {
    format!("Passphrase of {}", store.display())
}
