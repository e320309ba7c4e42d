//! Our headers: who the client is, for the application behind the proxy.

use axum::http::{HeaderMap, HeaderName};

use super::facts::Facts;
use super::parameters::Parameters;
use super::percent;
use crate::model::id::TokenId;
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use crate::model::text::Device;
use crate::model::time::Time;
use crate::ops::verify::{ProfileVerdict, Verdict};

const PROFILE: HeaderName = HeaderName::from_static("hallpass-profile");
const TOKEN: HeaderName = HeaderName::from_static("hallpass-token");
const TOKEN_ID: HeaderName = HeaderName::from_static("hallpass-token-id");
const CONNECTION: HeaderName = HeaderName::from_static("hallpass-connection");
const ENVIRONMENT: HeaderName = HeaderName::from_static("hallpass-environment");
const DEVICE: HeaderName = HeaderName::from_static("hallpass-device");
const EXPIRES: HeaderName = HeaderName::from_static("hallpass-expires");

/// Who the client is, and as what it passes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Identity {
    /// The profile.
    pub(super) profile: Option<ProfileName>,
    /// The name of its token.
    pub(super) token: Option<TokenName>,
    /// The public id of the token.
    pub(super) token_id: Option<TokenId>,
    /// The connection that was asked about, or else the token's own.
    pub(super) connection: Option<ConnectionName>,
    /// The environment of the token.
    pub(super) environment: Option<EnvironmentName>,
    /// The device of the token.
    pub(super) device: Option<Device>,
    /// When the token expires.
    pub(super) expires: Option<Time>,
}

impl Identity {
    /// The holder of a token.
    pub(super) fn of_token(verdict: Verdict, parameters: &Parameters) -> Self {
        let Verdict {
            token,
            profile,
            connection,
            environment,
            device,
            expires_at,
            ..
        } = verdict;
        let (token_id, token) = token.map(|token| (token.id, token.name)).unzip();
        Self {
            profile,
            token,
            token_id,
            connection: parameters.connection.clone().or(connection),
            environment,
            device,
            expires: expires_at,
        }
    }

    /// A profile that proved to know its password.
    pub(super) fn of_profile(verdict: ProfileVerdict, parameters: &Parameters) -> Self {
        Self {
            profile: Some(verdict.profile),
            connection: parameters.connection.clone(),
            environment: parameters.environment.clone(),
            ..Self::default()
        }
    }

    /// What goes to the log, for this reason.
    pub(super) fn into_facts(self, reason: &'static str) -> Facts {
        Facts {
            token: self.token_id,
            profile: self.profile,
            connection: self.connection,
            ..Facts::reason(reason)
        }
    }

    /// Writes all seven headers. One that was absent or empty would let the client's own through
    /// some proxies.
    pub(super) fn write(&self, headers: &mut HeaderMap) {
        let Self {
            profile,
            token,
            token_id,
            connection,
            environment,
            device,
            expires,
        } = self;
        let token_id = token_id.map(|id| id.to_string());
        let expires = expires.map(|time| time.to_string());
        let fields = [
            (PROFILE, profile.as_ref().map(ProfileName::as_str)),
            (TOKEN, token.as_ref().map(TokenName::as_str)),
            (TOKEN_ID, token_id.as_deref()),
            (CONNECTION, connection.as_ref().map(ConnectionName::as_str)),
            (
                ENVIRONMENT,
                environment.as_ref().map(EnvironmentName::as_str),
            ),
            (DEVICE, device.as_ref().map(Device::as_str)),
            (EXPIRES, expires.as_deref()),
        ];
        // And what every answer has.
        headers.reserve(fields.len() + 4);
        for (name, value) in fields {
            headers.insert(name, percent::header(value));
        }
    }
}

/// Whether a request has a header that an application could take for one of ours: one that begins
/// with `hallpass-`, where `_` and `.` count as `-`, as in the variables of CGI.
pub(super) fn is_spoofed(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| {
        // The name is in lower case already.
        let rest = name.as_str().as_bytes().strip_prefix(b"hallpass");
        matches!(rest, Some([b'-' | b'_' | b'.', ..]))
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn all_seven_headers_are_written_and_none_is_empty() {
        let mut headers = HeaderMap::new();
        Identity::default().write(&mut headers);
        assert_eq!(headers.len(), 7);
        assert!(headers.values().all(|value| value == "-"));
        let identity = Identity {
            profile: Some("github".parse().unwrap()),
            device: Some("Büro 1".parse().unwrap()),
            token_id: Some(TokenId::new(1)),
            expires: Some(Time::from_seconds(0)),
            ..Identity::default()
        };
        identity.write(&mut headers);
        assert_eq!(headers.len(), 7);
        assert_eq!(headers["hallpass-profile"], "github");
        assert_eq!(headers["hallpass-device"], "B%C3%BCro%201");
        assert_eq!(headers["hallpass-token-id"], "hpass_00000000001");
        assert_eq!(headers["hallpass-expires"], "1970-01-01T00:00:00Z");
        assert_eq!(headers["hallpass-token"], "-");
    }

    #[test]
    fn aliases_of_our_headers_are_spoofed() {
        let with = |name: &str| {
            let name: HeaderName = name.parse().unwrap();
            HeaderMap::from_iter([(name, HeaderValue::from_static("x"))])
        };
        for name in [
            "Hallpass-Profile",
            "hallpass-profile",
            "HALLPASS-PROFILE",
            "Hallpass_Profile",
            "Hallpass.Profile",
            "hallpass_token",
            "hallpass.token-id",
            "HALLPASS_EXPIRES",
            "hallpass-anything",
            "hallpass-",
            "hallpass_",
            "hallpass..x",
        ] {
            assert!(is_spoofed(&with(name)), "{name}");
        }
        for name in [
            "hallpass",
            "hallpassport",
            "x-hallpass-profile",
            "hall-pass-profile",
        ] {
            assert!(!is_spoofed(&with(name)), "{name}");
        }
    }
}
