//! Secrets that go elsewhere than to standard output.

use std::fs;

use super::{FOREIGN_DECLARED, FORMATS, Needle, Watch, token};

/// Tokens that a file declares.
pub(super) fn declare(watch: &mut Watch) {
    let declared = "[profiles.CanaryProfile.tokens]\n\
                    declared = {to = 'file:papers/declared'}\n\
                    imported = {value_file = 'foreign-declared'}\n";
    watch.home.write("declared.toml", declared);
    watch.home.write("foreign-declared", FOREIGN_DECLARED);
    watch
        .needles
        .push(Needle::text("a declared import", FOREIGN_DECLARED));
    watch.ends(7, &["apply", "declared.toml", "--plan"], "");
    watch.run(&["apply", "declared.toml"], "");
    let held = fs::read_to_string(watch.home.file("papers/declared")).unwrap();
    watch.needles.extend(token("a declared token", &held));
    watch.run(&["apply", "declared.toml", "-o", "json"], "");
    watch.run(&["export"], "");
    watch.run(&["export", "-o", "json"], "");
}

/// A code that is mailed and exchanged, and one that is taken back.
pub(super) fn codes(watch: &mut Watch) {
    let whom = ["CanaryProfile", "--connection", "CanaryConnection"];
    let known = |code: &str| vec![Needle::text("a verification code", code)];
    let asked = [&["otp", "request"][..], &whom, &["--print-code"]].concat();
    let code = watch.issue(&asked, known);
    watch.ends(
        10,
        &[&["otp", "validate"][..], &whom].concat(),
        "CanaryNoCode",
    );
    let exchange = [&["otp", "validate"][..], &whom, &[&code]].concat();
    watch.issue(&exchange, |secret| token("an exchanged token", secret));
    watch.ends(12, &[&["otp", "validate"][..], &whom].concat(), &code);
    for format in FORMATS {
        watch.run(&["otp", "list", "--all", "-o", format], "");
    }
    watch.run(&[&["otp", "cancel"][..], &whom].concat(), "");
    watch.run(&["mail", "send"], "");
}
