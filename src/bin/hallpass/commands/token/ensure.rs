//! `hallpass token ensure`.

use hallpass::ops::token::{self, Ensured, Ensuring};

use super::{add, rotate};
use crate::cli::sink::Destination;
use crate::cli::token::Ensure;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Makes sure that a place holds a good token.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Ensure) -> Result<(), Failure> {
    let Ensure { what, min_life, overlap, sink } = args;
    let Some(place @ (Destination::File(_) | Destination::Env { .. })) = &sink.to else {
        let message = "the place of the token must be one that can be read again";
        return Err(Failure::usage(message).hint("`--to file:PATH` or `--to env:PATH#KEY`"));
    };
    let mut outlet = ui.outlet(&sink)?;
    let ensuring = Ensuring { draft: add::draft(what), min_life, overlap };
    match token::ensure(session.core(ui)?, &ensuring, outlet.sink()?)? {
        Ensured::Kept(token) => {
            let (address, id) = (token.address(), token.id);
            let end = token.expires_at.map(|end| format!(" until {end}")).unwrap_or_default();
            ui.note(format!(
                "{place} holds token {address} ({id}), which is good{end}; nothing was changed"
            ));
            ui.delivered(&outlet, "token", &*token)
        }
        Ensured::Made(issued) => add::tell(ui, &issued, &outlet),
        Ensured::Rotated(rotated) => rotate::tell(ui, &rotated, &outlet),
    }
}
