//! Where things are and how they look: options, then the environment, then `config.toml`.
//!
//! The environment is read here and nowhere else. No variable that is read holds a secret.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use hallpass::Kind;
use hallpass::model::time::Span;

use crate::cli::global::{Color, Format, Global};
use crate::cli::input::Input;
use crate::cli::path::ensure_literal;
use crate::failure::Failure;
use crate::protected::Protected;

mod file;

pub(crate) use file::{Anchor, remember_key_file};

/// What the environment says; an empty variable says nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    store: Option<PathBuf>,
    state: Option<PathBuf>,
    config: Option<PathBuf>,
    output: Option<OsString>,
    no_color: bool,
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
        Self {
            store: path("HALLPASS_STORE"),
            state: path("HALLPASS_STATE"),
            config: path("HALLPASS_CONFIG"),
            output: get("HALLPASS_OUTPUT"),
            no_color: get("NO_COLOR").is_some(),
            key_file: path("HALLPASS_KEY_FILE"),
            passphrase_file: path("HALLPASS_PASSPHRASE_FILE"),
            passphrase_command: get("HALLPASS_PASSPHRASE_COMMAND"),
            credentials: path("CREDENTIALS_DIRECTORY"),
            program: None,
            temporary: path("TMPDIR"),
            complete: get(crate::cli::completion::VARIABLE),
            folder: None,
            sudo_user: get("SUDO_USER"),
        }
    }

    /// Refuses a path that only a shell would have expanded.
    fn ensure_literal(&self) -> Result<(), Failure> {
        let paths = [
            ("HALLPASS_STORE", &self.store),
            ("HALLPASS_STATE", &self.state),
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

    /// Whether `NO_COLOR` is set.
    pub(crate) fn no_color(&self) -> bool {
        self.no_color
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
    state: Option<PathBuf>,
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
    ) -> Result<Self, Failure> {
        environment.ensure_literal()?;
        let project = ProjectDirs::from("", "", "hallpass");
        let project = project.as_ref();
        let named = first([&global.config, &environment.config]);
        let config = named.clone().or_else(|| Some(project?.config_dir().join("config.toml")));
        let must_exist = named.is_some() && missing == Missing::Refused;
        let file = file::Contents::read(config.as_deref(), must_exist)?;
        Ok(Self {
            store: first([&global.store, &environment.store, &file.store])
                .or_else(|| Some(project?.data_dir().join("store.db"))),
            state: first([&global.state, &environment.state, &file.state])
                .or_else(|| Some(project?.state_dir()?.to_owned())),
            config,
            key_file: file.key_file,
            format: global.output.or(environment.format()?).or(file.output).unwrap_or_default(),
            color: color(global, environment).or(file.color).unwrap_or_default(),
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
        Protected::of(self.store.as_deref(), self.state.as_deref(), others)
    }

    /// The store's file.
    pub(crate) fn store(&self) -> Result<&Path, Failure> {
        let store = self.store.as_deref().ok_or_else(homeless)?;
        let text = store.to_string_lossy();
        if text.starts_with("postgres:/") || text.starts_with("postgresql:/") {
            let message = "stores in PostgreSQL are not in this release";
            return Err(Failure::usage(message).hint("`--store PATH` names a file"));
        }
        Ok(store)
    }

    /// The folder of the anchors.
    pub(crate) fn state(&self) -> Result<&Path, Failure> {
        self.state.as_deref().ok_or_else(homeless)
    }

    /// The settings file, which may not exist.
    pub(crate) fn config(&self) -> Result<&Path, Failure> {
        self.config.as_deref().ok_or_else(homeless)
    }
}

fn first<const N: usize>(places: [&Option<PathBuf>; N]) -> Option<PathBuf> {
    places.into_iter().flatten().next().cloned()
}

/// Colour as an option or `NO_COLOR` (<https://no-color.org>) has it.
fn color(global: &Global, environment: &Environment) -> Option<Color> {
    global.color.or(environment.no_color.then_some(Color::Never))
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
        .hint("say where things are: `--store PATH --state DIR --config FILE`")
}

#[cfg(test)]
mod tests;
