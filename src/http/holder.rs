//! `GET /self`: what the holder of a token may know of it.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use serde::Serialize;

use super::bearer::{self, challenge};
use super::caller::Client;
use super::facts::Facts;
use super::grant::Shared;
use super::json;
use super::refusal::Refusal;
use crate::model::id::TokenId;
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use crate::model::text::Device;
use crate::model::time::Time;
use crate::ops::verify::{Judged, Verdict};

#[derive(Serialize)]
struct Document {
    profile: Option<ProfileName>,
    name: TokenName,
    id: TokenId,
    connection: Option<ConnectionName>,
    environment: Option<EnvironmentName>,
    device: Option<Device>,
    expires_at: Option<Time>,
}

/// Describes the token that is presented. What is not valid is refused as `/verify` refuses it.
pub(super) async fn answer(State(app): State<Shared>, request: Request) -> Response<Body> {
    let (head, _) = request.into_parts();
    let client = Client::of(&app, &head);
    let described = match bearer::judge(&app, client, &head.headers).await {
        Ok(verdict) => describe(verdict),
        Err(refusal) => Err(refusal),
    };
    described.unwrap_or_else(|refusal| refusal.answer(challenge(&head.headers)))
}

fn describe(verdict: Verdict) -> Result<Response<Body>, Refusal> {
    let facts = Facts::of(&verdict);
    let Verdict {
        token,
        profile,
        connection,
        environment,
        device,
        expires_at,
        ..
    } = verdict;
    let nothing = || Refusal::unavailable("unavailable");
    let Judged { id, name } = token.ok_or_else(nothing)?;
    let document = Document {
        profile,
        name,
        id,
        connection,
        environment,
        device,
        expires_at,
    };
    let mut answer = json::answer(StatusCode::OK, "application/json", &document);
    answer.extensions_mut().insert(facts);
    Ok(answer)
}
