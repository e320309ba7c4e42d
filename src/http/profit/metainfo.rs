//! What a token is for: there are no connectors, and the rest is of interest.

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::{errors, holder};
use crate::error::Result;
use crate::http::app::App;
use crate::http::caller::Client;
use crate::http::facts::Facts;
use crate::http::json;
use crate::model::name::GroupName;
use crate::ops::connection;
use crate::ops::verify::Verdict;

const JSON: &str = "application/json";

/// What a token is for, with the names and in the order that clients know.
#[derive(Serialize)]
struct Document {
    #[serde(rename = "updateConnectors")]
    update_connectors: [(); 0],
    #[serde(rename = "getConnectors")]
    get_connectors: [(); 0],
    info: Info,
}

#[derive(Serialize)]
struct Info {
    #[serde(rename = "envid")]
    environment: String,
    #[serde(rename = "appName")]
    connection: String,
    group: String,
    #[serde(rename = "tokenExpiry")]
    expiry: String,
}

/// Describes the token of a request.
pub(super) async fn describe(app: &App, request: Request) -> Response<Body> {
    // A body is ignored: one client sends `null`.
    let (head, _) = request.into_parts();
    let verdict = match holder::judge(app, &head).await {
        Ok(verdict) => verdict,
        Err(refused) => return *refused,
    };
    let group = match group(app, &head, &verdict).await {
        Ok(group) => group,
        Err(error) => return errors::of(&error, &head),
    };
    let document = Document {
        update_connectors: [],
        get_connectors: [],
        info: Info {
            environment: text(verdict.environment.as_ref()),
            connection: text(verdict.connection.as_ref()),
            group: text(group.as_ref()),
            expiry: verdict
                .expires_at
                .map_or_else(|| "0".to_owned(), |end| end.to_string()),
        },
    };
    passed(&verdict, json::answer(StatusCode::OK, JSON, &document))
}

/// The text of a name; empty if there is none.
fn text(name: Option<&impl ToString>) -> String {
    name.map(ToString::to_string).unwrap_or_default()
}

/// Describes one connector of a token: there is none.
pub(super) async fn connector(app: &App, request: Request) -> Response<Body> {
    let (head, _) = request.into_parts();
    match holder::judge(app, &head).await {
        Ok(verdict) => passed(&verdict, errors::no_connector(&head)),
        Err(refused) => *refused,
    }
}

/// The version of the server.
pub(super) async fn version(app: &App, request: Request) -> Response<Body> {
    let (head, _) = request.into_parts();
    let document = json!({ "version": env!("CARGO_PKG_VERSION") });
    match holder::judge(app, &head).await {
        Ok(verdict) => passed(&verdict, json::answer(StatusCode::OK, JSON, &document)),
        Err(refused) => *refused,
    }
}

/// The group that is linked to the token's connection.
async fn group(app: &App, head: &Parts, verdict: &Verdict) -> Result<Option<GroupName>> {
    let Some(name) = verdict.connection.clone() else {
        return Ok(None);
    };
    let request = Client::of(app, head).request(None);
    let shown = app
        .pool
        .run(request, move |core| connection::show(core, &name));
    Ok(shown.await?.group)
}

fn passed(verdict: &Verdict, mut answer: Response<Body>) -> Response<Body> {
    answer.extensions_mut().insert(Facts::of(verdict));
    answer
}
