//! Which door answers which path.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::any;

use super::app::App;
use super::door::Door;
use super::observe::observe;
use super::{answer, authz, verify};

/// The routes of the open doors. A closed door is not there: its paths are 404.
pub(super) fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    if app.options.doors.contains(&Door::Verify) {
        router = router
            .route("/verify", any(verify::answer))
            .route("/authz/", any(authz::answer))
            .route("/authz/{*path}", any(authz::answer));
    }
    router
        .fallback(async || answer::empty(StatusCode::NOT_FOUND))
        .layer(from_fn_with_state(Arc::clone(&app), observe))
        .with_state(app)
}
