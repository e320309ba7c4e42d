//! `POST /token`: client credentials for a session token (RFC 6749, 4.4).

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};

use super::caller::Client;
use super::client_auth::ClientSecret;
use super::facts::Facts;
use super::fields::Fields;
use super::grant::{self, Denied, Shared};
use super::oauth_error::{Code, Method};
use super::posted::{self, Unposted};
use super::problem::{Problem, SOON};
use crate::ops::session::SessionRequest;

/// The one grant type.
const GRANT: &str = "client_credentials";

/// Exchanges a client's credentials for a session token.
pub(super) async fn answer(State(app): State<Shared>, posted: Request) -> Response<Body> {
    let (head, body) = posted.into_parts();
    let fields = match posted::fields(&head, body).await {
        Ok(fields) => fields,
        Err(Unposted::Malformed) => return refused(Code::InvalidRequest),
        Err(Unposted::Problem(problem)) => return problem.answer(),
    };
    let Asking { secret, request } = match Asking::read(&head, fields) {
        Ok(asking) => asking,
        Err(code) => return refused(code),
    };
    let ClientSecret { secret, method, .. } = secret;
    let client = Client::of(&app, &head);
    let request = grant::request(&app, client, request);
    match grant::by_secret(&app, client, request, secret).await {
        Ok(issued) => grant::answer(&issued),
        Err(denied) => denied_as(denied, method),
    }
}

/// What a client asks for.
struct Asking {
    secret: ClientSecret,
    request: SessionRequest,
}

impl Asking {
    fn read(head: &Parts, mut fields: Fields) -> Result<Self, Code> {
        let grant = fields.take("grant_type").ok_or(Code::InvalidRequest)?;
        if grant.expose() != GRANT {
            return Err(Code::UnsupportedGrantType);
        }
        let scope = fields.take("scope");
        let client = ClientSecret::read(&head.headers, &mut fields)?;
        // What is not a name is no profile's.
        let profile = client.id.expose().parse();
        let profile = profile.map_err(|_| Code::InvalidClient(client.method))?;
        let connection = scope.map(|scope| scope.expose().parse());
        let connection = connection.transpose().map_err(|_| Code::InvalidScope)?;
        let request = SessionRequest {
            connection,
            ..SessionRequest::new(profile)
        };
        Ok(Self {
            secret: client,
            request,
        })
    }
}

fn refused(code: Code) -> Response<Body> {
    code.answer(Facts::reason(code.word()))
}

fn denied_as(denied: Denied, method: Method) -> Response<Body> {
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
