//! Session tokens, made for a client that proved who it is.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::PRAGMA;
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::app::App;
use super::caller::Client;
use super::facts::Facts;
use super::json;
use super::metrics::Budget;
use super::passwords::Unproven;
use crate::error::{Error, Refusal, Result};
use crate::model::name::ConnectionName;
use crate::model::token::{Presented, Token};
use crate::model::verdict::Reason;
use crate::ops::session::{self, SessionOutcome, SessionRequest};
use crate::ops::token::Issued;
use crate::ops::verify::Verdict;
use crate::secret::SecretText;

/// What a client gets instead of a token.
#[derive(Debug)]
pub(super) enum Denied {
    /// It did not prove who it is.
    Client(Facts),
    /// It proved it with a session token.
    Session(Facts),
    /// It may not use that connection or environment.
    Scope(Facts),
    /// Too many attempts failed; the next is accepted after this time.
    TooMany(Duration),
    /// The profile was given so many session tokens that it has to wait for the next.
    Spent(Facts, Duration),
    /// Too many passwords are hashed already.
    Busy,
    /// The core does not answer now.
    Unavailable,
}

/// Makes a session token from a token or from a password, whichever `secret` is.
pub(super) async fn by_secret(
    app: &App,
    client: Client,
    request: SessionRequest,
    secret: SecretText,
) -> Result<Issued, Denied> {
    let Ok(token) = Presented::parse_remote(secret.expose()) else {
        // A mistyped token is told by its checksum; it is not worth a hash.
        if Token::has_checksum(secret.expose()) {
            return Err(Denied::Client(Facts::reason(Reason::Malformed.word())));
        }
        return by_password(app, client, request, secret).await;
    };
    let is_own = matches!(token, Presented::Own(_));
    // Without the connection: a client that is not known must not learn which there are.
    let judged = app.judge.judge(client.request(None), token, client.asked());
    let verdict = judged.await.map_err(|_| Denied::Unavailable)?;
    if !is_own && matches!(verdict.reason, Reason::Unknown | Reason::Malformed) {
        // Nor is it a token of another system: it may be a password.
        return by_password(app, client, request, secret).await;
    }
    ensure_client(&verdict, &request)?;
    let profile = request.profile.clone();
    let made = app.pool.run(client.request(Some(&profile)), move |core| {
        let token = Presented::parse_remote(secret.expose());
        let token = token.map_err(|_| Error::Bug("a token is read differently"))?;
        session::from_token(core, &request, &token)
    });
    issued(made.await, &Facts::of(&verdict))
}

/// Makes a session token from the profile's password.
pub(super) async fn by_password(
    app: &App,
    client: Client,
    request: SessionRequest,
    password: SecretText,
) -> Result<Issued, Denied> {
    let asking = client.request(Some(&request.profile));
    let passwords = &app.passwords;
    let signed = passwords.sign_in(&app.pool, asking, client.source, request, password);
    match signed.await {
        Ok(outcome) => issued(Ok(outcome), &Facts::default()),
        Err(Unproven::Refused(reason)) => Err(Denied::Client(Facts::reason(reason))),
        Err(Unproven::TooMany(_, wait)) => Err(Denied::TooMany(wait)),
        Err(Unproven::Busy) => Err(Denied::Busy),
        Err(Unproven::Failed(error)) => issued(Err(error), &Facts::default()),
    }
}

/// Refuses a token that is not valid, or not of the profile that is named.
fn ensure_client(verdict: &Verdict, request: &SessionRequest) -> Result<(), Denied> {
    let profile = verdict.profile.as_ref();
    let is_theirs = profile.is_some_and(|profile| profile.same_as(&request.profile));
    match verdict.reason {
        Reason::Valid if is_theirs => Ok(()),
        Reason::Valid => Err(Denied::Client(Facts {
            reason: Some("wrong_user"),
            ..Facts::of(verdict)
        })),
        _ => Err(Denied::Client(Facts::of(verdict))),
    }
}

fn issued(made: Result<SessionOutcome>, facts: &Facts) -> Result<Issued, Denied> {
    let because = |reason| Facts {
        reason: Some(reason),
        ..facts.clone()
    };
    match made {
        Ok(SessionOutcome::Issued(issued)) => Ok(*issued),
        Ok(SessionOutcome::NotValid(reason)) => Err(match reason {
            Reason::WrongConnection | Reason::NotAMember | Reason::ConnectionBlocked => {
                Denied::Scope(because(reason.word()))
            }
            _ => Denied::Client(because(reason.word())),
        }),
        Ok(SessionOutcome::TooMany(wait)) => Err(Denied::Spent(spent(facts), wait)),
        Ok(SessionOutcome::IsSession) => Err(Denied::Session(because("session"))),
        Ok(SessionOutcome::WrongPassword(verdict)) => Err(Denied::Client(because(verdict.reason))),
        Ok(SessionOutcome::PasswordChanged) => Err(Denied::Client(because("wrong_password"))),
        Err(Error::Refused(Refusal::ProfileSuspended(_))) => {
            Err(Denied::Client(because(Reason::ProfileSuspended.word())))
        }
        Err(Error::NotFound(_)) => Err(Denied::Scope(because("not_found"))),
        Err(Error::Refused(_)) => Err(Denied::Scope(because(Reason::WrongConnection.word()))),
        Err(_) => Err(Denied::Unavailable),
    }
}

fn spent(facts: &Facts) -> Facts {
    Facts {
        reason: Some("throttled"),
        budget: Some(Budget::Sessions),
        ..facts.clone()
    }
}

#[derive(Serialize)]
struct Document<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a ConnectionName>,
}

/// The answer with a session token (RFC 6749, 5.1).
///
/// The token is valid when this is written: if the client is gone by then, nobody has it, and it
/// expires within the hour.
pub(super) fn answer(issued: &Issued) -> Response<Body> {
    let token = &issued.summary;
    let created = token.created_at.seconds();
    let expires_in = token.expires_at.map_or(0, |end| end.seconds() - created);
    let document = Document {
        access_token: issued.secret.expose(),
        token_type: "Bearer",
        expires_in,
        scope: token.connection.as_ref(),
    };
    let mut answer = json::answer(StatusCode::OK, "application/json", &document);
    let headers = answer.headers_mut();
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    answer.extensions_mut().insert(Facts {
        reason: Some("issued"),
        token: Some(token.id),
        profile: token.profile.clone(),
        connection: token.connection.clone(),
        ..Facts::default()
    });
    answer
}

/// A request for a session token of this server.
pub(super) fn request(app: &App, client: Client, base: SessionRequest) -> SessionRequest {
    SessionRequest {
        lifetime: app.options.token_lifetime,
        caller: client.caller,
        ..base
    }
}

/// What every handler is given.
pub(super) type Shared = Arc<App>;
