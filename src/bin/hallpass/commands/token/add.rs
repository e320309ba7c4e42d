//! `hallpass token add`.

use hallpass::ops::token::{self, Assumed, Draft, Issued};

use crate::cli::token::{Add, NewToken};
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Makes a token and hands it over.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Add) -> Result<(), Failure> {
    let Add { token, connection, environment, device, expires, allow_ip, form } = args;
    let NewToken { profile, name } = token;
    let draft = Draft { profile, name, connection, environment, device, expires, allow_ip, form };
    let issued = token::issue(session.core(ui)?, &draft, &mut ui.handover())?;
    tell(ui, &issued);
    Ok(())
}

/// Says which token was made, what was assumed, and that it is not shown again.
pub(in crate::commands) fn tell(ui: &mut Ui, issued: &Issued) {
    let Issued { summary, assumed, .. } = issued;
    let end = match summary.expires_at {
        Some(end) => format!("ends {end}"),
        None => "never ends".to_owned(),
    };
    ui.note(format!("token {} ({}) {end}", summary.address(), summary.id));
    let assumed = assumptions(assumed);
    if !assumed.is_empty() {
        ui.note(format!("assumed: {}", assumed.join(", ")));
    }
    ui.note("copy it now: it is not shown again");
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
