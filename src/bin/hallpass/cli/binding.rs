//! What a token or a code is for, and how a token is spelled: options that several commands take.

use clap::Args;
use hallpass::model::name::{ConnectionName, EnvironmentName, ProfileName};
use hallpass::model::text::Device;
use hallpass::model::token::Encoding;
use hallpass::ops::otp::Binding;

/// What a new token is bound to.
#[derive(Debug, Args)]
pub(crate) struct BindingFlags {
    /// Bind it to this connection [default: the only one its profile may use]
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) connection: Option<ConnectionName>,
    /// Bind it to this environment [default: the default environment]
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<EnvironmentName>,
    /// Bind it to this device, which has no other live token of the profile and connection
    #[arg(long, value_name = "DEVICE")]
    pub(crate) device: Option<Device>,
}

/// How a token is spelled.
#[derive(Debug, Args)]
pub(crate) struct EncodingFlags {
    /// Spell the token this way: native, xml, hex or header
    #[arg(long, value_name = "FORM", default_value = "native")]
    pub(crate) form: Encoding,
}

/// What a verification code is for.
#[derive(Debug, Args)]
pub(crate) struct CodeFor {
    /// Whose code it is
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: ProfileName,
    /// The connection that the token is for
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) connection: ConnectionName,
    /// The environment that the token is for [default: the default environment]
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
