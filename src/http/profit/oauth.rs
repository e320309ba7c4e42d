//! `oauth/token`: as `/token`, where a client may also be the key of a connection.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};

use crate::error::Result;
use crate::http::app::App;
use crate::http::caller::Client;
use crate::http::client_auth::ClientSecret;
use crate::http::facts::Facts;
use crate::http::grant::{self, Denied};
use crate::http::oauth_error::Code;
use crate::http::posted;
use crate::http::token::{self, Asking};
use crate::model::id::ApiKey;
use crate::model::name::{ConnectionName, ProfileName};
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
    match keyed(app, &head, &key, &asking).await {
        Ok(Keyed::Client {
            connection,
            profile,
        }) => {
            issue(
                app,
                &head,
                asking,
                SessionRequest {
                    connection: Some(connection),
                    ..SessionRequest::new(profile)
                },
            )
            .await
        }
        // 32 hex digits may be the name of a profile, too. A key that a connection has takes the
        // same steps as one that none has, so that nobody learns which it is.
        Ok(Keyed::Other(facts)) => {
            let mut answer = token::exchange(app, &head, asking).await;
            if let Some(facts) = facts.filter(|_| answer.status() == StatusCode::UNAUTHORIZED) {
                answer.extensions_mut().insert(facts);
            }
            answer
        }
        Err(_) => token::denied_as(Denied::Unavailable, asking.client.method),
    }
}

/// Who a client is whose id may be the key of a connection.
enum Keyed {
    /// It has a token that is valid for the connection.
    Client {
        connection: ConnectionName,
        profile: ProfileName,
    },
    /// It is not known by that key. Why, if it was judged for the connection.
    Other(Option<Facts>),
}

/// Judges a token for the connection whose key the client is.
async fn keyed(app: &App, head: &Parts, key: &ApiKey, asking: &Asking) -> Result<Keyed> {
    let client = Client::of(app, head);
    let key = *key;
    let found = app.pool.run(client.request(None), move |core| {
        otp::connection_of(core, &key)
    });
    let connection = found.await?;
    let Ok(presented) = Presented::parse_remote(asking.client.secret.expose()) else {
        return Ok(Keyed::Other(None));
    };
    let asked = Asked {
        connection: connection.clone(),
        ..client.asked()
    };
    let verdict = app
        .judge
        .judge(client.request(None), presented, asked)
        .await?;
    let facts = Facts::of(&verdict);
    let Some(connection) = connection else {
        return Ok(Keyed::Other(None));
    };
    match verdict.profile.filter(|_| verdict.reason == Reason::Valid) {
        Some(profile) => Ok(Keyed::Client {
            connection,
            profile,
        }),
        None => Ok(Keyed::Other(Some(facts))),
    }
}

/// Makes a session token for a client that proved who it is, if it asks for what it may have.
async fn issue(app: &App, head: &Parts, asking: Asking, request: SessionRequest) -> Response<Body> {
    let Asking {
        client: ClientSecret { secret, method, .. },
        connection: scope,
    } = asking;
    let own = request.connection.as_ref();
    if scope.is_some_and(|scope| own.is_none_or(|own| !scope.same_as(own))) {
        return token::refused(Code::InvalidScope);
    }
    let client = Client::of(app, head);
    let request = grant::request(app, client, request);
    match grant::by_secret(app, client, request, secret).await {
        Ok(issued) => grant::answer(&issued),
        Err(denied) => token::denied_as(denied, method),
    }
}
