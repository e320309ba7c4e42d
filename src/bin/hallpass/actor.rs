//! Who runs this, for the audit log.

use std::ffi::OsString;
use std::fs;

use hallpass::model::audit::{Actor, Operator};
use rustix::process::{geteuid, getpid, getuid};
use rustix::system::uname;
use rustix::termios::ttyname;

use crate::output::mask;
use crate::users;

/// The longest text of an entry that comes from outside.
const LONGEST: usize = 256;

/// The one who runs this process. `sudo_user` is what `sudo` says.
pub(crate) fn current(sudo_user: Option<&OsString>) -> Actor {
    let uid = getuid().as_raw();
    let euid = geteuid();
    let tty = ttyname(rustix::stdio::stdin(), Vec::new()).ok();
    // Anybody can set the variable; only root's was set by `sudo`, or by somebody who is root.
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

/// Who signed in, as the kernel has kept it since, whoever he became; where it keeps nothing, whose
/// process this is.
fn login(uid: u32) -> Option<String> {
    let kept = fs::read_to_string("/proc/self/loginuid").ok();
    match kept.and_then(|text| signed_in(&text)) {
        Some(number) => name(number).or_else(|| Some(number.to_string())),
        None => name(uid),
    }
}

/// The number in what the kernel says; all ones is nobody.
fn signed_in(text: &str) -> Option<u32> {
    text.trim_ascii_end()
        .parse()
        .ok()
        .filter(|number| *number != u32::MAX)
}

fn name(uid: u32) -> Option<String> {
    bounded(&users::by_number(uid)?.name)
}

/// A text from outside as an entry has it: not too long, and no secret that got there by mistake.
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
