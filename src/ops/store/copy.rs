//! Copies a store to other storage, and leaves the source behind.

use serde::Serialize;

use crate::backend::Backend;
use crate::barrier::{Begun, Copying, Report, Source, State};
use crate::core::Core;
use crate::error::Result;

/// Where a store is copied to, and what becomes of it.
#[derive(Debug, Clone, Copy)]
pub struct Copy<'a> {
    /// The source, as the audit log of the copy names it.
    pub from: &'a str,
    /// The target, as the source and its audit log name it.
    pub to: &'a str,
    /// What becomes of the source.
    pub source: Source,
    /// What this machine remembers of the target.
    pub state: &'a State,
}

/// What a copy did, or would do.
#[derive(Debug, Clone, Serialize)]
pub struct Copied {
    /// The source.
    pub from: String,
    /// The target.
    pub to: String,
    /// What became of the source.
    pub source: Source,
    /// Where the copy began.
    pub begun: Begun,
    /// The check of the source.
    #[serde(flatten)]
    pub report: Report,
}

impl Copy<'_> {
    fn copied(&self, begun: Begun, report: Report) -> Copied {
        Copied {
            from: self.from.to_owned(),
            to: self.to.to_owned(),
            source: self.source,
            begun,
            report,
        }
    }
}

/// Checks the source and what is at the target, if anything is, and returns what copying would do.
/// Changes nothing.
///
/// # Errors
///
/// As [`copy`].
pub fn preview_copy(
    core: &mut Core,
    target: Option<Box<dyn Backend>>,
    what: &Copy<'_>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Copied> {
    let report = core.read(|r| r.check(progress))?;
    let begun = match target {
        None => Begun::Anew,
        Some(mut target) => core
            .store
            .preview_copy(&mut *target, what.to, what.source)?,
    };
    Ok(what.copied(begun, report))
}

/// Copies the store to `target`, which must be empty or hold an unfinished copy of it: its id, its
/// keys, every sealed row and the whole log. The copy begins an incarnation that every machine which
/// knows the source follows; the source refuses from then on, and says where it is now.
///
/// A source that is [kept](Source::Kept) goes on, as a store of its own with the same tokens. No
/// machine follows that copy by itself.
///
/// A call that was interrupted is repeated as it was.
///
/// # Errors
///
/// There is a store at the target, or an unfinished copy of another one; the source was changed after
/// its copy was finished; either of them is damaged or cannot be written.
pub fn copy(
    core: &mut Core,
    target: Box<dyn Backend>,
    what: &Copy<'_>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Copied> {
    // Adopts what was accepted elsewhere.
    core.read(|_| Ok(()))?;
    let copying = Copying {
        from: what.from,
        to: what.to,
        source: what.source,
        state: what.state,
        at: core.now(),
        actor: &core.request.actor,
    };
    let (begun, report) = core
        .store
        .copy_into(target, &copying, &mut *core.entropy, progress)?;
    Ok(what.copied(begun, report))
}
