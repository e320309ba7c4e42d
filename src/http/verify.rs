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
use super::{answer, basic, client};
use crate::model::verdict::Reason;

/// Judges the request that a proxy asks about, by the parameters in the query.
pub(super) fn answer(
    State(app): State<Arc<App>>,
    request: Request,
) -> impl Future<Output = Response<Body>> + Send + use<> {
    let parameters = Parameters::from_query(request.uri().query());
    respond(app, "verify", request, parameters)
}

/// Answers whether a request may pass. `route` is what it is called in the log.
///
/// A body is never read: proxies announce that of the original request, and do not send it. What
/// follows on the connection cannot be told from it, so that is closed.
pub(super) fn respond(
    app: Arc<App>,
    route: &'static str,
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
            Ok(Case::Preflight) => Ok((Identity::default(), "preflight")),
            Ok(Case::Presented(question, credential)) => judge(&app, &question, credential).await,
            Err(refusal) => Err(refusal),
        };
        let mut answer = match judged {
            Ok((identity, reason)) => passed(identity, reason),
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
    Preflight,
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
    if parameters.preflight == Preflight::Allowed && is_preflight(head) {
        return Ok(Case::Preflight);
    }
    let options = &app.options;
    let peer = head.extensions.get::<Peer>().copied();
    let header = &options.client_ip_header;
    let credential = Credential::read(&head.headers, parameters.source);
    let question = Question {
        parameters,
        caller: client::caller(peer, &head.headers, &options.trust_proxy, header),
    };
    Ok(Case::Presented(question, credential))
}

async fn judge(
    app: &App,
    question: &Question,
    credential: Credential,
) -> Result<(Identity, &'static str), Refusal> {
    let ruling = match credential {
        Credential::None => return Err(Refusal::NoCredential),
        Credential::Several => return Err(Refusal::credential("two_credentials")),
        Credential::Malformed => return Err(Refusal::credential(Reason::Malformed.word())),
        Credential::Token(presented) => question.judge(app, presented).await?,
        // Boxed, because it is rare: every request would carry its size.
        Credential::Basic(basic) => Box::pin(basic::judge(app, basic, question)).await?,
    };
    Ok((ruling.settle()?, Reason::Valid.word()))
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

/// A mistake of the configuration refuses everything: it has a line of its own.
fn log(app: &App, route: &str, mistake: &Misconfigured) {
    let Misconfigured { parameter, problem } = mistake;
    let line = json!({
        "event": "configuration",
        "route": route,
        "parameter": parameter,
        "problem": problem.word(),
    });
    app.host.log(&line.to_string());
}
