//! The routes for monitoring, on a listener of their own: metrics, and probes of health.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode, Uri};
use axum::middleware::map_response;
use axum::routing::get;
use tokio::time::{Instant, timeout};

use super::app::App;
use super::{answer, metrics};
use crate::core::Request;
use crate::model::audit::Actor;
use crate::ops::store;

/// How long a scrape waits for figures of the store.
const PATIENCE: Duration = Duration::from_millis(500);

/// The paths for monitoring, which GET asks.
pub(super) const MONITORING: [&str; 4] = ["/metrics", "/livez", "/healthz", "/readyz"];

/// The routes for monitoring. They are not in the access log, and no other listener has them.
pub(super) fn metrics_router(app: Arc<App>) -> Router {
    let not_found = async || answer::empty(StatusCode::NOT_FOUND);
    let not_allowed = async || answer::empty(StatusCode::METHOD_NOT_ALLOWED);
    let [metrics, livez, healthz, readyz] = MONITORING;
    Router::new()
        .route(metrics, get(scrape))
        .route(livez, get(live))
        .route(healthz, get(live))
        .route(readyz, get(ready))
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed)
        .layer(map_response(async |answer| answer::complete(answer)))
        .with_state(app)
}

async fn scrape(State(app): State<Arc<App>>) -> Response<Body> {
    refresh(&app).await;
    app.telemetry
        .metrics
        .set_argon2_waiting(app.passwords.waiting());
    // Files of the system are read, and the text is long: that is not for a thread of requests.
    let text = tokio::task::spawn_blocking(move || app.telemetry.metrics.text());
    match text.await {
        Ok(Ok(text)) => with(StatusCode::OK, metrics::CONTENT_TYPE, text),
        _ => answer::empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// Reads the figures of the store if that is due, and returns when they are there or the patience is
/// over: the reading goes on then, and the next scrape has them.
async fn refresh(app: &Arc<App>) {
    if !app.telemetry.begin_reading() {
        return;
    }
    let reader = Arc::clone(app);
    let reading = tokio::spawn(async move {
        let begun = Instant::now();
        let request = Request::from(Actor::default());
        let figures = reader.pool.run(request, store::figures).await;
        let telemetry = &reader.telemetry;
        telemetry.end_reading(begun.elapsed());
        // Why a store cannot be read is found and logged by what judges requests.
        if let Ok(figures) = figures {
            telemetry.metrics.set_figures(figures);
        }
    });
    // Late figures are for the next scrape.
    let _ = timeout(PATIENCE, reading).await;
}

async fn live() -> Response<Body> {
    plain(StatusCode::OK, "live\n".to_owned())
}

async fn ready(State(app): State<Arc<App>>, uri: Uri) -> Response<Body> {
    let checks = app.telemetry.health.checks();
    let status = if checks.ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let text = if is_verbose(&uri) {
        checks.details()
    } else {
        format!("{}\n", checks.word())
    };
    plain(status, text)
}

fn is_verbose(uri: &Uri) -> bool {
    let mut parameters = uri.query().unwrap_or_default().split('&');
    parameters.any(|parameter| parameter.split('=').next() == Some("verbose"))
}

fn plain(status: StatusCode, text: String) -> Response<Body> {
    with(status, "text/plain; charset=utf-8", text)
}

fn with(status: StatusCode, content_type: &'static str, text: String) -> Response<Body> {
    let mut answer = Response::new(Body::from(text));
    *answer.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}

#[cfg(test)]
pub(super) mod tests;
