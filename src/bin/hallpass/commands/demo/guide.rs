//! Walking through the steps: each runs this program as a shell would.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use hallpass::Kind;
use hallpass::secret::SecretText;

use super::step::{Flow, Taken, TourStep};
use crate::cli::global::Format;
use crate::failure::Failure;
use crate::ui::Ui;

/// The tour's own folder, and the token that passes through it.
pub(super) struct Tour {
    program: PathBuf,
    folder: PathBuf,
    format: Format,
    token: Option<SecretText>,
    taken: Vec<Taken>,
}

impl Tour {
    pub(super) fn new(format: Format, program: &Path, folder: &Path) -> Self {
        let (program, folder) = (program.to_owned(), folder.to_owned());
        Self { program, folder, format, token: None, taken: Vec::new() }
    }

    /// Takes one step and shows it.
    pub(super) fn walk(&mut self, ui: &mut Ui, step: &TourStep) -> Result<(), Failure> {
        let output = self.run(step).map_err(|source| cannot(&source))?;
        let exit = output.status.code().unwrap_or(-1);
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        if self.format == Format::Table {
            // What a shell keeps in a variable shows nowhere.
            let seen = if step.flow == Flow::Token { "" } else { &*stdout };
            ui.step(step.why, &step.shown(), seen, &stderr, exit)?;
        }
        if step.flow == Flow::Token {
            self.token = Some(SecretText::new(stdout.trim_end().to_owned()));
        }
        if exit == step.exit {
            self.taken.push(Taken { command: step.shown(), exit, stdout, stderr });
            return Ok(());
        }
        let message = format!("`{}` ended with {exit} instead of {}", step.shown(), step.exit);
        Err(Failure::new(Kind::Bug, message).advice(stderr))
    }

    /// Shows the steps to a program.
    pub(super) fn end(self, ui: &mut Ui) -> Result<(), Failure> {
        if self.format == Format::Table { Ok(()) } else { ui.list(&self.taken) }
    }

    fn run(&self, step: &TourStep) -> io::Result<Output> {
        let place = |name: &str| self.folder.join(name);
        let key = place("keys/demo.key").display().to_string();
        let mut child = Command::new(&self.program)
            .args(step.arguments(&key))
            .env_clear()
            .env("HALLPASS_STORE", place("store/store.db"))
            .env("HALLPASS_STATE_DIR", place("state"))
            .env("HALLPASS_CONFIG", place("config.toml"))
            .env("HOME", &self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command that reads nothing has closed its end; that is no failure.
            let _ = stdin.write_all(self.fed(step).expose().as_bytes());
        }
        child.wait_with_output()
    }

    fn fed(&self, step: &TourStep) -> SecretText {
        let token = self.token.as_ref().map_or("", SecretText::expose);
        let text = match step.flow {
            Flow::Plain | Flow::Token => String::new(),
            Flow::Fed => token.to_owned(),
            Flow::Mistyped => {
                let mut slip = token.to_owned();
                slip.pop();
                slip.push('-');
                slip
            }
        };
        SecretText::new(text)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn cannot(source: &io::Error) -> Failure {
    Failure::new(Kind::Failed, "the program cannot start itself").because(source)
}
