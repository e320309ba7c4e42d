//! The report on an issued token: which one, what was assumed, and where its secret went.

use hallpass::ops::delivery::Occupant;
use hallpass::ops::token::{Assumed, How, Issued, Summary};

use crate::cli::sink::Destination;
use crate::delivery::Outlet;
use crate::failure::Failure;
use crate::ui::Ui;

/// Reports which token was issued, what was assumed, and where its secret is; programs get the
/// token's current state.
pub(super) fn report(ui: &mut Ui, issued: &Issued, outlet: &Outlet) -> Result<(), Failure> {
    let Issued {
        summary,
        assumed,
        how,
        replaced,
        ..
    } = issued;
    describe(ui, summary, assumed);
    match (outlet.elsewhere(), how) {
        (None, _) => ui.note("copy it now: it is not shown again"),
        (Some(place), How::Finished) => {
            ui.note(format!(
                "an interrupted call had delivered it to {place}; it is valid now"
            ));
        }
        (Some(place), How::Made) => ui.note(went_to(place, *replaced)),
    }
    ui.delivered(outlet, "token", summary)
}

/// Describes where a secret is, and what it replaced there.
pub(super) fn went_to(place: &Destination, replaced: Option<Occupant>) -> String {
    match replaced {
        None => format!("delivered to {place}"),
        Some(occupant) => format!("delivered to {place}, replacing {}", occupant.words()),
    }
}

/// As [`went_to`], for a secret that is not made in this run.
pub(super) fn would_go_to(place: &Destination, replaced: Option<Occupant>) -> String {
    match replaced {
        None => format!("it would be delivered to {place}"),
        Some(occupant) => format!(
            "it would be delivered to {place}, replacing {}",
            occupant.words()
        ),
    }
}

/// Reports which token it is, and what was assumed.
pub(super) fn describe(ui: &mut Ui, summary: &Summary, assumed: &Assumed) {
    let end = match summary.expires_at {
        Some(end) => format!("expires {end}"),
        None => "never expires".to_owned(),
    };
    ui.note(format!(
        "token {} ({}) {end}",
        summary.address(),
        summary.id
    ));
    let assumed = assumptions(assumed);
    if !assumed.is_empty() {
        ui.note(format!("defaults used: {}", assumed.join(", ")));
    }
}

fn assumptions(assumed: &Assumed) -> Vec<String> {
    let Assumed {
        environment,
        connection,
        lifetime,
    } = assumed;
    let environment = environment
        .as_ref()
        .map(|it| format!("environment {it} (the default)"));
    let connection = connection
        .as_ref()
        .map(|it| format!("connection {it} (the profile's only one)"));
    let lifetime = lifetime.as_ref().map(|it| match &it.connection {
        Some(own) => format!("lifetime {} (from connection {own})", it.span),
        None => format!("lifetime {} (from setting `token_lifetime`)", it.span),
    });
    [environment, connection, lifetime]
        .into_iter()
        .flatten()
        .collect()
}
