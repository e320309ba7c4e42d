//! The default locations.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use rustix::process::getuid;

use crate::users;

const NAME: &str = "hallpass";

/// The folders of this program.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Folders {
    pub(super) data: Option<PathBuf>,
    pub(super) config: Option<PathBuf>,
    pub(super) state: Option<PathBuf>,
}

/// The variables of the XDG Base Directory Specification, which name a user's folders.
#[derive(Debug, Clone, Default)]
pub(crate) struct Base {
    /// `HOME`.
    pub(super) home: Option<PathBuf>,
    /// `XDG_DATA_HOME`.
    pub(super) data: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`.
    pub(super) config: Option<PathBuf>,
    /// `XDG_STATE_HOME`.
    pub(super) state: Option<PathBuf>,
}

impl Folders {
    /// Determines the folders. Without `HOME`, `directories` would ask the name service for the
    /// home folder, which can crash a static program; `/etc/passwd` is read as a file instead.
    pub(super) fn of(base: &Base) -> Self {
        if base.home.as_deref().is_some_and(Path::is_absolute) {
            return ProjectDirs::from("", "", NAME)
                .map(Self::from)
                .unwrap_or_default();
        }
        Self::below(home(base).as_deref(), base)
    }

    fn below(home: Option<&Path>, base: &Base) -> Self {
        let folder = |named: &Option<PathBuf>, usual: &str| {
            let named = named.clone().filter(|path| path.is_absolute());
            Some(named.or_else(|| Some(home?.join(usual)))?.join(NAME))
        };
        Self {
            data: folder(&base.data, ".local/share"),
            config: folder(&base.config, ".config"),
            state: folder(&base.state, ".local/state"),
        }
    }
}

/// The home folder: `HOME`, else what `/etc/passwd` says.
pub(super) fn home(base: &Base) -> Option<PathBuf> {
    let named = base.home.clone().filter(|home| home.is_absolute());
    named.or_else(|| users::by_number(getuid().as_raw())?.home)
}

impl From<ProjectDirs> for Folders {
    fn from(project: ProjectDirs) -> Self {
        Self {
            data: Some(project.data_dir().to_owned()),
            config: Some(project.config_dir().to_owned()),
            state: project.state_dir().map(Path::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_where_the_specification_has_them() {
        let base = Base {
            data: Some("/data".into()),
            config: Some("relative".into()),
            ..Base::default()
        };
        let folders = Folders::below(Some(Path::new("/home/ann")), &base);
        assert_eq!(folders.data, Some("/data/hallpass".into()));
        assert_eq!(folders.config, Some("/home/ann/.config/hallpass".into()));
        assert_eq!(
            folders.state,
            Some("/home/ann/.local/state/hallpass".into())
        );
        let homeless = Folders::below(None, &base);
        assert_eq!(homeless.data, Some("/data/hallpass".into()));
        assert_eq!((homeless.config, homeless.state), (None, None));
    }
}
