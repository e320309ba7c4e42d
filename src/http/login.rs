//! `POST /login`: a password for a session token.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, Response, StatusCode};

use super::caller::Client;
use super::facts::Facts;
use super::fields::Fields;
use super::grant::{self, Denied, Shared};
use super::posted::{self, Unposted};
use super::problem::{Problem, SOON};
use crate::ops::session::SessionRequest;
use crate::secret::SecretText;

/// Exchanges a password for a session token.
pub(super) async fn answer(State(app): State<Shared>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let read = match posted::fields(&head, body).await {
        Ok(fields) => asking(fields),
        Err(Unposted::Malformed) => Err("the fields are malformed, or one is there twice"),
        Err(Unposted::Problem(problem)) => return problem.answer(),
    };
    let (base, password) = match read {
        Ok(Some(asking)) => asking,
        // What is not a name is no profile's.
        Ok(None) => return wrong(Facts::reason("wrong_password")),
        Err(detail) => {
            let problem = Problem::new(StatusCode::BAD_REQUEST, "malformed");
            return problem.detail(detail).answer();
        }
    };
    let client = Client::of(&app, &head);
    let request = grant::request(&app, client, base);
    match grant::by_password(&app, client, request, password).await {
        Ok(issued) => grant::answer(&issued),
        Err(denied) => denied_as(denied),
    }
}

/// What is asked for; `None` if no profile can have that name.
fn asking(mut fields: Fields) -> Result<Option<(SessionRequest, SecretText)>, &'static str> {
    let missing = "`profile` and `password` are needed";
    let profile = fields.take("profile").ok_or(missing)?;
    let password = fields.take("password").ok_or(missing)?;
    let connection = fields.take("connection");
    let connection = connection.map(|name| name.expose().parse()).transpose();
    let connection = connection.map_err(|_| "`connection` is not the name of a connection")?;
    let environment = fields.take("environment");
    let environment = environment.map(|name| name.expose().parse()).transpose();
    let environment = environment.map_err(|_| "`environment` is not the name of an environment")?;
    let Ok(profile) = profile.expose().parse() else {
        return Ok(None);
    };
    let request = SessionRequest {
        connection,
        environment,
        ..SessionRequest::new(profile)
    };
    Ok(Some((request, password)))
}

/// One answer for an unknown profile, a wrong password, and one that is suspended or locked.
fn wrong(facts: Facts) -> Response<Body> {
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "wrong_password");
    let mut answer = problem.facts(facts).answer();
    let bearer = HeaderValue::from_static("Bearer");
    answer.headers_mut().insert(WWW_AUTHENTICATE, bearer);
    answer
}

fn denied_as(denied: Denied) -> Response<Body> {
    match denied {
        Denied::Client(facts) | Denied::Session(facts) => wrong(facts),
        Denied::Scope(facts) => Problem::new(StatusCode::FORBIDDEN, "scope")
            .detail("the profile cannot use that connection, or there is no such environment")
            .facts(facts)
            .answer(),
        Denied::TooMany(wait) => Problem::new(StatusCode::TOO_MANY_REQUESTS, "throttled")
            .retry_after(wait)
            .answer(),
        Denied::Spent(facts, wait) => Problem::new(StatusCode::TOO_MANY_REQUESTS, "throttled")
            .facts(facts)
            .retry_after(wait)
            .answer(),
        Denied::Busy => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy")
            .retry_after(SOON)
            .answer(),
        Denied::Unavailable => Problem::unavailable().answer(),
    }
}
