//! Walkthroughs with placeholders replaced by the names of a connection.

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

/// A request for a walkthrough.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The connection.
    pub connection: ConnectionName,
    /// A template to use even if the connection has a guide of its own.
    pub template: Option<Template>,
    /// The environment; the default one without it.
    pub environment: Option<EnvironmentName>,
    /// The profile; without it, a suggested profile with the connection's name.
    pub profile: Option<ProfileName>,
    /// The base URL of the API.
    pub url: Option<ApiUrl>,
    /// Whether placeholders are filled in.
    pub names: Names,
}

/// The treatment of placeholders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// They are filled in.
    FilledIn,
    /// They are left as they are, for authors of guides.
    Open,
}

/// A walkthrough, as displayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Walkthrough {
    /// The connection.
    pub connection: ConnectionName,
    /// The template; `None` for the connection's own guide.
    pub template: Option<Template>,
    /// Its text, in Markdown.
    pub guide: String,
}

/// The walkthrough of a connection: its own guide, a template, or the default template if it has no
/// guide.
///
/// # Errors
///
/// There is no connection, environment or profile of that name.
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

/// The text of a template, to become a connection's own guide.
///
/// # Errors
///
/// A template that is not a valid guide, which is a bug.
pub fn template(template: Template) -> Result<Guide> {
    Ok(template_text(template).parse()?)
}

fn text(connection: &Connection, template: Option<Template>) -> (Option<Template>, &str) {
    match (template, &connection.guide) {
        (Some(template), _) => (Some(template), template_text(template)),
        (None, Some(own)) => (None, own.as_str()),
        (None, None) => (Some(Template::Http), template_text(Template::Http)),
    }
}

fn template_text(template: Template) -> &'static str {
    match template {
        Template::Http => include_str!("walkthrough/http.md"),
        Template::Proxy => include_str!("walkthrough/proxy.md"),
        Template::Ci => include_str!("walkthrough/ci.md"),
        Template::Profit => include_str!("walkthrough/profit.md"),
    }
}

/// The values of the placeholders.
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

/// `text` with known placeholders filled in, once: the values are not scanned again, and braces of
/// other programs are left alone.
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
