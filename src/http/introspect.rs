//! `POST /introspect`: a service asks about the token of one of its clients (RFC 7662).

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use serde::Serialize;

use super::app::App;
use super::bearer::{self, challenge};
use super::caller::Client;
use super::facts::Facts;
use super::grant::Shared;
use super::json;
use super::oauth_error::Code;
use super::posted::{self, Unposted};
use super::problem::Problem;
use super::refusal::Refusal;
use crate::model::name::{ConnectionName, GroupName, ProfileName};
use crate::model::time::Time;
use crate::model::token::{Presented, TokenAddress};
use crate::model::verdict::Reason;
use crate::ops::verify::{Asked, Verdict};
use crate::ops::{profile, token};

/// The group whose profiles may ask.
const GROUP: &str = "introspect";

/// What a service is told about a token. Of one that is not valid it learns nothing else.
#[derive(Default, Serialize)]
struct Document {
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<ProfileName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<ProfileName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<ConnectionName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
}

/// Answers whether a token is valid, for a profile of the group.
pub(super) async fn answer(State(app): State<Shared>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let client = Client::of(&app, &head);
    if let Err(refusal) = ensure_may_ask(&app, &head, client).await {
        return refusal.answer(challenge(&head.headers));
    }
    let asked = match posted::fields(&head, body).await {
        Ok(mut fields) => fields.take("token"),
        Err(Unposted::Malformed) => None,
        Err(Unposted::Problem(problem)) => return problem.answer(),
    };
    let Some(asked) = asked else {
        let code = Code::InvalidRequest;
        return code.answer(Facts::reason(code.word()));
    };
    let Ok(presented) = Presented::parse_remote(asked.expose()) else {
        return told(
            &Document::default(),
            Facts::reason(Reason::Malformed.word()),
        );
    };
    drop(asked);
    match describe(&app, client, presented).await {
        Ok((document, facts)) => told(&document, facts),
        Err(_) => Problem::unavailable().answer(),
    }
}

/// Describes a token. No address rule of it is checked: the caller is not its client.
async fn describe(
    app: &App,
    client: Client,
    presented: Presented,
) -> crate::error::Result<(Document, Facts)> {
    let request = client.request(None);
    let judged = app.judge.judge(request, presented, Asked::default());
    let verdict = judged.await?;
    let facts = Facts::of(&verdict);
    let Verdict {
        valid: true,
        token: Some(judged),
        profile,
        connection,
        expires_at,
        ..
    } = verdict
    else {
        return Ok((Document::default(), facts));
    };
    let target = TokenAddress::Id(judged.id).into();
    let shown = app
        .pool
        .run(client.request(None), move |core| token::show(core, &target));
    let created = shown.await?.created_at;
    let document = Document {
        active: true,
        sub: profile.clone(),
        client_id: profile,
        scope: connection,
        exp: expires_at.map(Time::seconds),
        iat: Some(created.seconds()),
        token_type: Some("Bearer"),
    };
    Ok((document, facts))
}

fn told(document: &Document, facts: Facts) -> Response<Body> {
    let mut answer = json::answer(StatusCode::OK, "application/json", document);
    answer.extensions_mut().insert(facts);
    answer
}

/// Refuses a caller that does not prove to be a profile of the group.
async fn ensure_may_ask(app: &App, head: &Parts, client: Client) -> Result<(), Refusal> {
    let verdict = bearer::judge(app, client, &head.headers).await?;
    let facts = Facts::of(&verdict);
    let unavailable = || Refusal::unavailable("unavailable");
    let profile = verdict.profile.ok_or_else(unavailable)?;
    let shown = app.pool.run(client.request(None), move |core| {
        profile::show(core, &profile)
    });
    let shown = shown.await.map_err(|_| unavailable())?;
    let is_ours = |group: &GroupName| group.as_str().eq_ignore_ascii_case(GROUP);
    if shown.groups.iter().any(is_ours) {
        return Ok(());
    }
    Err(Refusal::Binding(Facts {
        reason: Some("not_a_member"),
        ..facts
    }))
}
