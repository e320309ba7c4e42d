//! The doors for holders are closed while something is wrong with the store.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use axum::middleware::Next;

use super::grant::Shared;
use super::problem::Problem;

/// Answers by `next`, while the store allows it.
pub(super) async fn ensure_open(
    State(app): State<Shared>,
    request: Request,
    next: Next,
) -> Response<Body> {
    if app.judge.gate.is_open() {
        next.run(request).await
    } else {
        Problem::unavailable().answer()
    }
}
