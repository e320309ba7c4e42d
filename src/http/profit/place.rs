//! The paths of the Profit flow.

use axum::http::Method;

use crate::http::metrics::Route;

/// A path of the Profit flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A code is asked for.
    OtpRequest,
    /// A code is exchanged.
    OtpValidation,
    /// What a token is for.
    MetaInfo,
    /// A connector of what a token is for.
    Connector,
    /// The version of the server.
    Version,
    /// Session tokens.
    OAuth,
    /// SOAP.
    Soap,
    /// Below the flow, and nothing.
    Nowhere,
}

/// The methods that a path answers, apart from OPTIONS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Methods {
    /// GET, and so HEAD.
    Get,
    /// POST.
    Post,
    /// GET for a description, POST for the rest.
    Both,
}

impl Methods {
    /// Whether `method` is one of them.
    pub(super) fn include(self, method: &Method) -> bool {
        let gets = matches!(*method, Method::GET | Method::HEAD);
        let posts = *method == Method::POST;
        match self {
            Self::Get => gets,
            Self::Post => posts,
            Self::Both => gets || posts,
        }
    }

    /// The value of `Allow`.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Get => "GET, HEAD, OPTIONS",
            Self::Post => "POST, OPTIONS",
            Self::Both => "GET, HEAD, POST, OPTIONS",
        }
    }
}

impl Place {
    /// All places that answer something.
    #[cfg(test)]
    pub(super) const ALL: [Self; 7] = [
        Self::OtpRequest,
        Self::OtpValidation,
        Self::MetaInfo,
        Self::Connector,
        Self::Version,
        Self::OAuth,
        Self::Soap,
    ];

    /// The place that a path leads to; `None` if it is not of the flow. Cases are not told apart,
    /// and empty segments do not count: base addresses end with a slash or not.
    pub(super) fn of(path: &str) -> Option<Self> {
        let segments: Vec<_> = path.split('/').filter(|it| !it.is_empty()).collect();
        let (first, rest) = segments.split_first()?;
        let is = |segment: &str, word: &str| segment.eq_ignore_ascii_case(word);
        if is(first, "profitservices") {
            return Some(match rest {
                [name] if is(name, "tokenconnector.asmx") => Self::Soap,
                _ => Self::Nowhere,
            });
        }
        if !is(first, "profitrestservices") {
            return None;
        }
        Some(match rest {
            [name] if is(name, "otprequest") => Self::OtpRequest,
            [name] if is(name, "otpvalidation") => Self::OtpValidation,
            [name] if is(name, "metainfo") => Self::MetaInfo,
            [name, kind, _] if is(name, "metainfo") && (is(kind, "get") || is(kind, "update")) => {
                Self::Connector
            }
            [name] if is(name, "profitversion") => Self::Version,
            [name, kind] if is(name, "oauth") && is(kind, "token") => Self::OAuth,
            _ => Self::Nowhere,
        })
    }

    /// The methods that are answered here; `None` where every method is 404.
    pub(super) fn methods(self) -> Option<Methods> {
        match self {
            Self::OtpRequest | Self::OtpValidation | Self::OAuth => Some(Methods::Post),
            Self::MetaInfo | Self::Connector | Self::Version => Some(Methods::Get),
            Self::Soap => Some(Methods::Both),
            Self::Nowhere => None,
        }
    }

    /// The route, for the log and the metrics.
    pub(super) fn route(self) -> Option<Route> {
        match self {
            Self::OtpRequest => Some(Route::OtpRequest),
            Self::OtpValidation => Some(Route::OtpValidation),
            Self::MetaInfo => Some(Route::MetaInfo),
            Self::Connector => Some(Route::Connector),
            Self::Version => Some(Route::ProfitVersion),
            Self::OAuth => Some(Route::OAuthToken),
            Self::Soap => Some(Route::TokenConnector),
            Self::Nowhere => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_without_regard_to_case() {
        for (path, place) in [
            ("/profitrestservices/otprequest", Place::OtpRequest),
            ("/ProfitRestServices/OtpRequest", Place::OtpRequest),
            ("/ProfitRestServices//otpValidation/", Place::OtpValidation),
            ("/PROFITRESTSERVICES/METAINFO", Place::MetaInfo),
            (
                "/ProfitRestServices/metainfo/GET/My_Connector",
                Place::Connector,
            ),
            (
                "/profitrestservices/metainfo/update/a%20b",
                Place::Connector,
            ),
            ("/ProfitRestServices/ProfitVersion", Place::Version),
            ("/profitrestservices/OAuth/Token", Place::OAuth),
            ("/ProfitServices/TokenConnector.asmx", Place::Soap),
            ("/profitservices/tokenconnector.ASMX", Place::Soap),
            ("/profitrestservices", Place::Nowhere),
            ("/profitrestservices/", Place::Nowhere),
            ("/profitrestservices/connectors", Place::Nowhere),
            ("/profitrestservices/metainfo/get", Place::Nowhere),
            ("/profitrestservices/metainfo/delete/a", Place::Nowhere),
            ("/profitrestservices/metainfo/get/a/b", Place::Nowhere),
            ("/profitrestservices/other/get/a", Place::Nowhere),
            ("/profitrestservices/other/token", Place::Nowhere),
            ("/profitrestservices/oauth/other", Place::Nowhere),
            ("/profitservices/other/tokenconnector.asmx", Place::Nowhere),
            ("/profitservices/appconnector.asmx", Place::Nowhere),
        ] {
            assert_eq!(Place::of(path), Some(place), "{path}");
        }
        for path in [
            "",
            "/",
            "/verify",
            "/profit",
            "/profitrestservicesx/otprequest",
        ] {
            assert_eq!(Place::of(path), None, "{path}");
        }
    }

    #[test]
    fn every_place_has_a_route_whose_template_leads_there() {
        for place in Place::ALL {
            let template = place.route().unwrap().word();
            let path = template.replace("{kind}", "get");
            assert_eq!(Place::of(&path), Some(place), "{template}");
        }
    }
}
