//! Where a new secret goes (`--to`), and how long it may take.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use hallpass::model::invalid::Invalid;
use hallpass::model::token::holds_token;
use hallpass::model::token::looks_like_token;

use super::input::ShellCommand;
use super::path::ensure_literal;

/// The sink that a new secret goes to instead of standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A file that holds it and nothing else.
    File(PathBuf),
    /// One key of a `.env` file.
    Env {
        /// The file.
        file: PathBuf,
        /// The key.
        key: String,
    },
    /// An open descriptor.
    Descriptor(i32),
    /// The standard input of a shell command.
    Command(ShellCommand),
}

const WHAT: &str = "a sink";
const FORMS: &str = "use `file:PATH`, `env:PATH#KEY`, `fd:N` or `command:CMD`";

impl FromStr for Destination {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if looks_like_token(text) || holds_token(text) {
            return Err(Invalid::new(
                WHAT,
                "this is a token itself, or holds one: it is a secret",
            ));
        }
        let (kind, rest) = text.split_once(':').unwrap_or_default();
        match kind {
            _ if rest.is_empty() => Err(Invalid::new(WHAT, FORMS)),
            "file" => Ok(Self::File(rest.into())),
            "env" => variable(rest),
            "fd" => descriptor(rest),
            "command" => Ok(Self::Command(ShellCommand(rest.to_owned()))),
            _ => Err(Invalid::new(WHAT, FORMS)),
        }
    }
}

fn variable(text: &str) -> Result<Destination, Invalid> {
    let (file, key) = text.rsplit_once('#').unwrap_or_default();
    if file.is_empty() {
        return Err(Invalid::new(
            WHAT,
            "use `env:PATH#KEY`, as in `env:.env#API_TOKEN`",
        ));
    }
    let starts = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        let why = "the key of an `env:` sink has only letters, digits and `_`, and no digit first";
        return Err(Invalid::new(WHAT, why));
    }
    Ok(Destination::Env {
        file: file.into(),
        key: key.to_owned(),
    })
}

fn descriptor(text: &str) -> Result<Destination, Invalid> {
    let number = text.parse().ok().filter(|number| *number >= 3);
    let why = "use `fd:3` or above; standard output needs no `--to`";
    number
        .map(Destination::Descriptor)
        .ok_or_else(|| Invalid::new(WHAT, why))
}

/// Reads an argument that names a sink.
fn literal(text: &str) -> Result<Destination, Invalid> {
    let named: Destination = text.parse()?;
    named.ensure_literal()?;
    Ok(named)
}

impl Destination {
    /// Refuses a path that only a shell would have expanded.
    pub(crate) fn ensure_literal(&self) -> Result<(), Invalid> {
        match self {
            Self::File(file) | Self::Env { file, .. } => ensure_literal(file),
            Self::Descriptor(_) | Self::Command(_) => Ok(()),
        }
    }

    /// As it can be typed; of a command no more than that it is one, as a secret may be in it.
    pub(crate) fn typed(&self) -> String {
        match self {
            Self::File(path) => format!("file:{}", path.display()),
            Self::Env { file, key } => format!("env:{}#{key}", file.display()),
            Self::Descriptor(number) => format!("fd:{number}"),
            Self::Command(_) => "command:…".to_owned(),
        }
    }
}

impl fmt::Display for Destination {
    /// As it is typed; of a command no more than that it is one, as it may be long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "`{}`", path.display()),
            Self::Env { file, key } => write!(f, "`{key}` of `{}`", file.display()),
            Self::Descriptor(number) => write!(f, "descriptor {number}"),
            Self::Command(_) => write!(f, "the command"),
        }
    }
}

/// How long a delivery may take: whole seconds or minutes, at most an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience(u32);

impl Patience {
    /// In seconds.
    pub(crate) fn seconds(self) -> u32 {
        self.0
    }
}

impl From<Patience> for Duration {
    fn from(patience: Patience) -> Self {
        Self::from_secs(patience.0.into())
    }
}

impl FromStr for Patience {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parsed = [('s', 1), ('m', 60)]
            .into_iter()
            .find_map(|(unit, seconds)| {
                let number: u32 = text.strip_suffix(unit)?.parse().ok()?;
                number
                    .checked_mul(seconds)
                    .filter(|it| (1..=3600).contains(it))
            });
        let why = "use seconds or minutes, as in `90s` or `5m`, at most `60m`";
        parsed
            .map(Self)
            .ok_or_else(|| Invalid::new("a time limit", why))
    }
}

/// The flags that say where a secret goes, and how long that may take.
#[derive(Debug, Args)]
pub(crate) struct SinkFlags {
    /// Deliver the secret to this sink and print nothing secret: `file:PATH`, `env:PATH#KEY`,
    /// `fd:N` or `command:CMD`
    #[arg(long, value_name = "SINK", value_parser = literal)]
    pub(crate) to: Option<Destination>,
    /// Time limit for the delivery
    #[arg(
        id = "sink_timeout",
        long = "sink-timeout",
        value_name = "TIME",
        default_value = "60s",
        hide_short_help = true,
        requires = "to"
    )]
    pub(crate) timeout: Patience,
    /// Replace what the sink holds, even if it is not a hallpass secret
    #[arg(long, requires = "to")]
    pub(crate) overwrite: bool,
}

impl SinkFlags {
    /// Whether a program is started for it.
    pub(crate) fn starts_program(&self) -> bool {
        matches!(self.to, Some(Destination::Command(_)))
    }
}
