//! T46: an input is the same however it is written down: with a mark, in UTF-16, with the line ends of
//! Windows or none, decomposed; or it is refused by name.

use std::fs;

use unicode_normalization::UnicodeNormalization as _;

use crate::support::test_home::{Answer, TestHome};

/// How a text is written to a file.
type Write = fn(&str) -> Vec<u8>;

/// Each way, and as it is usually done.
const WAYS: [(&str, Write); 7] = [
    ("plain", |text| format!("{text}\n").into_bytes()),
    ("a mark", |text| format!("\u{feff}{text}\n").into_bytes()),
    ("UTF-16, low first", |text| {
        wide(&format!("\u{feff}{text}\n"), u16::to_le_bytes)
    }),
    ("UTF-16, high first", |text| {
        wide(&format!("\u{feff}{text}\r\n"), u16::to_be_bytes)
    }),
    ("CRLF", |text| format!("{text}\r\n").into_bytes()),
    ("no line end", |text| text.as_bytes().to_vec()),
    ("decomposed", |text| {
        format!("{}\n", text.nfd().collect::<String>()).into_bytes()
    }),
];

/// Two accents, one character outside of UTF-16's first plane.
const PASSPHRASE: &str = "cobalt läntern quiét otter \u{1f511}";
const PASSWORD: &str = "umbrellä-vörtex-lantern-88";

fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// Writes `text` in that way to a file of its owner's alone.
fn file(stage: &TestHome, text: &str, way: Write) -> String {
    let path = stage.write("input", "");
    fs::write(&path, way(text)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What a command answers for each way in which `text` can be written to the file that ends its
/// arguments.
fn each(stage: &TestHome, arguments: &[&str], text: &str, check: impl Fn(&str, &Answer)) {
    for (name, way) in WAYS {
        let path = file(stage, text, way);
        check(name, &stage.run(&[arguments, &[&path]].concat()));
        let piped = stage.piped(&[arguments, &["-"]].concat(), way(text));
        check(&format!("{name}, piped"), &piped);
    }
}

fn is_done(name: &str, answer: &Answer) {
    assert_eq!(answer.code, 0, "{name}: {answer:?}");
}

#[test]
fn a_passphrase_is_the_same_however_it_was_set() {
    for (name, way) in WAYS {
        let stage = TestHome::empty();
        let path = file(&stage, PASSPHRASE, way);
        stage.done(&["init", "--passphrase-file", &path, "--no-recovery"]);
        let plain = stage.piped(&["status", "--passphrase-file", "-"], PASSPHRASE);
        assert_eq!(plain.code, 0, "{name}: {plain:?}");
    }
}

#[test]
fn a_passphrase_is_the_same_however_it_is_given() {
    let stage = TestHome::empty();
    let path = file(&stage, PASSPHRASE, |text| text.as_bytes().to_vec());
    stage.done(&["init", "--passphrase-file", &path, "--no-recovery"]);
    each(
        &stage,
        &["status", "--passphrase-file"],
        PASSPHRASE,
        is_done,
    );
    let path = file(&stage, PASSPHRASE, WAYS[2].1);
    let command = format!("cat '{path}'");
    stage.done(&["status", "--passphrase-command", &command]);
    let descriptor = ["status", "--passphrase-fd", "3"];
    let answer = stage.redirected(&format!("3< '{path}'"), &descriptor);
    assert_eq!(answer.code, 0, "{answer:?}");
}

#[test]
fn keys_and_recovery_codes_open_however_they_are_written() {
    let stage = TestHome::empty();
    let made = [
        "init",
        "--new-key-file",
        "keys/store.key",
        "--recovery-file",
        "recovery",
    ];
    stage.done(&made);
    let key = fs::read_to_string(stage.file("keys/store.key")).unwrap();
    let code = fs::read_to_string(stage.file("recovery")).unwrap();
    for (name, way) in WAYS {
        let path = file(&stage, key.trim_end(), way);
        is_done(name, &stage.run(&["status", "--key-file", &path]));
    }
    each(
        &stage,
        &["status", "--passphrase-file"],
        code.trim_end(),
        is_done,
    );
}

#[test]
fn a_password_is_the_same_however_it_was_set_and_is_given() {
    let stage = TestHome::with_sample_data();
    for (name, way) in WAYS {
        let path = file(&stage, PASSWORD, way);
        stage.done(&[
            "password",
            "set",
            "github",
            "--yes",
            "--password-file",
            &path,
        ]);
        let verify = ["password", "verify", "github", "--password-file", "-"];
        let plain = stage.piped(&verify, PASSWORD);
        assert_eq!(plain.code, 0, "{name}: {plain:?}");
    }
    each(
        &stage,
        &["password", "verify", "github", "--password-file"],
        PASSWORD,
        is_done,
    );
    let revoke = ["token", "revoke", "--profile", "github", "--yes", "--quiet"];
    each(
        &stage,
        &["login", "github", "--password-file"],
        PASSWORD,
        |name, answer| {
            is_done(name, answer);
            stage.done(&revoke);
        },
    );
}

#[test]
fn a_token_is_the_same_however_it_is_given() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/laptop"]);
    each(&stage, &["verify", "--token-file"], &token, is_done);
    each(&stage, &["token", "show", "--token-file"], &token, is_done);
    each(
        &stage,
        &["token", "identify", "--path"],
        &token,
        |name, answer| {
            assert_eq!(answer.code, 7, "{name}: {answer:?}");
        },
    );
    // One of another system, as long as one may be.
    let foreign = format!("{}{}", "Zm9vYmFyMTIzNDU2Nzg5MA", "x".repeat(4096 - 22));
    for (number, (name, way)) in WAYS.into_iter().enumerate() {
        let own = format!("{number}{}", foreign.get(1..).unwrap());
        let path = file(&stage, &own, way);
        let made = format!("github/legacy-{number}");
        is_done(
            name,
            &stage.run(&["token", "add", &made, "--value-file", &path]),
        );
        assert_eq!(stage.verdict(&own, &[]).0, 0, "{name}");
        each(&stage, &["verify", "--token-file"], &own, is_done);
    }
}

#[test]
fn a_token_that_a_file_holds_is_not_replaced_for_how_it_is_written() {
    let stage = TestHome::with_sample_data();
    let ensure = ["token", "ensure", "github/deploy", "--to", "file:token"];
    stage.done(&ensure);
    let token = fs::read_to_string(stage.file("token")).unwrap();
    let id = || stage.json(&["token", "list"])[0]["id"].clone();
    let before = id();
    for (name, way) in WAYS {
        fs::write(stage.file("token"), way(token.trim_end())).unwrap();
        let answer = stage.run(&ensure);
        let refused = answer.code == 43 && answer.err.contains("is not text");
        assert!(
            answer.code == 0 || name.starts_with("UTF-16") && refused,
            "{name}: {answer:?}"
        );
        assert_eq!(id(), before, "{name}");
    }
    let variable = ["token", "ensure", "github/env", "--to", "env:.env#TOKEN"];
    stage.done(&variable);
    let line = fs::read_to_string(stage.file(".env")).unwrap();
    let ids = || {
        stage
            .json(&["token", "list", "--all"])
            .as_array()
            .unwrap()
            .len()
    };
    let before = ids();
    for (name, way) in WAYS {
        fs::write(stage.file(".env"), way(line.trim_end())).unwrap();
        let answer = stage.run(&variable);
        let refused = answer.code == 43 && answer.err.contains("is not text");
        assert!(
            answer.code == 0 || name.starts_with("UTF-16") && refused,
            "{name}: {answer:?}"
        );
        assert_eq!(ids(), before, "{name}");
    }
}

#[test]
fn a_code_is_the_same_however_it_is_given() {
    let stage = TestHome::with_sample_data();
    let mails = format!("outbox:{}", stage.file("mails").display());
    stage.done(&["mail", "set", &mails, "--from", "noreply@example.com"]);
    for (number, (name, way)) in WAYS.into_iter().enumerate() {
        let profile = format!("p{number}");
        let email = format!("{profile}@example.com");
        stage.done(&["profile", "add", &profile, "--email", &email]);
        let request = [
            "otp",
            "request",
            &profile,
            "--connection",
            "ci",
            "--print-code",
        ];
        let code = stage.done(&request).out;
        let validate = ["otp", "validate", &profile, "--connection", "ci"];
        is_done(name, &stage.piped(&validate, way(code.trim_end())));
    }
}

#[test]
fn a_list_a_declaration_and_a_guide_say_the_same_however_they_are_written() {
    let stage = TestHome::with_sample_data();
    stage.token(&["github/one"]);
    stage.token(&["github/two"]);
    let revoke = ["token", "revoke", "-", "--dry-run", "-o", "json"];
    let plain = stage.piped(&revoke, "github/one\ngithub/two\n");
    assert_eq!(plain.code, 0, "{plain:?}");
    for (name, way) in WAYS {
        let answer = stage.piped(&revoke, way("github/one\ngithub/two"));
        assert_eq!((answer.code, answer.out), (0, plain.out.clone()), "{name}");
    }
    for (format, text) in [
        ("toml", "[profiles.anna]\ndescription = \"Änna\""),
        ("yaml", "profiles:\n  anna:\n    description: Änna"),
    ] {
        let plan = ["apply", "--plan", "--format", format, "-o", "json"];
        let plain = stage.piped(&[&plan[..], &["-"]].concat(), text);
        assert_eq!(plain.code, 7, "{plain:?}");
        each(&stage, &plan, text, |name, answer| {
            assert_eq!((answer.code, &answer.out), (7, &plain.out), "{name}");
        });
    }
    for (name, way) in WAYS {
        let path = file(&stage, "# Way\n\nin `here`", way);
        stage.done(&["connection", "edit", "ci", "--guide-file", &path]);
        let guide = stage.done(&["connection", "guide", "ci", "--raw"]).out;
        assert_eq!(guide, "# Way\n\nin `here`\n", "{name}");
    }
}

#[test]
fn settings_say_the_same_with_a_mark_and_are_refused_by_name_in_another_encoding() {
    let stage = TestHome::with_sample_data();
    let key = stage.file("keys/store.key");
    let settings = format!("key_file = {key:?}\noutput = \"json\"");
    for (name, way) in WAYS {
        fs::write(stage.config(), way(&settings)).unwrap();
        let answer = stage.run(&["profile", "list"]);
        if name.starts_with("UTF-16") {
            assert_eq!(answer.code, 2, "{name}: {answer:?}");
            assert!(
                answer.err.contains("starts like UTF-16; save it as UTF-8"),
                "{answer:?}"
            );
        } else {
            assert!(
                answer.code == 0 && answer.out.starts_with('['),
                "{name}: {answer:?}"
            );
        }
    }
}

#[test]
fn what_is_no_text_is_refused_by_name() {
    let stage = TestHome::with_sample_data();
    let named = |bytes: &[u8], why: &str| {
        fs::write(stage.write("input", ""), bytes).unwrap();
        for line in [
            "status --passphrase-file input",
            "password set github --yes --password-file input",
            "password verify github --password-file input",
            "token add github/legacy --value-file input",
            "apply input",
            "connection edit ci --guide-file input",
            "status --key-file input",
        ] {
            let words: Vec<_> = line.split(' ').collect();
            let said = stage.fails(2, &words);
            assert!(said.contains(why), "{line}: {said}");
        }
    };
    named(b"caf\xe9-caf\xe9-caf\xe9\n", "is not UTF-8");
    named(b"\xff\xfea\0b\0c\0d", "starts like UTF-16 but is not valid");
    named(b"\xff\xfe\0\0a\0\0\0", "is UTF-32");
}

#[cfg(feature = "smtp")]
#[test]
fn a_mail_password_is_the_same_however_it_was_set() {
    use crate::support::smtp::{Plan, Speaks};
    let stage = TestHome::with_sample_data();
    let server = Plan::new(Speaks::StartTls)
        .with_login("ann", PASSWORD)
        .serve();
    let url = format!("smtp://ann@localhost:{}", server.port());
    for (name, way) in WAYS {
        let authority = stage.file("authority");
        fs::write(&authority, way(server.authority.trim_end())).unwrap();
        let path = file(&stage, PASSWORD, way);
        let set = [
            "mail",
            "set",
            &url,
            "--from",
            "a@example.com",
            "--password-file",
            &path,
        ];
        let answer = stage.run(&[&set[..], &["--ca-file", "authority"]].concat());
        is_done(name, &answer);
        is_done(name, &stage.run(&["mail", "test", "b@example.com"]));
    }
    assert_eq!(server.seen(|seen| seen.mails.len()), WAYS.len());
}
