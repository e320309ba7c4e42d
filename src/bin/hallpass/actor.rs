//! The operator of this process, for the audit log.

use std::ffi::OsString;
use std::fs;

use hallpass::model::audit::{Actor, Operator};
use rustix::process::{geteuid, getpid, getuid};
use rustix::system::uname;
use rustix::termios::ttyname;

use crate::output::mask;
use crate::users;

/// The longest text from outside that a log entry stores, in bytes.
const LONGEST: usize = 256;

/// Returns the operator of this process. `sudo_user` is the value of `SUDO_USER`.
pub(crate) fn current(sudo_user: Option<&OsString>) -> Actor {
    let uid = getuid().as_raw();
    let euid = geteuid();
    let tty = ttyname(rustix::stdio::stdin(), Vec::new()).ok();
    // Anybody can set the variable. Only root's was set by `sudo`, or by somebody who is root.
    let sudo_user = sudo_user.filter(|_| euid.is_root());
    Actor::Operator(Operator {
        uid,
        euid: euid.as_raw(),
        login: if euid.is_root() {
            name(uid)
        } else {
            login(uid)
        },
        sudo_user: sudo_user.and_then(|name| bounded(&name.to_string_lossy())),
        tty: tty.and_then(|name| bounded(&name.to_string_lossy())),
        host: bounded(&uname().nodename().to_string_lossy()),
        pid: getpid().as_raw_nonzero().get().unsigned_abs(),
    })
}

/// Returns the user who signed in: the kernel keeps it across `su` and `sudo`. Without a kernel
/// record, returns the owner of this process.
fn login(uid: u32) -> Option<String> {
    let kept = fs::read_to_string("/proc/self/loginuid").ok();
    match kept.and_then(|text| signed_in(&text)) {
        Some(number) => name(number).or_else(|| Some(number.to_string())),
        None => name(uid),
    }
}

/// Parses the kernel's login uid; all ones means that nobody signed in.
fn signed_in(text: &str) -> Option<u32> {
    text.trim_ascii_end()
        .parse()
        .ok()
        .filter(|number| *number != u32::MAX)
}

fn name(uid: u32) -> Option<String> {
    bounded(&users::by_number(uid)?.name)
}

/// Cuts a text from outside to the length of a log entry, and masks secrets that got into it by
/// mistake.
fn bounded(text: &str) -> Option<String> {
    let text = mask::text(text);
    (!text.is_empty()).then(|| text.chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use hallpass::entropy::OsEntropy;
    use hallpass::model::token::{Encoding, Token};

    use super::*;

    #[test]
    fn an_entry_holds_no_secret_that_a_variable_held() {
        let token = Token::generate(&mut OsEntropy)
            .unwrap()
            .encode(Encoding::Native);
        assert_eq!(bounded(token.expose()).as_deref(), Some("(a whole token)"));
        assert_eq!(bounded("ann").as_deref(), Some("ann"));
        assert_eq!(
            bounded(&"a".repeat(300)).map(|text| text.len()),
            Some(LONGEST)
        );
    }

    #[test]
    fn the_kernel_says_who_signed_in_or_that_nobody_did() {
        assert_eq!(signed_in("1000"), Some(1000));
        assert_eq!(signed_in("0\n"), Some(0));
        assert_eq!(signed_in("4294967295"), None);
        assert_eq!(signed_in(""), None);
    }
}
