//! Runs the steps of the tour: each starts this program as a shell would.

use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use hallpass::Kind;
use hallpass::bounded;
use hallpass::process::{self, End, Group, Limit};
use hallpass::secret::SecretText;
use zeroize::Zeroizing;

use super::step::{CompletedStep, Flow, TourStep};
use crate::cli::global::Format;
use crate::failure::Failure;
use crate::terminal::Interrupt;
use crate::ui::Ui;

/// The time limit of a step: far longer than any takes.
const LIMIT: Limit = Limit {
    time: Duration::from_mins(2),
    grace: Duration::from_secs(1),
};
/// The output limit of a step, in bytes: more than any prints.
const MOST: usize = 1024 * 1024;

/// The bytes that a step wrote to a pipe.
type Printed = io::Result<Zeroizing<Vec<u8>>>;

/// A running tour: its folder, and the token that passes from step to step.
pub(super) struct Tour {
    program: PathBuf,
    folder: PathBuf,
    format: Format,
    token: Option<SecretText>,
    completed: Vec<CompletedStep>,
}

impl Tour {
    pub(super) fn new(format: Format, program: &Path, folder: &Path) -> Self {
        Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            format,
            token: None,
            completed: Vec::new(),
        }
    }

    /// Runs one step and shows it.
    pub(super) fn walk(&mut self, ui: &mut Ui, step: &TourStep) -> Result<(), Failure> {
        let output = self.run(step).map_err(|source| cannot(&source))?;
        let exit = output.status.code().unwrap_or(-1);
        let stdout = text(&output.stdout);
        let stderr = text(&output.stderr);
        if self.format == Format::Table {
            // A shell keeps such a value in a variable, so it appears nowhere.
            let seen = if step.flow == Flow::Token {
                ""
            } else {
                &*stdout
            };
            ui.step(step.why, &step.shown(), seen, &stderr, exit)?;
        }
        if step.flow == Flow::Token {
            self.token = Some(SecretText::new(stdout.trim_end().to_owned()));
        }
        if exit == step.exit {
            self.completed.push(CompletedStep {
                command: step.shown(),
                exit,
                stdout,
                stderr,
            });
            return Ok(());
        }
        let message = format!(
            "`{}` exited with {exit} instead of {}",
            step.shown(),
            step.exit
        );
        Err(Failure::new(Kind::Bug, message).advice(stderr))
    }

    /// Prints all steps as one document, for programs.
    pub(super) fn end(self, ui: &mut Ui) -> Result<(), Failure> {
        if self.format == Format::Table {
            Ok(())
        } else {
            ui.list(&self.completed)
        }
    }

    fn run(&self, step: &TourStep) -> io::Result<Output> {
        let path = |name: &str| self.folder.join(name);
        let key = path("keys/demo.key").display().to_string();
        let mut command = Command::new(&self.program);
        command
            .args(step.arguments(&key))
            .env_clear()
            .env("HALLPASS_STORE", path("store/store.db"))
            .env("HALLPASS_STATE_DIR", path("state"))
            .env("HALLPASS_CONFIG", path("config.toml"))
            .env("HOME", &self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // A step has a process group of its own, so Ctrl-C reaches the tour alone.
        let interrupt = Interrupt::watch();
        let mut running = process::start(&mut command, Group::Own)?;
        if let Some(mut stdin) = running.stdin() {
            // A command that reads nothing has closed its end; that is not an error.
            let _ = stdin.write_all(self.fed(step).expose().as_bytes());
        }
        let stdout = printed(running.stdout())?;
        let stderr = printed(running.stderr())?;
        match running.wait(LIMIT, &|| interrupt.came())? {
            End::Exited(status) => Ok(Output {
                status,
                stdout: all(&stdout)?,
                stderr: all(&stderr)?,
            }),
            End::Stopped => Err(Interrupt::error()),
            End::Late => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    fn fed(&self, step: &TourStep) -> SecretText {
        let token = self.token.as_ref().map_or("", SecretText::expose);
        let text = match step.flow {
            Flow::Plain | Flow::Token => String::new(),
            Flow::Fed => token.to_owned(),
            Flow::Mistyped => {
                let mut mistyped = token.to_owned();
                mistyped.pop();
                mistyped.push('-');
                mistyped
            }
        };
        SecretText::new(text)
    }
}

/// Collects the output of a step on a thread, as it comes: a full pipe would block the step.
fn printed(from: Option<impl Read + Send + 'static>) -> io::Result<Receiver<Printed>> {
    process::aside(move || from.map_or(Ok(Zeroizing::default()), |from| bounded::read(from, MOST)))
}

/// Returns all of the output, once the step has ended.
fn all(printed: &Receiver<Printed>) -> io::Result<Vec<u8>> {
    let printed = printed.recv().map_err(io::Error::other)??;
    Ok(printed.to_vec())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn cannot(source: &io::Error) -> Failure {
    Failure::new(Kind::Failed, "the program cannot start itself").because(source)
}
