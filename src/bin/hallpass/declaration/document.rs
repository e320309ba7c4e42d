//! A declaration file: its name, language and values.

use std::path::{Path, PathBuf};

use hallpass::secret::SecretText;

use super::node::{self, Node, Unreadable};
use crate::cli::declaration::Language;
use crate::cli::input::Input;
use crate::failure::Failure;
use crate::misplaced;
use crate::output::sanitize;
use crate::ui::Ui;

/// A declaration file that was read.
pub(crate) struct DeclarationFile {
    pub(super) root: Node,
    /// Its name in messages.
    pub(super) name: String,
    /// The folder that relative paths start from.
    pub(super) folder: PathBuf,
    /// Its path, if it is a file.
    pub(super) own: Option<PathBuf>,
}

impl DeclarationFile {
    /// Reads the file; without a language, its name decides.
    pub(crate) fn read(
        ui: &mut Ui,
        from: &Input,
        language: Option<Language>,
    ) -> Result<Self, Failure> {
        let text = ui.read_orders(from, "the declaration")?;
        let name = called(from);
        misplaced::refuse_in_file(&name, text.expose())?;
        let language = language
            .or_else(|| by_name(from))
            .unwrap_or_else(|| by_look(&text));
        let own = match from {
            Input::File(path) => Some(path.clone()),
            Input::Stdin => None,
        };
        let folder = own
            .as_deref()
            .and_then(Path::parent)
            .map(Path::to_owned)
            .unwrap_or_default();
        let root = node::parse(text.expose(), language)
            .map_err(|unreadable| refused(unreadable, from, &name))?;
        Ok(Self {
            root,
            name,
            folder,
            own,
        })
    }
}

/// Returns the name for messages.
fn called(from: &Input) -> String {
    match from {
        Input::File(path) => format!("`{}`", path.display()),
        Input::Stdin => "the declaration".to_owned(),
    }
}

fn by_name(from: &Input) -> Option<Language> {
    let Input::File(path) = from else { return None };
    match path.extension()?.to_str()? {
        "toml" => Some(Language::Toml),
        "yaml" | "yml" | "json" => Some(Language::Yaml),
        _ => None,
    }
}

/// Guesses the language: JSON is YAML, and no TOML begins like it.
fn by_look(text: &SecretText) -> Language {
    let json = text.expose().trim_start().starts_with('{');
    if json { Language::Yaml } else { Language::Toml }
}

/// Builds the failure for a text that cannot be parsed; it names the file and the line.
fn refused(unreadable: Unreadable, from: &Input, name: &str) -> Failure {
    let Unreadable {
        line,
        message,
        language,
    } = unreadable;
    let line = line
        .map(|line| format!(", line {line}"))
        .unwrap_or_default();
    let failure = Failure::usage(format!("{name}{line}: {}", sanitize::line(&message)));
    match language {
        Language::Toml if by_name(from).is_none() => {
            failure.advice("it was read as TOML; `--format yaml` reads YAML")
        }
        _ => failure,
    }
}
