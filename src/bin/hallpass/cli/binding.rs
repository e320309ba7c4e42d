//! What a token or a code is for, and how a token is spelled: options that several commands take.

use clap::Args;
use hallpass::model::name::{ConnectionName, EnvironmentName, ProfileName};
use hallpass::model::text::Device;
use hallpass::model::token::Encoding;
use hallpass::ops::otp::Binding;

/// What a new token is bound to.
#[derive(Debug, Args)]
pub(crate) struct BindingFlags {
    /// Bind the token to this connection [default: the only one that its profile may use]
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) connection: Option<ConnectionName>,
    /// Bind the token to this environment [default: the default environment]
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<EnvironmentName>,
    /// Bind the token to this device, which must have no other live token of the profile and
    /// connection
    #[arg(long, value_name = "DEVICE")]
    pub(crate) device: Option<Device>,
}

/// The encoding of a new token.
#[derive(Debug, Args)]
pub(crate) struct EncodingFlags {
    /// Encoding of the token: native, xml, hex or header
    #[arg(long, value_name = "FORM", default_value = "native")]
    pub(crate) form: Encoding,
}

/// What a verification code is for.
#[derive(Debug, Args)]
pub(crate) struct CodeFor {
    /// Profile that the code is for
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: ProfileName,
    /// Connection that the token is for
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) connection: ConnectionName,
    /// Environment that the token is for [default: the default environment]
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<EnvironmentName>,
}

impl From<CodeFor> for Binding {
    fn from(code: CodeFor) -> Self {
        let CodeFor {
            profile,
            connection,
            environment,
        } = code;
        Self {
            profile,
            connection,
            environment,
        }
    }
}
