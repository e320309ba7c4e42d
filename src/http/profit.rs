//! The door for the Profit flow: an application asks for a code, a person gets it by mail, the
//! application exchanges it for a token, uses that, and deletes it.
//!
//! Applications that exist must work unchanged, so paths and names are compared without regard to
//! case, and content types are ignored.

mod backlog;
mod budgets;
mod clerk;
mod codes;
mod delivery;
mod errors;
mod holder;
mod memory;
mod metainfo;
mod oauth;
mod pace;
mod place;
mod posted;
#[cfg(feature = "testing")]
mod posted_texts;
mod rest;
mod shape;
mod soap;
mod turns;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, Response, StatusCode};

use super::answer;
use super::facts::Facts;
use super::grant::Shared;
use place::Place;

pub(super) use clerk::work_off;
pub(super) use memory::Profit;
#[cfg(feature = "testing")]
pub use posted_texts::{PostedTexts, read_json};
#[cfg(feature = "testing")]
pub use soap::call_texts::read_soap;

/// Answers every path that is not of another door.
pub(super) async fn answer(State(app): State<Shared>, request: Request) -> Response<Body> {
    let Some(place) = Place::of(request.uri().path()) else {
        return answer::empty(StatusCode::NOT_FOUND);
    };
    let refused = place.methods().filter(|it| !it.include(request.method()));
    let mut answer = if *request.method() == Method::OPTIONS {
        answer::empty(StatusCode::NO_CONTENT)
    } else if let Some(methods) = refused {
        errors::not_allowed(methods)
    } else if !app.judge.gate.is_open() {
        errors::unavailable(place)
    } else {
        at(&app, place, request).await
    };
    let mut facts = answer
        .extensions_mut()
        .remove::<Facts>()
        .unwrap_or_default();
    facts.route = place.route();
    answer.extensions_mut().insert(facts);
    shape::complete(answer)
}

/// Answers in a task of its own: what was begun is ended also if the client goes away, or a token
/// would be made that nobody delivers or withdraws.
async fn at(app: &Shared, place: Place, request: Request) -> Response<Body> {
    let app = Shared::clone(app);
    let answered = tokio::spawn(async move { dispatch(&app, place, request).await });
    let panicked = |_| answer::empty(StatusCode::INTERNAL_SERVER_ERROR);
    answered.await.unwrap_or_else(panicked)
}

async fn dispatch(app: &Shared, place: Place, request: Request) -> Response<Body> {
    match place {
        Place::OtpRequest => rest::request(app, request).await,
        Place::OtpValidation => rest::validation(app, request).await,
        Place::MetaInfo => metainfo::describe(app, request).await,
        Place::Connector => metainfo::connector(app, request).await,
        Place::Version => metainfo::version(app, request).await,
        Place::OAuth => oauth::answer(app, request).await,
        Place::Soap => soap::answer(app, request).await,
        Place::Nowhere => answer::empty(StatusCode::NOT_FOUND),
    }
}

/// The template of each path that answers, and the methods that it answers.
#[cfg(test)]
pub(super) fn described() -> impl Iterator<Item = (&'static str, &'static str)> {
    Place::ALL.into_iter().filter_map(|place| {
        let template = place.route()?.word();
        Some((template, place.methods()?.words()))
    })
}
