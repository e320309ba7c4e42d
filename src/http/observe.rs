//! Around every request: it gets its id, its answer is counted and logged, and what every answer has
//! is added.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Response};
use axum::middleware::Next;
use tokio::time::Instant;

use super::access_log::Answer;
use super::app::App;
use super::door::Door;
use super::facts::Facts;
use super::metrics::{Method, Route};
use super::options::AccessLog;
use super::peer::Peer;
use super::request_id::Trust;
use super::{answer, client};

/// Answers a request by `next`, counts the answer, and logs it.
pub(super) fn observe(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> impl Future<Output = Response<Body>> + Send + use<> {
    let begun = Instant::now();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = Route::of(matched.as_ref().map(MatchedPath::as_str));
    let method = Method::of(request.method().as_str());
    let peer = request.extensions().get::<Peer>().copied();
    let headers = request.headers();
    let tag = app.telemetry.tags.of(headers, trust(&app, peer));
    let client = match app.options.access_log {
        AccessLog::On => address(&app, peer, headers),
        AccessLog::Off => None,
    };
    request.extensions_mut().insert(tag.clone());
    // What a future holds while it waits is allocated for each request: so the request is gone before.
    let answer = next.run(request);
    async move {
        let mut response = answer.await;
        let facts = response.extensions_mut().remove::<Facts>();
        let facts = facts.unwrap_or_default();
        let route = facts.route.unwrap_or(route);
        let status = response.status().as_u16();
        let took = begun.elapsed();
        let telemetry = &app.telemetry;
        telemetry.metrics.answered(route, status, took, &facts);
        if app.options.access_log == AccessLog::On {
            let template = matched.as_ref().map(MatchedPath::as_str);
            telemetry.log.answered(&Answer {
                door: route.door().map(Door::word),
                // A route without a label of its own has its template here, which no client made up.
                route: match route {
                    Route::Other => template.unwrap_or(route.word()),
                    _ => route.word(),
                },
                method,
                status,
                reason: facts.reason,
                token: facts.token,
                profile: facts.profile.as_ref(),
                connection: facts.connection.as_ref(),
                client,
                request_id: &tag,
                took,
            });
        }
        answer::complete(response)
    }
}

/// Whether the id that a peer gives a request is taken.
fn trust(app: &App, peer: Option<Peer>) -> Trust {
    match peer {
        Some(peer) if app.options.trust_proxy.is_trusted(peer) => Trust::Trusted,
        Some(_) | None => Trust::Untrusted,
    }
}

/// The address that is logged: that of the client, as far as it is known.
fn address(app: &App, peer: Option<Peer>, headers: &HeaderMap) -> Option<IpAddr> {
    let options = &app.options;
    client::caller(
        peer,
        headers,
        &options.trust_proxy,
        &options.client_ip_header,
    )
    .address()
}
