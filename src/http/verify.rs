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
use super::ruling::Ruling;
use super::{answer, basic, client, event};
use crate::model::verdict::Reason;

/// Judges the request that a proxy asks about, by the parameters in the query.
pub(super) fn answer(
    State(app): State<Arc<App>>,
    request: Request,
) -> impl Future<Output = Response<Body>> + Send + use<> {
    let parameters = Parameters::from_query(request.uri().query());
    respond(app, "verify", StatusCode::NO_CONTENT, request, parameters)
}

/// Answers whether a request may pass. `route` is what it is called in the log, `yes` the status that
/// lets it pass.
///
/// A body is never read: proxies announce that of the original request, and do not send it. What
/// follows on the connection cannot be told from it, so that is closed.
pub(super) fn respond(
    app: Arc<App>,
    route: &'static str,
    yes: StatusCode,
    request: Request,
    parameters: Result<Parameters, Misconfigured>,
) -> impl Future<Output = Response<Body>> + Send + use<> {
    // What a future holds while it waits is allocated for each request: so the head is read, and
    // gone, before.
    let (head, body) = request.into_parts();
    let has_body = !body.is_end_stream();
    drop(body);
    let challenge = parameters
        .as_ref()
        .map_or(Challenge::Bearer, |it| it.challenge);
    let case = read(&app, &head, parameters);
    drop(head);
    async move {
        let judged = match case {
            Ok(case) => judge(&app, case).await,
            Err(refusal) => Err(refusal),
        };
        let mut answer = match judged {
            Ok((identity, reason)) => passed(yes, identity, reason),
            Err(refusal) => {
                if let Refusal::Configuration(mistake) = &refusal {
                    log(&app, route, mistake);
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
}

/// What the head of a request says.
enum Case {
    /// A browser asks if it may make a request, and everybody may ask that.
    Preflight(Question),
    /// A credential is presented for this use.
    Presented(Question, Credential),
}

fn read(
    app: &App,
    head: &Parts,
    parameters: Result<Parameters, Misconfigured>,
) -> Result<Case, Refusal> {
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
    let parameters = parameters.map_err(Refusal::Configuration)?;
    let is_passed = parameters.preflight == Preflight::Allowed && is_preflight(head);
    let credential = Credential::read(&head.headers, parameters.source);
    let options = &app.options;
    let peer = head.extensions.get::<Peer>().copied();
    let header = &options.client_ip_header;
    let question = Question {
        parameters,
        caller: client::caller(peer, &head.headers, &options.trust_proxy, header),
    };
    Ok(if is_passed {
        Case::Preflight(question)
    } else {
        Case::Presented(question, credential)
    })
}

async fn judge(app: &App, case: Case) -> Result<(Identity, &'static str), Refusal> {
    let (question, without) = match case {
        Case::Preflight(question) => (question, Ok((Identity::default(), "preflight"))),
        Case::Presented(question, credential) => {
            let refusal = match credential {
                Credential::None => Refusal::NoCredential,
                Credential::Several => Refusal::credential("two_credentials"),
                Credential::Malformed => Refusal::credential(Reason::Malformed.word()),
                Credential::Token(presented) => {
                    let ruling = question.judge(app, presented).await?;
                    match settled(ruling)? {
                        Some(identity) => return Ok((identity, Reason::Valid.word())),
                        None => Refusal::credential(Reason::Malformed.word()),
                    }
                }
                Credential::Basic(basic) => {
                    // Boxed, because it is rare: every request would carry its size.
                    let ruling = Box::pin(basic::judge(app, basic, &question)).await?;
                    match settled(ruling)? {
                        Some(identity) => return Ok((identity, Reason::Valid.word())),
                        None => Refusal::credential(Reason::Malformed.word()),
                    }
                }
            };
            (question, Err(refusal))
        }
    };
    // With a credential, the verdict tells. A mistake must show before anybody has one.
    Box::pin(question.ensure_named(app)).await?;
    without
}

/// Who passes; `None` if nothing was looked up for the credential, so that it is not known whether what
/// the configuration names exists.
fn settled(ruling: Ruling) -> Result<Option<Identity>, Refusal> {
    match ruling.reason {
        Reason::Malformed => Ok(None),
        _ => ruling.settle().map(Some),
    }
}

/// Whether a browser asks if it may make a request (Fetch, "CORS-preflight request").
fn is_preflight(head: &Parts) -> bool {
    head.method == Method::OPTIONS
        && head.headers.contains_key(ORIGIN)
        && head.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn passed(status: StatusCode, identity: Identity, reason: &'static str) -> Response<Body> {
    let mut answer = answer::empty(status);
    identity.write(answer.headers_mut());
    answer.extensions_mut().insert(identity.into_facts(reason));
    answer
}

/// A mistake of the configuration refuses everything: it has a line of its own, once a second at most,
/// since whoever can reach this door can make one.
fn log(app: &App, route: &str, mistake: &Misconfigured) {
    let Some(left_out) = app.telemetry.mistakes.left_out() else {
        return;
    };
    let Misconfigured { parameter, problem } = mistake;
    let fields = json!({
        "route": route,
        "parameter": parameter,
        "problem": problem.word(),
        "left_out": left_out,
    });
    event::log(&*app.host, "configuration", fields);
}

#[cfg(test)]
mod tests;
