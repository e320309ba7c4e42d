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

/// The name of a password in messages.
const PASSWORD: &str = "the password";

impl Ui {
    /// Reads a secret, or another text, from a file or standard input; `rule` decides who else may
    /// access the file. `what` names it: "the token".
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

    /// Warns of files with secrets that other users can read.
    fn warn_of_readers(&mut self) {
        for path in self.secrets.take_exposed() {
            let command = sanitize::shell(&path);
            let path = path.display();
            self.warn(format!(
                "other users can read `{path}`: `chmod 600 {command}`"
            ));
        }
    }

    /// Reads a secret from standard input, or asks for it at a terminal. `what` is its name in a
    /// sentence, `name` in a question.
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

    /// Fails if a password is neither given nor can be asked for. Standard input is not read unless
    /// the caller names it: it may belong to another program.
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

    /// Reads a password from `from`; asks for it if that is missing or the terminal.
    pub(crate) fn password(&mut self, from: Option<&Input>) -> Result<SecretText, Failure> {
        self.ensure_password(from)?;
        match self.input(from, PASSWORD)? {
            Some(input) => self.read(&input, PASSWORD, SECRET),
            None => Secrets::hidden("Password: "),
        }
    }

    /// Reads a token from `from`; without it, asks at a terminal and reads standard input
    /// elsewhere.
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

    /// Reads a new password from `from`; asks for it twice if that is missing or the terminal.
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

    /// Reads a declaration. `what` names it: "the declaration".
    pub(crate) fn read_orders(
        &mut self,
        from: &Input,
        what: &'static str,
    ) -> Result<SecretText, Failure> {
        self.secrets.orders(from, what)
    }

    /// Reads a list from standard input, one item per line.
    pub(crate) fn lines(&mut self, what: &'static str) -> Result<SecretText, Failure> {
        self.secrets.lines(what)
    }

    /// Decides where to read from; `None` is a question at the terminal.
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

    /// Returns standard input as a stream of any length; at a terminal, hides what is typed,
    /// because it may be a token. Reads a paste to its end: the shell would run the rest of it.
    pub(crate) fn text_to_search(&mut self) -> Result<StdinStream, Failure> {
        match self.input(None, "the text")? {
            Some(_) => self.secrets.stream("the text"),
            None => Secrets::hidden_stream("Token, or text with tokens, ended by Ctrl-D: "),
        }
    }
}
