//! Nothing that is read from a file, and no name of one, is repeated with a secret in it.

use std::fs;

use hallpass::model::token::Encoding;

use super::secret::Secret;
use super::{hex, proven, token};
use crate::support::test_home::{Answer, TestHome};

#[test]
fn no_setting_is_repeated() {
    let stage = TestHome::with_sample_data();
    let settings = fs::read_to_string(stage.config()).unwrap();
    for secret in proven(&stage) {
        for key in [
            "store",
            "state_dir",
            "state",
            "key_file",
            "output",
            "color",
            "token_lifetime",
            "anchor",
            "passphrase",
            "# note",
        ] {
            let line = format!("{key} = \"{}\"\n", secret.text);
            fs::write(stage.config(), format!("# mine\n{line}{settings}")).unwrap();
            let answer = stage.run(&["status"]);
            secret.is_refused(&answer, key);
            assert!(answer.err.contains("line 2"), "{key}: {answer:?}");
        }
    }
}

#[test]
fn no_part_of_a_declaration_is_repeated() {
    let stage = TestHome::with_sample_data();
    let secrets = proven(&stage);
    for secret in &secrets {
        for toml in [
            "[environments.\"{}\"]",
            "[environments.test]\ndescription = \"{}\"",
            "[connections.\"{}\"]",
            "[connections.x]\ndescription = \"{}\"",
            "[connections.x]\ngroup = \"{}\"",
            "[connections.x]\ntoken_lifetime = \"{}\"",
            "[connections.x]\nallow_ip = [\"{}\"]",
            "[connections.x]\nguide = \"{}\"",
            "[connections.x]\nguide_file = \"{}\"",
            "[groups]\n\"{}\" = []",
            "[groups]\ng = [\"{}\"]",
            "[profiles.\"{}\"]",
            "[profiles.x]\nemail = \"{}\"",
            "[profiles.x]\nconnections = [\"{}\"]",
            "[profiles.x]\nstate = \"suspended\"\nreason = \"{}\"",
            "[profiles.x]\nuntil = \"{}\"",
            "[profiles.x.tokens.\"{}\"]",
            "[profiles.x.tokens.t]\nconnection = \"{}\"",
            "[profiles.x.tokens.t]\ndevice = \"{}\"",
            "[profiles.x.tokens.t]\nto = \"file:{}\"",
            "[profiles.x.tokens.t]\nvalue_file = \"{}\"",
            "[profiles.x.tokens.t]\nsha256 = \"{}\"",
            "\"{}\" = 1",
            "# {}",
        ] {
            stage.write("d.toml", &toml.replace("{}", &secret.text));
            secret.is_refused(&stage.run(&["apply", "d.toml", "-o", "json"]), toml);
        }
        let yaml = format!("profiles:\n  x:\n    description: '{}'\n", secret.text);
        let piped = stage.piped(&["apply", "-", "--format", "yaml"], yaml);
        secret.is_refused(&piped, "YAML");
        assert!(
            piped.err.contains("the declaration, line 3, holds"),
            "{piped:?}"
        );
    }
}

/// Nor where it is wrong, for programs.
#[test]
fn no_name_in_a_declaration_that_is_a_token_in_hex_is_repeated() {
    let (stage, secret) = (TestHome::with_sample_data(), hex());
    for toml in [
        "[environments.\"{}\"]\ndescription = 1",
        "[connections.\"{}\"]\ngroup = \"not one!\"",
        "[groups]\n\"{}\" = 1",
        "[profiles.\"{}\"]\nemail = \"nobody\"",
        "[profiles.x.tokens.\"{}\"]\nexpires = \"soon\"",
        "[profiles.\"{}\".tokens.t]\nexpires = \"soon\"",
        "[profiles.\"{}.x\"]\nemail = \"nobody\"",
        "[profiles.x]\n\"{}\" = 1",
        "[profiles.x.tokens.t]\n\"{}\" = 1",
        "\"{}\" = 1",
    ] {
        stage.write("d.toml", &toml.replace("{}", &secret.text));
        for format in ["json", "table"] {
            let answer = stage.run(&["apply", "d.toml", "--plan", "-o", format]);
            secret.is_refused(&answer, toml);
        }
    }
    for yaml in [
        "profiles:\n  {}:\n    email: nobody\n",
        "profiles:\n  x:\n    {}: 1\n",
        "profiles:\n  x:\n    tokens:\n      {}:\n        expires: soon\n",
        "{}: 1\n",
    ] {
        stage.write("d.yaml", &yaml.replace("{}", &secret.text));
        secret.is_refused(
            &stage.run(&["apply", "d.yaml", "--plan", "-o", "json"]),
            yaml,
        );
    }
}

#[test]
fn no_name_of_a_file_is_repeated() {
    let stage = TestHome::with_sample_data();
    for secret in proven(&stage).into_iter().filter(Secret::is_a_name) {
        let folder = stage.file("tree").join(&secret.text);
        fs::create_dir_all(&folder).unwrap();
        let leak = token().encode(Encoding::Native).expose().to_owned();
        fs::write(folder.join(&secret.text), &leak).unwrap();
        fs::write(folder.join(format!("{}.pipe", secret.text)), "").unwrap();
        for format in ["table", "json", "jsonl", "csv"] {
            let answer = stage.run(&["token", "identify", "--path", "tree", "-o", format]);
            assert_eq!(answer.code, 7, "{answer:?}");
            secret.is_not_in(&answer, format);
        }
        // A home of that name: the store and its settings are below it, and are shown by path.
        let home = folder.to_str().unwrap();
        let at_home = |line: &[&str]| {
            let mut command = stage.hallpass(line);
            for name in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
                command.env(name, home);
            }
            Answer::of(&command.output().unwrap())
        };
        let key = stage.file(&format!("key-{}", secret.name));
        let init = [
            "init",
            "--no-recovery",
            "--new-key-file",
            key.to_str().unwrap(),
        ];
        for line in [
            &["profile", "list", "-o", "json"][..],
            &["profile", "list"],
            &init,
            &init,
            &["status"],
            &["status", "-o", "json"],
            &["store", "info"],
            &["store", "info", "-o", "csv"],
            &["profile", "show", "nobody"],
            &["store", "restore", "none"],
        ] {
            secret.is_not_in(&at_home(line), &line.join(" "));
        }
        let html = stage.file(&format!("{}.html", secret.name));
        at_home(&["review", "--html", html.to_str().unwrap()]);
        let page = fs::read_to_string(&html).unwrap();
        assert!(
            secret
                .traces
                .iter()
                .all(|trace| !page.contains(trace.as_str())),
            "{}",
            secret.name
        );
    }
}
