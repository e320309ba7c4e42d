//! A store with something of everything, every name and text of which begins with `Canary`.

use std::fs;
use std::path::Path;

use data_encoding::BASE32_NOPAD;

use super::Watch;
use super::delivered::{codes, declare};
use super::needle::{Needle, key_file, recovery, token};

/// A passphrase, a key file, two recovery codes.
pub(super) fn set_up(watch: &mut Watch) {
    let passphrase = ["--passphrase-file", "passphrase"];
    let init = ["init", "--recovery-file", "papers/one"];
    watch.run(&[&init[..], &passphrase].concat(), "");
    watch
        .needles
        .extend(recovery(&watch.home.file("papers/one")));
    let add = ["store", "key", "add"];
    watch.run(
        &[&add[..], &["--new-key-file", "keys/store.key"], &passphrase].concat(),
        "",
    );
    let key = watch.home.file("keys/store.key");
    watch.needles.extend(key_file(&key));
    assert!(
        watch.needles.last().unwrap().is_in(&key_bytes(&key)),
        "or the search finds nothing"
    );
    fs::create_dir_all(watch.home.config().parent().unwrap()).unwrap();
    let settings = format!("key_file = \"{}\"\n", key.display());
    fs::write(watch.home.config(), settings).unwrap();
    watch.run(&[&add[..], &["--recovery-file", "papers/two"]].concat(), "");
    watch
        .needles
        .extend(recovery(&watch.home.file("papers/two")));
    watch.run(
        &[&add[..], &["--new-passphrase-file", "passphrase-two"]].concat(),
        "",
    );
}

fn key_bytes(path: &Path) -> Vec<u8> {
    let line = fs::read_to_string(path).unwrap();
    BASE32_NOPAD
        .decode(line.split(':').nth(2).unwrap().as_bytes())
        .unwrap()
}

/// Something of everything; every name and text begins with `Canary`.
pub(super) fn fill(watch: &mut Watch) {
    places(watch);
    profile(watch);
    tokens(watch);
    delivered_tokens(watch);
    successors(watch);
    mail(watch);
    codes(watch);
    let generate = ["password", "set", "CanarySecond", "--generate"];
    watch.issue(&generate, |secret| {
        vec![Needle::text("a generated password", secret)]
    });
}

/// What every thing says of itself.
const ABOUT: [&str; 2] = ["--description", "CanaryText of any sort"];

/// An environment and a connection.
fn places(watch: &mut Watch) {
    watch.home.write("guide", "CanaryGuide: turn the handle");
    watch.run(
        &[&["environment", "add", "CanaryEnvironment"][..], &ABOUT].concat(),
        "",
    );
    watch.run(
        &["environment", "edit", "CanaryEnvironment", "--default"],
        "",
    );
    let connection = [
        "connection",
        "add",
        "CanaryConnection",
        "--group",
        "CanaryGroup",
    ];
    watch.run(
        &[&connection[..], &["--guide-file", "guide"], &ABOUT].concat(),
        "",
    );
    watch.run(
        &[
            "connection",
            "edit",
            "CanaryConnection",
            "--token-lifetime",
            "90d",
        ],
        "",
    );
}

fn profile(watch: &mut Watch) {
    let profile = [
        "profile",
        "add",
        "CanaryProfile",
        "--connection",
        "CanaryConnection",
    ];
    let more = [
        "--group",
        "CanaryGroup",
        "--email",
        "CanaryAddress@example.com",
    ];
    let password = ["--password-file", "password"];
    watch.run(&[&profile[..], &more, &password, &ABOUT].concat(), "");
    watch.run(
        &[
            "profile",
            "edit",
            "CanaryProfile",
            "--add-group",
            "CanaryOther",
        ],
        "",
    );
}

/// Tokens on standard output, in each form.
fn tokens(watch: &mut Watch) {
    let add = [
        "token",
        "add",
        "CanaryProfile/CanaryToken",
        "--device",
        "CanaryDevice",
    ];
    watch.issue(&add, |secret| token("a token", secret));
    for form in ["xml", "hex", "header"] {
        let address = format!("CanaryProfile/{form}");
        let add = ["token", "add", &address, "--form", form, "--device", form];
        watch.issue(&add, |secret| token(form, secret));
    }
}

/// Tokens for commands and files, and those that are declared.
fn delivered_tokens(watch: &mut Watch) {
    let there = [
        "token",
        "add",
        "CanaryProfile/there",
        "--device",
        "there",
        "--to",
        "command:cat",
    ];
    watch.talk(&there, |secret| token("a token for a command", secret));
    for (n, to) in ["file:papers/token", "env:papers/env#T"]
        .into_iter()
        .enumerate()
    {
        let address = format!("CanaryProfile/elsewhere{n}");
        watch.run(
            &["token", "add", &address, "--device", &address, "--to", to],
            "",
        );
    }
    let ensure = [
        "token",
        "ensure",
        "CanaryProfile/ensured",
        "--to",
        "file:papers/ensured",
    ];
    watch.run(&ensure, "");
    let held = fs::read_to_string(watch.home.file("papers/ensured")).unwrap();
    watch.needles.extend(token("an ensured token", &held));
    watch.run(&ensure, "");
    declare(watch);
    let held = fs::read_to_string(watch.home.file("papers/token")).unwrap();
    watch.needles.extend(token("a token in a file", &held));
    let held = fs::read_to_string(watch.home.file("papers/env")).unwrap();
    watch.needles.extend(token(
        "a token in a .env file",
        held.strip_prefix("T=").unwrap(),
    ));
}

/// A successor, the first token of a profile, and that of a login.
fn successors(watch: &mut Watch) {
    let rotate = [
        "token",
        "rotate",
        "CanaryProfile/CanaryToken",
        "--request-id",
        "CanaryRequest",
    ];
    watch.issue(&rotate, |secret| token("a successor", secret));
    let first = ["profile", "add", "CanarySecond", "--token", "first"];
    watch.issue(&first, |secret| token("a profile's first token", secret));
    let login = ["login", "CanaryProfile", "--password-file", "password"];
    watch.issue(&login, |secret| token("a login", secret));
}

fn mail(watch: &mut Watch) {
    let from = [
        "--from",
        "CanarySender <canary@example.com>",
        "--password-file",
        "mail",
    ];
    watch.run(
        &[
            &["mail", "set", "smtps://CanaryUser@localhost:1"][..],
            &from,
        ]
        .concat(),
        "",
    );
    let outbox = format!("outbox:{}", watch.home.file("outbox").display());
    let own = ["mail", "set", &outbox, "--environment", "CanaryEnvironment"];
    watch.run(&[&own[..], &["--from", "canary@example.com"]].concat(), "");
}
