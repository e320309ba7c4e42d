//! `POST /introspect`: a service asks about the token of one of its clients (RFC 7662).

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::answer::{self, unauthorized};
use super::app::App;
use super::caller::{Bearer, Caller, presented};
use super::client_auth::ClientSecret;
use super::facts::Facts;
use super::fields::Fields;
use super::grant::Shared;
use super::holder::forbidden;
use super::json;
use super::oauth_error::{BASIC, Code};
use super::posted::{self, Unposted};
use super::problem::Problem;
use crate::model::name::{ConnectionName, GroupName, ProfileName};
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
    let caller = Caller::of(&head);
    if let Err(refused) = ensure_may_ask(&app, &head, caller).await {
        return *refused;
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
    let Some(presented) = presented(asked.expose()) else {
        return told(
            &Document::default(),
            Facts::reason(Reason::Malformed.word()),
        );
    };
    drop(asked);
    match describe(&app, caller, presented).await {
        Ok((document, facts)) => told(&document, facts),
        Err(_) => Problem::unavailable().answer(),
    }
}

/// Describes a token. No address rule of it is checked: the caller is not its client.
async fn describe(
    app: &App,
    caller: Caller,
    presented: Presented,
) -> crate::error::Result<(Document, Facts)> {
    let request = caller.request(None);
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
        .run(caller.request(None), move |core| token::show(core, &target));
    let created = shown.await?.created_at;
    let document = Document {
        active: true,
        sub: profile.clone(),
        client_id: profile,
        scope: connection,
        exp: expires_at.map(|end| end.seconds()),
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
async fn ensure_may_ask(
    app: &App,
    head: &Parts,
    caller: Caller,
) -> Result<(), Box<Response<Body>>> {
    let Credentials {
        token,
        user,
        challenge,
    } = Credentials::read(head)?;
    let asked = Asked {
        ip: caller.address,
        ..Asked::default()
    };
    let judged = app.judge.judge(caller.request(None), token, asked).await;
    let verdict = judged.map_err(|_| Problem::unavailable().answer())?;
    let facts = Facts::of(&verdict);
    let own = verdict.profile.filter(|_| verdict.valid);
    let is_user = |own: &ProfileName| {
        let named = user.as_ref();
        named.is_none_or(|user| user.same_as(own))
    };
    let Some(profile) = own.filter(is_user) else {
        return Err(unauthorized(challenge, facts).into());
    };
    let shown = app.pool.run(caller.request(None), move |core| {
        profile::show(core, &profile)
    });
    let shown = shown.await.map_err(|_| Problem::unavailable().answer())?;
    let is_ours = |group: &GroupName| group.as_str().eq_ignore_ascii_case(GROUP);
    if shown.groups.iter().any(is_ours) {
        Ok(())
    } else {
        let facts = Facts {
            reason: Some("not_a_member"),
            ..facts
        };
        Err(forbidden(facts).into())
    }
}

/// What a caller proves who it is with.
struct Credentials {
    token: Presented,
    /// The profile that it names, with Basic.
    user: Option<ProfileName>,
    challenge: HeaderValue,
}

impl Credentials {
    /// Reads `Bearer TOKEN`, or `Basic` with a profile and a token of it.
    fn read(head: &Parts) -> Result<Self, Box<Response<Body>>> {
        let refused = |challenge, reason| Box::new(unauthorized(challenge, Facts::reason(reason)));
        let value = head.headers.get(AUTHORIZATION);
        let scheme = value.and_then(|value| value.to_str().ok()?.split(' ').next());
        if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("Basic")) {
            let malformed = || refused(BASIC, "malformed");
            let client = ClientSecret::read(&head.headers, &mut Fields::default());
            let client = client.map_err(|_| malformed())?;
            return Ok(Self {
                token: presented(client.secret.expose()).ok_or_else(malformed)?,
                user: Some(client.id.expose().parse().map_err(|_| malformed())?),
                challenge: BASIC,
            });
        }
        match Bearer::of(head) {
            Bearer::None => Err(refused(answer::BEARER, "none")),
            Bearer::Malformed => Err(refused(answer::INVALID, "malformed")),
            Bearer::Token(token) => Ok(Self {
                token,
                user: None,
                challenge: answer::INVALID,
            }),
        }
    }
}
