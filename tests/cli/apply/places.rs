//! Places of declared tokens: files and commands, each taken once.

use std::fs;

use crate::support::test_home::TestHome;

#[test]
fn a_command_that_fails_hangs_or_uses_hallpass_itself_holds_no_lock() {
    let stage = TestHome::new();
    let hallpass = env!("CARGO_BIN_EXE_hallpass");
    let before = fs::read(stage.store()).unwrap();
    for command in ["exit 3", "sleep 100"] {
        stage.write(
            "a.toml",
            &format!("[profiles.x.tokens.t]\nto = 'command:{command}'"),
        );
        let said = stage.fails(51, &["apply", "a.toml", "--sink-timeout", "1s"]);
        assert!(
            said.starts_with("error: token `x/t`: the secret could not be delivered"),
            "{said}"
        );
        assert_eq!(fs::read(stage.store()).unwrap(), before);
    }
    let own = format!("{hallpass} environment add made-meanwhile -o json; cat > taken");
    stage.write(
        "a.toml",
        &format!("[profiles.x.tokens.t]\nto = 'command:{own}'"),
    );
    stage.done(&["apply", "a.toml"]);
    assert_eq!(
        stage
            .json(&["environment", "list"])
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(stage.verdict(stage.held("taken").trim_end(), &[]).0, 0);
    // It is not run again: that the token is still there cannot be seen, and it is good.
    stage.write("taken", "");
    stage.done(&["apply", "a.toml"]);
    assert_eq!(stage.held("taken"), "");
}

#[test]
fn relative_paths_start_where_the_declaration_is() {
    let stage = TestHome::new();
    stage.folder("etc");
    stage.write("etc/guide.md", "# Hello\n");
    stage.write("etc/old", "kD83jf0sLq92mvNx71Bz6cYp4Wt5Re\n");
    let text = "connections.c.guide_file = 'guide.md'\n\
                profiles.x.tokens = {new = {to = 'file:new'}, old = {value_file = 'old'}}\n";
    stage.write("etc/hallpass.toml", text);
    stage.done(&["apply", "etc/hallpass.toml"]);
    assert!(stage.file("etc/new").exists());
    assert_eq!(stage.verdict("kD83jf0sLq92mvNx71Bz6cYp4Wt5Re", &[]).0, 0);
    assert_eq!(stage.json(&["connection", "show", "c"])["has_guide"], true);
    assert!(stage.done(&["apply", "etc/hallpass.toml"]).out.is_empty());
}

#[test]
fn more_places_than_files_may_be_open_are_no_hindrance() {
    let stage = TestHome::new();
    stage.folder("out");
    let tokens = (0..80).map(|n| format!("[profiles.x.tokens.t{n}]\nto = 'file:out/{n}'\n"));
    stage.write("a.toml", &tokens.collect::<String>());
    let command = stage.command(&["apply", "a.toml", "-q"]);
    let script = format!(
        "ulimit -Sn 40; exec {} apply a.toml -q",
        env!("CARGO_BIN_EXE_hallpass")
    );
    let mut shell = std::process::Command::new("/bin/sh");
    shell
        .args(["-c", &script])
        .current_dir(stage.path())
        .env_clear();
    shell.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let output = shell.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_dir(stage.file("out")).unwrap().count(), 80);
}

#[test]
fn two_ways_to_one_file_are_one_place() {
    let stage = TestHome::new();
    stage.folder("a");
    std::os::unix::fs::symlink("a", stage.file("link")).unwrap();
    let here = stage.file("x").display().to_string();
    for (one, other) in [
        ("file:x", "file:./x"),
        ("file:x", "file:a/../x"),
        ("file:x", &*format!("file:{here}")),
        ("file:a/y", "file:link/y"),
        ("env:e#A", "env:./e#A"),
        ("env:e#A", "file:./e"),
        ("file:e", "env:a/../e#A"),
        ("file:y", "file:a.toml"),
    ] {
        let text = format!("profiles.x.tokens = {{a = {{to = '{one}'}}, b = {{to = '{other}'}}}}");
        stage.write("a.toml", &text);
        let said = stage.fails(2, &["apply", "a.toml"]);
        assert!(
            said.contains("is the sink of another token, or the declaration"),
            "{said}"
        );
    }
    stage.write(
        "a.toml",
        "profiles.x.tokens = {a = {to = 'env:e#A'}, b = {to = 'env:./e#B'}}",
    );
    stage.done(&["apply", "a.toml"]);
    assert_eq!(stage.held("e").lines().count(), 2);
}

#[test]
fn a_token_in_the_name_of_a_place_is_not_repeated() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/a"]);
    for to in [
        format!("file:{token}"),
        format!("env:{token}#A"),
        format!("env:x#T{token}"),
    ] {
        stage.write("a.toml", &format!("profiles.x.tokens.t.to = '{to}'"));
        let said = stage.fails(2, &["apply", "a.toml"]);
        assert!(!said.contains(&token[18..]), "{said}");
    }
}
