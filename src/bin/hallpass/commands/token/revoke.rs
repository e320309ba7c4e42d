//! `hallpass token revoke`.

use hallpass::ops::edit::{Changed, Effect};
use hallpass::ops::token::{self, Summary, Target};

use super::target;
use crate::cli::token::Revoke;
use crate::commands::consequence::Consequence;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Revokes tokens for good, all or none.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Revoke) -> Result<(), Failure> {
    let Revoke { tokens, token_file, reason, dry_run } = args;
    let targets = target::several(ui, tokens, token_file.as_ref())?;
    let core = session.core(ui)?;
    let impact = token::impact(core, &targets)?;
    let consequence = Consequence::new(&format!("revoking {}", named(&targets)), impact)
        .and("this is final: no token can be brought back");
    if dry_run {
        return consequence.show(ui);
    }
    if !targets.is_empty() {
        consequence.confirm(ui, if targets.len() == 1 { "Revoke it?" } else { "Revoke them?" })?;
    }
    let revoked = token::revoke(core, &targets, reason.as_ref())?;
    tell(ui, &revoked);
    let revoked: Vec<_> = revoked.into_iter().map(|it| it.summary).collect();
    ui.records(&revoked)
}

fn named(targets: &[Target]) -> String {
    match targets {
        [Target::Address(address)] => format!("token `{address}`"),
        [Target::Secret(token)] => format!("token `{}`", token.id()),
        _ => format!("{} tokens", targets.len()),
    }
}

pub(super) fn tell(ui: &mut Ui, revoked: &[Changed<Summary>]) {
    let already = revoked.iter().filter(|it| it.effect == Effect::AlreadySo).count();
    let words = match revoked {
        [] => "no token was named".to_owned(),
        [one] if already == 1 => format!("token {} is revoked already", called(&one.summary)),
        [one] => format!("token {} is revoked", called(&one.summary)),
        _ if already == 0 => format!("{} tokens are revoked", revoked.len()),
        _ => format!("{} tokens are revoked, {already} of them already before", revoked.len()),
    };
    let changed = if already == revoked.len() { "; nothing was changed" } else { "" };
    ui.note(words + changed);
}

/// Its name, which it has no more, and its id.
fn called(token: &Summary) -> String {
    let Summary { id, name, profile, .. } = token;
    match profile {
        Some(profile) => format!("{profile}/{name} ({id})"),
        None => format!("{name} ({id})"),
    }
}
