//! `hallpass connection add`.

use hallpass::ops::connection::{self, Draft};

use super::given_guide;
use crate::cli::connection::Add;
use crate::commands::outcome;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Adds a connection.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Add) -> Result<(), Failure> {
    let Add {
        name,
        description,
        group,
        token_lifetime,
        allow_ip,
        deny_ip,
        guide_file,
        guide,
        if_absent,
    } = args;
    let what = format!("connection `{name}`");
    let guide = given_guide::given(ui, guide_file.as_ref(), guide)?;
    let draft = Draft {
        name,
        description,
        group,
        token_lifetime,
        allow_ip,
        deny_ip,
        guide,
    };
    let added = connection::add(session.core(ui)?, &draft, outcome::if_there(if_absent))?;
    outcome::added(ui, &what, &added)
}
