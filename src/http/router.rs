//! Which door answers which path.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, any, get, post};

use super::app::App;
use super::door::Door;
use super::grant::Shared;
use super::observe::observe;
use super::open::ensure_open;
use super::{answer, authz, holder, introspect, login, profit, revoke, token, verify};

/// A route of a door.
struct Route {
    door: Door,
    path: &'static str,
    methods: Methods,
    handler: fn(Methods) -> MethodRouter<Shared>,
}

/// The methods that a route answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Methods {
    /// All. A handler refuses some of them itself.
    Any,
    /// GET, and so HEAD.
    Get,
    /// POST.
    Post,
}

impl Methods {
    fn to<T: 'static>(self, handler: impl Handler<T, Shared>) -> MethodRouter<Shared> {
        match self {
            Self::Any => any(handler),
            Self::Get => get(handler),
            Self::Post => post(handler),
        }
    }
}

/// All routes of the doors. `docs/openapi.json` describes them.
const ROUTES: [Route; 8] = [
    Route {
        door: Door::Verify,
        path: "/verify",
        methods: Methods::Any,
        handler: |methods| methods.to(verify::answer),
    },
    Route {
        door: Door::Verify,
        path: "/authz/",
        methods: Methods::Any,
        handler: |methods| methods.to(authz::answer),
    },
    Route {
        door: Door::Verify,
        path: "/authz/{*path}",
        methods: Methods::Any,
        handler: |methods| methods.to(authz::answer),
    },
    Route {
        door: Door::Token,
        path: "/token",
        methods: Methods::Post,
        handler: |methods| methods.to(token::answer),
    },
    Route {
        door: Door::Token,
        path: "/self",
        methods: Methods::Get,
        handler: |methods| methods.to(holder::answer),
    },
    Route {
        door: Door::Token,
        path: "/revoke",
        methods: Methods::Post,
        handler: |methods| methods.to(revoke::answer),
    },
    Route {
        door: Door::Token,
        path: "/login",
        methods: Methods::Post,
        handler: |methods| methods.to(login::answer),
    },
    Route {
        door: Door::Introspect,
        path: "/introspect",
        methods: Methods::Post,
        handler: |methods| methods.to(introspect::answer),
    },
];

/// The routes of the open doors. A closed door is not there: its paths are 404.
pub(super) fn router(app: Arc<App>) -> Router {
    let mut proxies = Router::new();
    let mut holders = Router::new();
    for route in ROUTES {
        let Route {
            door,
            path,
            methods,
            handler,
        } = route;
        if !app.options.doors.contains(&door) {
            continue;
        }
        let router = match door {
            Door::Verify => &mut proxies,
            Door::Token | Door::Introspect | Door::Profit => &mut holders,
        };
        *router = std::mem::take(router).route(path, handler(methods));
    }
    let holders = holders.layer(from_fn_with_state(Arc::clone(&app), ensure_open));
    // The router tells cases apart, and the Profit flow does not.
    let fallback = if app.options.doors.contains(&Door::Profit) {
        any(profit::answer)
    } else {
        any(async || answer::empty(StatusCode::NOT_FOUND))
    };
    proxies
        .merge(holders)
        .fallback(fallback)
        .layer(from_fn_with_state(Arc::clone(&app), observe))
        .with_state(app)
}

#[cfg(test)]
mod tests;
