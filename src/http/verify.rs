//! The door for proxies: may this request pass?

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Response, StatusCode};

use super::answer;
use super::app::App;
use super::facts::Facts;
use crate::core::Request;
use crate::model::audit::Actor;
use crate::model::token::Presented;
use crate::ops::verify::Asked;

/// Judges the request that a proxy asks about.
pub(super) async fn answer(State(app): State<Arc<App>>, headers: HeaderMap) -> Response<Body> {
    let Some(presented) = bearer(&headers) else {
        return with(StatusCode::UNAUTHORIZED, Facts::reason("none"));
    };
    let request = Request::from(Actor::default());
    match app.judge.judge(request, presented, Asked::default()).await {
        Ok(verdict) if verdict.valid => with(StatusCode::NO_CONTENT, Facts::of(&verdict)),
        Ok(verdict) => with(StatusCode::UNAUTHORIZED, Facts::of(&verdict)),
        Err(_) => with(
            StatusCode::SERVICE_UNAVAILABLE,
            Facts::reason("unavailable"),
        ),
    }
}

fn bearer(headers: &HeaderMap) -> Option<Presented> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    Presented::parse(value.strip_prefix("Bearer ")?).ok()
}

fn with(status: StatusCode, facts: Facts) -> Response<Body> {
    let mut response = answer::empty(status);
    response.extensions_mut().insert(facts);
    response
}
