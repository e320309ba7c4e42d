//! What a rule forbids, with what the operator needs to act.

use super::dependents::Dependents;
use crate::model::name::{ConnectionName, EnvironmentName, GroupName, ProfileName};
use crate::model::time::{Span, Time};
use crate::model::token::TokenAddress;

/// What a rule forbids. Each carries what the operator needs to act.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A restriction or a live token still names it.
    #[error("`{name}` is still used by {users}")]
    InUse {
        /// The connection or environment.
        name: String,
        /// What still names it.
        users: Dependents,
    },
    /// There is always a default environment.
    #[error("environment `{0}` is the default; set another default first")]
    DefaultEnvironment(EnvironmentName),
    /// Removing the last connection would lift the restriction.
    #[error("this would leave profile `{0}` unrestricted")]
    LastConnection(ProfileName),
    /// Removing the last allowed range would allow every address.
    #[error("this would let connection `{0}` be used from any address")]
    LastRange(ConnectionName),
    /// The connection's lifetime is a maximum.
    #[error("connection `{connection}` allows a lifetime of at most {maximum}")]
    LifetimeTooLong {
        /// Which connection.
        connection: ConnectionName,
        /// Its token lifetime.
        maximum: Span,
    },
    /// A sign-in is for a while.
    #[error("a token from a sign-in lives at most {0}")]
    LoginTooLong(Span),
    /// A new token would not be good for as long as was asked.
    #[error("a token issued now would expire {end}, which is in less than {min_life}")]
    TooShort {
        /// When it would end.
        end: Time,
        /// How long it was to be good at least.
        min_life: Span,
    },
    /// The end of a token lies in the past.
    #[error("{0} is in the past")]
    AlreadyPast(Time),
    /// The profile's restriction does not name the connection.
    #[error("profile `{profile}` is not allowed to use connection `{connection}`")]
    NotAllowed {
        /// Which profile.
        profile: ProfileName,
        /// Which connection.
        connection: ConnectionName,
    },
    /// The connection is linked to a group the profile is not in.
    #[error(
        "profile `{profile}` is not a member of `{group}`, the group of connection `{connection}`"
    )]
    NotAMember {
        /// Which profile.
        profile: ProfileName,
        /// Which connection.
        connection: ConnectionName,
        /// The linked group.
        group: GroupName,
    },
    /// Nothing but `resume` does anything with a suspended profile.
    #[error("profile `{0}` is suspended")]
    ProfileSuspended(ProfileName),
    /// A token that is revoked or expired stays so.
    #[error("token `{0}` is {1}")]
    TokenEnded(TokenAddress, &'static str),
    /// The profile has no password.
    #[error("profile `{0}` has no password")]
    NoPassword(ProfileName),
    /// Codes cannot be mailed to a profile without an address.
    #[error("profile `{0}` has no e-mail address")]
    NoEmail(ProfileName),
    /// A token of another system that could be guessed.
    #[error("by its length and alphabet, the token has less than 128 bits of entropy")]
    Guessable,
    /// A token that looks like one of hallpass, and would be taken for one.
    #[error("the text has the format of a hallpass token, so it cannot be imported")]
    OwnShape,
    /// Too guessable or too short.
    #[error("the password is too weak: {0}")]
    WeakPassword(String),
    /// The last key slot, or the last proven one.
    #[error("{0}")]
    LastSlot(&'static str),
    /// What opens the store, in its own folder.
    #[error(
        "a key file, passphrase or recovery code in the store's own folder would be copied along with it"
    )]
    ColocatedKey,
    /// A limit of the format.
    #[error("{0}")]
    Limit(&'static str),
    /// Nobody said by which way mail leaves: in general, or for an environment.
    #[error("mail is not configured{}", environment.as_ref().map(|it| format!(" for environment `{it}`, nor in general")).unwrap_or_default())]
    NoMail {
        /// For which environment mail was to leave.
        environment: Option<EnvironmentName>,
    },
    /// A token is declared that is not there, and nothing says where a new one would go.
    #[error("the token does not exist, and there is no `to` to deliver a new one")]
    NoPlace,
    /// A token is declared that is there, for other uses, and cannot be replaced.
    #[error("the token exists with different bindings, and there is no `to` to deliver another")]
    OtherUses,
    /// An operation that is pointless in this state, said plainly.
    #[error("{0}")]
    State(String),
}
