//! What is submitted to be exchanged for a token, and what comes of it.

use serde::Serialize;

use crate::model::name::{ConnectionName, EnvironmentName, ProfileName};
use crate::model::otp::{Code, CodeState};
use crate::model::token::Encoding;
use crate::ops::records::code::Binding;
use crate::ops::records::token::Issued;

/// A code, and what it is to be exchanged for.
#[derive(Debug)]
pub struct Submission {
    /// What the code was requested for.
    pub binding: Binding,
    /// The code.
    pub code: Code,
    /// How the token is spelled.
    pub form: Encoding,
}

/// What comes of a code.
#[derive(Debug)]
pub enum Answer {
    /// It was right, and this is the token.
    Exchanged(Box<Issued>),
    /// It is not good.
    Refused(Refused),
}

/// Why a code is not good, for an operator. Nobody else is told more than "no".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Never.
    pub valid: bool,
    /// Why not.
    pub reason: WhyNot,
    /// The exit code of the reason.
    pub exit: u8,
    /// Who asked.
    pub profile: ProfileName,
    /// For which connection.
    pub connection: ConnectionName,
    /// In which environment; `None` is the default.
    pub environment: Option<EnvironmentName>,
}

impl Refused {
    /// The answer to a code for `binding`.
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

/// Why a code is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WhyNot {
    /// It is not eight digits.
    Malformed,
    /// There is none to compare with.
    NoCode,
    /// It is another.
    WrongCode,
    /// Its time is over.
    Expired,
    /// It was exchanged before.
    Used,
    /// It was taken back.
    Cancelled,
    /// It was tried too often.
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
