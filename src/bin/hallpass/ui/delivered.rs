//! Where a new secret goes, and how its result is printed.

use super::caller::Ui;
use crate::cli::global::Format;
use crate::cli::sink::SinkFlags;
use crate::delivery::Outlet;
use crate::failure::Failure;
use crate::output::View;
use crate::output::secret::{NewSecret, compose};
use crate::protected::Protected;
use crate::report;

impl Ui {
    /// Returns standard output as the sink of a new secret.
    pub(crate) fn handover(&self) -> Outlet {
        Outlet::stdout(self.format)
    }

    /// Opens the sink of a new secret. Call it before the store is opened.
    pub(crate) fn outlet(&mut self, sink: &SinkFlags) -> Result<Outlet, Failure> {
        Outlet::open(sink, self.format, self.secrets.umask(), &mut self.outlets)
    }

    /// Returns the files that nothing may overwrite.
    pub(crate) fn protected(&self) -> &Protected {
        &self.outlets.protected
    }

    /// Prints the result for programs, if the secret went elsewhere than to standard output.
    pub(crate) fn delivered<V: View>(
        &mut self,
        outlet: &Outlet,
        field: &'static str,
        value: &V,
    ) -> Result<(), Failure> {
        if outlet.elsewhere().is_none() {
            Ok(())
        } else {
            self.without_secret(field, value)
        }
    }

    /// Prints the result for programs without its secret, which they have already or never get.
    pub(crate) fn without_secret<V: View>(
        &mut self,
        field: &'static str,
        value: &V,
    ) -> Result<(), Failure> {
        if self.format == Format::Table {
            return Ok(());
        }
        let mut text = compose(
            self.format,
            NewSecret {
                field,
                secret: None,
            },
            value,
        )
        .map_err(|source| Failure::output(&source))?;
        text.push(b'\n');
        report::raw(&text)
    }

    /// Reports a refusal to a person who asked for a secret: nothing is printed in place of the
    /// secret. Programs get the verdict as a result.
    pub(crate) fn answer_no<V: View>(
        &mut self,
        verdict: &V,
        failure: impl FnOnce() -> Failure,
    ) -> Result<(), Failure> {
        if self.format == Format::Table {
            self.report.failure(&failure());
            return Ok(());
        }
        self.show(verdict)
    }
}
