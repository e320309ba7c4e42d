//! Secrets and other texts that commands read, or ask for.

use hallpass::Kind;
use hallpass::files::trust::{Rule, SECRET};
use hallpass::model::token::{Malformed, Presented};
use hallpass::secret::SecretText;

use super::caller::Ui;
use crate::cli::input::Input;
use crate::failure::Failure;
use crate::output::sanitize;
use crate::secrets::{Secrets, StdinStream};
use crate::stdio;

/// What a password is called in messages.
const PASSWORD: &str = "the password";

impl Ui {
    /// Reads a secret, or another text, from a file or standard input; `rule` says who else may have
    /// the file. `what` names it: "the token".
    pub(crate) fn read(
        &mut self,
        from: &Input,
        what: &'static str,
        rule: Rule,
    ) -> Result<SecretText, Failure> {
        let text = self.secrets.text(from, what, rule);
        self.warn_of_readers();
        text
    }

    /// Says which files of secrets others can read, too.
    fn warn_of_readers(&mut self) {
        for path in self.secrets.take_exposed() {
            let (path, command) = (path.display(), sanitize::shell(&path));
            self.warn(format!(
                "other users can read `{path}`: `chmod 600 {command}`"
            ));
        }
    }

    /// Reads a secret from standard input; at a terminal it is asked for. `what` is what it is called in
    /// a sentence, `name` in a question.
    pub(crate) fn read_or_ask(
        &mut self,
        what: &'static str,
        name: &str,
    ) -> Result<SecretText, Failure> {
        match self.input(None, what)? {
            Some(input) => self.read(&input, what, SECRET),
            None => Secrets::hidden(&format!("{name}: ")),
        }
    }

    /// Refuses at once if a password is neither given nor can be asked for. Standard input is not read
    /// for one that nobody has put there: it may be somebody else's.
    pub(crate) fn ensure_password(&self, from: Option<&Input>) -> Result<(), Failure> {
        match from {
            Some(_) => Ok(()),
            None => self.asking.or_refuse(
                Kind::Usage,
                PASSWORD,
                "`--password-file FILE`, or `--password-file -` for standard input",
            ),
        }
    }

    /// Reads a password where `from` says; without it, and where that is the terminal, asks for it.
    pub(crate) fn password(&mut self, from: Option<&Input>) -> Result<SecretText, Failure> {
        self.ensure_password(from)?;
        match self.input(from, PASSWORD)? {
            Some(input) => self.read(&input, PASSWORD, SECRET),
            None => Secrets::hidden("Password: "),
        }
    }

    /// Reads a token where `from` says; without it asks at a terminal, and reads standard input where
    /// there is none.
    pub(crate) fn token(
        &mut self,
        from: Option<&Input>,
    ) -> Result<Result<Presented, Malformed>, Failure> {
        match self.input(from, "the token")? {
            Some(input) => {
                let token = self.secrets.token(&input);
                self.warn_of_readers();
                token
            }
            None => Ok(Presented::parse(Secrets::hidden("Token: ")?.expose())),
        }
    }

    /// Reads a new password where `from` says; without it, and where that is the terminal, asks
    /// twice.
    pub(crate) fn new_password(
        &mut self,
        from: Option<&Input>,
        instead: &str,
    ) -> Result<SecretText, Failure> {
        match from {
            Some(input @ Input::File(_)) => self.read(input, PASSWORD, SECRET),
            Some(Input::Stdin) if !stdio::stdin_is_terminal() => {
                self.read(&Input::Stdin, PASSWORD, SECRET)
            }
            _ => self.new_secret("New password", instead),
        }
    }

    /// Reads a text that says what is to be done. `what` names it: "the declaration".
    pub(crate) fn read_orders(
        &mut self,
        from: &Input,
        what: &'static str,
    ) -> Result<SecretText, Failure> {
        self.secrets.orders(from, what)
    }

    /// Reads a list from standard input, an item a line.
    pub(crate) fn lines(&mut self, what: &'static str) -> Result<SecretText, Failure> {
        self.secrets.lines(what)
    }

    /// Where something is read from that may be typed; `None` is a question at the terminal.
    fn input(&self, from: Option<&Input>, what: &'static str) -> Result<Option<Input>, Failure> {
        match from {
            Some(Input::File(_)) => {}
            _ if self.can_ask() => return Ok(None),
            _ if stdio::stdin_is_terminal() => {
                self.asking.or_refuse(Kind::Usage, what, "pipe it in")?;
            }
            _ => {}
        }
        Ok(Some(from.cloned().unwrap_or(Input::Stdin)))
    }

    /// A text of any length, from standard input; at a terminal it is asked for without showing it, for
    /// it may be a token. All of a paste is read: what is left of one, a shell would run.
    pub(crate) fn text_to_search(&mut self) -> Result<StdinStream, Failure> {
        match self.input(None, "the text")? {
            Some(_) => self.secrets.stream("the text"),
            None => Secrets::hidden_stream("Token, or text with tokens, ended by Ctrl-D: "),
        }
    }
}
