//! A token is delivered, or not valid.
//!
//! The answer is sent but for its last byte while the token is pending. Once the client has that,
//! the token is made active, and the last byte follows. If anything fails, or the last byte does not
//! arrive, the token is withdrawn and its code is valid again. If this process is killed, a pending
//! token is removed after its deadline.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response};
use serde_json::json;
use zeroize::Zeroizing;

use crate::core::Core;
use crate::core::Request;
use crate::error::{Error, Result};
use crate::http::app::App;
use crate::http::arrival::PATIENCE;
use crate::http::caller::Client;
use crate::http::event;
use crate::http::facts::Facts;
use crate::http::handover::{Courier, in_two};
use crate::http::life;
use crate::http::metrics::CodeEvent;
use crate::kind::Kind;
use crate::ops::otp::{self, Activated, Receipt};

/// How long each piece of the answer may take to leave: longer than it may take to arrive, so that
/// the connection is cut before the token is withdrawn.
const LIMIT: Duration = PATIENCE.saturating_add(Duration::from_secs(1));

/// How often the store is asked that others keep busy. Each attempt waits for some seconds, and a
/// token that became pending as many seconds ago is removed.
const ATTEMPTS: u32 = 3;

/// An answer with a token.
pub(super) struct Parcel {
    /// The whole body.
    pub(super) text: Zeroizing<Vec<u8>>,
    /// Its media type.
    pub(super) media: &'static str,
    /// The token in it.
    pub(super) receipt: Receipt,
    /// What goes to the log.
    pub(super) facts: Facts,
}

/// The answer with a token that is pending. It becomes valid on the way.
pub(super) fn answer(app: &Arc<App>, head: &Parts, parcel: Parcel) -> Response<Body> {
    let Parcel {
        text,
        media,
        receipt,
        facts,
    } = parcel;
    let whole = Bytes::from_owner(text);
    let mut first = whole;
    let last = first.split_off(first.len().saturating_sub(1));
    let (body, departures, courier) = in_two(first, last);
    let errand = Errand {
        app: Arc::clone(app),
        request: Client::of(app, head).request_in(head, facts.profile.as_ref()),
        receipt,
        _awaited: app.life.errand(),
    };
    tokio::spawn(errand.run(courier));
    let mut answer = Response::new(body);
    let media = HeaderValue::from_static(media);
    answer.headers_mut().insert(CONTENT_TYPE, media);
    answer.extensions_mut().insert(departures);
    answer.extensions_mut().insert(Facts {
        reason: Some("issued"),
        token: Some(receipt.token),
        ..facts
    });
    answer
}

/// The delivery of one token.
struct Errand {
    app: Arc<App>,
    request: Request,
    receipt: Receipt,
    /// The end of the server waits for it.
    _awaited: life::Errand,
}

/// Why a token was not delivered.
enum Undelivered {
    /// The client does not take it, or is gone.
    Client,
    /// It was revoked meanwhile, or it took too long.
    Gone,
    /// The store does not answer.
    Store(Error),
}

impl Errand {
    async fn run(self, mut courier: Courier) {
        let delivered = self.deliver(&mut courier).await;
        let delivered = match delivered {
            Ok(()) => {
                let finished = courier.finish(LIMIT).await;
                finished.then_some(()).ok_or(Undelivered::Client)
            }
            Err(undelivered) => {
                // The connection is cut before the store is asked again.
                drop(courier);
                Err(undelivered)
            }
        };
        match delivered {
            Ok(()) => self.app.telemetry.metrics.code(CodeEvent::Exchanged),
            Err(undelivered) => self.withdraw(&undelivered).await,
        }
    }

    /// Activates the token once all but the last byte has left.
    async fn deliver(&self, courier: &mut Courier) -> Result<(), Undelivered> {
        if !courier.first_left(LIMIT).await {
            return Err(Undelivered::Client);
        }
        match self.call(otp::activate).await {
            Ok(Activated::Valid) => Ok(()),
            Ok(Activated::Gone) => Err(Undelivered::Gone),
            Err(error) => Err(Undelivered::Store(error)),
        }
    }

    async fn withdraw(&self, why: &Undelivered) {
        let withdrawn = self.call(otp::withdraw).await;
        let why = match why {
            Undelivered::Client => "the client did not take the whole answer".to_owned(),
            Undelivered::Gone => "it took too long, or was revoked meanwhile".to_owned(),
            Undelivered::Store(error) => event::in_full(error),
        };
        let state = match &withdrawn {
            Ok(()) => "withdrawn",
            // Pending, and removed after its deadline; or valid, if the activation took effect.
            Err(_) => "unknown",
        };
        let fields = json!({ "token": self.receipt.token, "why": why, "state": state });
        event::log(&*self.app.host, "undelivered", fields);
    }

    /// Calls the core; again while others keep the store busy: nobody repeats this later.
    async fn call<T: Send + 'static>(
        &self,
        step: fn(&mut Core, Receipt) -> Result<T>,
    ) -> Result<T> {
        let receipt = self.receipt;
        let mut more = 1..ATTEMPTS;
        loop {
            let call = move |core: &mut Core| step(core, receipt);
            match self.app.pool.complete(self.request.clone(), call).await {
                Err(error) if error.kind() == Kind::Busy && more.next().is_some() => (),
                ended => return ended,
            }
        }
    }
}
