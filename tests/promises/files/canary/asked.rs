//! Whatever reads, in every format, with secrets as input.

use std::fs;

use super::needle::{Needle, token};
use super::{FORMATS, Watch};

const FOREIGN: &str = "cnry_7fQ2mZx9Lk4Rw8Tb1Vn6Yp3Hs5Jd0GcAe";

/// Whatever reads without a secret as input.
const READING: [&[&str]; 22] = [
    &["environment", "list"],
    &["environment", "show", "CanaryEnvironment"],
    &["connection", "list"],
    &["connection", "show", "CanaryConnection"],
    &["connection", "guide", "CanaryConnection"],
    &[
        "connection",
        "guide",
        "CanaryConnection",
        "--template",
        "profit",
    ],
    &["profile", "list"],
    &["profile", "show", "CanaryProfile"],
    &["token", "list", "--all"],
    &["token", "prune", "--older-than", "1d", "--dry-run"],
    &["token", "show", "CanaryProfile/CanaryToken"],
    &["status"],
    &["store", "info"],
    &["store", "check"],
    &["store", "key", "list"],
    &["mail", "show"],
    &["mail", "test", "--environment", "CanaryEnvironment"],
    &["audit", "list"],
    &["audit", "verify"],
    &["audit", "head"],
    &["audit", "export"],
    &[
        "password",
        "verify",
        "CanaryProfile",
        "--password-file",
        "password",
    ],
];

/// Whatever reads, in every format, with secrets as input.
pub(super) fn ask(watch: &mut Watch) {
    let held = watch.issue(&["token", "add", "CanarySecond/held"], |it| {
        token("held", it)
    });
    watch
        .needles
        .push(Needle::text("a token of another system", FOREIGN));
    watch.run(
        &["token", "add", "CanarySecond/foreign", "--value-file", "-"],
        FOREIGN,
    );
    watch.ends(
        4,
        &["token", "add", "CanarySecond/again", "--value-file", "-"],
        FOREIGN,
    );
    for format in FORMATS {
        let output = ["-o", format];
        for arguments in READING {
            watch.run(&[arguments, &output].concat(), "");
        }
        watch.run(&[&["verify"][..], &output].concat(), &held);
        watch.run(&[&["verify"][..], &output].concat(), FOREIGN);
        watch.run(&[&["verify", "--explain"][..], &output].concat(), &held);
        watch.run(&[&["verify", "--explain"][..], &output].concat(), FOREIGN);
        watch.run(
            &[&["token", "show", "--token-file", "-"][..], &output].concat(),
            &held,
        );
        watch.run(
            &[&["token", "show", "--token-file", "-"][..], &output].concat(),
            FOREIGN,
        );
        watch.ends(7, &[&["token", "identify"][..], &output].concat(), &held);
        let page = format!("page-{format}");
        watch.ends(7, &[&["review", "--html", &page][..], &output].concat(), "");
        watch.look(&page, &fs::read(watch.home.file(&page)).unwrap());
    }
    watch.run(&["status", "--passphrase-file", "passphrase"], "");
    unlock(watch);
    watch.run(&["completions", "bash"], "");
}

/// What is kept for a while is kept by the kernel, or by nobody: in a file it never is.
fn unlock(watch: &mut Watch) {
    let unlock = ["unlock", "--passphrase-file", "passphrase"];
    let (out, err) = watch.answers(&[0, 1], &unlock, "");
    watch.look("the output of unlock", &out);
    watch.look("the talk of unlock", &err);
    watch.look_at_files();
    watch.run(&["lock"], "");
}
