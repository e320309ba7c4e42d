//! `POST /revoke`: the holder of a token ends it (RFC 7009).

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};

use super::answer;
use super::caller::Client;
use super::facts::Facts;
use super::grant::Shared;
use super::oauth_error::Code;
use super::posted::{self, Unposted};
use super::problem::Problem;
use crate::model::token::Presented;
use crate::ops::token::{Summary, revoke_own};

/// Revokes the token that is posted. Whoever has it may do that: they need no other credentials, and
/// an `Authorization` is ignored.
pub(super) async fn answer(State(app): State<Shared>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let token = match posted::fields(&head, body).await {
        Ok(mut fields) => fields.take("token"),
        Err(Unposted::Malformed) => None,
        Err(Unposted::Problem(problem)) => return problem.answer(),
    };
    let Some(token) = token else {
        let code = Code::InvalidRequest;
        return code.answer(Facts::reason(code.word()));
    };
    // What is not a token is not one that is valid: the client has what it wants.
    let Ok(presented) = Presented::parse_remote(token.expose()) else {
        return done(Facts::reason("malformed"));
    };
    drop(token);
    let request = Client::of(&app, &head).request(None);
    let revoked = app
        .pool
        .run(request, move |core| revoke_own(core, &presented));
    match revoked.await {
        Ok(Some(token)) => done(facts(&token)),
        Ok(None) => done(Facts::reason("unknown")),
        Err(_) => Problem::unavailable().answer(),
    }
}

fn facts(token: &Summary) -> Facts {
    Facts {
        reason: Some("revoked"),
        token: Some(token.id),
        profile: token.profile.clone(),
        connection: token.connection.clone(),
        ..Facts::default()
    }
}

fn done(facts: Facts) -> Response<Body> {
    let mut answer = answer::empty(StatusCode::OK);
    answer.extensions_mut().insert(facts);
    answer
}
