//! Submissions of codes, and their results.

use serde::Serialize;

use crate::model::name::{ConnectionName, EnvironmentName, ProfileName};
use crate::model::otp::{Code, CodeState};
use crate::model::token::Encoding;
use crate::ops::records::code::Binding;
use crate::ops::records::token::Issued;

/// A code submitted for exchange.
#[derive(Debug)]
pub struct Submission {
    /// The binding that the code was requested for.
    pub binding: Binding,
    /// The code.
    pub code: Code,
    /// The encoding of the token.
    pub form: Encoding,
}

/// The result of a submission.
#[derive(Debug)]
pub enum Answer {
    /// The code was correct; this is the token.
    Exchanged(Box<Issued>),
    /// The code is not valid.
    Refused(Refused),
}

/// Why a code is not valid, for an operator. Nobody else may see more than "not valid".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Always `false`.
    pub valid: bool,
    /// The reason.
    pub reason: WhyNot,
    /// The exit code of the reason.
    pub exit: u8,
    /// The profile.
    pub profile: ProfileName,
    /// The connection.
    pub connection: ConnectionName,
    /// The environment; `None` for the default.
    pub environment: Option<EnvironmentName>,
}

impl Refused {
    /// The refusal of a code for `binding`.
    pub fn new(binding: &Binding, reason: WhyNot) -> Self {
        let Binding {
            profile,
            connection,
            environment,
        } = binding.clone();
        Self {
            valid: false,
            reason,
            exit: reason.exit(),
            profile,
            connection,
            environment,
        }
    }
}

/// Why a code is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WhyNot {
    /// It is not eight digits.
    Malformed,
    /// There is no code to compare with.
    NoCode,
    /// It is a different code.
    WrongCode,
    /// It has expired.
    Expired,
    /// It was exchanged before.
    Used,
    /// It was cancelled.
    Cancelled,
    /// Its attempts are used up.
    Exhausted,
}

impl WhyNot {
    /// The exit code (`docs/json.md`).
    pub fn exit(self) -> u8 {
        match self {
            Self::Malformed => 10,
            Self::NoCode | Self::WrongCode => 11,
            Self::Used | Self::Cancelled | Self::Exhausted => 12,
            Self::Expired => 13,
        }
    }

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::NoCode => "no_code",
            Self::WrongCode => "wrong_code",
            Self::Expired => "expired",
            Self::Used => "used",
            Self::Cancelled => "cancelled",
            Self::Exhausted => "exhausted",
        }
    }

    pub(super) fn of(newest: CodeState) -> Self {
        match newest {
            CodeState::Used => Self::Used,
            CodeState::Expired => Self::Expired,
            CodeState::Cancelled | CodeState::Undelivered => Self::Cancelled,
            CodeState::Exhausted => Self::Exhausted,
            CodeState::Pending | CodeState::Replaced => Self::WrongCode,
        }
    }
}
