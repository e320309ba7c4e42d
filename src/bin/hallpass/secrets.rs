//! The only reader of secrets: a file, standard input, a descriptor, a command, a hidden prompt.
//!
//! The input is bounded, is held in one buffer that is wiped, and never appears in an error.

use hallpass::error::Subject;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use hallpass::bounded;
use hallpass::files::trust::{self, Distrust, Opened, Problem, Readers, Rule};
use hallpass::model::token::{Malformed, Presented};
use hallpass::secret::SecretText;
use hallpass::{Error, Kind};
use rpassword::{ConfigBuilder, prompt_password_with_config};
use rustix::fs::Mode;
use zeroize::Zeroizing;

use crate::cli::input::{Input, ShellCommand};
use crate::decoding;
use crate::failure::Failure;
use crate::passphrase_command;
use crate::report;
use crate::stdio::{Stderr, Stdin};
use crate::terminal::Hidden;

mod text;

use text::{decoded, ensure_any, text};

/// Longer than any passphrase or guide.
const LIMIT: usize = 64 * 1024;
/// Longer than any token, line endings included; one of another system may be long, and encoded in
/// UTF-16.
const TOKEN_LIMIT: usize = 2 * (4096 + 64);
/// Longer than any declaration that fits in one transaction.
const LONG_LIMIT: usize = 32 * 1024 * 1024;
/// Longer than any list of ids that fits in one transaction.
const LIST_LIMIT: usize = 8 * 1024 * 1024;

/// Reads secrets. Standard input can be read once, for one purpose.
pub(crate) struct Secrets {
    stdin: Option<&'static str>,
    kept_for: Option<&'static str>,
    umask: Mode,
    /// The caller's descriptor of the passphrase.
    passphrase: Option<OwnedFd>,
    /// Files that were read and that other users can read as well.
    exposed: Vec<PathBuf>,
}

/// Standard input as a stream of any length, which is searched for secrets.
pub(crate) struct StdinStream {
    from: Stdin,
    /// Whether the end was seen: on a terminal, reading could continue after it.
    ended: bool,
    /// Hides what is typed, for as long as the stream exists.
    _hidden: Option<Hidden>,
}

impl Read for StdinStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        let count = self.from.read(buffer)?;
        self.ended = count == 0 && !buffer.is_empty();
        Ok(count)
    }
}

impl Secrets {
    /// Creates the reader. `umask` is the caller's, for programs that are started; `passphrase` is
    /// the descriptor of `--passphrase-fd`.
    pub(crate) fn new(umask: Mode, passphrase: Option<OwnedFd>) -> Self {
        Self {
            stdin: None,
            kept_for: None,
            umask,
            passphrase,
            exposed: Vec::new(),
        }
    }

    /// Returns the caller's umask, for other programs that are started.
    pub(crate) fn umask(&self) -> Mode {
        self.umask
    }

    /// Returns the files that other users can read, and that were read since the last call.
    pub(crate) fn take_exposed(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.exposed)
    }

    /// Opens a file that satisfies `rule`.
    fn open(&mut self, path: &Path, rule: Rule) -> Result<File, Failure> {
        match trust::open(path, rule) {
            Ok(Opened { file, readers }) => {
                if readers == Readers::Others {
                    self.exposed.push(path.to_owned());
                }
                Ok(file)
            }
            Err(Distrust::Failed { path, source }) => Err(unreadable(&path, source)),
            Err(Distrust::Unsafe {
                path,
                problem: Problem::Folder,
                ..
            }) => Err(unreadable(&path, io::ErrorKind::IsADirectory.into())),
            Err(distrust) => Err(Error::from(distrust).into()),
        }
    }

    /// Reads a text, without its last newline. `what` names it: "the password".
    pub(crate) fn text(
        &mut self,
        from: &Input,
        what: &'static str,
        rule: Rule,
    ) -> Result<SecretText, Failure> {
        match from {
            Input::Stdin => self.stdin(what),
            Input::File(path) => {
                let file = self.open(path, rule)?;
                text(
                    bounded::read(file, LIMIT).map_err(|source| unreadable(path, source))?,
                    what,
                )
            }
        }
    }

    /// Reads a token. Any other text is `Malformed`, whatever it is and however long; but empty
    /// standard input is a usage error.
    pub(crate) fn token(&mut self, from: &Input) -> Result<Result<Presented, Malformed>, Failure> {
        let read = match from {
            Input::Stdin => {
                self.take_stdin("the token")?;
                too_long(bounded::read(Stdin, TOKEN_LIMIT)).map_err(|source| no_stdin(&source))?
            }
            Input::File(path) => {
                let file = self.open(path, trust::SECRET)?;
                too_long(bounded::read(file, TOKEN_LIMIT))
                    .map_err(|source| unreadable(path, source))?
            }
        };
        let Some(Ok(text)) = read.map(decoding::text) else {
            return Ok(Err(Malformed));
        };
        if *from == Input::Stdin {
            ensure_any(&text, "the token")?;
        }
        Ok(Presented::parse(text.expose()))
    }

    /// Reads all of standard input.
    pub(crate) fn stdin(&mut self, what: &'static str) -> Result<SecretText, Failure> {
        self.take_stdin(what)?;
        text(
            bounded::read(Stdin, LIMIT).map_err(|source| no_stdin(&source))?,
            what,
        )
    }

    /// Reads a declaration, which may be long, from a file that nobody else may write, or from
    /// standard input. It may contain secrets by mistake.
    pub(crate) fn orders(
        &mut self,
        from: &Input,
        what: &'static str,
    ) -> Result<SecretText, Failure> {
        let bytes = match from {
            Input::Stdin => {
                self.take_stdin(what)?;
                let bytes = bounded::read(Stdin, LONG_LIMIT).map_err(|source| no_stdin(&source))?;
                let text = decoded(bytes, what)?;
                return ensure_any(&text, what).map(|()| text);
            }
            Input::File(path) => {
                let file = self.open(path, trust::INSTRUCTIONS)?;
                bounded::read(file, LONG_LIMIT).map_err(|source| unreadable(path, source))?
            }
        };
        decoded(bytes, what)
    }

    /// Reads a list from standard input, one item per line. It may contain secrets by mistake.
    pub(crate) fn lines(&mut self, what: &'static str) -> Result<SecretText, Failure> {
        self.take_stdin(what)?;
        let list = decoded(
            bounded::read(Stdin, LIST_LIMIT).map_err(|source| no_stdin(&source))?,
            what,
        )?;
        ensure_any(&list, what).map(|()| list)
    }

    /// Returns standard input as a stream of any length, which is searched for secrets.
    pub(crate) fn stream(&mut self, what: &'static str) -> Result<StdinStream, Failure> {
        self.take_stdin(what)?;
        Ok(StdinStream {
            from: Stdin,
            ended: false,
            _hidden: None,
        })
    }

    /// Returns a stream like [`Self::stream`], from a prompt at the terminal that hides what is
    /// typed; Ctrl-D at the beginning of a line ends it.
    pub(crate) fn hidden_stream(prompt: &str) -> Result<StdinStream, Failure> {
        let hidden = Hidden::new().map_err(|source| no_terminal(&source))?;
        report::ask(prompt);
        Ok(StdinStream {
            from: Stdin,
            ended: false,
            _hidden: Some(hidden),
        })
    }

    /// Reserves standard input for `what`, which is read later: any other reader gets an error.
    pub(crate) fn keep_stdin_for(&mut self, what: &'static str) {
        self.kept_for = Some(what);
    }

    fn take_stdin(&mut self, what: &'static str) -> Result<(), Failure> {
        match self
            .stdin
            .replace(what)
            .or(self.kept_for.filter(|kept| *kept != what))
        {
            None => Ok(()),
            Some(earlier) => {
                let message = format!("standard input cannot be both {earlier} and {what}");
                Err(Failure::usage(message).advice("read one of them from a file"))
            }
        }
    }

    /// Reads the descriptor of the passphrase to its end. A file is read from its start, since the
    /// caller may pass the descriptor to many commands, one after another.
    pub(crate) fn descriptor(
        &mut self,
        fd: u32,
        what: &'static str,
    ) -> Result<SecretText, Failure> {
        let unreadable = || Failure::usage(format!("descriptor {fd} cannot be read"));
        let file = File::from(self.passphrase.take().ok_or_else(unreadable)?);
        let is_file = file.metadata().is_ok_and(|it| it.is_file());
        let bytes = if is_file {
            bounded::read(FromStart { file, at: 0 }, LIMIT)
        } else {
            bounded::read(file, LIMIT)
        };
        text(bytes.map_err(|source| unreadable().because(&source))?, what)
    }

    /// Runs the command that prints the passphrase.
    pub(crate) fn command(
        &self,
        command: &ShellCommand,
        what: &'static str,
    ) -> Result<SecretText, Failure> {
        let printed =
            passphrase_command::run(command, self.umask, passphrase_command::LIMIT, LIMIT)?;
        text(printed, what)
    }

    /// Asks at the terminal without showing what is typed. The caller has checked that asking is
    /// possible.
    pub(crate) fn hidden(prompt: &str) -> Result<SecretText, Failure> {
        let echo = Hidden::new().map_err(|source| no_terminal(&source))?;
        let terminal = ConfigBuilder::new()
            .input_reader(Stdin)
            .output_writer(Stderr)
            .build();
        let typed = prompt_password_with_config(prompt, terminal).map(SecretText::new);
        drop(echo);
        let typed = typed
            .map(decoding::typed)
            .map_err(|source| no_terminal(&source))?;
        if typed.expose().is_empty() {
            return Err(Failure::usage("nothing was typed"));
        }
        Ok(typed)
    }
}

/// A file that is read from its start, independent of the offset that other processes share.
struct FromStart {
    file: File,
    at: u64,
}

impl Read for FromStart {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

/// The first bytes of a key file.
pub(crate) const KEY_FILE: &[u8; 14] = b"HALLPASS-KEY-1";

/// Whether an open file begins like a key file. Nothing of it is kept.
pub(crate) fn is_key_file(file: &File) -> bool {
    let mut start = [0; KEY_FILE.len()];
    file.read_exact_at(&mut start, 0).is_ok() && start == *KEY_FILE
}

/// Reads an open key file, at most `limit` bytes.
pub(crate) fn key_file(file: File, path: &Path, limit: usize) -> Result<SecretText, Failure> {
    let bytes = bounded::read(file, limit).map_err(|source| unreadable(path, source))?;
    text(bytes, "the key file")
}

/// Returns `None` for input that exceeds its limit.
fn too_long(bytes: io::Result<Zeroizing<Vec<u8>>>) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    match bytes {
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Ok(None),
        other => other.map(Some),
    }
}

fn no_stdin(source: &io::Error) -> Failure {
    Failure::new(Kind::Failed, "standard input cannot be read").because(source)
}

fn no_terminal(source: &io::Error) -> Failure {
    match source.kind() {
        io::ErrorKind::Interrupted => Failure::new(Kind::Interrupted, "interrupted"),
        _ => Failure::new(Kind::Failed, "the terminal cannot be read").because(source),
    }
}

fn unreadable(path: &Path, source: io::Error) -> Failure {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::NotFound => Error::NotFound(Subject::File(path)).into(),
        io::ErrorKind::FileTooLarge | io::ErrorKind::IsADirectory => {
            Failure::usage(format!("`{}` cannot be read", path.display())).because(&source)
        }
        _ => Error::File { path, source }.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trimmed(bytes: &[u8]) -> Result<String, Kind> {
        let text = text(Zeroizing::new(bytes.to_vec()), "it").map_err(|failure| failure.kind())?;
        Ok(text.expose().to_owned())
    }

    #[test]
    fn one_line_end_is_taken_off_and_no_more() {
        assert_eq!(trimmed(b"a b \n"), Ok("a b ".to_owned()));
        assert_eq!(trimmed(b"a\r\n"), Ok("a".to_owned()));
        assert_eq!(trimmed(b"a\n\n"), Ok("a\n".to_owned()));
        assert_eq!(trimmed(b"a\r"), Ok("a\r".to_owned()));
        assert_eq!(trimmed(b"\n"), Err(Kind::Usage));
        assert_eq!(trimmed(b"\xff"), Err(Kind::Usage));
    }

    #[test]
    fn standard_input_serves_one_purpose() {
        let mut secrets = Secrets {
            stdin: Some("the passphrase"),
            ..Secrets::new(Mode::empty(), None)
        };
        let failure = secrets
            .text(&Input::Stdin, "the token", trust::SECRET)
            .unwrap_err();
        assert_eq!(failure.kind(), Kind::Usage);
        assert!(failure.message().contains("the passphrase and the token"));
    }
}
