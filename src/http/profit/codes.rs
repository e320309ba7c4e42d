//! Codes are asked for and exchanged: what REST and SOAP have in common.
//!
//! Whoever asks gets one answer, whether or not there is such a profile, connection or environment:
//! the same bytes, at the same time, after the same number of transactions.

use axum::http::request::Parts;
use tokio::time::Instant;

use super::budgets::Budgets;
use super::pace;
use super::posted::Posted;
use crate::core::{Core, Request};
use crate::error::{Error, Result};
use crate::http::app::App;
use crate::http::arrival::PATIENCE;
use crate::http::caller::Client;
use crate::http::facts::Facts;
use crate::http::metrics::{Budget, CodeEvent};
use crate::kind::Kind;
use crate::model::audit::Actor;
use crate::model::id::{ApiKey, RecordId};
use crate::model::otp::Code;
use crate::model::token::Encoding;
use crate::ops::otp::{self, Binding, Claim, InVain, Prepared, Receipt, Submission};
use crate::ops::token::Issued;

/// The end of an exchange.
pub(super) enum Exchange {
    /// A token, which is pending.
    Pending(Box<Issued>, Receipt, Facts),
    /// The code is not valid, for whatever reason.
    Refused(Facts),
}

/// What the core says to a request for a code.
enum Asked {
    /// There is nobody to ask for, or a budget is used up.
    Not(Facts),
    /// It is about a profile that there is.
    About(Facts, Result<RecordId>),
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
    if let Err(over) = budgets.request_from(client.source, Instant::now()) {
        return Ok(throttled(over));
    }
    let device = posted.device();
    let door = app.profit.clone();
    let mut call = client.request_in(head, None);
    let asked = app.pool.run(call.clone(), move |core| {
        let at = known(core, &claim)?;
        if let Err(over) = door.budgets.request_at(at.as_ref(), Instant::now()) {
            return Ok(Asked::Not(throttled(over)));
        }
        let Some(binding) = otp::find(core, &claim)? else {
            if door.budgets.stranger(Instant::now()) {
                otp::turn_away(core, InVain::Request)?;
            }
            return Ok(Asked::Not(Facts::reason("unknown")));
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
        let requested = requested.map(|requested| requested.message);
        Ok(Asked::About(facts, requested))
    });
    match asked.await? {
        Asked::Not(facts) => Ok(facts),
        Asked::About(facts, requested) => requested_for(app, facts, requested),
    }
}

/// The key of a claim, if it is that of a connection.
fn known(core: &mut Core, claim: &Claim) -> Result<Option<ApiKey>> {
    let connection = otp::connection_of(core, &claim.api_key)?;
    Ok(connection.map(|_| claim.api_key))
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
    let budgets = &app.profit.budgets;
    if let Err(over) = budgets.attempt_from(client.source, Instant::now()) {
        return Ok(Exchange::Refused(throttled(over)));
    }
    let door = app.profit.clone();
    let call = client.request_in(head, None);
    let submitted = app.pool.run(call.clone(), move |core| {
        let at = known(core, &claim)?;
        if let Err(over) = door.budgets.attempt_at(at.as_ref(), Instant::now()) {
            return Ok(Submitted::Throttled(over));
        }
        let tried = attempt(core, &door.budgets, call, (&claim, code));
        if !matches!(tried, Ok(Exchange::Refused(_))) {
            door.budgets.refund_at(at.as_ref());
        }
        tried.map(Submitted::Tried)
    });
    let submitted = submitted.await;
    // A client that goes away before this has spent its attempt.
    if !matches!(submitted, Ok(Submitted::Tried(Exchange::Refused(_)))) {
        budgets.refund_from(client.source);
    }
    Ok(match submitted? {
        Submitted::Throttled(over) => Exchange::Refused(throttled(over)),
        Submitted::Tried(exchange) => exchange,
    })
}

/// What the core says to a code.
enum Submitted {
    /// A budget is used up.
    Throttled(Budget),
    /// The code was tried.
    Tried(Exchange),
}

fn attempt(
    core: &mut Core,
    budgets: &Budgets,
    mut call: Request,
    (claim, code): (&Claim, Code),
) -> Result<Exchange> {
    let Some(binding) = otp::find(core, claim)? else {
        if budgets.stranger(Instant::now()) {
            otp::turn_away(core, InVain::Submission)?;
        }
        return Ok(Exchange::Refused(Facts::reason("unknown")));
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
    match otp::prepare(core, &submission, patience) {
        Ok(Prepared::Pending(issued, receipt)) => Ok(Exchange::Pending(issued, receipt, facts)),
        Ok(Prepared::Refused(refused)) => Ok(Exchange::Refused(Facts {
            reason: Some(refused.reason.word()),
            ..facts
        })),
        Err(error) if otp::is_for_operators(&error) => {
            Ok(Exchange::Refused(kept_from_strangers(&error, facts)))
        }
        Err(error) => Err(error),
    }
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
