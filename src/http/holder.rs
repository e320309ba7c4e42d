//! `GET /self`: what the holder of a token may know of it.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::answer::{self, unauthorized};
use super::caller::{Bearer, Caller};
use super::facts::Facts;
use super::grant::Shared;
use super::json;
use super::problem::Problem;
use crate::model::id::TokenId;
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use crate::model::text::Device;
use crate::model::time::Time;
use crate::model::verdict::Reason;
use crate::ops::verify::{Asked, Verdict};

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

/// Describes the token that is presented.
pub(super) async fn answer(State(app): State<Shared>, request: Request) -> Response<Body> {
    let (head, _) = request.into_parts();
    let presented = match Bearer::of(&head) {
        Bearer::None => return unauthorized(answer::BEARER, Facts::reason("none")),
        Bearer::Malformed => return unauthorized(answer::INVALID, Facts::reason("malformed")),
        Bearer::Token(presented) => presented,
    };
    let caller = Caller::of(&head);
    let asked = Asked {
        ip: caller.address,
        ..Asked::default()
    };
    let judged = app.judge.judge(caller.request(None), presented, asked);
    match judged.await {
        Ok(verdict) => of_verdict(verdict),
        Err(_) => Problem::unavailable().answer(),
    }
}

fn of_verdict(verdict: Verdict) -> Response<Body> {
    let facts = Facts::of(&verdict);
    let reason = verdict.reason;
    let Verdict {
        valid: true,
        token: Some(token),
        profile,
        connection,
        environment,
        device,
        expires_at,
        ..
    } = verdict
    else {
        return refused(reason, facts);
    };
    let document = Document {
        profile,
        name: token.name,
        id: token.id,
        connection,
        environment,
        device,
        expires_at,
    };
    let mut answer = json::answer(StatusCode::OK, "application/json", &document);
    answer.extensions_mut().insert(facts);
    answer
}

/// As `/verify` refuses: 403 for a token that is valid elsewhere, else 401.
fn refused(reason: Reason, facts: Facts) -> Response<Body> {
    let is_elsewhere = matches!(
        reason,
        Reason::WrongConnection
            | Reason::NotAMember
            | Reason::WrongEnvironment
            | Reason::WrongDevice
            | Reason::ConnectionBlocked
            | Reason::AddressNotAllowed
    );
    if is_elsewhere {
        forbidden(facts)
    } else {
        unauthorized(answer::INVALID, facts)
    }
}

/// The refusal of a token that is valid, but not for this.
pub(super) fn forbidden(facts: Facts) -> Response<Body> {
    let mut refused = answer::empty(StatusCode::FORBIDDEN);
    let scope = HeaderValue::from_static(r#"Bearer error="insufficient_scope""#);
    refused.headers_mut().insert(WWW_AUTHENTICATE, scope);
    refused.extensions_mut().insert(facts);
    refused
}
