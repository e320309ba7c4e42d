//! The door for proxies: may this request pass?

use std::sync::Arc;

use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::header::{ACCESS_CONTROL_REQUEST_METHOD, CONNECTION, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response, StatusCode};
use serde_json::json;

use super::app::App;
use super::credential::Credential;
use super::identity::{Identity, is_spoofed};
use super::parameters::{Challenge, Misconfigured, Parameters, Preflight};
use super::peer::Peer;
use super::question::Question;
use super::refusal::Refusal;
use super::{answer, basic, client, event};
use crate::model::verdict::Reason;

/// Judges the request that a proxy asks about, by the parameters in the query.
pub(super) async fn answer(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let parameters = Parameters::from_query(request.uri().query());
    respond(&app, request, parameters).await
}

/// Answers whether a request may pass.
///
/// A body is never read: proxies announce that of the original request, and do not send it. What
/// follows on the connection cannot be told from it, so that is closed.
pub(super) async fn respond(
    app: &App,
    request: Request,
    parameters: Result<Parameters, Misconfigured>,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let has_body = !body.is_end_stream();
    drop(body);
    let challenge = parameters
        .as_ref()
        .map_or(Challenge::Bearer, |it| it.challenge);
    let mut answer = match judge(app, &head, parameters).await {
        Ok((identity, reason)) => passed(identity, reason),
        Err(refusal) => {
            if let Refusal::Configuration(mistake) = &refusal {
                log(app, &head, mistake);
            }
            refusal.answer(challenge)
        }
    };
    if has_body {
        let close = HeaderValue::from_static("close");
        answer.headers_mut().insert(CONNECTION, close);
    }
    answer
}

async fn judge(
    app: &App,
    head: &Parts,
    parameters: Result<Parameters, Misconfigured>,
) -> Result<(Identity, &'static str), Refusal> {
    if head.method == Method::CONNECT || head.method == Method::TRACE {
        return Err(Refusal::Method);
    }
    // An outage must not look like a denial, whatever else is wrong with the request.
    if !app.judge.gate.is_open() {
        return Err(Refusal::unavailable("unavailable"));
    }
    if is_spoofed(&head.headers) {
        return Err(Refusal::Spoofed);
    }
    let parameters = &parameters.map_err(Refusal::Configuration)?;
    let options = &app.options;
    let peer = head.extensions.get::<Peer>().copied();
    let header = &options.client_ip_header;
    let question = Question {
        parameters,
        caller: client::caller(peer, &head.headers, &options.trust_proxy, header),
    };
    if parameters.preflight == Preflight::Allowed && is_preflight(head) {
        question.ensure_named(app).await?;
        return Ok((Identity::default(), "preflight"));
    }
    let without = match Credential::read(&head.headers, parameters.source) {
        Credential::None => Refusal::NoCredential,
        Credential::Several => Refusal::credential("two_credentials"),
        Credential::Malformed => Refusal::credential(Reason::Malformed.word()),
        Credential::Token(presented) => {
            let ruling = question.judge(app, presented).await?;
            return Ok((ruling.settle()?, Reason::Valid.word()));
        }
        Credential::Basic(basic) => {
            let ruling = basic::judge(app, basic, &question).await?;
            return Ok((ruling.settle()?, Reason::Valid.word()));
        }
    };
    // With a credential, the verdict tells. A mistake must show before anybody has one.
    question.ensure_named(app).await?;
    Err(without)
}

/// Whether a browser asks if it may make a request (Fetch, "CORS-preflight request").
fn is_preflight(head: &Parts) -> bool {
    head.method == Method::OPTIONS
        && head.headers.contains_key(ORIGIN)
        && head.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn passed(identity: Identity, reason: &'static str) -> Response<Body> {
    let mut answer = answer::empty(StatusCode::NO_CONTENT);
    identity.write(answer.headers_mut());
    answer.extensions_mut().insert(identity.into_facts(reason));
    answer
}

/// A mistake of the configuration refuses everything: it has a line of its own, once a second at most,
/// since whoever can reach this door can make one.
fn log(app: &App, head: &Parts, mistake: &Misconfigured) {
    let Some(left_out) = app.telemetry.mistakes.left_out() else {
        return;
    };
    let Misconfigured { parameter, problem } = mistake;
    let door = if head.uri.path().starts_with("/authz") {
        "authz"
    } else {
        "verify"
    };
    let fields = json!({
        "route": door,
        "parameter": parameter,
        "problem": problem.word(),
        "left_out": left_out,
    });
    event::log(&*app.host, "configuration", fields);
}
