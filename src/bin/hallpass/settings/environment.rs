//! The environment of the process: read only here. No variable that is read holds a secret; of
//! `PGPASSWORD` only its presence counts.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use hallpass::model::token::looks_like_token;
use hallpass::scan::{Kind as Secret, holds_secret};

use super::home::Base;
use super::libpq::Libpq;
use crate::cli::global::Format;
use crate::cli::path::ensure_literal;
use crate::failure::Failure;

/// The variables of this program. None of them holds a secret.
const OWN: [&str; 7] = [
    "HALLPASS_STORE",
    "HALLPASS_STATE_DIR",
    "HALLPASS_CONFIG",
    "HALLPASS_OUTPUT",
    "HALLPASS_KEY_FILE",
    "HALLPASS_PASSPHRASE_FILE",
    "HALLPASS_PASSPHRASE_COMMAND",
];

/// The variables of the environment; an empty one counts as unset.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    pub(super) store: Option<PathBuf>,
    pub(super) state_dir: Option<PathBuf>,
    /// Whether `HALLPASS_STATE` is set, the old name of `HALLPASS_STATE_DIR`.
    pub(super) old_state: bool,
    pub(super) config: Option<PathBuf>,
    output: Option<OsString>,
    pub(super) no_color: bool,
    /// Whether `TERM` names a terminal with colour and a movable cursor.
    pub(super) terminal_takes_more: bool,
    /// `HOME`, and the XDG base folders.
    pub(super) base: Base,
    /// `HALLPASS_KEY_FILE`.
    pub(crate) key_file: Option<PathBuf>,
    /// `HALLPASS_PASSPHRASE_FILE`.
    pub(crate) passphrase_file: Option<PathBuf>,
    /// `HALLPASS_PASSPHRASE_COMMAND`.
    pub(crate) passphrase_command: Option<OsString>,
    /// `CREDENTIALS_DIRECTORY`, of systemd.
    pub(crate) credentials: Option<PathBuf>,
    /// The path of this program, which the tour starts.
    pub(crate) program: Option<PathBuf>,
    /// `TMPDIR`.
    pub(crate) temporary: Option<PathBuf>,
    /// `HALLPASS_COMPLETE`: the shell that asks for completions.
    pub(crate) complete: Option<OsString>,
    /// The current folder, from which relative paths start.
    pub(crate) folder: Option<PathBuf>,
    /// `SUDO_USER`.
    pub(crate) sudo_user: Option<OsString>,
    /// The variables of libpq.
    pub(super) libpq: Libpq,
    /// `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES`, of systemd.
    #[cfg(feature = "server")]
    pub(crate) handed: Option<Handed>,
    /// A variable that contains a secret, and its kind.
    pub(super) misplaced: Option<(&'static str, Secret)>,
}

/// The descriptors that a service manager handed over (`sd_listen_fds(3)`): from number 3, a name each.
#[cfg(feature = "server")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Handed {
    /// The process that they are for.
    pub(crate) pid: u32,
    /// How many there are.
    pub(crate) count: u16,
    /// Their names; fewer, if a name was not given.
    pub(crate) names: Vec<String>,
}

#[cfg(feature = "server")]
impl Handed {
    fn of(get: &impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        let text = |name| get(name)?.into_string().ok();
        let names = text("LISTEN_FDNAMES").unwrap_or_default();
        Some(Self {
            pid: text("LISTEN_PID")?.parse().ok()?,
            count: text("LISTEN_FDS")?.parse().ok()?,
            names: names.split(':').map(str::to_owned).collect(),
        })
    }
}

impl Environment {
    /// Reads the variables of the process.
    pub(crate) fn read() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the one place")]
        let said = Self::of(|name| std::env::var_os(name));
        let program = std::env::current_exe().ok();
        Self {
            program,
            folder: std::env::current_dir().ok(),
            ..said
        }
    }

    pub(super) fn of(get: impl Fn(&str) -> Option<OsString>) -> Self {
        let get = |name: &str| get(name).filter(|value| !value.is_empty());
        let path = |name| get(name).map(PathBuf::from);
        let misplaced = OWN
            .into_iter()
            .find_map(|name| Some((name, secret(&get(name)?)?)));
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
            libpq: Libpq::of(&get),
            #[cfg(feature = "server")]
            handed: Handed::of(&get),
            misplaced,
        }
    }

    /// Refuses a path that only a shell would have expanded.
    pub(super) fn ensure_literal(&self) -> Result<(), Failure> {
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
                return Err(failure.advice(invalid.hint.unwrap_or_default()));
            }
        }
        Ok(())
    }

    /// Whether a terminal is coloured by default.
    pub(crate) fn takes_color(&self) -> bool {
        self.terminal_takes_more && !self.no_color
    }

    /// Whether the terminal supports drawing.
    pub(crate) fn takes_drawing(&self) -> bool {
        self.terminal_takes_more
    }

    /// Returns the format that `HALLPASS_OUTPUT` names.
    pub(crate) fn format(&self) -> Result<Option<Format>, Failure> {
        let Some(word) = &self.output else {
            return Ok(None);
        };
        let format = word
            .to_str()
            .and_then(|word| clap::ValueEnum::from_str(word, false).ok());
        format.map(Some).ok_or_else(|| {
            Failure::usage("`HALLPASS_OUTPUT` is not one of table, json, jsonl, csv")
        })
    }
}

/// Returns the kind of secret that a variable contains, or resembles.
fn secret(value: &OsStr) -> Option<Secret> {
    let whole = value
        .to_str()
        .is_some_and(looks_like_token)
        .then_some(Secret::Token);
    holds_secret(value.as_bytes()).or(whole)
}
