//! Around every request: what it was about goes to the log, and what every answer has is added.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Response;
use axum::middleware::Next;
use serde_json::json;
use tokio::time::Instant;

use super::answer;
use super::app::App;
use super::facts::Facts;

/// Answers a request by `next`, and logs it.
pub(super) async fn observe(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let begun = Instant::now();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    let facts = response.extensions_mut().remove::<Facts>();
    let facts = facts.unwrap_or_default();
    let line = json!({
        "route": matched.as_ref().map(MatchedPath::as_str),
        "status": response.status().as_u16(),
        "reason": facts.reason,
        "token": facts.token,
        "profile": facts.profile,
        "connection": facts.connection,
        "us": begun.elapsed().as_micros(),
    });
    app.host.log(&line.to_string());
    answer::complete(response)
}
