//! Codes are asked for and exchanged: what REST and SOAP have in common.
//!
//! Whoever asks gets one answer, whether or not there is such a profile, connection or environment:
//! the same bytes, at the same time, after the same number of transactions.

use axum::http::request::Parts;
use tokio::time::Instant;

use super::delivery::PATIENCE;
use super::pace;
use super::posted::Posted;
use crate::error::{Error, Result};
use crate::http::app::App;
use crate::http::caller::Client;
use crate::http::facts::Facts;
use crate::http::metrics::{Budget, CodeEvent};
use crate::kind::Kind;
use crate::model::audit::Actor;
use crate::model::id::RecordId;
use crate::model::token::Encoding;
use crate::ops::otp::{self, Binding, InVain, Prepared, Receipt, Submission};
use crate::ops::token::Issued;

/// The end of an exchange.
pub(super) enum Exchange {
    /// A token, which is pending.
    Pending(Box<Issued>, Receipt, Facts),
    /// The code is not valid, for whatever reason.
    Refused(Facts),
}

/// Asks for a code, and has it mailed if there is somebody to mail it to.
pub(super) async fn request(app: &App, head: &Parts, posted: Posted) -> Result<Facts> {
    let begun = Instant::now();
    let asked = ask(app, head, posted).await;
    pace::even(begun).await;
    asked
}

async fn ask(app: &App, head: &Parts, posted: Posted) -> Result<Facts> {
    let client = Client::of(app, head);
    let Some(claim) = posted.claim() else {
        return Ok(Facts::reason("incomplete"));
    };
    let budgets = &app.profit.budgets;
    if let Err(over) = budgets.request(client.source, &claim.api_key, Instant::now()) {
        return Ok(throttled(over));
    }
    let device = posted.device();
    let door = app.profit.clone();
    let mut call = client.request_in(head, None);
    let asked = app.pool.run(call.clone(), move |core| {
        let Some(binding) = otp::find(core, &claim)? else {
            if door.budgets.stranger(Instant::now()) {
                otp::turn_away(core, InVain::Request)?;
            }
            return Ok(None);
        };
        name(&mut call.actor, &binding);
        core.begin(call);
        let facts = about(&binding);
        let asked_from = client.caller.address().map(|address| address.to_string());
        let request = otp::Request {
            binding,
            device,
            asked_from,
        };
        let requested = otp::request(core, &request);
        Ok(Some((facts, requested.map(|requested| requested.message))))
    });
    match asked.await? {
        None => Ok(Facts::reason("unknown")),
        Some((facts, requested)) => requested_for(app, facts, requested),
    }
}

/// What is known of a request about a profile that there is.
fn requested_for(app: &App, facts: Facts, requested: Result<RecordId>) -> Result<Facts> {
    match requested {
        Ok(mail) => {
            app.postbox.hand_in(mail);
            app.telemetry.metrics.code(CodeEvent::Requested);
            Ok(Facts {
                reason: Some("requested"),
                ..facts
            })
        }
        Err(error) if otp::is_for_operators(&error) => Ok(kept_from_strangers(&error, facts)),
        Err(error) => Err(error),
    }
}

/// Exchanges a code for a token that is delivered next.
pub(super) async fn exchange(app: &App, head: &Parts, posted: Posted) -> Result<Exchange> {
    let begun = Instant::now();
    let exchanged = submit(app, head, posted).await;
    if let Ok(Exchange::Refused(_)) = exchanged {
        pace::even(begun).await;
        app.telemetry.metrics.code(CodeEvent::Refused);
    }
    exchanged
}

async fn submit(app: &App, head: &Parts, posted: Posted) -> Result<Exchange> {
    let client = Client::of(app, head);
    let (Some(claim), Some(code)) = (posted.claim(), posted.code()) else {
        return Ok(Exchange::Refused(Facts::reason("incomplete")));
    };
    let api_key = claim.api_key;
    let budgets = &app.profit.budgets;
    if let Err(over) = budgets.attempt(client.source, &api_key, Instant::now()) {
        return Ok(Exchange::Refused(throttled(over)));
    }
    let door = app.profit.clone();
    let mut call = client.request_in(head, None);
    let submitted = app.pool.run(call.clone(), move |core| {
        let Some(binding) = otp::find(core, &claim)? else {
            if door.budgets.stranger(Instant::now()) {
                otp::turn_away(core, InVain::Submission)?;
            }
            return Ok(None);
        };
        name(&mut call.actor, &binding);
        core.begin(call);
        let facts = about(&binding);
        let submission = Submission {
            binding,
            code,
            form: Encoding::Xml,
        };
        let patience = u32::try_from(PATIENCE.as_secs()).unwrap_or(u32::MAX);
        Ok(Some((facts, otp::prepare(core, &submission, patience))))
    });
    let facts = match submitted.await? {
        None => Facts::reason("unknown"),
        Some((facts, Ok(Prepared::Pending(issued, receipt)))) => {
            return Ok(Exchange::Pending(issued, receipt, facts));
        }
        Some((facts, Ok(Prepared::Refused(refused)))) => Facts {
            reason: Some(refused.reason.word()),
            ..facts
        },
        Some((facts, Err(error))) if otp::is_for_operators(&error) => {
            kept_from_strangers(&error, facts)
        }
        Some((_, Err(error))) => return Err(error),
    };
    budgets.fail(client.source, &api_key, Instant::now());
    Ok(Exchange::Refused(facts))
}

/// An error that only the log may show.
fn kept_from_strangers(error: &Error, facts: Facts) -> Facts {
    Facts {
        reason: Some(error.kind().word()),
        budget: (error.kind() == Kind::Throttled).then_some(Budget::Subject),
        ..facts
    }
}

fn throttled(budget: Budget) -> Facts {
    Facts {
        budget: Some(budget),
        ..Facts::reason("throttled")
    }
}

/// Names the profile in what is logged of a call, now that it is known.
fn name(actor: &mut Actor, binding: &Binding) {
    if let Actor::Remote(remote) = actor {
        remote.profile = Some(binding.profile.clone());
    }
}

fn about(binding: &Binding) -> Facts {
    Facts {
        profile: Some(binding.profile.clone()),
        connection: Some(binding.connection.clone()),
        ..Facts::default()
    }
}
