//! `hallpass token add`.

use hallpass::files::trust::SECRET;
use hallpass::ops::delivery::Occupant;
use hallpass::ops::token::{self, Assumed, Draft, How, Imported, Issued, Preset, Summary};

use crate::cli::binding::{Spelling, Uses};
use crate::cli::sink::Destination;
use crate::cli::token::{Add, NewToken, What};
use crate::delivery::Outlet;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Makes a token and hands it over.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Add) -> Result<(), Failure> {
    let Add { what, value_file, sha256, sink } = args;
    let preset = match (value_file, sha256) {
        (Some(file), _) => Some(Preset::Value(ui.read(&file, "the token", SECRET)?)),
        (None, Some(digest)) => Some(Preset::Digest(digest)),
        (None, None) => None,
    };
    if let Some(preset) = preset {
        return import(ui, session, what, &preset);
    }
    let mut outlet = ui.outlet(&sink)?;
    let draft = draft(what);
    let issued = token::issue(session.core(ui)?, &draft, outlet.delivery())?;
    tell(ui, &issued, &outlet)
}

fn import(ui: &mut Ui, session: &mut Session, what: What, preset: &Preset) -> Result<(), Failure> {
    let Imported { summary, assumed } = token::import(session.core(ui)?, &draft(what), preset)?;
    describe(ui, &summary, &assumed);
    ui.note("another system made it; it stays where it is, and is good here from now on");
    ui.without_secret("token", &summary)
}

/// What was typed, for the core.
pub(super) fn draft(what: What) -> Draft {
    let What { token, uses, expires, allow_ip, spelling: Spelling { form } } = what;
    let Uses { connection, environment, device } = uses;
    let NewToken { profile, name } = token;
    Draft { connection, environment, device, expires, allow_ip, form, ..Draft::new(profile, name) }
}

/// Says which token was made, what was assumed, and where it is; programs get it as it is now.
pub(in crate::commands) fn tell(
    ui: &mut Ui,
    issued: &Issued,
    outlet: &Outlet,
) -> Result<(), Failure> {
    let Issued { summary, assumed, how, replaced, .. } = issued;
    describe(ui, summary, assumed);
    match (outlet.elsewhere(), how) {
        (None, _) => ui.note("copy it now: it is not shown again"),
        (Some(place), How::Finished) => {
            ui.note(format!(
                "a call that was interrupted had brought it to {place}; it is good now"
            ));
        }
        (Some(place), How::Made) => ui.note(went_to(place, *replaced)),
    }
    ui.delivered(outlet, "token", summary)
}

/// Where a secret is, and what it took the place of there.
pub(in crate::commands) fn went_to(place: &Destination, replaced: Option<Occupant>) -> String {
    match replaced {
        None => format!("it went to {place}"),
        Some(occupant) => format!("it went to {place}, where it replaces {}", occupant.words()),
    }
}

/// As [`went_to`], of a secret that is not made.
pub(in crate::commands) fn would_go_to(place: &Destination, replaced: Option<Occupant>) -> String {
    match replaced {
        None => format!("it would go to {place}"),
        Some(occupant) => format!("it would go to {place}, and replace {}", occupant.words()),
    }
}

/// Says which token it is, and what was assumed.
fn describe(ui: &mut Ui, summary: &Summary, assumed: &Assumed) {
    let end = match summary.expires_at {
        Some(end) => format!("ends {end}"),
        None => "never ends".to_owned(),
    };
    ui.note(format!("token {} ({}) {end}", summary.address(), summary.id));
    let assumed = assumptions(assumed);
    if !assumed.is_empty() {
        ui.note(format!("assumed: {}", assumed.join(", ")));
    }
}

fn assumptions(assumed: &Assumed) -> Vec<String> {
    let Assumed { environment, connection, lifetime } = assumed;
    let environment = environment.as_ref().map(|it| format!("environment {it} (the default)"));
    let connection =
        connection.as_ref().map(|it| format!("connection {it} (the profile's only one)"));
    let lifetime = lifetime.as_ref().map(|it| match &it.connection {
        Some(own) => format!("lifetime {} (that of connection {own})", it.span),
        None => format!("lifetime {} (setting `token_lifetime`)", it.span),
    });
    [environment, connection, lifetime].into_iter().flatten().collect()
}
