//! The caller: a person or a program that reads results and answers questions.

use hallpass::Kind;
use hallpass::mail::SystemMailer;
use hallpass::secret::SecretText;

use super::listing::Listing;
use crate::cli::global::{Color, Format};
use crate::delivery::Outlets;
use crate::failure::Failure;
use crate::output::{self, Look, View, sanitize};
use crate::progress::Progress;
use crate::prompt::{self, Asking};
use crate::report::{self, Report};
use crate::secrets::Secrets;
use crate::stdio;

/// The caller of a command: prints results and messages, and asks questions.
pub(crate) struct Ui {
    pub(super) format: Format,
    pub(super) look: Look,
    pub(super) report: Report,
    pub(super) asking: Asking,
    pub(super) consent: Consent,
    pub(super) secrets: Secrets,
    pub(super) outlets: Outlets,
}

/// Whether confirmations were given beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    /// `--yes`.
    Given,
    /// Each must be asked for.
    Asked,
}

impl Consent {
    /// Translates `--yes`.
    pub(crate) fn new(yes: bool) -> Self {
        if yes { Self::Given } else { Self::Asked }
    }
}

impl Ui {
    /// Creates the caller from its parts.
    pub(crate) fn new(
        format: Format,
        color: Color,
        report: Report,
        asking: Asking,
        consent: Consent,
        secrets: Secrets,
        outlets: Outlets,
    ) -> Self {
        let terminal = stdio::stdout_is_terminal();
        let look = Look {
            color: wanted(color, terminal),
            width: stdio::width(),
        };
        Self {
            format,
            look,
            report,
            asking,
            consent,
            secrets,
            outlets,
        }
    }

    /// Returns the format of results.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Whether `--quiet` is set: for a command whose exit code says it all.
    #[cfg(feature = "server")]
    pub(crate) fn is_quiet(&self) -> bool {
        self.report.is_quiet()
    }

    /// Prints one result.
    pub(crate) fn show<V: View>(&mut self, value: &V) -> Result<(), Failure> {
        let mut out = Report::results();
        output::single(self.format, self.look, &mut out, value)
            .and_then(|()| std::io::Write::flush(&mut out))
            .map_err(|source| Failure::output(&source))
    }

    /// Prints a result that people have already read in words: nothing in a table.
    pub(crate) fn record<V: View>(&mut self, value: &V) -> Result<(), Failure> {
        if self.format == Format::Table {
            Ok(())
        } else {
            self.show(value)
        }
    }

    /// Prints a list like [`Self::record`].
    pub(crate) fn records<V: View>(&mut self, values: &[V]) -> Result<(), Failure> {
        if self.format == Format::Table {
            Ok(())
        } else {
            self.list(values)
        }
    }

    /// Shows what a change would do: in words to people, as `value` to programs.
    pub(crate) fn preview<V: View>(&mut self, words: &str, value: &V) -> Result<(), Failure> {
        match self.format {
            Format::Table => report::raw(format!("{}\n", sanitize::block(words)).as_bytes())?,
            _ => self.show(value)?,
        }
        self.note("nothing was changed");
        Ok(())
    }

    /// Prints a list that is complete in memory.
    pub(crate) fn list<V: View>(&mut self, values: &[V]) -> Result<(), Failure> {
        let mut listing = self.listing();
        values.iter().try_for_each(|value| listing.push(value))?;
        let count = listing.end()?;
        self.counted::<V>(count);
        Ok(())
    }

    /// Begins a list that arrives item by item; [`Listing::end`] ends it.
    pub(crate) fn listing<V: View>(&self) -> Listing<V> {
        Listing::new(output::printer(self.format, self.look, Report::results()))
    }

    /// Begins a list like [`Self::listing`], as JSON lines where the format is a table.
    pub(crate) fn exporting<V: View>(&self) -> Listing<V> {
        let format = if self.format == Format::Table {
            Format::Jsonl
        } else {
            self.format
        };
        Listing::new(output::printer(format, self.look, Report::results()))
    }

    /// Whether a person sees a table.
    pub(crate) fn shows_tables_to_a_person(&self) -> bool {
        self.format == Format::Table && stdio::stdout_is_terminal()
    }

    /// Prints what `feed` produces, item by item.
    pub(crate) fn stream<V: View>(
        &mut self,
        feed: impl FnOnce(&mut dyn FnMut(V) -> hallpass::Result<()>) -> hallpass::Result<()>,
    ) -> Result<(), Failure> {
        let mut listing = self.listing();
        listing.fed(feed)?;
        let count = listing.end()?;
        self.counted::<V>(count);
        Ok(())
    }

    /// Reports an empty list: an empty table prints nothing.
    pub(crate) fn counted<V: View>(&mut self, count: usize) {
        if count == 0 && self.format == Format::Table {
            self.note(V::NONE);
        }
    }

    /// Reports a failure that does not end the command.
    pub(crate) fn complain(&mut self, failure: &Failure) {
        self.report.failure(failure);
    }

    /// Prints a note.
    pub(crate) fn note(&mut self, text: impl AsRef<str>) {
        self.report.note(text.as_ref());
    }

    /// Prints a warning.
    pub(crate) fn warn(&mut self, text: impl AsRef<str>) {
        self.report.warn(text.as_ref());
    }

    /// Returns a progress bar, on a terminal.
    pub(crate) fn progress(&self, what: &'static str) -> Progress {
        Progress::new(
            what,
            self.format == Format::Table && stdio::stderr_is_terminal(),
        )
    }

    /// Returns a spinner for waiting, on a terminal.
    pub(crate) fn waiting(&self, what: &'static str) -> Progress {
        Progress::waiting(
            what,
            self.format == Format::Table && stdio::stderr_is_terminal(),
        )
    }

    /// Returns a bar like [`Self::progress`], for use while results go to standard output: hidden
    /// if both share a terminal.
    pub(crate) fn progress_beside_results(&self, what: &'static str) -> Progress {
        if stdio::stdout_is_terminal() {
            Progress::new(what, false)
        } else {
            self.progress(what)
        }
    }

    /// Asks before something stops working. `consequence` describes what and how much, in lines.
    pub(crate) fn confirm(&mut self, consequence: &str, question: &str) -> Result<(), Failure> {
        self.confirm_shown_by("--dry-run", consequence, question)
    }

    /// Asks like [`Self::confirm`]; `preview` is the option that shows the same and changes
    /// nothing.
    pub(crate) fn confirm_shown_by(
        &mut self,
        preview: &str,
        consequence: &str,
        question: &str,
    ) -> Result<(), Failure> {
        if self.consent == Consent::Given {
            self.note(consequence);
            return Ok(());
        }
        // Where errors are JSON and nobody can answer, the error is the only output.
        if self.can_ask() || !self.format.is_json() {
            report::before_question(consequence);
        }
        self.asking.or_refuse(
            Kind::NotConfirmed,
            "a confirmation",
            &format!("`--yes` confirms; `{preview}` shows the same without changing anything"),
        )?;
        if prompt::confirm(question)? {
            return Ok(());
        }
        Err(Failure::new(
            Kind::NotConfirmed,
            "declined; nothing was changed",
        ))
    }

    /// Whether questions can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        self.asking == Asking::Possible
    }

    /// Whether a secret can be shown and asked about: a person is there, and the output is for
    /// people.
    pub(crate) fn has_dialogue(&self) -> bool {
        self.can_ask() && self.format == Format::Table && stdio::stdout_is_terminal()
    }

    /// Asks for one group of a recovery code, counted from 1.
    pub(crate) fn recovery_group(&mut self, group: u8) -> Result<SecretText, Failure> {
        let name = format!("Group {group} of the recovery code");
        self.secret(
            &name,
            Kind::Usage,
            "`--recovery-file FILE` or `--no-recovery`",
        )
    }

    /// Asks for an existing secret. `instead` is the option to use without a terminal.
    pub(crate) fn secret(
        &mut self,
        name: &str,
        kind: Kind,
        instead: &str,
    ) -> Result<SecretText, Failure> {
        self.asking.or_refuse(kind, name, instead)?;
        Secrets::hidden(&format!("{}: ", sanitize::line(name)))
    }

    /// Asks twice for a new secret.
    pub(crate) fn new_secret(&mut self, name: &str, instead: &str) -> Result<SecretText, Failure> {
        self.asking.or_refuse(Kind::Usage, name, instead)?;
        prompt::twice(name)
    }

    /// Asks twice for a new passphrase of the store, and reports its strength.
    pub(crate) fn new_passphrase(
        &mut self,
        name: &str,
        instead: &str,
    ) -> Result<SecretText, Failure> {
        self.asking.or_refuse(Kind::Usage, name, instead)?;
        prompt::new_passphrase(name)
    }

    /// Returns the reader of secrets, for the key of the store.
    pub(crate) fn secrets(&mut self) -> &mut Secrets {
        &mut self.secrets
    }

    /// Returns the mailer.
    pub(crate) fn mailer(&self) -> SystemMailer {
        SystemMailer::new(self.secrets.umask())
    }

    /// Ends the output: reports a failure, or prints the messages that were held back.
    pub(crate) fn close(&mut self, failure: Option<&Failure>) {
        match failure {
            Some(failure) => self.report.failure(failure),
            None => self.report.success(),
        }
    }
}

/// Whether a stream is coloured.
pub(crate) fn wanted(color: Color, is_terminal: bool) -> bool {
    match color {
        Color::Auto => is_terminal,
        Color::Always => true,
        Color::Never => false,
    }
}
