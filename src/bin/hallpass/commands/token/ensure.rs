//! `hallpass token ensure`.

use hallpass::ops::token::{self, EnsureRequest, Ensured, Needed, Summary};

use super::{draft, rotated};
use crate::cli::sink::Destination;
use crate::cli::token::Ensure;
use crate::commands::issued;
use crate::delivery::Outlet;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Makes sure that a sink holds a valid token.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Ensure) -> Result<(), Failure> {
    let Ensure {
        what,
        min_life,
        overlap,
        sink,
        dry_run,
    } = args;
    let Some(place @ (Destination::File(_) | Destination::Env { .. })) = &sink.to else {
        let message = "the sink of the token must be readable";
        return Err(Failure::usage(message).advice("`--to file:PATH` or `--to env:PATH#KEY`"));
    };
    let mut outlet = ui.outlet(&sink)?;
    let ensuring = EnsureRequest {
        draft: draft::of(what),
        min_life,
        overlap,
    };
    if dry_run {
        let needed = token::preview_ensure(session.core(ui)?, &ensuring, outlet.sink()?)?;
        return preview(ui, &needed, place, &outlet);
    }
    match token::ensure(session.core(ui)?, &ensuring, outlet.sink()?)? {
        Ensured::Kept(token) => {
            ui.note(format!("{}; nothing was changed", holds(place, &token)));
            ui.delivered(&outlet, "token", &*token)
        }
        Ensured::Made(issued) => issued::report(ui, &issued, &outlet),
        Ensured::Rotated(rotated) => rotated::report(ui, &rotated, &outlet),
    }
}

fn holds(place: &Destination, token: &Summary) -> String {
    let address = token.address();
    let id = token.id;
    let end = token
        .expires_at
        .map(|end| format!(" until {end}"))
        .unwrap_or_default();
    format!("{place} holds token {address} ({id}), which is valid{end}")
}

/// Reports what would be done.
fn preview(
    ui: &mut Ui,
    needed: &Needed,
    place: &Destination,
    outlet: &Outlet,
) -> Result<(), Failure> {
    let end = |token: &Summary| match token.expires_at {
        Some(end) => format!("it would expire {end}"),
        None => "it would never expire".to_owned(),
    };
    let (words, token) = match needed {
        Needed::Nothing(token) => (holds(place, token), &**token),
        Needed::Finishing(token) => {
            let words = format!("{place} holds token {}, which would be activated", token.id);
            (words, &**token)
        }
        Needed::Making(issued) => {
            let new = &issued.summary;
            (
                format!(
                    "token {} would be created and delivered to {place}; {}",
                    new.address(),
                    end(new)
                ),
                new,
            )
        }
        Needed::Replacing(rotated) => {
            let old = &rotated.old;
            let new = &rotated.issued.summary;
            let address = new.address();
            let words = format!(
                "token {address} ({}) would be replaced, and the new one delivered to {place}; {}",
                old.id,
                end(new)
            );
            (words, new)
        }
    };
    ui.note(words);
    ui.note("nothing was changed");
    ui.delivered(outlet, "token", token)
}
