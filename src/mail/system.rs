//! The mailer of this machine: passes each message to its transport.

use std::time::Duration;

use rustix::fs::Mode;

use super::{Commit, Mailer, compose, outbox, sendmail};
use crate::model::mail::{MailSettings, Message, SendError, SendFailure, Server, Transport};

/// A mailer for all transports.
#[derive(Debug, Clone)]
pub struct SystemMailer {
    umask: Mode,
    patience: Duration,
}

impl SystemMailer {
    /// The time limit for transferring a message except for its end, and again for the reply to the
    /// end.
    pub const PATIENCE: Duration = Duration::from_secs(30);

    /// Creates the mailer. `umask` is the caller's, for programs that are started.
    pub fn new(umask: Mode) -> Self {
        Self {
            umask,
            patience: Self::PATIENCE,
        }
    }

    /// Sets another time limit.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    fn deliver(
        &self,
        by: &MailSettings,
        message: &Message,
        commit: Commit<'_>,
    ) -> Result<Option<String>, SendFailure> {
        let bytes = compose(by, message);
        let from = by.from.address();
        let to = &message.to;
        match &by.transport {
            Transport::Smtp(server) => self.to_server(server, by, message, bytes, commit),
            Transport::Sendmail(path) => {
                let mailer = sendmail::Sendmail {
                    path,
                    umask: self.umask,
                    patience: self.patience,
                };
                mailer.send(from, to, &bytes, commit).map(|()| None)
            }
            // A message that is sent again replaces itself, so `commit` is not called.
            Transport::Outbox(folder) => outbox::put(folder, message, &bytes).map(Some),
        }
    }

    #[cfg(feature = "smtp")]
    fn to_server(
        &self,
        server: &Server,
        by: &MailSettings,
        message: &Message,
        bytes: zeroize::Zeroizing<Vec<u8>>,
        commit: Commit<'_>,
    ) -> Result<Option<String>, SendFailure> {
        super::smtp::send(server, by, message, bytes, self.patience, commit).map(Some)
    }

    #[cfg(not(feature = "smtp"))]
    #[expect(clippy::unused_self, reason = "as with the feature")]
    fn to_server(
        &self,
        _: &Server,
        _: &MailSettings,
        _: &Message,
        _: zeroize::Zeroizing<Vec<u8>>,
        _: Commit<'_>,
    ) -> Result<Option<String>, SendFailure> {
        Err(SendFailure::permanent(
            "this hallpass was built without mail servers (feature `smtp`)",
        ))
    }
}

impl Mailer for SystemMailer {
    fn send(
        &mut self,
        by: &MailSettings,
        message: &Message,
        commit: Commit<'_>,
    ) -> Result<(), SendError> {
        self.deliver(by, message, commit)
            .map(drop)
            .map_err(|failure| failure.error)
    }

    fn ready(&mut self, transport: &Transport) -> Result<(), SendError> {
        let ready = match transport {
            Transport::Smtp(_) => Ok(()),
            Transport::Sendmail(path) => sendmail::ready(path),
            Transport::Outbox(folder) => outbox::ready(folder),
        };
        ready.map_err(|failure| failure.error)
    }

    fn attempt(
        &mut self,
        by: &MailSettings,
        message: &Message,
    ) -> Result<Option<String>, SendFailure> {
        self.deliver(by, message, &mut || Ok(()))
    }
}
