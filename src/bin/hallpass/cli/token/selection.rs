//! Which tokens a command is about: by name, by a list, by what is true of them.

use std::str::FromStr;

use clap::{ArgGroup, Args};
use hallpass::model::invalid::Invalid;
use hallpass::model::name::{ConnectionName, EnvironmentName, ProfileName};
use hallpass::model::time::{Since, Span};
use hallpass::model::token::TokenAddress;
use hallpass::ops::token::SessionFilter;

use super::super::input::{Input, one_of};

/// What says which tokens; one of it must be given, or a typo would mean all of them.
pub(super) fn group() -> ArgGroup {
    ArgGroup::new("which").required(true).multiple(true).args([
        "tokens",
        "token_file",
        "profile",
        "connection",
        "environment",
        "issued_before",
        "issued_after",
        "unused_for",
        "sessions",
    ])
}

/// Which tokens are changed.
#[derive(Debug, Args)]
pub(crate) struct Chosen {
    /// Tokens: PROFILE/NAME or an id; `-` reads them from standard input, one per line
    #[arg(value_name = "TOKEN")]
    pub(crate) tokens: Vec<Listed>,
    /// Read the token itself from a file (`-` for standard input)
    #[arg(long, value_name = "FILE", conflicts_with = "tokens")]
    pub(crate) token_file: Option<Input>,
    /// Only tokens of this profile
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<ProfileName>,
    /// What else is true of them.
    #[command(flatten)]
    pub(crate) picks: Picks,
}

/// What is true of the tokens that are meant.
#[derive(Debug, Args)]
pub(crate) struct Picks {
    /// Only tokens bound to this connection
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) connection: Option<ConnectionName>,
    /// Only tokens for this environment
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<EnvironmentName>,
    /// Only tokens issued before this: a date, or a duration back from now
    #[arg(long, value_name = "WHEN")]
    pub(crate) issued_before: Option<Since>,
    /// Only tokens issued since this: a date, or a duration back from now
    #[arg(long, value_name = "WHEN")]
    pub(crate) issued_after: Option<Since>,
    /// Only tokens not used for this long; a token never used counts from when it was issued
    #[arg(long, value_name = "DURATION")]
    pub(crate) unused_for: Option<Span>,
    /// Only session tokens, or none of them
    #[arg(long, value_name = "WHICH")]
    #[arg(value_parser = one_of(SessionFilter::ALL, SessionFilter::word))]
    pub(crate) sessions: Option<SessionFilter>,
}

impl Picks {
    /// Whether nothing is said.
    pub(crate) fn is_empty(&self) -> bool {
        let Self {
            connection,
            environment,
            issued_before,
            issued_after,
            unused_for,
            sessions,
        } = self;
        connection.is_none()
            && environment.is_none()
            && issued_before.is_none()
            && issued_after.is_none()
            && unused_for.is_none()
            && sessions.is_none()
    }
}

/// One of several tokens, or the input that lists them.
#[derive(Debug, Clone)]
pub(crate) enum Listed {
    /// `-`: one per line on standard input.
    Stdin,
    /// This one.
    Token(TokenAddress),
}

impl FromStr for Listed {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == "-" {
            Ok(Self::Stdin)
        } else {
            text.parse().map(Self::Token)
        }
    }
}
