//! `hallpass demo`: a tour on a real store in a folder of its own.

use hallpass::error::Existing;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use hallpass::Error;
use hallpass::entropy::{Entropy as _, OsEntropy};
use hallpass::files::trust;

use crate::cli::top::Demo;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

mod guide;
mod step;
mod tour;

use guide::Tour;

/// Runs the tour and removes its folder, unless it is to be kept.
pub(super) fn run(ui: &mut Ui, session: &Session, args: &Demo) -> Result<(), Failure> {
    let Demo { keep } = args;
    let folder = match keep {
        Some(path) => TourFolder::kept(path)?,
        None => TourFolder::passing(session.temporary())?,
    };
    let mut guide = Tour::new(ui.format(), session.program()?, &folder.path);
    let walked = tour::STEPS.iter().try_for_each(|step| guide.walk(ui, step));
    walked.and_then(|()| guide.end(ui))?;
    if folder.passing {
        ui.note("end of the demo; its store was deleted");
    } else {
        let path = folder.path.display();
        ui.note(format!(
            "the store of the demo is in {path}; to explore it:"
        ));
        ui.note(format!(
            "  export HALLPASS_STORE={path}/store/store.db HALLPASS_STATE_DIR={path}/state"
        ));
        ui.note(format!("  export HALLPASS_CONFIG={path}/config.toml"));
    }
    Ok(())
}

/// The folder of the tour.
struct TourFolder {
    path: PathBuf,
    passing: bool,
}

impl TourFolder {
    fn kept(path: &Path) -> Result<Self, Failure> {
        make(path)?;
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        Ok(Self {
            path,
            passing: false,
        })
    }

    fn passing(parent: &Path) -> Result<Self, Failure> {
        let mut random = [0; 8];
        OsEntropy.fill(&mut random)?;
        let path = parent.join(format!("hallpass-demo-{:016x}", u64::from_le_bytes(random)));
        make(&path)?;
        Ok(Self {
            path,
            passing: true,
        })
    }
}

fn make(path: &Path) -> Result<(), Failure> {
    // The store is created in this folder: an untrusted one is refused now, not half way.
    trust::Folder::of(path).map_err(Error::from)?;
    let path = path.to_owned();
    match DirBuilder::new().mode(0o700).create(&path) {
        Ok(()) => Ok(()),
        Err(source) if source.kind() == io::ErrorKind::AlreadyExists => {
            Err(Error::Exists(Existing::File(path)).into())
        }
        Err(source) => Err(Error::File { path, source }.into()),
    }
}

impl Drop for TourFolder {
    fn drop(&mut self) {
        if self.passing {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
