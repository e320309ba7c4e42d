//! Findings of a review.

use std::cmp::Reverse;
use std::fmt::{self, Display, Formatter};

use serde::{Serialize, Serializer};

use crate::model::severity::Severity;

/// A finding: a problem, and the command that fixes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The problem.
    pub id: Flaw,
    /// Its severity.
    pub severity: Severity,
    /// The object that it is about.
    pub subject: Subject,
    /// The problem and its fix, in words.
    pub message: String,
    /// The command that fixes it, or the first step of that; what only the operator knows is in
    /// capitals.
    pub command: ProgramCommand,
}

/// A command of the program, which prints and serializes ready to paste: `hallpass token list`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramCommand {
    options: String,
    words: String,
}

impl ProgramCommand {
    /// Creates a command from the words after the program's name: `token list`.
    pub fn new(words: impl Into<String>) -> Self {
        Self {
            options: String::new(),
            words: words.into(),
        }
    }

    /// Puts options before the words, each after a space: ` --store FILE`.
    pub fn set_options(&mut self, options: impl Into<String>) {
        self.options = options.into();
    }
}

impl Display for ProgramCommand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { options, words } = self;
        write!(f, "hallpass{options} {words}")
    }
}

impl Serialize for ProgramCommand {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The object of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// `connection`, `key`, `mail`, `profile`, `store` or `token`.
    pub kind: &'static str,
    /// Its name: a token's address, the environment of mail, the id of keys and stores.
    pub name: String,
}

impl Subject {
    pub(super) fn new(kind: &'static str, name: impl Display) -> Self {
        Self {
            kind,
            name: name.to_string(),
        }
    }
}

impl Finding {
    pub(super) fn new(
        id: Flaw,
        severity: Severity,
        subject: Subject,
        message: impl Into<String>,
        command: impl Into<String>,
    ) -> Self {
        Self {
            id,
            severity,
            subject,
            message: message.into(),
            command: ProgramCommand::new(command),
        }
    }

    /// The sort key among findings.
    pub(super) fn rank(&self) -> impl Ord + use<> {
        let Subject { kind, name } = &self.subject;
        (
            Reverse(self.severity),
            *kind,
            name.to_ascii_lowercase(),
            self.id.word(),
        )
    }
}

/// All problems a review can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "the words say it; docs/review.md has the table"
)]
pub enum Flaw {
    KeyWeak,
    StoreWithoutRecovery,
    MailNotSet,
    ProfileUnrestricted,
    ProfileSeveralConnections,
    PasswordUnused,
    ConnectionGroupShared,
    ConnectionWithoutToken,
    ConnectionSeveralTokens,
    TokenWithoutExpiry,
    TokenOld,
    TokenUnused,
    TokenNeverUsed,
    TokenExpiring,
    TokenWithoutAddress,
}

impl Flaw {
    /// All of them, in the order of `docs/review.md`.
    pub const ALL: [Self; 15] = [
        Self::KeyWeak,
        Self::StoreWithoutRecovery,
        Self::MailNotSet,
        Self::ProfileUnrestricted,
        Self::ProfileSeveralConnections,
        Self::PasswordUnused,
        Self::ConnectionGroupShared,
        Self::ConnectionWithoutToken,
        Self::ConnectionSeveralTokens,
        Self::TokenWithoutExpiry,
        Self::TokenOld,
        Self::TokenUnused,
        Self::TokenNeverUsed,
        Self::TokenExpiring,
        Self::TokenWithoutAddress,
    ];

    /// The id in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::KeyWeak => "key-weak",
            Self::StoreWithoutRecovery => "store-without-recovery",
            Self::MailNotSet => "mail-not-set",
            Self::ProfileUnrestricted => "profile-unrestricted",
            Self::ProfileSeveralConnections => "profile-several-connections",
            Self::PasswordUnused => "password-unused",
            Self::ConnectionGroupShared => "connection-group-shared",
            Self::ConnectionWithoutToken => "connection-without-token",
            Self::ConnectionSeveralTokens => "connection-several-tokens",
            Self::TokenWithoutExpiry => "token-without-expiry",
            Self::TokenOld => "token-old",
            Self::TokenUnused => "token-unused",
            Self::TokenNeverUsed => "token-never-used",
            Self::TokenExpiring => "token-expiring",
            Self::TokenWithoutAddress => "token-without-address",
        }
    }
}

impl Serialize for Flaw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// Formats the first few of several names, and how many more there are.
pub(super) fn few<T: Display>(names: &[T]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<_> = names
        .iter()
        .take(SHOWN)
        .map(|it| format!("`{it}`"))
        .collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
