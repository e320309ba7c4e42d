//! Codes are asked for and exchanged: what REST and SOAP have in common.
//!
//! Whoever asks gets one answer, whether or not there is such a profile, connection or environment:
//! the same bytes, at the same time, after the same number of transactions.

use std::sync::Arc;

use axum::http::request::Parts;
use tokio::time::Instant;

use super::backlog::{Job, Work};
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
use crate::http::request_id::RequestTag;
use crate::kind::Kind;
use crate::model::audit::Actor;
use crate::model::otp::Code;
use crate::model::token::Encoding;
use crate::ops::otp::{
    self, Binding, Claim, Found, InVain, Prepared, Prospect, Receipt, Submission,
};
use crate::ops::token::Issued;

/// The end of an exchange.
pub(super) enum Exchange {
    /// A token, which is pending.
    Pending(Box<Issued>, Receipt, Facts),
    /// The code is not valid, for whatever reason.
    Refused(Facts),
}

/// Asks for a code. The answer says that it was asked for, and leaves before anybody looks for
/// whom: all else is done afterwards.
pub(super) async fn request(app: &App, head: &Parts, posted: Posted) -> Result<Facts> {
    let begun = Instant::now();
    let asked = ask(app, head, posted).await;
    pace::even(begun).await;
    let (facts, work) = asked?;
    let Some(work) = work else {
        return Ok(facts);
    };
    let job = Job {
        work,
        call: Client::of(app, head).request_in(head, None),
        tag: head.extensions.get::<RequestTag>().cloned(),
        access_log: app.options.access_log,
    };
    Ok(if app.profit.backlog.add(job) {
        facts
    } else {
        throttled(Budget::Total)
    })
}

/// What to say of a request, and what there is to do about it.
async fn ask(app: &App, head: &Parts, posted: Posted) -> Result<(Facts, Option<Work>)> {
    let client = Client::of(app, head);
    let Some(claim) = posted.claim() else {
        return Ok((Facts::reason("incomplete"), None));
    };
    let budgets = &app.profit.budgets;
    if let Err(over) = budgets.request_from(client.source, Instant::now()) {
        return Ok((throttled(over), None));
    }
    let key = claim.api_key;
    let known = app.pool.run(client.request_in(head, None), move |core| {
        otp::connection_of(core, &key)
    });
    let at = known.await?.map(|_| key);
    if let Err(over) = budgets.request_at(at.as_ref(), Instant::now()) {
        return Ok((throttled(over), None));
    }
    if at.is_none() {
        // Keys that anybody makes up take no time of those who wait for a mail.
        let work = budgets.stranger(Instant::now()).then_some(Work::TurnAway);
        let reason = work.as_ref().map_or("unknown", |_| Facts::ACCEPTED);
        return Ok((Facts::reason(reason), work));
    }
    let asked_from = client.caller.address().map(|address| address.to_string());
    let work = Work::Ask {
        claim,
        device: posted.device(),
        asked_from,
    };
    Ok((Facts::reason(Facts::ACCEPTED), Some(work)))
}

/// Exchanges a code for a token that is delivered next.
pub(super) async fn exchange(app: &App, head: &Parts, posted: Posted) -> Result<Exchange> {
    let arrived = Instant::now();
    let (Some(claim), Some(code)) = (posted.claim(), posted.code()) else {
        return Ok(refused(app, arrived, Facts::reason("incomplete")).await);
    };
    let source = Client::of(app, head).source;
    let budgets = &app.profit.budgets;
    if let Err(over) = budgets.attempt_from(source, arrived) {
        return Ok(refused(app, arrived, throttled(over)).await);
    }
    let Some(place) = app.profit.turns.enter(&claim) else {
        return Ok(refused(app, arrived, throttled(Budget::Subject)).await);
    };
    // Until the answer leaves.
    let _turn = app.pool.wait_for(place.turn()).await?;
    let begun = Instant::now();
    let submitted = submit(app, head, claim, code).await;
    // A client that goes away before this has spent its attempt.
    if !matches!(submitted, Ok(Submitted::Tried(Exchange::Refused(_)))) {
        budgets.refund_from(source);
    }
    Ok(match submitted? {
        Submitted::Throttled(over) => refused(app, begun, throttled(over)).await,
        Submitted::Tried(Exchange::Refused(facts)) => refused(app, begun, facts).await,
        Submitted::Tried(pending) => pending,
    })
}

/// Refuses an attempt, once its time has come.
async fn refused(app: &App, begun: Instant, facts: Facts) -> Exchange {
    pace::even(begun).await;
    app.telemetry.metrics.code(CodeEvent::Refused);
    Exchange::Refused(facts)
}

/// What the core says to a code.
enum Submitted {
    /// A budget is used up.
    Throttled(Budget),
    /// The code was tried.
    Tried(Exchange),
}

async fn submit(app: &App, head: &Parts, claim: Claim, code: Code) -> Result<Submitted> {
    let door = Arc::clone(&app.profit);
    let call = Client::of(app, head).request_in(head, None);
    let submitted = app.pool.run(call.clone(), move |core| {
        let Found {
            has_connection,
            about,
        } = otp::look_up(core, &claim)?;
        let at = has_connection.then_some(&claim.api_key);
        if let Err(over) = door.budgets.attempt_at(at, Instant::now()) {
            return Ok(Submitted::Throttled(over));
        }
        let tried = attempt(core, &door.budgets, call, about, code);
        if !matches!(tried, Ok(Exchange::Refused(_))) {
            door.budgets.refund_at(at);
        }
        tried.map(Submitted::Tried)
    });
    submitted.await
}

/// Tries a code. Where no code would be valid, it costs as much only if that does not come too
/// often: the same whether nobody is there, or somebody who has no code.
fn attempt(
    core: &mut Core,
    budgets: &Budgets,
    mut call: Request,
    prospect: Option<Prospect>,
    code: Code,
) -> Result<Exchange> {
    // Counted each time, or the attempts that can succeed would come on top of it.
    let may_cost = budgets.stranger(Instant::now());
    let Some(Prospect { binding, hopeless }) = prospect else {
        if may_cost {
            otp::turn_away(core, InVain::Submission)?;
        }
        return Ok(Exchange::Refused(Facts::reason("unknown")));
    };
    let facts = about(&binding);
    if let Some(reason) = hopeless.filter(|_| !may_cost) {
        return Ok(Exchange::Refused(for_the_log(reason, facts)));
    }
    name(&mut call.actor, &binding);
    core.begin(call);
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
pub(super) fn kept_from_strangers(error: &Error, facts: Facts) -> Facts {
    for_the_log(error.kind().word(), facts)
}

/// Why somebody is refused who is there.
fn for_the_log(reason: &'static str, facts: Facts) -> Facts {
    Facts {
        reason: Some(reason),
        budget: (reason == Kind::Throttled.word()).then_some(Budget::Subject),
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
pub(super) fn name(actor: &mut Actor, binding: &Binding) {
    if let Actor::Remote(remote) = actor {
        remote.profile = Some(binding.profile.clone());
    }
}

pub(super) fn about(binding: &Binding) -> Facts {
    Facts {
        profile: Some(binding.profile.clone()),
        connection: Some(binding.connection.clone()),
        ..Facts::default()
    }
}

#[cfg(test)]
pub(super) mod tests;
