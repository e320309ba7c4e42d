//! The values of labels: closed sets, so that no request can add a series.

use prometheus_client::encoding::{EncodeLabelValue, LabelValueEncoder};

use crate::http::door::Door;

/// A closed set of label values.
pub(super) trait Label: Copy + PartialEq + 'static {
    /// All values.
    const ALL: &'static [Self];

    /// Its position in [`Self::ALL`].
    fn index(self) -> usize {
        Self::ALL
            .iter()
            .position(|value| *value == self)
            .unwrap_or_default()
    }
}

/// Declares a closed set of label values, and the word of each.
macro_rules! label {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $value:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(in crate::http) enum $name {
            $($(#[$about])* $value,)+
        }

        impl Label for $name {
            const ALL: &'static [Self] = &[$(Self::$value,)+];
        }

        impl $name {
            /// The word in metrics and logs.
            pub(in crate::http) fn word(self) -> &'static str {
                match self {
                    $(Self::$value => $word,)+
                }
            }
        }

        impl EncodeLabelValue for $name {
            fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
                self.word().encode(encoder)
            }
        }
    };
}

label!(
    /// A route, by its template.
    Route {
        /// No route: the path is not there.
        None = "none",
        /// Verdicts for proxies.
        Verify = "/verify",
        /// Verdicts for Envoy, whatever follows the second segment.
        Authz = "/authz/{connection}/{environment}",
        /// Tokens for a client secret.
        Token = "/token",
        /// What a holder may know of a token.
        Holder = "/self",
        /// The holder ends a token.
        Revoke = "/revoke",
        /// Tokens for a password.
        Login = "/login",
        /// Verdicts for services.
        Introspect = "/introspect",
        /// The Profit flow: a code is asked for.
        OtpRequest = "/profitrestservices/otprequest",
        /// A code is exchanged for a token.
        OtpValidation = "/profitrestservices/otpvalidation",
        /// What a token is for.
        MetaInfo = "/profitrestservices/metainfo",
        /// One connector of what a token is for: there are none.
        Connector = "/profitrestservices/metainfo/{kind}/{id}",
        /// The version of the server.
        ProfitVersion = "/profitrestservices/profitversion",
        /// Tokens for a client secret, below the Profit flow.
        OAuthToken = "/profitrestservices/oauth/token",
        /// The Profit flow by SOAP.
        TokenConnector = "/profitservices/tokenconnector.asmx",
        /// A route that is not listed here.
        Other = "other",
    }
);

impl Route {
    /// The route with this template, as the router knows it.
    pub(in crate::http) fn of(template: Option<&str>) -> Self {
        let Some(template) = template else {
            return Self::None;
        };
        if template.starts_with("/authz/") {
            return Self::Authz;
        }
        let listed = Self::ALL.iter().find(|route| route.word() == template);
        listed.copied().unwrap_or(Self::Other)
    }

    /// The door that it belongs to.
    pub(in crate::http) fn door(self) -> Option<Door> {
        match self {
            Self::Verify | Self::Authz => Some(Door::Verify),
            Self::Token | Self::Holder | Self::Revoke | Self::Login => Some(Door::Token),
            Self::Introspect => Some(Door::Introspect),
            Self::OtpRequest
            | Self::OtpValidation
            | Self::MetaInfo
            | Self::Connector
            | Self::ProfitVersion
            | Self::OAuthToken
            | Self::TokenConnector => Some(Door::Profit),
            Self::None | Self::Other => None,
        }
    }

    /// Whether a password or a client secret is exchanged for a token there.
    pub(in crate::http) fn is_login(self) -> bool {
        matches!(self, Self::Login | Self::Token | Self::OAuthToken)
    }
}

label!(
    /// The status of an answer.
    Code {
        Ok = "200",
        Created = "201",
        NoContent = "204",
        BadRequest = "400",
        Unauthorized = "401",
        Forbidden = "403",
        NotFound = "404",
        MethodNotAllowed = "405",
        Timeout = "408",
        TooLarge = "413",
        UnsupportedType = "415",
        TooMany = "429",
        HeadTooLarge = "431",
        Internal = "500",
        Unavailable = "503",
        Other = "other",
    }
);

impl Code {
    /// The label of a status.
    pub(in crate::http) fn of(status: u16) -> Self {
        match status {
            200 => Self::Ok,
            201 => Self::Created,
            204 => Self::NoContent,
            400 => Self::BadRequest,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            408 => Self::Timeout,
            413 => Self::TooLarge,
            415 => Self::UnsupportedType,
            429 => Self::TooMany,
            431 => Self::HeadTooLarge,
            500 => Self::Internal,
            503 => Self::Unavailable,
            _ => Self::Other,
        }
    }
}

label!(
    /// A method of a request.
    Method {
        Get = "GET",
        Head = "HEAD",
        Post = "POST",
        Put = "PUT",
        Patch = "PATCH",
        Delete = "DELETE",
        Options = "OPTIONS",
        Connect = "CONNECT",
        Trace = "TRACE",
        Other = "other",
    }
);

impl Method {
    /// The label of a method: a client can make one up, and put a secret in it.
    pub(in crate::http) fn of(method: &str) -> Self {
        let listed = Self::ALL.iter().find(|listed| listed.word() == method);
        listed.copied().unwrap_or(Self::Other)
    }
}

label!(
    /// Why a verdict is what it is.
    Reason {
        Valid = "valid",
        None = "none",
        Unknown = "unknown",
        Revoked = "revoked",
        Expired = "expired",
        Malformed = "malformed",
        TokenSuspended = "token_suspended",
        ProfileSuspended = "profile_suspended",
        WrongConnection = "wrong_connection",
        NotAMember = "not_a_member",
        WrongEnvironment = "wrong_environment",
        WrongDevice = "wrong_device",
        ConnectionBlocked = "connection_blocked",
        AddressNotAllowed = "address_not_allowed",
        WrongPassword = "wrong_password",
        TwoCredentials = "two_credentials",
        SpoofedHeader = "spoofed_header",
        Preflight = "preflight",
        Misconfigured = "misconfigured",
        Throttled = "throttled",
        Locked = "locked",
        Busy = "busy",
        Unavailable = "unavailable",
        Other = "other",
    }
);

impl Reason {
    /// The label of a reason that a handler gave.
    pub(in crate::http) fn of(word: &str) -> Self {
        let listed = Self::ALL.iter().find(|reason| reason.word() == word);
        listed.copied().unwrap_or(Self::Other)
    }
}

label!(
    /// A mistake in the configuration of a proxy.
    Mistake {
        /// A parameter is there twice.
        Twice = "twice",
        /// There is no such parameter.
        Unknown = "unknown",
        /// A parameter has a value that it cannot have.
        Invalid = "invalid",
        /// What a parameter names does not exist.
        NotFound = "not_found",
        /// A parameter is missing.
        Missing = "missing",
    }
);

label!(
    /// What happened to a verification code.
    CodeEvent {
        Requested = "requested",
        Sent = "sent",
        Undelivered = "undelivered",
        Exchanged = "exchanged",
        Refused = "refused",
    }
);

label!(
    /// How an attempt to sign in ended.
    LoginOutcome {
        Passed = "passed",
        Wrong = "wrong",
        Refused = "refused",
        Malformed = "malformed",
        Throttled = "throttled",
        Unavailable = "unavailable",
    }
);

impl LoginOutcome {
    /// What the status of an answer says of an attempt.
    pub(in crate::http) fn of(status: u16) -> Self {
        match status {
            200..=299 => Self::Passed,
            401 => Self::Wrong,
            403 => Self::Refused,
            429 => Self::Throttled,
            500.. => Self::Unavailable,
            _ => Self::Malformed,
        }
    }
}

label!(
    /// A budget that was used up.
    Budget {
        /// Failed passwords for one profile.
        Subject = "subject",
        /// Failed attempts from one address.
        Source = "source",
        /// Requests for codes for one connection.
        Connection = "connection",
        /// Requests for codes in all.
        Total = "total",
        /// Passwords that are hashed at once.
        Argon2 = "argon2",
        /// Session tokens of one profile.
        Sessions = "sessions",
    }
);

label!(
    /// Why no verdict is possible.
    StoreFailure {
        Missing = "missing",
        Integrity = "integrity",
        Rollback = "rollback",
        Fork = "fork",
        Substituted = "substituted",
        Corrupt = "corrupt",
        Busy = "busy",
        Storage = "storage",
        UnsafeFile = "unsafe_file",
        NewerFormat = "newer_format",
        Clock = "clock",
        Anchor = "anchor",
        Engine = "engine",
        Other = "other",
    }
);

impl From<crate::Kind> for StoreFailure {
    fn from(kind: crate::Kind) -> Self {
        use crate::Kind;
        match kind {
            Kind::NotFound => Self::Missing,
            Kind::Integrity => Self::Integrity,
            Kind::Rollback => Self::Rollback,
            Kind::Fork => Self::Fork,
            Kind::Substituted => Self::Substituted,
            Kind::Corrupt => Self::Corrupt,
            Kind::Busy => Self::Busy,
            Kind::Storage => Self::Storage,
            Kind::UnsafeFile => Self::UnsafeFile,
            Kind::NewerFormat => Self::NewerFormat,
            Kind::Clock => Self::Clock,
            Kind::Anchor => Self::Anchor,
            Kind::Engine => Self::Engine,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::verdict;

    #[test]
    fn every_reason_of_a_verdict_has_a_label_of_its_own() {
        for reason in verdict::Reason::ALL {
            assert_eq!(Reason::of(reason.word()).word(), reason.word());
        }
        assert_eq!(Reason::of("hpass_secret"), Reason::Other);
    }

    #[test]
    fn a_route_is_known_by_its_template_only() {
        for route in Route::ALL {
            let known = !matches!(route, Route::None | Route::Other);
            assert_eq!(known, route.door().is_some());
            if known {
                assert_eq!(Route::of(Some(route.word())), *route);
            }
        }
        let longer = "/authz/{connection}/{environment}/{*rest}";
        assert_eq!(Route::of(Some(longer)), Route::Authz);
        assert_eq!(Route::of(None), Route::None);
        assert_eq!(Route::of(Some("/new")), Route::Other);
    }

    #[test]
    fn a_made_up_method_is_other() {
        assert_eq!(Method::of("PROPFIND"), Method::Other);
        assert_eq!(Method::of("get"), Method::Other);
        assert_eq!(Method::of("GET"), Method::Get);
    }

    #[test]
    fn every_index_leads_back() {
        for (position, code) in Code::ALL.iter().enumerate() {
            assert_eq!(code.index(), position);
            let number = code.word().parse();
            assert_eq!(number.map_or(Code::Other, Code::of), *code);
        }
    }
}
