//! The state folder that a front end passes in, and the notices it gets back.

use std::path::{Component, Path, PathBuf};

use super::Anchor;
use crate::backend::location::Location;
use crate::barrier::store_id::StoreId;

/// Where this machine records what it has seen of stores.
#[derive(Debug, Clone)]
pub struct State {
    /// The state folder; `None` with `--no-anchor`, when no anchor is read or written.
    pub folder: Option<PathBuf>,
    /// The store's real path, or the name of its database, used to detect substitution; computed by
    /// [`State::of`] and [`State::at`].
    pub path: Option<PathBuf>,
    /// Whether to refuse a store that this machine has not seen.
    pub require: bool,
}

impl State {
    /// The state in `folder` for the store at `store`, whose path is resolved first.
    pub fn of(folder: &Path, store: &Path) -> Self {
        Self {
            folder: Some(folder.to_owned()),
            path: Some(real(store)),
            require: false,
        }
    }

    /// The state in `folder` for the store at a location. A database has the same name for every role,
    /// and in whichever order its hosts are given; it is no absolute path, so that no file has it.
    pub fn at(folder: &Path, location: &Location) -> Self {
        let path = match (location.file(), location.database_identity()) {
            (Some(file), _) => Some(real(file)),
            (None, name) => name.map(PathBuf::from),
        };
        Self {
            folder: Some(folder.to_owned()),
            path,
            require: false,
        }
    }

    /// Whether this machine has seen the store, but not at this path.
    pub fn knows_elsewhere(&self, store: &StoreId) -> bool {
        let Some(folder) = &self.folder else {
            return false;
        };
        let anchor = Anchor::new(folder, self.path.as_deref(), store);
        let own = data_encoding::HEXLOWER.encode(store);
        let here = anchor.known_here().ok().flatten();
        anchor.path().exists() && here.is_none_or(|known| known != own)
    }

    /// Whether this machine has seen the store at this path.
    pub fn knows_here(&self, store: &StoreId) -> bool {
        let Some(folder) = &self.folder else {
            return false;
        };
        let known = Anchor::new(folder, self.path.as_deref(), store).known_here();
        known
            .ok()
            .flatten()
            .is_some_and(|known| known == data_encoding::HEXLOWER.encode(store))
    }

    /// No state: nothing is read or written.
    pub fn off() -> Self {
        Self {
            folder: None,
            path: None,
            require: false,
        }
    }
}

/// The absolute path of a store, with links, `.` and `..` resolved. The parts that do not exist yet
/// are appended as they are: they will be created as folders, not links.
fn real(store: &Path) -> PathBuf {
    let Some(name) = store.file_name() else {
        return store.to_owned();
    };
    let folder = store.parent().unwrap_or(Path::new(""));
    let start = if store.is_absolute() {
        Path::new("/")
    } else {
        Path::new(".")
    };
    let mut real = start.canonicalize().unwrap_or_else(|_| start.to_owned());
    for part in folder.components() {
        match part {
            Component::ParentDir => drop(real.pop()),
            Component::Normal(part) => {
                real.push(part);
                real = real.canonicalize().unwrap_or(real);
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    real.join(name)
}

/// Something that an operator should know, but that does not stop the operation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// This machine had not seen the store before.
    FirstUse,
    /// A read could not update the anchor.
    AnchorNotUpdated(String),
    /// The clock is this many seconds behind the store's last change; expiry is judged by the
    /// latter.
    ClockBehind(i64),
    /// Another machine accepted the store as of this epoch, and this machine now follows.
    Adopted(u64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_known_by_one_path_however_it_is_spelled() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(base.join("a/b")).unwrap();
        std::os::unix::fs::symlink("a/b", base.join("link")).unwrap();
        let store = base.join("a/b/s.db");
        for spelling in [
            "a/b/s.db",
            "a/./b/s.db",
            "a/b/../b/s.db",
            "link/s.db",
            "link/../b/s.db",
        ] {
            assert_eq!(real(&base.join(spelling)), store, "{spelling}");
        }
        let new = base.join("a/b/new/er/s.db");
        for spelling in [
            "a/b/new/er/s.db",
            "link/new/er/s.db",
            "link/new/./x/../er/s.db",
        ] {
            assert_eq!(
                real(&base.join(spelling)),
                new,
                "{spelling}, which is not there yet"
            );
        }
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn a_database_is_known_by_one_name_for_every_role() {
        let folder = Path::new("/state");
        let options = crate::backend::options::DatabaseOptions::default();
        let at = |named: &str| {
            let location = Location::parse(Path::new(named), &options).unwrap();
            State::at(folder, &location).path
        };
        let name = at("postgres://ann@a,b:1/d");
        assert_eq!(name, Some("postgres://a:5432,b:1/d?schema=hallpass".into()));
        for same in [
            "postgres://bob@b:1,A/d",
            "postgresql://ann@a:5432,b:1/d?schema=hallpass&connect_timeout=9",
        ] {
            assert_eq!(at(same), name, "{same}");
        }
        for other in [
            "postgres://ann@a,b:2/d",
            "postgres://ann@a,b:1/e",
            "postgres://ann@a,b:1/d?schema=x",
            "postgres://ann@a/d",
            "/d",
        ] {
            assert_ne!(at(other), name, "{other}");
        }
        assert_eq!(
            at("/no/such/d"),
            State::of(folder, Path::new("/no/such/d")).path
        );
    }

    #[test]
    fn a_bare_name_is_in_the_current_folder() {
        let here = Path::new(".").canonicalize().unwrap();
        for spelling in [
            "no-such-store.db",
            "./no-such-store.db",
            "src/../no-such-store.db",
        ] {
            assert_eq!(
                real(Path::new(spelling)),
                here.join("no-such-store.db"),
                "{spelling}"
            );
        }
        assert_eq!(real(Path::new("no-such/s.db")), here.join("no-such/s.db"));
    }
}
