//! The file that declares what there is to be: read for `apply`, written by `export`.

use std::path::{Path, PathBuf};

use hallpass::secret::SecretText;
use serde_saphyr::{MessageFormatter as _, UserMessageFormatter};

use crate::cli::input::Input;
use crate::cli::provision::Language;
use crate::failure::Failure;
use crate::misplaced;
use crate::output::sanitize;
use crate::ui::Ui;

mod declare;
mod file;
mod text;
mod write;

pub(crate) use declare::Surroundings;
pub(crate) use write::written;

use file::File;

/// The version of the shape that is written and read.
const VERSION: u32 = 1;

/// A declaration as it was read.
pub(crate) struct Sheet {
    file: File,
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
        misplaced::refuse_in_file(&called(from), text.expose())?;
        let language = language.or_else(|| by_name(from)).unwrap_or_else(|| by_look(&text));
        let own = match from {
            Input::File(path) => Some(path.clone()),
            Input::Stdin => None,
        };
        let folder = own.as_deref().and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
        let file = parse(&text, language).map_err(|slip| slip.told(from))?;
        if let Some(version) = file.version.filter(|version| *version != VERSION) {
            let message =
                format!("the declaration is of version {version}; this program reads {VERSION}");
            return Err(Failure::usage(message));
        }
        Ok(Self { file, folder, own })
    }

    /// Whether it declares nothing at all.
    pub(crate) fn is_empty(&self) -> bool {
        let File { environments, connections, profiles, .. } = &self.file;
        environments.0.is_empty() && connections.0.is_empty() && profiles.0.is_empty()
    }
}

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

/// What is wrong, and in which line. The line itself is not repeated: whoever wrote a password there
/// should not find it in a log too.
struct Slip {
    line: Option<u64>,
    message: String,
    language: Language,
}

impl Slip {
    fn told(&self, from: &Input) -> Failure {
        let name = called(from);
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

fn parse(text: &SecretText, language: Language) -> Result<File, Slip> {
    let text = text.expose();
    match language {
        Language::Toml => toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = 1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count();
            Slip { line: Some(line as u64), message: error.message().to_owned(), language }
        }),
        Language::Yaml => yaml(text),
    }
}

fn yaml(text: &str) -> Result<File, Slip> {
    let options = serde_saphyr::options! { with_snippet: false, strict_booleans: true };
    let told = |error: &serde_saphyr::Error| {
        UserMessageFormatter.format_message(error.without_snippet()).into_owned()
    };
    let read: Result<Option<File>, _> = serde_saphyr::from_str_with_options(text, options);
    match read {
        Ok(file) => Ok(file.unwrap_or_default()),
        Err(error) => {
            let line = error.location().map(|at| at.line());
            Err(Slip { line, message: told(&error), language: Language::Yaml })
        }
    }
}
