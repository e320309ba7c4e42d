//! The settings of a run: options, then the environment, then `config.toml`.

use std::path::{Path, PathBuf};

use hallpass::Kind;
use hallpass::backend::location::Location;
use hallpass::model::time::Span;

use crate::cli::global::{Color, Format, Global};
use crate::cli::input::Input;
use crate::cli::purpose::Purpose;
use crate::failure::Failure;
use crate::misplaced;
use crate::output::sanitize::shell;
use crate::protected::Protected;

mod database;
mod environment;
mod file;
mod home;
mod key_file;
mod libpq;
#[cfg(feature = "server")]
mod serve;

pub(crate) use environment::Environment;
#[cfg(feature = "server")]
pub(crate) use environment::Handed;
pub(crate) use file::AnchorPolicy;
use home::Folders;
pub(crate) use key_file::remember_key_file;
#[cfg(feature = "server")]
pub(crate) use serve::ServeSettings;

/// Whether a settings file that was named may be missing: `init` creates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MissingFile {
    /// It will be created.
    Allowed,
    /// It is an error.
    Refused,
}

/// The settings of this run.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    store: Option<PathBuf>,
    state: Option<StateFolder>,
    purpose: Purpose,
    config: Option<PathBuf>,
    /// The options of the server, and whether their file must exist.
    #[cfg(feature = "server")]
    serve: (ServeSettings, bool),
    /// The file with the password of the database that the settings name.
    database_password_file: Option<PathBuf>,
    /// The key file that the settings name.
    pub(crate) key_file: Option<PathBuf>,
    /// The format of results.
    pub(crate) format: Format,
    /// When output is coloured.
    pub(crate) color: Color,
    /// The default lifetime of tokens.
    pub(crate) token_lifetime: Span,
    /// How the anchor is used.
    pub(crate) anchor: AnchorPolicy,
    /// Whether a history that another machine accepted is followed.
    pub(crate) anchor_adopt: bool,
}

impl Settings {
    /// Combines options, environment, settings file and defaults.
    pub(crate) fn load(
        global: &Global,
        environment: &Environment,
        missing: MissingFile,
        purpose: Purpose,
    ) -> Result<Self, Failure> {
        if let Some((name, kind)) = environment.misplaced {
            return Err(misplaced::in_variable(name, kind));
        }
        if environment.old_state {
            let message = "`HALLPASS_STATE` is called `HALLPASS_STATE_DIR` now";
            return Err(Failure::usage(message).advice("set `HALLPASS_STATE_DIR` instead"));
        }
        environment.ensure_literal()?;
        let usual = Folders::of(&environment.base);
        let named = first([&global.config, &environment.config]);
        let config = named
            .clone()
            .or_else(|| Some(usual.config?.join("config.toml")));
        let must_exist = named.is_some() && missing == MissingFile::Refused;
        let file = file::Contents::read(config.as_deref(), must_exist)?;
        Ok(Self {
            store: first([&global.store, &environment.store, &file.store])
                .or_else(|| Some(usual.data?.join("store.db"))),
            state: first([&global.state_dir, &environment.state_dir, &file.state_dir])
                .map(StateFolder::Named)
                .or_else(|| usual.state.map(StateFolder::Usual)),
            purpose,
            config,
            #[cfg(feature = "server")]
            serve: (file.serve, must_exist),
            database_password_file: file.database_password_file,
            key_file: file.key_file,
            format: global
                .output
                .or(environment.format()?)
                .or(file.output)
                .unwrap_or_default(),
            color: color(global, environment, file.color),
            token_lifetime: file.token_lifetime.unwrap_or(Span::YEAR),
            anchor: anchor(global).or(file.anchor).unwrap_or_default(),
            anchor_adopt: file.anchor_adopt.unwrap_or(true),
        })
    }

    /// Returns the files that nothing may overwrite.
    pub(crate) fn protected(&self, global: &Global, environment: &Environment) -> Protected {
        let passphrases = match &global.key.passphrase_file {
            Some(Input::File(path)) => Some(path),
            _ => None,
        };
        let others = [
            self.config.as_ref(),
            self.key_file.as_ref(),
            global.key.key_file.as_ref(),
            environment.key_file.as_ref(),
            environment.passphrase_file.as_ref(),
            passphrases,
            global.database.database_password_file.as_ref(),
            self.database_password_file.as_ref(),
            environment.libpq.passfile.as_ref(),
            environment.libpq.service_file.as_ref(),
        ];
        let others = others.into_iter().flatten().map(PathBuf::as_path);
        Protected::of(
            self.store.as_deref(),
            self.state.as_ref().map(StateFolder::path),
            others,
        )
    }

    /// Returns the files that nothing may overwrite, before arguments and settings are validated:
    /// all that any of them names.
    pub(crate) fn suspected(global: &Global, environment: &Environment) -> Protected {
        let usual = Folders::of(&environment.base);
        let below = |folder: &Option<PathBuf>, name: &str| Some(folder.as_ref()?.join(name));
        let configs = [
            &global.config,
            &environment.config,
            &below(&usual.config, "config.toml"),
        ];
        let config = first(configs);
        let file = file::Contents::read(config.as_deref(), false).unwrap_or_default();
        let stores = [
            &global.store,
            &environment.store,
            &file.store,
            &below(&usual.data, "store.db"),
        ];
        let states = [
            &global.state_dir,
            &environment.state_dir,
            &file.state_dir,
            &usual.state,
        ];
        let keys = [&global.key.key_file, &environment.key_file, &file.key_file];
        let others = configs.into_iter().chain(keys).chain([
            &environment.passphrase_file,
            &global.database.database_password_file,
            &file.database_password_file,
            &environment.libpq.passfile,
            &environment.libpq.service_file,
        ]);
        let others = others.flatten().map(PathBuf::as_path);
        let places = stores.into_iter().zip(states);
        let places =
            places.map(|(store, state)| Protected::of(store.as_deref(), state.as_deref(), []));
        places.fold(Protected::of(None, None, others), Protected::and)
    }

    /// Returns the store as it is named: the path of a file, or a URL without a password.
    pub(crate) fn store(&self) -> Result<&Path, Failure> {
        let store = self.store.as_deref().ok_or_else(homeless)?;
        Location::check(store)?;
        Ok(store)
    }

    /// Uses another store from now on.
    pub(crate) fn use_store(&mut self, store: PathBuf) {
        self.store = Some(store);
    }

    /// Returns the folder of the anchors. A named one must exist, unless this run may create it.
    pub(crate) fn state(&self) -> Result<&Path, Failure> {
        let folder = self.state.as_ref().ok_or_else(homeless)?;
        if self.purpose == Purpose::Read {
            folder.ensure_there()?;
        }
        Ok(folder.path())
    }

    /// Returns the options of the server in the settings file.
    #[cfg(feature = "server")]
    pub(crate) fn serve(&self) -> &ServeSettings {
        &self.serve.0
    }

    /// Reads the options of the server again.
    #[cfg(feature = "server")]
    pub(crate) fn reread_serve(&self) -> Result<ServeSettings, Failure> {
        let (_, must_exist) = self.serve;
        Ok(file::Contents::read(self.config.as_deref(), must_exist)?.serve)
    }

    /// Refuses a store without an anchor, unless anchors are off.
    #[cfg(feature = "server")]
    pub(crate) fn require_anchor(&mut self) {
        if self.anchor == AnchorPolicy::On {
            self.anchor = AnchorPolicy::Require;
        }
    }

    /// Returns the settings file, which may not exist.
    pub(crate) fn config(&self) -> Result<&Path, Failure> {
        self.config.as_deref().ok_or_else(homeless)
    }
}

/// The folder of the anchors.
#[derive(Debug, Clone, PartialEq, Eq)]
enum StateFolder {
    /// An option, the environment or the settings name it.
    Named(PathBuf),
    /// The default of the platform.
    Usual(PathBuf),
}

impl StateFolder {
    fn path(&self) -> &Path {
        let (Self::Named(path) | Self::Usual(path)) = self;
        path
    }

    /// Fails if a named folder does not exist: a typo would create a new state, in which this
    /// machine has seen no store.
    fn ensure_there(&self) -> Result<(), Failure> {
        match self {
            Self::Named(path) if is_missing(path) => {
                let message = format!("no state folder `{}`", path.display());
                let hint = "use the one with this machine's anchors, or create it:  ";
                let hint = format!("{hint}mkdir -m 700 {}", shell(path));
                Err(Failure::new(Kind::NotFound, message).advice(hint))
            }
            _ => Ok(()),
        }
    }
}

fn is_missing(path: &Path) -> bool {
    std::fs::metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

fn first<const N: usize>(places: [&Option<PathBuf>; N]) -> Option<PathBuf> {
    places.into_iter().flatten().next().cloned()
}

/// Decides on colour: an option, `NO_COLOR` (<https://no-color.org>) or the settings. By default, a
/// terminal that does not report colour support gets none.
fn color(global: &Global, environment: &Environment, settings: Option<Color>) -> Color {
    let without = environment.no_color.then_some(Color::Never);
    match global.color.or(without).or(settings).unwrap_or_default() {
        Color::Auto if !environment.terminal_takes_more => Color::Never,
        color => color,
    }
}

fn anchor(global: &Global) -> Option<AnchorPolicy> {
    match (global.no_anchor, global.require_anchor) {
        (true, _) => Some(AnchorPolicy::Off),
        (_, true) => Some(AnchorPolicy::Require),
        (false, false) => None,
    }
}

fn homeless() -> Failure {
    Failure::new(Kind::NotFound, "there is no home folder")
        .advice("give the paths: `--store PATH --state-dir DIR --config FILE`")
}

#[cfg(test)]
mod tests;
