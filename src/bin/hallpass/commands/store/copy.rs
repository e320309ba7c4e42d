//! `hallpass store copy`.

use std::path::{Path, PathBuf};

use hallpass::backend::location::Location;
use hallpass::barrier::{Begun, Source};
use hallpass::ops::store::{self, Copied};

use crate::cli::store::Copy;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Copies the store, after showing what that means.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Copy) -> Result<(), Failure> {
    let Copy {
        from,
        to,
        keep_source,
        dry_run,
    } = args;
    if let Some(from) = from {
        session.use_store(from.clone());
    }
    let from = session.settings().store()?.to_owned();
    if is_same(&from, to) {
        return Err(Failure::usage("the target is the store itself"));
    }
    let location = session.locate(to)?;
    let options = session.options_for(Some(&location));
    let state = session.state_at(&location)?;
    let (from, to) = (place(session.location()?), place(&location));
    let what = store::Copy {
        from: &from,
        to: &to,
        source: if *keep_source {
            Source::Kept
        } else {
            Source::Moved
        },
        state: &state,
    };
    let core = session.core(ui)?;
    let bar = ui.progress("checking");
    let found = location.find_target(&options)?;
    let previewed = store::preview_copy(core, found, &what, &mut |done, total| {
        bar.at(done, total);
    })?;
    drop(bar);
    let consequence = consequence(&previewed);
    if *dry_run {
        return ui.preview(&consequence, &previewed);
    }
    if !*keep_source {
        ui.confirm(&consequence, "Copy the store, and leave it?")?;
    }
    let bar = ui.progress("copying");
    let target = location.open_target(&options)?;
    let copied = store::copy(core, target, &what, &mut |done, total| bar.at(done, total))?;
    drop(bar);
    ui.record(&copied)?;
    ui.note(done(&copied));
    Ok(())
}

fn consequence(copied: &Copied) -> String {
    let Copied {
        from, to, begun, ..
    } = copied;
    let begins = match begun {
        Begun::Anew => format!("{from} will be copied to {to}"),
        Begun::Unfinished => format!("the unfinished copy of {from} at {to} will be completed"),
        Begun::Finished => format!("{to} is a finished copy of {from}"),
    };
    match copied.source {
        Source::Moved => format!(
            "{begins}; {from} will then be refused and name {to}: whatever uses it, like a server, \
             has to be given the new place"
        ),
        Source::Kept => format!("{begins}; {SHARED}"),
    }
}

/// What a copy beside its source means.
const SHARED: &str = "the two stores share their tokens: what is revoked in one stays valid in the other. This machine \
     goes on with the first; give the copy its own `--state-dir DIR`";

fn done(copied: &Copied) -> String {
    let Copied { from, to, .. } = copied;
    match copied.source {
        Source::Moved => format!(
            "copied {from} to {to}, and left it; from now on: `--store {to}`. Once nothing needs it any more, remove {from}: \
             it holds the same secrets"
        ),
        Source::Kept => format!("copied {from} to {to}; {SHARED}"),
    }
}

/// A place as everybody can find it.
fn place(location: &Location) -> String {
    let absolute = location
        .file()
        .and_then(|path| std::path::absolute(path).ok());
    absolute.map_or_else(|| location.to_string(), |path| path.display().to_string())
}

fn is_same(from: &Path, to: &Path) -> bool {
    let real = |path: &Path| -> Option<PathBuf> { path.canonicalize().ok() };
    from == to || real(from).is_some_and(|from| real(to) == Some(from))
}
