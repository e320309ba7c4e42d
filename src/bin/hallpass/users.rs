//! The users of this machine, from the local file alone.
//!
//! The C library loads a name service at run time. It may be slow, absent, or of another version
//! than a static program was built for, and then the program crashes.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

/// A line of `/etc/passwd`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    /// The login name.
    pub(crate) name: String,
    /// The home folder, if it is an absolute path.
    pub(crate) home: Option<PathBuf>,
}

/// Returns the user with that id, if the file has one.
pub(crate) fn by_number(uid: u32) -> Option<User> {
    find(&fs::read("/etc/passwd").ok()?, uid)
}

/// Returns the number of the group with that name, if the local file has one.
#[cfg(feature = "server")]
pub(crate) fn group(name: &str) -> Option<u32> {
    find_group(&fs::read("/etc/group").ok()?, name)
}

#[cfg(feature = "server")]
fn find_group(groups: &[u8], name: &str) -> Option<u32> {
    groups.split(|byte| *byte == b'\n').find_map(|line| {
        let mut fields = line.split(|byte| *byte == b':');
        if fields.next()? != name.as_bytes() {
            return None;
        }
        str::from_utf8(fields.nth(1)?).ok()?.parse().ok()
    })
}

fn find(users: &[u8], uid: u32) -> Option<User> {
    users.split(|byte| *byte == b'\n').find_map(|line| {
        let mut fields = line.split(|byte| *byte == b':');
        let name = fields.next()?;
        let number = str::from_utf8(fields.nth(1)?).ok()?;
        if number.parse() != Ok(uid) {
            return None;
        }
        let home = fields
            .nth(2)
            .map(|home| PathBuf::from(OsStr::from_bytes(home)));
        let name = String::from_utf8_lossy(name).into_owned();
        Some(User {
            name,
            home: home.filter(|home| home.is_absolute()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "server")]
    #[test]
    fn a_group_is_found_by_name() {
        let groups = b"root:x:0:\nbroken\nhttp:x:x:\nwww-data:x:33:ann,bob\n";
        assert_eq!(find_group(groups, "root"), Some(0));
        assert_eq!(find_group(groups, "www-data"), Some(33));
        for name in ["", "broken", "http", "www", "ann"] {
            assert_eq!(find_group(groups, name), None, "{name}");
        }
    }

    #[test]
    fn a_user_is_found_by_number() {
        let users = b"root:x:0:0:root:/root:/bin/sh\nbroken\n\xff:x:7:7::relative:\nann:x:1000:1000::/home/ann:/bin/sh\nshort:x:8\n";
        let name = |uid| find(users, uid).map(|user| user.name);
        let home = |uid| find(users, uid).and_then(|user| user.home);
        assert_eq!(
            (name(0).as_deref(), home(0)),
            (Some("root"), Some("/root".into()))
        );
        assert_eq!(
            (name(1000).as_deref(), home(1000)),
            (Some("ann"), Some("/home/ann".into()))
        );
        assert_eq!((name(7).as_deref(), home(7)), (Some("\u{fffd}"), None));
        assert_eq!((name(8).as_deref(), home(8)), (Some("short"), None));
        assert_eq!(name(9), None);
    }
}
