//! Which door answers which path.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};

use super::app::App;
use super::door::Door;
use super::observe::observe;
use super::open::ensure_open;
use super::{answer, authz, holder, introspect, login, revoke, token, verify};

/// The routes of the open doors. A closed door is not there: its paths are 404.
pub(super) fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    if app.options.doors.contains(&Door::Verify) {
        router = router
            .route("/verify", any(verify::answer))
            .route("/authz/", any(authz::answer))
            .route("/authz/{*path}", any(authz::answer));
    }
    let mut holders = Router::new();
    if app.options.doors.contains(&Door::Token) {
        holders = holders
            .route("/token", post(token::answer))
            .route("/self", get(holder::answer))
            .route("/revoke", post(revoke::answer))
            .route("/login", post(login::answer));
    }
    if app.options.doors.contains(&Door::Introspect) {
        holders = holders.route("/introspect", post(introspect::answer));
    }
    let holders = holders.layer(from_fn_with_state(Arc::clone(&app), ensure_open));
    router
        .merge(holders)
        .fallback(async || answer::empty(StatusCode::NOT_FOUND))
        .layer(from_fn_with_state(Arc::clone(&app), observe))
        .with_state(app)
}
