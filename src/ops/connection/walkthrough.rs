//! Walkthroughs with the names of a connection filled in.

use serde::Serialize;

use crate::core::Core;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::guide::{ApiUrl, Template};
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName};
use crate::model::profile::Profile;
use crate::model::text::Guide;
use crate::ops::records::lookup;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Of which connection.
    pub connection: ConnectionName,
    /// A ready-made one, whether or not the connection has its own.
    pub template: Option<Template>,
    /// For which environment; without it, for the default one.
    pub environment: Option<EnvironmentName>,
    /// For which profile; without it, one is proposed that is named as the connection.
    pub profile: Option<ProfileName>,
    /// Where the API is.
    pub url: Option<ApiUrl>,
    /// Whether placeholders are filled in.
    pub names: Names,
}

/// What becomes of the placeholders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// They are filled in.
    FilledIn,
    /// They stay, for whoever writes a guide.
    Open,
}

/// A walkthrough as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Walkthrough {
    /// Of which connection.
    pub connection: ConnectionName,
    /// Which ready-made one it is; `None` for the connection's own.
    pub template: Option<Template>,
    /// Its text, in Markdown.
    pub guide: String,
}

/// A connection's own walkthrough, a ready-made one, or the general one where it has none.
///
/// # Errors
///
/// No connection, environment or profile of that name.
pub fn walkthrough(core: &mut Core, wanted: &Wanted) -> Result<Walkthrough> {
    core.read(|r| {
        let (_, connection) = lookup::named::<Connection>(r, &wanted.connection)?;
        let environment = match &wanted.environment {
            Some(name) => lookup::named::<Environment>(r, name)?.1,
            None => lookup::default_environment(r)?.1,
        };
        let profile = match &wanted.profile {
            Some(name) => lookup::named::<Profile>(r, name)?.1.name,
            None => None,
        };
        let (template, text) = text(&connection, wanted.template);
        let guide = match wanted.names {
            Names::Open => text.to_owned(),
            Names::FilledIn => {
                let values = Values {
                    connection: &connection,
                    environment: &environment,
                    profile: profile.as_ref(),
                    url: wanted.url.as_ref(),
                };
                filled_in(text, &values)
            }
        };
        Ok(Walkthrough {
            connection: connection.name.clone(),
            template,
            guide,
        })
    })
}

/// A ready-made walkthrough, for a connection to have as its own.
pub fn template(template: Template) -> Result<Guide> {
    Ok(ready_made(template).parse()?)
}

fn text(connection: &Connection, template: Option<Template>) -> (Option<Template>, &str) {
    match (template, &connection.guide) {
        (Some(template), _) => (Some(template), ready_made(template)),
        (None, Some(own)) => (None, own.as_str()),
        (None, None) => (Some(Template::Http), ready_made(Template::Http)),
    }
}

fn ready_made(template: Template) -> &'static str {
    match template {
        Template::Http => include_str!("walkthrough/http.md"),
        Template::Proxy => include_str!("walkthrough/proxy.md"),
        Template::Ci => include_str!("walkthrough/ci.md"),
        Template::Profit => include_str!("walkthrough/profit.md"),
    }
}

/// What stands for the placeholders.
struct Values<'a> {
    connection: &'a Connection,
    environment: &'a Environment,
    profile: Option<&'a ProfileName>,
    url: Option<&'a ApiUrl>,
}

impl Values<'_> {
    fn of(&self, placeholder: &str) -> Option<String> {
        let Self {
            connection,
            environment,
            profile,
            url,
        } = self;
        Some(match placeholder {
            "connection" => connection.name.to_string(),
            "api_key" => connection.api_key.to_string(),
            "environment" => environment.name.to_string(),
            "environment_key" => environment.key.to_string(),
            "profile" => profile.map_or_else(|| connection.name.to_string(), ToString::to_string),
            "membership" => connection
                .group
                .as_ref()
                .map(|it| format!(" --group {it}"))
                .unwrap_or_default(),
            "url" => url.map_or(ApiUrl::EXAMPLE, ApiUrl::as_str).to_owned(),
            _ => return None,
        })
    }
}

/// `text` with known placeholders filled in, once: what is filled in is not looked at again, and
/// braces of other programs stay as they are.
fn filled_in(text: &str, values: &Values<'_>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let known = after
            .split_once("}}")
            .and_then(|(word, end)| Some((values.of(word)?, end)));
        if let Some((value, end)) = known {
            filled.push_str(&value);
            rest = end;
        } else {
            filled.push_str("{{");
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}
