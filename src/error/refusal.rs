//! What a rule forbids, with what the operator needs to act.

use super::dependents::Dependents;
use crate::model::name::{ConnectionName, EnvironmentName, GroupName, ProfileName};
use crate::model::time::{Span, Time};
use crate::model::token::TokenAddress;

/// A rule that forbids the operation, with what the operator needs to act.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A restriction or a live token still refers to it.
    #[error("`{name}` is still used by {users}")]
    InUse {
        /// The connection or environment.
        name: String,
        /// What refers to it.
        users: Dependents,
    },
    /// The default environment cannot be removed.
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
        /// The connection's token lifetime.
        maximum: Span,
    },
    /// A sign-in must have a limited lifetime.
    #[error("a token from a sign-in lives at most {0}")]
    LoginTooLong(Span),
    /// A new token would expire sooner than required.
    #[error("a token issued now would expire {end}, which is in less than {min_life}")]
    TooShort {
        /// When it would expire.
        end: Time,
        /// The required minimum lifetime.
        min_life: Span,
    },
    /// The expiry of a token is in the past.
    #[error("{0} is in the past")]
    AlreadyPast(Time),
    /// The profile is restricted to other connections.
    #[error("profile `{profile}` is not allowed to use connection `{connection}`")]
    NotAllowed {
        /// Which profile.
        profile: ProfileName,
        /// Which connection.
        connection: ConnectionName,
    },
    /// The connection is linked to a group that the profile is not a member of.
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
    /// A suspended profile accepts no operation but `resume`.
    #[error("profile `{0}` is suspended")]
    ProfileSuspended(ProfileName),
    /// A token that is revoked or expired cannot become valid again.
    #[error("token `{0}` is {1}")]
    TokenEnded(TokenAddress, &'static str),
    /// The profile has no password.
    #[error("profile `{0}` has no password")]
    NoPassword(ProfileName),
    /// The profile has no address to mail codes to.
    #[error("profile `{0}` has no e-mail address")]
    NoEmail(ProfileName),
    /// An imported token that is easy to guess.
    #[error("by its length and alphabet, the token has less than 128 bits of entropy")]
    Guessable,
    /// An imported token with the format of a hallpass token, which would be looked up as one.
    #[error("the text has the format of a hallpass token, so it cannot be imported")]
    OwnShape,
    /// A password that is too easy to guess or too short.
    #[error("the password is too weak: {0}")]
    WeakPassword(String),
    /// The last key slot, or the last one with a proven secret.
    #[error("{0}")]
    LastSlot(&'static str),
    /// A secret that opens the store, in the store's own folder.
    #[error(
        "a key file, passphrase or recovery code in the store's own folder would be copied along with it"
    )]
    ColocatedKey,
    /// A limit of the format.
    #[error("{0}")]
    Limit(&'static str),
    /// No mail transport is configured, in general or for an environment.
    #[error("mail is not configured{}", environment.as_ref().map(|it| format!(" for environment `{it}`, nor in general")).unwrap_or_default())]
    NoMail {
        /// The environment the message was for.
        environment: Option<EnvironmentName>,
    },
    /// A declared token does not exist, and the declaration has no sink for a new one.
    #[error("the token does not exist, and there is no `to` to deliver a new one")]
    NoPlace,
    /// A declared token exists with other bindings and cannot be replaced.
    #[error("the token exists with different bindings, and there is no `to` to deliver another")]
    OtherUses,
    /// An operation without effect in the current state.
    #[error("{0}")]
    State(String),
}
