//! One run: what holds for it, and the store once a command needs it.

use std::io;
use std::path::Path;
use std::time::Duration;

use hallpass::Kind;
use hallpass::backend::location::Location;
use hallpass::backend::options::OpenOptions;
use hallpass::backend::{Backend, Fault, Mode};
use hallpass::barrier::{KdfLimits, Notice, SlotSecret, State, Store, StoreId, Unlock, peek};
use hallpass::entropy::OsEntropy;
use hallpass::model::audit::Actor;
use hallpass::model::time::{Span, Time};
use hallpass::ops::{Context, Core, before_write};

use crate::actor;
use crate::cli::global::{Global, KeyFlags};
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::keyring::{self, Kept, Kernel};
use crate::memory;
use crate::output::sanitize::shell;
use crate::secrets::Secrets;
use crate::settings::{self, Environment, Settings};
use crate::ui::Ui;
use crate::unlock::{Colocated, KeySource, OPTIONS};

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
        let network = if global.allow_network_fs {
            Network::Allowed
        } else {
            Network::Refused
        };
        let place = place(&global);
        let elsewhere = global.store.is_some() && global.config.is_none();
        Self {
            settings,
            key: global.key,
            environment,
            network,
            core: None,
            place,
            elsewhere,
        }
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

    /// The open store; the first command that needs it opens it.
    pub(crate) fn core(&mut self, ui: &mut Ui) -> Result<&mut Core, Failure> {
        let core = match self.core.take() {
            Some(core) => core,
            None => self.open(ui)?,
        };
        Ok(self.core.insert(core))
    }

    /// The store, if it is open.
    pub(crate) fn opened(&mut self) -> Option<&mut Core> {
        self.core.as_mut()
    }

    /// Takes over a store that a command has made or opened in its own way.
    pub(crate) fn adopt(&mut self, core: Core) {
        self.core = Some(core);
    }

    /// Opens the store. What is wrong with its file is told before anybody is asked for anything.
    fn open(&self, ui: &mut Ui) -> Result<Core, Failure> {
        let mut backend = self.backend()?;
        let secret = match self.unasked(ui, &mut *backend)? {
            Some(FoundKey { secret, .. }) => secret,
            None => ask(ui, self.settings.store()?)?,
        };
        self.open_with(backend, &secret)
    }

    fn open_with(&self, backend: Box<dyn Backend>, secret: &Unlock) -> Result<Core, Failure> {
        let state = self.state()?;
        let store = Store::open(backend, secret, &self.limits_for(secret), &state)?;
        Ok(Core::new(store, self.context(), before_write))
    }

    /// Opens the store if that takes no question; says where its key came from.
    pub(crate) fn open_unasked(&mut self, ui: &mut Ui) -> Result<Option<String>, Failure> {
        let mut backend = self.backend()?;
        let Some(FoundKey { secret, origin }) = self.unasked(ui, &mut *backend)? else {
            return Ok(None);
        };
        self.core = Some(self.open_with(backend, &secret)?);
        Ok(Some(origin))
    }

    /// Opens the store with a key that is given or typed, and keeps what opens it for a while.
    pub(crate) fn keep(&mut self, ui: &mut Ui, lasts: Span) -> Result<Time, Failure> {
        let mut backend = self.backend()?;
        let store = self.settings.store()?;
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

    /// The open store, if a key is at hand and nothing has to be waited for. Nothing is told, and
    /// nothing is written: this machine does not remember what was seen.
    pub(crate) fn glance(&self, secrets: &mut Secrets) -> Option<Core> {
        let store = self.settings.store().ok()?;
        let options = OpenOptions {
            busy_timeout: Duration::ZERO,
            ..self.options()
        };
        let mut backend = self.location().ok()?.open(&options).ok()?;
        let secret = match self.key_source().ok()? {
            Some(source) if source.is_at_hand() => {
                source.fetch(secrets, store, self.colocated()).ok()?
            }
            Some(_) => return None,
            None => Unlock::Slot(kept(&mut *backend)?.1.secret),
        };
        let limits = self.limits_for(&secret);
        let store = Store::open(backend, &secret, &limits, &State::off()).ok()?;
        Some(Core::new(store, self.context(), before_write))
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

    fn backend(&self) -> Result<Box<dyn Backend>, Failure> {
        Ok(self.location()?.open(&self.options())?)
    }

    /// Where the store is, or is to be.
    pub(crate) fn location(&self) -> Result<Location, Failure> {
        Location::parse(self.settings.store()?).map_err(Failure::from)
    }

    /// Whether there is a store whose file is as it should be; it is not opened.
    pub(crate) fn look(&self) -> Result<(), Failure> {
        Ok(self.backend()?.begin(Mode::Read)?.check_shape()?)
    }

    /// How the store's file is made and opened.
    pub(crate) fn options(&self) -> OpenOptions {
        let allow_network_fs = self.network == Network::Allowed;
        OpenOptions {
            allow_network_fs,
            ..OpenOptions::default()
        }
    }

    /// What this machine remembers of the store, and where.
    pub(crate) fn state(&self) -> Result<State, Failure> {
        let require = match self.settings.anchor {
            settings::AnchorPolicy::Off => return Ok(State::off()),
            settings::AnchorPolicy::On => false,
            settings::AnchorPolicy::Require => true,
        };
        Ok(State {
            require,
            ..State::of(self.settings.state()?, self.settings.store()?)
        })
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

    /// What `secret` may take: only a passphrase is stretched.
    fn limits_for(&self, secret: &Unlock) -> KdfLimits {
        match secret {
            Unlock::Passphrase(_) => self.kdf_limits(),
            _ => KdfLimits::default(),
        }
    }

    /// The real world, for the core.
    pub(crate) fn context(&self) -> Context {
        Context {
            clock: Box::new(SystemClock),
            entropy: Box::new(OsEntropy),
            actor: self.actor(),
            token_lifetime: self.settings.token_lifetime,
        }
    }

    /// Whether the store was changed in this run.
    pub(crate) fn has_committed(&self) -> bool {
        self.core
            .as_ref()
            .is_some_and(|core| core.store.has_committed())
    }

    /// Tells what the store has to say, and closes it. A change that the anchor did not follow ends
    /// with a code of its own.
    pub(crate) fn close(&mut self, ui: &mut Ui) -> Result<(), Failure> {
        let Some(mut core) = self.core.take() else {
            return Ok(());
        };
        for notice in core.store.take_notices() {
            ui.warn(told(&notice));
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

    /// Which way to the key is given.
    fn key_source(&self) -> Result<Option<KeySource>, Failure> {
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

    /// Whether a key file may lie beside the store.
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
        if let Some(source) = self.key_source()? {
            return source.fetch(ui.secrets(), file, self.colocated());
        }
        match kept(backend) {
            Some((_, kept)) if kept.secret.fits(backend)? => Ok(Unlock::Slot(kept.secret)),
            _ => ask(ui, file),
        }
    }

    /// Fetches what opens the store, if that takes no question.
    fn unasked(&self, ui: &mut Ui, backend: &mut dyn Backend) -> Result<Option<FoundKey>, Failure> {
        if let Some(source) = self.key_source()? {
            let origin = source.describe();
            let secret = source.fetch(ui.secrets(), self.settings.store()?, self.colocated())?;
            return Ok(Some(FoundKey { secret, origin }));
        }
        let Some((id, kept)) = kept(backend) else {
            return Ok(None);
        };
        if kept.secret.fits(backend)? {
            let (secret, origin) = (Unlock::Slot(kept.secret), "keyring".to_owned());
            return Ok(Some(FoundKey { secret, origin }));
        }
        // Its slot was removed, or a copy with other slots is in the store's place.
        let _ = keyring::forget(&Kernel, &id);
        ui.note("the key that `unlock` kept no longer opens the store; it was removed");
        Ok(None)
    }
}

fn ask(ui: &mut Ui, store: &Path) -> Result<Unlock, Failure> {
    ui.secret(&passphrase_of(store), Kind::NoKey, OPTIONS)
        .map(Unlock::Passphrase)
}

/// What opens the store, and where it came from.
struct FoundKey {
    secret: Unlock,
    origin: String,
}

/// What is kept for the store in `backend`.
fn kept(backend: &mut dyn Backend) -> Option<(StoreId, Kept)> {
    let id = peek(backend)?;
    Some((id, keyring::find(&Kernel, &id, Time::now(&SystemClock))?))
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

fn place(global: &Global) -> String {
    // The URL of a database may hold a password, and is refused anyway.
    let store = global
        .store
        .as_ref()
        .filter(|named| Location::parse(named).is_ok());
    let named = [
        ("--store", store),
        ("--state-dir", global.state_dir.as_ref()),
        ("--config", global.config.as_ref()),
        ("--key-file", global.key.key_file.as_ref()),
    ];
    let said = named
        .into_iter()
        .filter_map(|(option, path)| Some((option, path?)));
    said.flat_map(|(option, path)| [format!(" {option} "), shell(path)])
        .collect()
}

/// What a notice says to an operator.
fn told(notice: &Notice) -> String {
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
        _ => "the store has a notice unknown to this program".to_owned(),
    }
}

fn passphrase_of(store: &Path) -> String {
    format!("Passphrase of {}", store.display())
}
