//! The token that a request is made with, for doors that take nothing else.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::app::App;
use super::basic::ANY_USER;
use super::caller::Client;
use super::credential::{Basic, Credential, Source};
use super::facts::Facts;
use super::parameters::Challenge;
use super::refusal::Refusal;
use super::ruling::Standing;
use crate::model::token::Presented;
use crate::ops::verify::Verdict;

/// The verdict on the token that a request is made with: bare, or as the password of Basic, with the
/// name of its profile. Only a valid one is returned.
pub(super) async fn judge(
    app: &App,
    client: Client,
    headers: &HeaderMap,
) -> Result<Verdict, Refusal> {
    let (token, user) = read(headers)?;
    let judged = app.judge.judge(client.request(None), token, client.asked());
    let verdict = judged.await;
    let verdict = verdict.map_err(|_| Refusal::unavailable("unavailable"))?;
    let facts = Facts::of(&verdict);
    match Standing::of(verdict.reason) {
        Standing::Passes if is_user(user.as_deref(), &verdict) => Ok(verdict),
        Standing::Passes => Err(Refusal::Credential(Facts {
            reason: Some("wrong_user"),
            ..facts
        })),
        Standing::Forbidden => Err(Refusal::Binding(facts)),
        Standing::Unauthorized => Err(Refusal::Credential(facts)),
    }
}

/// The challenge in the scheme that the client chose.
pub(super) fn challenge(headers: &HeaderMap) -> Challenge {
    let value = headers.get(AUTHORIZATION);
    let scheme = value.and_then(|value| value.to_str().ok()?.split(' ').next());
    if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("Basic")) {
        Challenge::Basic
    } else {
        Challenge::Bearer
    }
}

fn read(headers: &HeaderMap) -> Result<(Presented, Option<String>), Refusal> {
    match Credential::read(headers, Source::Either) {
        Credential::None => Err(Refusal::NoCredential),
        Credential::Several => Err(Refusal::credential("two_credentials")),
        Credential::Malformed => Err(Refusal::credential("malformed")),
        Credential::Token(token) => Ok((token, None)),
        Credential::Basic(Basic { user, password }) => {
            let token = Presented::parse_remote(password.expose());
            let token = token.map_err(|_| Refusal::credential("malformed"))?;
            Ok((token, Some(user)))
        }
    }
}

/// Whether a user name is that of the profile that was judged, or names none.
fn is_user(user: Option<&str>, verdict: &Verdict) -> bool {
    let profile = verdict.profile.as_ref();
    user.is_none_or(|user| {
        user.is_empty()
            || user.eq_ignore_ascii_case(ANY_USER)
            || profile.is_some_and(|profile| profile.as_str().eq_ignore_ascii_case(user))
    })
}
