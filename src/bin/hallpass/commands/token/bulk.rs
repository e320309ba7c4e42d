//! Actions on selected tokens: show, confirm, act, report.

use hallpass::Result;
use hallpass::ops::Core;
use hallpass::ops::edit::{Changed, Effect};
use hallpass::ops::token::{self, Previewed, Selection, Summary, Target};

use super::target::Choice;
use crate::commands::consequence::Consequence;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// An action on several tokens, and the words for its messages.
pub(super) struct BulkAction {
    /// "revoking".
    pub(super) doing: &'static str,
    /// "Revoke".
    pub(super) order: &'static str,
    /// "revoked".
    pub(super) done: &'static str,
    /// What the message about one changed token adds: " again".
    pub(super) anew: &'static str,
    /// A remark for the confirmation.
    pub(super) mind: Option<&'static str>,
    /// Whether it stops tokens that are valid.
    pub(super) stops: bool,
    /// Whether it also asks for a single token that is named.
    pub(super) always_confirmed: bool,
}

/// Whether the action is carried out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RunMode {
    /// `--dry-run`: only show what would happen.
    Preview,
    /// Carry it out.
    Act,
}

impl RunMode {
    /// Translates `--dry-run`.
    pub(super) fn new(dry_run: bool) -> Self {
        if dry_run { Self::Preview } else { Self::Act }
    }
}

/// Shows what would happen, asks, and acts on exactly the tokens that were shown. Returns `None`
/// after a dry run, and where there is nothing to do.
pub(super) fn act<T>(
    ui: &mut Ui,
    session: &mut Session,
    choice: &Choice,
    action: &BulkAction,
    mode: RunMode,
    change: impl FnOnce(&mut Core, Selection<'_>) -> Result<Vec<T>>,
) -> std::result::Result<Option<Vec<T>>, Failure> {
    let core = session.core(ui)?;
    let selection = || Selection {
        named: choice.named.as_deref(),
        filter: Some(&choice.filter),
        ..Selection::default()
    };
    if mode == RunMode::Preview {
        let mut previewed = Previewed::default();
        ui.stream(|show| {
            previewed = token::preview(core, selection(), show)?;
            Ok(())
        })?;
        if !previewed.ids.is_empty() {
            ui.note(consequence(action, choice, &previewed).words());
        }
        ui.note("nothing was changed");
        return Ok(None);
    }
    let previewed = token::preview(core, selection(), &mut |_| Ok(()))?;
    if previewed.ids.is_empty() {
        ui.note("no token matches; nothing was changed");
        ui.records::<Summary>(&[])?;
        return Ok(None);
    }
    let one = previewed.ids.len() == 1;
    if action.always_confirmed || !choice.is_one {
        let question = format!("{} {}?", action.order, if one { "it" } else { "them" });
        consequence(action, choice, &previewed).confirm(ui, &question)?;
    }
    let bar = ui.progress(action.doing);
    let mut progress = |done, total| bar.at(done, total);
    let agreed = Selection {
        agreed: Some(&previewed.ids),
        progress: Some(&mut progress),
        ..selection()
    };
    let changed = change(core, agreed)?;
    drop(bar);
    Ok(Some(changed))
}

fn consequence(action: &BulkAction, choice: &Choice, previewed: &Previewed) -> Consequence {
    let named = match choice.named.as_deref() {
        Some([Target::Address(address)]) if previewed.ids.len() == 1 => {
            format!("token `{address}`")
        }
        _ => match previewed.ids.iter().next() {
            Some(id) if previewed.ids.len() == 1 => format!("token `{id}`"),
            _ => format!("{} tokens", previewed.ids.len()),
        },
    };
    let change = format!("{} {named}", action.doing);
    let consequence = if action.stops {
        Consequence::new(&change, previewed.impact.clone())
    } else {
        Consequence::harmless(&change)
    };
    match action.mind {
        Some(mind) => consequence.and(mind),
        None => consequence,
    }
}

/// Reports what happened to the tokens, in words; programs get their current state.
pub(super) fn report(
    ui: &mut Ui,
    action: &BulkAction,
    changed: Vec<Changed<Summary>>,
    one: fn(&Summary) -> String,
) -> std::result::Result<(), Failure> {
    report_words(ui, action, &changed, one);
    let summaries: Vec<_> = changed.into_iter().map(|it| it.summary).collect();
    ui.records(&summaries)
}

/// Reports what happened to the tokens, in words.
pub(super) fn report_words(
    ui: &mut Ui,
    action: &BulkAction,
    changed: &[Changed<Summary>],
    one: fn(&Summary) -> String,
) {
    let already = changed
        .iter()
        .filter(|it| it.effect == Effect::AlreadySo)
        .count();
    let words = match changed {
        [] => "no token matches any more".to_owned(),
        [it] if already == 1 => format!("{} already", one(&it.summary)),
        [it] => one(&it.summary) + action.anew,
        _ if already == 0 => format!("{} tokens are {}", changed.len(), action.done),
        _ => {
            format!(
                "{} tokens are {}, {already} of them unchanged",
                changed.len(),
                action.done
            )
        }
    };
    let unchanged = if already == changed.len() {
        "; nothing was changed"
    } else {
        ""
    };
    ui.note(words + unchanged);
}
