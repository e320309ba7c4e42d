//! `POST /token`: client credentials for a session token (RFC 6749, 4.4).

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};

use super::app::App;
use super::caller::Client;
use super::client_auth::ClientSecret;
use super::facts::Facts;
use super::fields::Fields;
use super::grant::{self, Denied, Shared};
use super::oauth_error::{Code, Method};
use super::posted::{self, Unposted};
use super::problem::{Problem, SOON};
use crate::model::name::{ConnectionName, ProfileName};
use crate::ops::session::SessionRequest;

/// The one grant type.
const GRANT: &str = "client_credentials";

/// Exchanges a client's credentials for a session token.
pub(super) async fn answer(State(app): State<Shared>, posted: Request) -> Response<Body> {
    let (head, body) = posted.into_parts();
    let fields = match posted::fields(&head, body).await {
        Ok(fields) => fields,
        Err(unposted) => return unread(unposted),
    };
    match Asking::read(&head, fields) {
        Ok(asking) => exchange(&app, &head, asking).await,
        Err(code) => refused(code),
    }
}

/// Answers a request without fields.
pub(super) fn unread(unposted: Unposted) -> Response<Body> {
    match unposted {
        Unposted::Malformed => refused(Code::InvalidRequest),
        Unposted::Problem(problem) => problem.answer(),
    }
}

/// Exchanges the credentials of a client whose id is the name of its profile.
pub(super) async fn exchange(app: &App, head: &Parts, asking: Asking) -> Response<Body> {
    let Asking { client, connection } = asking;
    // What is not a name is no profile's.
    let Ok(profile) = client.id.expose().parse() else {
        return refused(Code::InvalidClient(client.method));
    };
    let request = SessionRequest {
        connection,
        ..SessionRequest::new(profile)
    };
    let ClientSecret { secret, method, .. } = client;
    let client = Client::of(app, head);
    let request = grant::request(app, client, request);
    match grant::by_secret(app, client, request, secret).await {
        Ok(issued) => grant::answer(&issued),
        Err(denied) => denied_as(denied, method),
    }
}

/// What a client asks for.
pub(super) struct Asking {
    /// Who it says it is.
    pub(super) client: ClientSecret,
    /// The connection that it names.
    pub(super) connection: Option<ConnectionName>,
}

impl Asking {
    /// Reads it from the head and the fields of a request.
    pub(super) fn read(head: &Parts, mut fields: Fields) -> Result<Self, Code> {
        let grant = fields.take("grant_type").ok_or(Code::InvalidRequest)?;
        if grant.expose() != GRANT {
            return Err(Code::UnsupportedGrantType);
        }
        let scope = fields.take("scope");
        let client = ClientSecret::read(&head.headers, &mut fields)?;
        // Before the scope: whoever is no client learns nothing about it.
        if client.id.expose().parse::<ProfileName>().is_err() {
            return Err(Code::InvalidClient(client.method));
        }
        let connection = scope.map(|scope| scope.expose().parse());
        let connection = connection.transpose().map_err(|_| Code::InvalidScope)?;
        Ok(Self { client, connection })
    }
}

/// Refuses a request for this reason.
pub(super) fn refused(code: Code) -> Response<Body> {
    code.answer(Facts::reason(code.word()))
}

/// Refuses a client that authenticated by this method.
pub(super) fn denied_as(denied: Denied, method: Method) -> Response<Body> {
    match denied {
        Denied::Client(facts) => Code::InvalidClient(method).answer(facts),
        Denied::Session(facts) => Code::UnauthorizedClient.answer(facts),
        Denied::Scope(facts) => Code::InvalidScope.answer(facts),
        Denied::TooMany(wait) => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            Problem::new(status, "throttled").retry_after(wait).answer()
        }
        Denied::Spent(facts, wait) => {
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "throttled");
            problem.facts(facts).retry_after(wait).answer()
        }
        Denied::Busy => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy")
            .retry_after(SOON)
            .answer(),
        Denied::Unavailable => Problem::unavailable().answer(),
    }
}
