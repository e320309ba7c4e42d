//! The door for Envoy's `ext_authz`, which appends the path and the query of the client to its own.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};

use super::app::App;
use super::parameters::Parameters;
use super::verify;

/// Judges the request that a proxy asks about, by the first two segments of the path. The query is the
/// client's.
pub(super) fn answer(
    State(app): State<Arc<App>>,
    request: Request,
) -> impl Future<Output = Response<Body>> + Send + use<> {
    let parameters = Parameters::from_path(request.uri().path());
    // Envoy lets a request pass with 200 only (`ext_authz_http_impl.cc`), not with 204.
    verify::respond(app, "authz", StatusCode::OK, request, parameters)
}
