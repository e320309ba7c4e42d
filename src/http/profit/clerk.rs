//! Requests for codes are worked off after they were answered, one after another.
//!
//! An answer cannot tell then what a request was about: it left before anybody looked. Each request
//! has the same time, whatever it comes to, so that the mail to somebody else, who waits behind it,
//! does not tell either.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::backlog::{Job, Work};
use super::budgets::Budgets;
use super::codes::{about, kept_from_strangers, name};
use crate::core::{Core, Request};
use crate::error::{Error, Result};
use crate::http::app::App;
use crate::http::door::Door;
use crate::http::event;
use crate::http::facts::Facts;
use crate::http::metrics::CodeEvent;
use crate::http::options::AccessLog;
use crate::http::request_id::RequestTag;
use crate::kind::Kind;
use crate::model::id::{CodeId, RecordId};
use crate::ops::otp::{self, InVain};

/// From the begin of one request to that of the next: longer than one takes, and short enough for
/// twice as many each second as the budgets let come.
const SLOT: Duration = Duration::from_millis(20);

/// How long after its answer a request is tried again if the store is busy: its client was told that
/// the code is asked for.
const BUSY: Duration = Duration::from_secs(30);

/// The pause before that.
const PAUSE: Duration = Duration::from_secs(1);

/// What a request came to.
struct Decided {
    facts: Facts,
    /// The code, and its mail.
    made: Option<(CodeId, RecordId)>,
}

impl From<Facts> for Decided {
    fn from(facts: Facts) -> Self {
        Self { facts, made: None }
    }
}

/// Works off what was answered, as long as it is polled. At the end of the server nothing waits for
/// its time any more.
pub(in crate::http) async fn work_off(app: Arc<App>) {
    let mut ending = app.life.ending();
    let profit = Arc::clone(&app.profit);
    while let Some((job, due)) = profit.backlog.next().await {
        until(due, &mut ending).await;
        let begun = Instant::now();
        let Job {
            work,
            call,
            tag,
            access_log,
        } = job;
        let decided = loop {
            let decided = attempt(&app, work.clone(), call.clone()).await;
            let is_over = *ending.borrow() || due.elapsed() > BUSY;
            match decided {
                Err(Vain { kind, .. }) if kind == Kind::Busy && !is_over => (),
                decided => break decided,
            }
            until(Instant::now() + PAUSE, &mut ending).await;
        };
        match decided {
            Ok(decided) => note(&app, decided, tag.as_ref(), access_log),
            Err(vain) => complain(&app, &vain, tag.as_ref()),
        }
        profit.backlog.ended();
        until(begun + SLOT, &mut ending).await;
    }
}

async fn until(moment: Instant, ending: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = sleep_until(moment) => (),
        _ = ending.wait_for(|ending| *ending) => (),
    }
}

/// Why a request came to nothing that somebody may have waited for.
struct Vain {
    kind: Kind,
    cause: String,
}

impl From<Error> for Vain {
    fn from(error: Error) -> Self {
        Self {
            kind: error.kind(),
            cause: event::in_full(&error),
        }
    }
}

async fn attempt(app: &App, work: Work, call: Request) -> Result<Decided, Vain> {
    if !app.judge.gate.is_open() {
        return Err(Vain {
            kind: Kind::Busy,
            cause: "something is wrong with the store".to_owned(),
        });
    }
    let profit = Arc::clone(&app.profit);
    let named = call.clone();
    let decided = app
        .pool
        .run(call, move |core| decide(core, &profit.budgets, work, named));
    Ok(decided.await?)
}

/// Logs what the client cannot be told any more.
fn complain(app: &App, vain: &Vain, tag: Option<&RequestTag>) {
    let unavailable = Facts::reason("unavailable");
    let metrics = &app.telemetry.metrics;
    metrics.decided(Some(Door::Profit), &unavailable);
    let fields = json!({
        "request_id": tag,
        "kind": vain.kind.word(),
        "cause": vain.cause,
    });
    event::log(&*app.host, "code_request_failed", fields);
}

/// Does what a request asks for. A refusal costs a transaction only if that does not come too often,
/// the same whether nobody is there or somebody who is refused: each is noticed by whoever asks for a
/// verdict next.
fn decide(core: &mut Core, budgets: &Budgets, work: Work, mut call: Request) -> Result<Decided> {
    let (claim, device, asked_from) = match work {
        Work::Ask {
            claim,
            device,
            asked_from,
        } => (claim, device, asked_from),
        Work::TurnAway => {
            otp::turn_away(core, InVain::Request)?;
            return Ok(Facts::reason("unknown").into());
        }
    };
    // Counted each time, or the codes that are made would come on top of it.
    let may_cost = budgets.stranger(Instant::now());
    let Some(binding) = otp::find(core, &claim)? else {
        if may_cost {
            otp::turn_away(core, InVain::Request)?;
        }
        return Ok(Facts::reason("unknown").into());
    };
    name(&mut call.actor, &binding);
    core.begin(call);
    let facts = about(&binding);
    let request = otp::Request {
        binding,
        device,
        asked_from,
    };
    if !may_cost && let Some(error) = otp::refusal(core, &request)? {
        return Ok(kept_from_strangers(&error, facts).into());
    }
    match otp::request(core, &request) {
        Ok(requested) => Ok(Decided {
            made: Some((requested.summary.id, requested.message)),
            facts: Facts {
                reason: Some("requested"),
                ..facts
            },
        }),
        Err(error) if otp::is_for_operators(&error) => {
            Ok(kept_from_strangers(&error, facts).into())
        }
        Err(error) => Err(error),
    }
}

/// Counts and logs what a request came to, and has its mail sent.
fn note(app: &App, decided: Decided, tag: Option<&RequestTag>, access_log: AccessLog) {
    let Decided { facts, made } = decided;
    let metrics = &app.telemetry.metrics;
    metrics.decided(Some(Door::Profit), &facts);
    if let Some((_, mail)) = made {
        app.postbox.hand_in(mail);
        metrics.code(CodeEvent::Requested);
    }
    if access_log == AccessLog::On {
        let fields = json!({
            "request_id": tag,
            "reason": facts.reason,
            "profile": facts.profile,
            "connection": facts.connection,
            "code": made.map(|(code, _)| code),
        });
        event::log(&*app.host, "code_request", fields);
    }
}

#[cfg(test)]
mod tests;
