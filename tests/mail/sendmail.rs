//! A program that is called as sendmail is.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hallpass::mail::Mailer as _;
use hallpass::mail::compose;
use hallpass::model::mail::SendError;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use tempfile::TempDir;

use super::{hand_over, post, saying, settings};
use crate::support::private_folder;

/// A folder with a script in it that is called `sendmail`, and writes into that folder.
struct Machine(TempDir);

impl Machine {
    fn new(script: &str) -> Self {
        let home = private_folder();
        let path = home.path().join("sendmail");
        let text = format!("#!/bin/sh\ncd '{}'\n{script}\n", home.path().display());
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self(home)
    }

    fn program(&self) -> PathBuf {
        self.0.path().join("sendmail")
    }

    fn said(&self, file: &str) -> String {
        fs::read_to_string(self.0.path().join(file)).unwrap()
    }
}

fn send(program: &Path) -> Result<(), SendError> {
    hand_over(
        post(),
        &settings(&format!("sendmail:{}", program.display())),
        &saying("12345678\n"),
    )
}

#[track_caller]
fn not_started(program: &Path, says: &str) {
    let error = send(program).unwrap_err();
    assert!(
        matches!(&error, SendError::Permanent(why) if why.contains(says)),
        "{error:?}"
    );
}

#[test]
fn the_mail_is_on_standard_input_and_the_addresses_are_arguments() {
    let machine = Machine::new("printf '%s\\n' \"$0\" \"$@\" >words; umask >mask; cat >mail");
    send(&machine.program()).unwrap();
    let words = "-i\n-f\nnoreply@example.com\n--\nanna@example.org\n";
    assert_eq!(
        machine.said("words"),
        format!("{}\n{words}", machine.program().display())
    );
    assert_eq!(machine.said("mask"), "0022\n", "the caller's");
    let settings = settings("sendmail:/usr/sbin/sendmail");
    let sent = String::from_utf8(compose(&settings, &saying("12345678\n")).to_vec()).unwrap();
    assert_eq!(machine.said("mail"), sent.replace("\r\n", "\n"));
}

#[test]
fn how_it_ends_says_whether_to_try_again() {
    for (code, is_final) in [
        (75, false),
        (69, false),
        (1, false),
        (67, true),
        (64, true),
        (78, true),
    ] {
        let machine = Machine::new(&format!(
            "cat >/dev/null; printf 'no\\033[2J way\\n' >&2; exit {code}"
        ));
        let error = send(&machine.program()).unwrap_err();
        assert_eq!(
            matches!(error, SendError::Permanent(_)),
            is_final,
            "{error:?}"
        );
        assert!(
            error
                .to_string()
                .ends_with(&format!("exited with {code}: no [2J way")),
            "{error}"
        );
    }
}

#[test]
fn one_that_reads_nothing_or_says_too_much_is_no_trouble() {
    send(&Machine::new("exit 0").program()).unwrap();
    let chatty = Machine::new("head -c 300000 /dev/zero | tr '\\0' x >&2; cat >/dev/null; exit 70");
    let error = send(&chatty.program()).unwrap_err();
    assert!(error.to_string().len() < 600, "{error}");
    // What it leaves running may keep standard error open.
    let sent = send(&Machine::new("sleep 5 & exit 0").program());
    assert_eq!(sent, Ok(()));
}

#[test]
fn one_that_hangs_is_ended_with_all_that_it_started() {
    let machine = Machine::new("sleep 60 & echo $! >child; wait");
    let settings = settings(&format!("sendmail:{}", machine.program().display()));
    // Long enough for it to say what it has started, on a machine with much to do.
    let post = post().with_patience(Duration::from_secs(5));
    let error = hand_over(post, &settings, &saying("x\n")).unwrap_err();
    // It was given the mail, and may have done something with it.
    assert!(
        matches!(&error, SendError::Uncertain(why) if why.contains("took more than")),
        "{error:?}"
    );
    let child = Pid::from_raw(machine.said("child").trim().parse().unwrap()).unwrap();
    // It sleeps for a minute, and what is killed takes a moment to be gone.
    if let Ok(handle) = pidfd_open(child, PidfdFlags::empty()) {
        let patience = Timespec {
            tv_sec: 20,
            tv_nsec: 0,
        };
        let ended = poll(&mut [PollFd::new(&handle, PollFlags::IN)], Some(&patience));
        assert_eq!(ended, Ok(1), "it goes on");
    }
}

#[test]
fn one_that_dies_may_have_taken_what_it_was_given() {
    let error = send(&Machine::new("cat >/dev/null; kill -9 $$").program()).unwrap_err();
    assert!(
        matches!(&error, SendError::Uncertain(why) if why.contains("was killed by signal 9")),
        "{error:?}"
    );
    // One that was not given all of it has not seen its end.
    let machine = Machine::new("kill -9 $$");
    let long = saying(&"x\n".repeat(200_000));
    let settings = settings(&format!("sendmail:{}", machine.program().display()));
    let error = hand_over(post(), &settings, &long).unwrap_err();
    assert!(matches!(&error, SendError::Transient(_)), "{error:?}");
}

#[test]
fn one_is_given_nothing_that_was_taken_back() {
    let machine = Machine::new("cat >mail; touch ended");
    let settings = settings(&format!("sendmail:{}", machine.program().display()));
    let taken_back = SendError::Transient("taken back".to_owned());
    let mut refuse = || Err(taken_back.clone());
    let error = post()
        .send(&settings, &saying("12345678\n"), &mut refuse)
        .unwrap_err();
    assert_eq!(error, taken_back);
    let left = fs::read(machine.0.path().join("mail")).unwrap_or_default();
    assert!(left.is_empty() && !machine.0.path().join("ended").exists());
}

#[test]
fn only_a_program_called_sendmail_is_started() {
    let machine = Machine::new("touch started");
    let other = machine.0.path().join("program");
    fs::rename(machine.program(), &other).unwrap();
    not_started(&other, "is not called `sendmail`");
    // A link may say what is meant by it, as Debian's alternatives do.
    symlink(&other, machine.program()).unwrap();
    send(&machine.program()).unwrap();
    assert!(machine.0.path().join("started").exists());
}

#[test]
fn what_others_can_change_is_not_started() {
    let machine = Machine::new("touch started");
    let mode =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    for bad in [0o775, 0o757] {
        mode(&machine.program(), bad);
        not_started(&machine.program(), "is writable by others");
    }
    mode(&machine.program(), 0o755);
    mode(machine.0.path(), 0o770);
    not_started(&machine.program(), "is writable by others");
    // Nor what a link leads to.
    let elsewhere = private_folder();
    symlink(machine.program(), elsewhere.path().join("sendmail")).unwrap();
    not_started(&elsewhere.path().join("sendmail"), "is writable by others");
    mode(machine.0.path(), 0o700);
    send(&elsewhere.path().join("sendmail")).unwrap();
    // Nor where a link on the way can be exchanged, be it to the program or to its folder.
    let between = private_folder();
    for (to, link) in [
        (machine.program(), "link"),
        (machine.0.path().to_owned(), "folder"),
    ] {
        symlink(to, between.path().join(link)).unwrap();
        let there = between.path().join(link);
        let there = if link == "folder" {
            there.join("sendmail")
        } else {
            there
        };
        fs::remove_file(elsewhere.path().join("sendmail")).unwrap();
        symlink(there, elsewhere.path().join("sendmail")).unwrap();
        mode(between.path(), 0o777);
        not_started(&elsewhere.path().join("sendmail"), "is writable by others");
        mode(between.path(), 0o700);
        send(&elsewhere.path().join("sendmail")).unwrap();
    }
    let circle = between.path().join("sendmail");
    symlink(&circle, &circle).unwrap();
    not_started(&circle, "is not a program");
}

#[test]
fn what_is_missing_or_no_program_is_said_so() {
    let home = private_folder();
    not_started(&home.path().join("sendmail"), "no program");
    fs::create_dir(home.path().join("sendmail")).unwrap();
    fs::set_permissions(
        home.path().join("sendmail"),
        fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    not_started(&home.path().join("sendmail"), "is not a program");
    let machine = Machine::new("");
    fs::set_permissions(machine.program(), fs::Permissions::from_mode(0o644)).unwrap();
    not_started(&machine.program(), "is not a program that you may run");
}
