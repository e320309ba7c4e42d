//! The file that declares what there is to be: read for `apply`, written by `export`.

use std::path::{Path, PathBuf};

use hallpass::secret::SecretText;

use crate::cli::input::Input;
use crate::cli::provision::Language;
use crate::failure::Failure;
use crate::misplaced;
use crate::output::sanitize;
use crate::ui::Ui;

mod declare;
mod fields;
mod file;
mod node;
mod write;
mod wrong;

pub(crate) use declare::{Declared, Surroundings};
pub(crate) use write::written;

use node::Node;

/// The version of the shape that is written and read.
const VERSION: u32 = 1;

/// A declaration as it was read.
pub(crate) struct Sheet {
    root: Node,
    /// What messages call it.
    name: String,
    /// What relative paths in it start from.
    folder: PathBuf,
    /// Where it is, if it is a file.
    own: Option<PathBuf>,
}

impl Sheet {
    /// Reads it; without a language, the name of the file says which it is.
    pub(crate) fn read(
        ui: &mut Ui,
        from: &Input,
        language: Option<Language>,
    ) -> Result<Self, Failure> {
        let text = ui.read_orders(from, "the declaration")?;
        let name = called(from);
        misplaced::refuse_in_file(&name, text.expose())?;
        let language = language.or_else(|| by_name(from)).unwrap_or_else(|| by_look(&text));
        let own = match from {
            Input::File(path) => Some(path.clone()),
            Input::Stdin => None,
        };
        let folder = own.as_deref().and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
        let root = node::parse(text.expose(), language)
            .map_err(|unreadable| unreadable.into_failure(from, &name))?;
        Ok(Self { root, name, folder, own })
    }
}

/// What messages call it.
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

/// JSON is YAML, and begins as no TOML does.
fn by_look(text: &SecretText) -> Language {
    let json = text.expose().trim_start().starts_with('{');
    if json { Language::Yaml } else { Language::Toml }
}

/// Why a text cannot be read at all, and in which line. The line itself is not repeated: whoever wrote
/// a password there should not find it in a log too.
#[derive(Debug)]
struct Unreadable {
    line: Option<u64>,
    message: String,
    language: Language,
}

impl Unreadable {
    fn into_failure(self, from: &Input, name: &str) -> Failure {
        let line = self.line.map(|line| format!(", line {line}")).unwrap_or_default();
        let failure = Failure::usage(format!("{name}{line}: {}", sanitize::line(&self.message)));
        match self.language {
            Language::Toml if by_name(from).is_none() => {
                failure.hint("it was read as TOML; `--format yaml` reads YAML")
            }
            _ => failure,
        }
    }
}
