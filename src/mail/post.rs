//! The post office: hands each letter to the adapter of its transport.

use std::time::Duration;

use rustix::fs::Mode;

use super::{Carrier, Commit, message, outbox, sendmail};
use crate::model::mail::{Bounce, Letter, MailSettings, Server, Setback, Transport};

/// Every way that mail goes.
#[derive(Debug, Clone)]
pub struct Post {
    umask: Mode,
    patience: Duration,
}

impl Post {
    /// How long a letter may take until the other side has it but for its end, and as long again for
    /// its word on that.
    pub const PATIENCE: Duration = Duration::from_secs(30);

    /// `umask` is the caller's, for programs that are started.
    pub fn new(umask: Mode) -> Self {
        Self {
            umask,
            patience: Self::PATIENCE,
        }
    }

    /// Gives up after another time.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    fn deliver(
        &self,
        by: &MailSettings,
        letter: &Letter,
        commit: Commit<'_>,
    ) -> Result<Option<String>, Setback> {
        let message = message(by, letter);
        let (from, to) = (by.from.address(), &letter.to);
        match &by.transport {
            Transport::Smtp(server) => self.to_server(server, by, letter, message, commit),
            Transport::Sendmail(path) => {
                let mailer = sendmail::Mailer {
                    path,
                    umask: self.umask,
                    patience: self.patience,
                };
                mailer.send(from, to, &message, commit).map(|()| None)
            }
            // A letter that comes again replaces itself.
            Transport::Outbox(folder) => outbox::put(folder, letter, &message).map(Some),
        }
    }

    #[cfg(feature = "smtp")]
    fn to_server(
        &self,
        server: &Server,
        by: &MailSettings,
        letter: &Letter,
        message: zeroize::Zeroizing<Vec<u8>>,
        commit: Commit<'_>,
    ) -> Result<Option<String>, Setback> {
        super::smtp::send(server, by, letter, message, self.patience, commit).map(Some)
    }

    #[cfg(not(feature = "smtp"))]
    #[expect(
        clippy::unused_self,
        clippy::needless_pass_by_value,
        reason = "as with the feature"
    )]
    fn to_server(
        &self,
        _: &Server,
        _: &MailSettings,
        _: &Letter,
        _: zeroize::Zeroizing<Vec<u8>>,
        _: Commit<'_>,
    ) -> Result<Option<String>, Setback> {
        Err(Setback::never(
            "this hallpass was built without mail servers (feature `smtp`)",
        ))
    }
}

impl Carrier for Post {
    fn carry(
        &mut self,
        by: &MailSettings,
        letter: &Letter,
        commit: Commit<'_>,
    ) -> Result<(), Bounce> {
        self.deliver(by, letter, commit)
            .map(drop)
            .map_err(|setback| setback.bounce)
    }

    fn ready(&mut self, way: &Transport) -> Result<(), Bounce> {
        let ready = match way {
            Transport::Smtp(_) => Ok(()),
            Transport::Sendmail(path) => sendmail::ready(path),
            Transport::Outbox(folder) => outbox::ready(folder),
        };
        ready.map_err(|setback| setback.bounce)
    }

    fn try_out(&mut self, by: &MailSettings, letter: &Letter) -> Result<Option<String>, Setback> {
        self.deliver(by, letter, &mut || Ok(()))
    }
}
