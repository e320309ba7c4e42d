//! Where things are and how they look: options, then the environment, then `config.toml`.
//!
//! The environment is read here and nowhere else. No variable that is read holds a secret.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use hallpass::Kind;
use hallpass::backend::location::Location;
use hallpass::model::time::Span;
use hallpass::model::token::looks_like_token;
use hallpass::scan::{Kind as Secret, holds_secret};

use crate::cli::global::{Color, Format, Global};
use crate::cli::input::Input;
use crate::cli::path::ensure_literal;
use crate::cli::purpose::Purpose;
use crate::failure::Failure;
use crate::misplaced;
use crate::output::sanitize::shell;
use crate::protected::Protected;

mod file;
mod home;

pub(crate) use file::{Anchor, remember_key_file};
use home::{Base, Folders};

/// The variables of this program's own, none of which holds a secret.
const OWN: [&str; 7] = [
    "HALLPASS_STORE",
    "HALLPASS_STATE_DIR",
    "HALLPASS_CONFIG",
    "HALLPASS_OUTPUT",
    "HALLPASS_KEY_FILE",
    "HALLPASS_PASSPHRASE_FILE",
    "HALLPASS_PASSPHRASE_COMMAND",
];

/// What the environment says; an empty variable says nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    store: Option<PathBuf>,
    state_dir: Option<PathBuf>,
    /// `HALLPASS_STATE`, which was the name of `HALLPASS_STATE_DIR`.
    old_state: bool,
    config: Option<PathBuf>,
    output: Option<OsString>,
    no_color: bool,
    /// Whether `TERM` says that the terminal takes more than lines: colour, and a cursor that moves.
    terminal_takes_more: bool,
    /// `HOME`, and the folders of the user's programs.
    base: Base,
    /// `HALLPASS_KEY_FILE`.
    pub(crate) key_file: Option<PathBuf>,
    /// `HALLPASS_PASSPHRASE_FILE`.
    pub(crate) passphrase_file: Option<PathBuf>,
    /// `HALLPASS_PASSPHRASE_COMMAND`.
    pub(crate) passphrase_command: Option<OsString>,
    /// `CREDENTIALS_DIRECTORY`, of systemd.
    pub(crate) credentials: Option<PathBuf>,
    /// This program's own file, which the tour starts.
    pub(crate) program: Option<PathBuf>,
    /// `TMPDIR`.
    pub(crate) temporary: Option<PathBuf>,
    /// `HALLPASS_COMPLETE`: the shell that asks what a line could go on with.
    pub(crate) complete: Option<OsString>,
    /// The folder that relative paths begin in.
    pub(crate) folder: Option<PathBuf>,
    /// `SUDO_USER`.
    pub(crate) sudo_user: Option<OsString>,
    /// A variable that holds a secret, and what.
    misplaced: Option<(&'static str, Secret)>,
}

impl Environment {
    /// Reads the variables of the process.
    pub(crate) fn read() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the one place")]
        let said = Self::of(|name| std::env::var_os(name));
        let program = std::env::current_exe().ok();
        Self { program, folder: std::env::current_dir().ok(), ..said }
    }

    fn of(get: impl Fn(&str) -> Option<OsString>) -> Self {
        let get = |name| get(name).filter(|value| !value.is_empty());
        let path = |name| get(name).map(PathBuf::from);
        let misplaced = OWN.into_iter().find_map(|name| Some((name, secret(&get(name)?)?)));
        Self {
            store: path("HALLPASS_STORE"),
            state_dir: path("HALLPASS_STATE_DIR"),
            old_state: get("HALLPASS_STATE").is_some(),
            config: path("HALLPASS_CONFIG"),
            output: get("HALLPASS_OUTPUT"),
            no_color: get("NO_COLOR").is_some(),
            terminal_takes_more: get("TERM").is_some_and(|term| term != "dumb"),
            base: Base {
                home: path("HOME"),
                data: path("XDG_DATA_HOME"),
                config: path("XDG_CONFIG_HOME"),
                state: path("XDG_STATE_HOME"),
            },
            key_file: path("HALLPASS_KEY_FILE"),
            passphrase_file: path("HALLPASS_PASSPHRASE_FILE"),
            passphrase_command: get("HALLPASS_PASSPHRASE_COMMAND"),
            credentials: path("CREDENTIALS_DIRECTORY"),
            program: None,
            temporary: path("TMPDIR"),
            complete: get(crate::cli::completion::VARIABLE),
            folder: None,
            sudo_user: get("SUDO_USER"),
            misplaced,
        }
    }

    /// Refuses a path that only a shell would have expanded.
    fn ensure_literal(&self) -> Result<(), Failure> {
        let paths = [
            ("HALLPASS_STORE", &self.store),
            ("HALLPASS_STATE_DIR", &self.state_dir),
            ("HALLPASS_CONFIG", &self.config),
            ("HALLPASS_KEY_FILE", &self.key_file),
            ("HALLPASS_PASSPHRASE_FILE", &self.passphrase_file),
        ];
        for (name, path) in paths {
            if let Some(Err(invalid)) = path.as_deref().map(ensure_literal) {
                let failure = Failure::usage(format!("`{name}`: {invalid}"));
                return Err(failure.hint(invalid.hint.unwrap_or_default()));
            }
        }
        Ok(())
    }

    /// Whether a terminal may be coloured where no option says so.
    pub(crate) fn takes_color(&self) -> bool {
        self.terminal_takes_more && !self.no_color
    }

    /// Whether something may be drawn on the terminal.
    pub(crate) fn takes_drawing(&self) -> bool {
        self.terminal_takes_more
    }

    /// The format that `HALLPASS_OUTPUT` names.
    pub(crate) fn format(&self) -> Result<Option<Format>, Failure> {
        let Some(word) = &self.output else { return Ok(None) };
        let format = word.to_str().and_then(|word| clap::ValueEnum::from_str(word, false).ok());
        format.map(Some).ok_or_else(|| {
            Failure::usage("`HALLPASS_OUTPUT` is not one of table, json, jsonl, csv")
        })
    }
}

/// Whether a settings file that was named may be missing: `init` makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// It will be made.
    Allowed,
    /// It is an error.
    Refused,
}

/// What holds for this run.
#[derive(Debug)]
pub(crate) struct Settings {
    store: Option<PathBuf>,
    state: Option<StateFolder>,
    purpose: Purpose,
    config: Option<PathBuf>,
    /// The key file that the settings name.
    pub(crate) key_file: Option<PathBuf>,
    /// How results are printed.
    pub(crate) format: Format,
    /// When output is coloured.
    pub(crate) color: Color,
    /// How long tokens live where nothing else says so.
    pub(crate) token_lifetime: Span,
    /// What is done with the anchor.
    pub(crate) anchor: Anchor,
}

impl Settings {
    /// Puts together options, environment, settings file and defaults.
    pub(crate) fn load(
        global: &Global,
        environment: &Environment,
        missing: Missing,
        purpose: Purpose,
    ) -> Result<Self, Failure> {
        if let Some((name, kind)) = environment.misplaced {
            return Err(misplaced::in_variable(name, kind));
        }
        if environment.old_state {
            let message = "`HALLPASS_STATE` is called `HALLPASS_STATE_DIR` now";
            return Err(Failure::usage(message).hint("set `HALLPASS_STATE_DIR` instead"));
        }
        environment.ensure_literal()?;
        let usual = Folders::of(environment);
        let named = first([&global.config, &environment.config]);
        let config = named.clone().or_else(|| Some(usual.config?.join("config.toml")));
        let must_exist = named.is_some() && missing == Missing::Refused;
        let file = file::Contents::read(config.as_deref(), must_exist)?;
        Ok(Self {
            store: first([&global.store, &environment.store, &file.store])
                .or_else(|| Some(usual.data?.join("store.db"))),
            state: first([&global.state_dir, &environment.state_dir, &file.state_dir])
                .map(StateFolder::Named)
                .or_else(|| usual.state.map(StateFolder::Usual)),
            purpose,
            config,
            key_file: file.key_file,
            format: global.output.or(environment.format()?).or(file.output).unwrap_or_default(),
            color: color(global, environment, file.color),
            token_lifetime: file.token_lifetime.unwrap_or(Span::YEAR),
            anchor: anchor(global).or(file.anchor).unwrap_or_default(),
        })
    }

    /// The files that nothing is written over.
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
        ];
        let others = others.into_iter().flatten().map(PathBuf::as_path);
        Protected::of(self.store.as_deref(), self.state.as_ref().map(StateFolder::path), others)
    }

    /// The files that nothing is written over, as far as that is known before it is known whether the
    /// arguments and the settings are right: all that any of them names.
    pub(crate) fn suspected(global: &Global, environment: &Environment) -> Protected {
        let usual = Folders::of(environment);
        let below = |folder: &Option<PathBuf>, name: &str| Some(folder.as_ref()?.join(name));
        let configs = [&global.config, &environment.config, &below(&usual.config, "config.toml")];
        let config = first(configs);
        let file = file::Contents::read(config.as_deref(), false).unwrap_or_default();
        let stores =
            [&global.store, &environment.store, &file.store, &below(&usual.data, "store.db")];
        let states = [&global.state_dir, &environment.state_dir, &file.state_dir, &usual.state];
        let keys = [&global.key.key_file, &environment.key_file, &file.key_file];
        let others = configs.into_iter().chain(keys).chain([&environment.passphrase_file]);
        let others = others.flatten().map(PathBuf::as_path);
        let places = stores.into_iter().zip(states);
        let places =
            places.map(|(store, state)| Protected::of(store.as_deref(), state.as_deref(), []));
        places.fold(Protected::of(None, None, others), Protected::and)
    }

    /// The store's file.
    pub(crate) fn store(&self) -> Result<&Path, Failure> {
        let store = self.store.as_deref().ok_or_else(homeless)?;
        Location::parse(store)?;
        Ok(store)
    }

    /// The folder of the anchors. One that was named is there, unless this run may make it.
    pub(crate) fn state(&self) -> Result<&Path, Failure> {
        let folder = self.state.as_ref().ok_or_else(homeless)?;
        if self.purpose == Purpose::Read {
            folder.ensure_there()?;
        }
        Ok(folder.path())
    }

    /// The settings file, which may not exist.
    pub(crate) fn config(&self) -> Result<&Path, Failure> {
        self.config.as_deref().ok_or_else(homeless)
    }
}

/// The folder of the anchors.
#[derive(Debug, Clone, PartialEq, Eq)]
enum StateFolder {
    /// An option, the environment or the settings name it.
    Named(PathBuf),
    /// It is where the platform has it.
    Usual(PathBuf),
}

impl StateFolder {
    fn path(&self) -> &Path {
        let (Self::Named(path) | Self::Usual(path)) = self;
        path
    }

    /// An error if it was named and is not there: a typing error would make another memory, in which
    /// this machine has seen no store.
    fn ensure_there(&self) -> Result<(), Failure> {
        match self {
            Self::Named(path) if is_missing(path) => {
                let message = format!("no state folder `{}`", path.display());
                let hint = "name the one that this machine remembers stores in, or make it: ";
                let hint = format!("{hint}mkdir -m 700 {}", shell(path));
                Err(Failure::new(Kind::NotFound, message).hint(hint))
            }
            _ => Ok(()),
        }
    }
}

fn is_missing(path: &Path) -> bool {
    std::fs::metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

/// What secret a variable holds, or was meant to.
fn secret(value: &OsStr) -> Option<Secret> {
    let whole = value.to_str().is_some_and(looks_like_token).then_some(Secret::Token);
    holds_secret(value.as_bytes()).or(whole)
}

fn first<const N: usize>(places: [&Option<PathBuf>; N]) -> Option<PathBuf> {
    places.into_iter().flatten().next().cloned()
}

/// Colour as an option, `NO_COLOR` (<https://no-color.org>) or the settings have it. A terminal that
/// does not say that it takes colour gets none by itself.
fn color(global: &Global, environment: &Environment, settings: Option<Color>) -> Color {
    let without = environment.no_color.then_some(Color::Never);
    match global.color.or(without).or(settings).unwrap_or_default() {
        Color::Auto if !environment.terminal_takes_more => Color::Never,
        color => color,
    }
}

fn anchor(global: &Global) -> Option<Anchor> {
    match (global.no_anchor, global.require_anchor) {
        (true, _) => Some(Anchor::Off),
        (_, true) => Some(Anchor::Require),
        (false, false) => None,
    }
}

fn homeless() -> Failure {
    Failure::new(Kind::NotFound, "there is no home folder to look in")
        .hint("say where things are: `--store PATH --state-dir DIR --config FILE`")
}

#[cfg(test)]
mod tests;
