//! Who runs this, for the audit log.

use std::ffi::OsString;
use std::fs;

use hallpass::model::audit::Actor;
use rustix::process::{geteuid, getpid, getuid};
use rustix::system::uname;
use rustix::termios::ttyname;

/// The longest text of an entry that comes from outside.
const LONGEST: usize = 256;

/// The one who runs this process. `sudo_user` is what `sudo` says.
pub(crate) fn current(sudo_user: Option<&OsString>) -> Actor {
    let uid = getuid().as_raw();
    let tty = ttyname(rustix::stdio::stdin(), Vec::new()).ok();
    Actor {
        uid,
        euid: geteuid().as_raw(),
        login: login(uid),
        sudo_user: sudo_user.and_then(|name| bounded(&name.to_string_lossy())),
        tty: tty.and_then(|name| bounded(&name.to_string_lossy())),
        host: bounded(&uname().nodename().to_string_lossy()),
        pid: getpid().as_raw_nonzero().get().unsigned_abs(),
    }
}

/// The login name, from the local file alone: a name service is loaded at run time, and may be
/// slow, absent, or of another version than a static program.
fn login(uid: u32) -> Option<String> {
    let users = fs::read("/etc/passwd").ok()?;
    find_login(&String::from_utf8_lossy(&users), uid)
}

fn find_login(users: &str, uid: u32) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| bounded(name)).flatten()
    })
}

fn bounded(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_found_by_number() {
        let users = "root:x:0:0:root:/root:/bin/sh\nbroken\nann:x:1000:1000::/home/ann:/bin/sh\n";
        assert_eq!(find_login(users, 1000).as_deref(), Some("ann"));
        assert_eq!(find_login(users, 0).as_deref(), Some("root"));
        assert_eq!(find_login(users, 7), None);
    }
}
