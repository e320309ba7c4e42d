//! What an error is about: something that is not there, or that is there already.

use std::path::PathBuf;

use crate::model::id::TokenId;
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, RequestId, TokenName};
use crate::model::text::Device;
use crate::model::token::TokenAddress;

/// Something that was named and is not there. Its text follows "no".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Subject {
    /// A profile of that name.
    #[error("profile `{0}`")]
    Profile(ProfileName),
    /// A connection of that name.
    #[error("connection `{0}`")]
    Connection(ConnectionName),
    /// An environment of that name.
    #[error("environment `{0}`")]
    Environment(EnvironmentName),
    /// A token of that name or id.
    #[error("token `{0}`")]
    Token(TokenAddress),
    /// A token of another system with that secret.
    #[error("imported token matches this")]
    Import,
    /// A file, or a folder for it.
    #[error("file or folder `{}`", .0.display())]
    File(PathBuf),
    /// A key slot with that id.
    #[error("key slot `{0}`")]
    Slot(String),
}

/// What is there already, so that it is not made again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Existing {
    /// The name is taken.
    #[error("profile `{0}` already exists")]
    Profile(ProfileName),
    /// The name is taken.
    #[error("connection `{0}` already exists")]
    Connection(ConnectionName),
    /// The name is taken.
    #[error("environment `{0}` already exists")]
    Environment(EnvironmentName),
    /// The name is held by a live token.
    #[error("profile `{0}` already has a token `{1}`")]
    Token(ProfileName, TokenName),
    /// The secret was imported before, and its token may be revoked since.
    #[error("this token was imported already, as `{0}`")]
    Import(TokenId),
    /// A live token of the profile is for that device already, on the same connection.
    #[error(
        "token `{profile}/{token}` is bound to device `{device}` already, on the same connection"
    )]
    Device {
        /// The profile of both.
        profile: ProfileName,
        /// The device, as it was asked for.
        device: Device,
        /// The token that has it.
        token: TokenName,
    },
    /// The token has a successor that is live.
    #[error("token `{token}` was replaced already, by `{successor}`")]
    Successor {
        /// The old one.
        token: TokenId,
        /// The one that replaced it.
        successor: TokenId,
    },
    /// The request was answered before, and its secret is not shown twice.
    #[error(
        "request `{request}` was completed already, with token `{successor}`, which is not shown again"
    )]
    Answer {
        /// What the caller called it.
        request: RequestId,
        /// The token that was made then.
        successor: TokenId,
    },
    /// A file that is never overwritten.
    #[error("`{}` already exists and is not overwritten", .0.display())]
    File(PathBuf),
}
