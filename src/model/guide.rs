//! Walkthrough templates, and the API URL that they show.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::invalid::Invalid;
use super::validated::validated;

validated!(
    /// The base URL of an API: `https://api.example.com`. Its characters need no quoting in a
    /// shell, in Markdown or in a proxy's configuration.
    ApiUrl,
    url
);

impl ApiUrl {
    /// A URL that no API has (RFC 2606).
    pub const EXAMPLE: &str = "https://api.example.com";
}

/// The walkthrough templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// An API over HTTP, with curl.
    Http,
    /// A service behind nginx or Caddy.
    Proxy,
    /// A CI system and its secret store.
    Ci,
    /// The Profit flow: a code by mail, exchanged for a token.
    Profit,
}

impl Template {
    /// All templates; the first is the default.
    pub const ALL: [Self; 4] = [Self::Http, Self::Proxy, Self::Ci, Self::Profit];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Proxy => "proxy",
            Self::Ci => "ci",
            Self::Profit => "profit",
        }
    }

    /// A one-line description.
    pub fn about(self) -> &'static str {
        match self {
            Self::Http => "an HTTP API, with curl",
            Self::Proxy => "a service behind nginx or Caddy",
            Self::Ci => "CI jobs, with the CI system's secret store",
            Self::Profit => "the Profit flow: a mailed code, exchanged for a token",
        }
    }
}

impl FromStr for Template {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL
            .into_iter()
            .find(|template| template.word() == text);
        found.ok_or_else(|| Invalid::new("a built-in guide", "use one of http, proxy, ci, profit"))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

fn url(text: &str) -> Result<String, Invalid> {
    let why = "use `https://` or `http://`, a host, and a path of letters, digits and `-._~/:@%+=`";
    let invalid = || Invalid::new("a URL", why);
    let text = text.trim_end_matches('/');
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let rest = rest.ok_or_else(invalid)?;
    let begins = rest.starts_with(|c: char| c.is_ascii_alphanumeric());
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:@%+=".contains(c);
    if !begins || text.len() > 200 || !rest.chars().all(plain) {
        return Err(invalid());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_found_by_its_word() {
        for template in Template::ALL {
            assert_eq!(template.word().parse::<Template>().unwrap(), template);
        }
        for text in ["", "HTTP", "http ", "none"] {
            assert!(text.parse::<Template>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_url_means_nothing_to_a_shell() {
        for text in [
            "https://api.example.com",
            "http://localhost:8080/v1/",
            ApiUrl::EXAMPLE,
        ] {
            assert_eq!(
                text.parse::<ApiUrl>().unwrap().as_str(),
                text.trim_end_matches('/')
            );
        }
        let hostile = [
            "",
            "api.example.com",
            "https://",
            "https://a b",
            "https://a;id",
            "https://$(id)",
        ];
        let more = [
            "https://a`id`",
            "https://a\"",
            "https://a'",
            "https://a\u{1b}",
            "file:///etc",
            "https://-x",
        ];
        for text in hostile.iter().chain(&more) {
            assert!(text.parse::<ApiUrl>().is_err(), "{text}");
        }
        assert!(
            format!("https://a{}", "b".repeat(200))
                .parse::<ApiUrl>()
                .is_err()
        );
    }
}
