//! `oauth/token`: as `/token`, where a client may also be the key of a connection.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use axum::http::request::Parts;

use crate::http::app::App;
use crate::http::caller::Client;
use crate::http::client_auth::ClientSecret;
use crate::http::facts::Facts;
use crate::http::grant::{self, Denied};
use crate::http::oauth_error::Code;
use crate::http::posted;
use crate::http::token::{self, Asking};
use crate::model::id::ApiKey;
use crate::model::name::ConnectionName;
use crate::model::token::Presented;
use crate::model::verdict::Reason;
use crate::ops::otp;
use crate::ops::session::SessionRequest;
use crate::ops::verify::Asked;

/// Exchanges a client's credentials for a session token.
pub(super) async fn answer(app: &Arc<App>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let fields = match posted::any_fields(&head, body).await {
        Ok(fields) => fields,
        Err(unposted) => return token::unread(unposted),
    };
    let asking = match Asking::read(&head, fields) {
        Ok(asking) => asking,
        Err(code) => return token::refused(code),
    };
    let key = asking.client.id.expose().parse::<ApiKey>();
    let Ok(key) = key else {
        return token::exchange(app, &head, asking).await;
    };
    let client = Client::of(app, &head);
    let found = app.pool.run(client.request(None), move |core| {
        otp::connection_of(core, &key)
    });
    match found.await {
        Ok(Some(connection)) => keyed(app, &head, connection, asking).await,
        // 32 hex digits may be the name of a profile, too.
        Ok(None) => token::exchange(app, &head, asking).await,
        Err(_) => token::denied_as(Denied::Unavailable, asking.client.method),
    }
}

/// Exchanges a token that is valid for the connection whose key the client is.
async fn keyed(
    app: &App,
    head: &Parts,
    connection: ConnectionName,
    asking: Asking,
) -> Response<Body> {
    let Asking {
        client: ClientSecret { secret, method, .. },
        connection: scope,
    } = asking;
    if scope.is_some_and(|scope| !scope.same_as(&connection)) {
        return token::refused(Code::InvalidScope);
    }
    let Ok(presented) = Presented::parse_remote(secret.expose()) else {
        return token::refused(Code::InvalidClient(method));
    };
    let client = Client::of(app, head);
    let asked = Asked {
        connection: Some(connection.clone()),
        ..client.asked()
    };
    let judged = app.judge.judge(client.request(None), presented, asked);
    let Ok(verdict) = judged.await else {
        return token::denied_as(Denied::Unavailable, method);
    };
    let facts = Facts::of(&verdict);
    let Some(profile) = verdict.profile.filter(|_| verdict.reason == Reason::Valid) else {
        return token::denied_as(Denied::Client(facts), method);
    };
    let request = SessionRequest {
        connection: Some(connection),
        ..SessionRequest::new(profile)
    };
    let request = grant::request(app, client, request);
    match grant::by_secret(app, client, request, secret).await {
        Ok(issued) => grant::answer(&issued),
        Err(denied) => token::denied_as(denied, method),
    }
}
