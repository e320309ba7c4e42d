//! What a terminal is given: colours only if it says that it takes them.

use crate::support::pty::Terminal;
use crate::support::stage::Stage;

/// What a command shows on a terminal of that kind.
fn shown(stage: &Stage, term: Option<&str>, arguments: &[&str]) -> String {
    let mut command = stage.command(arguments);
    match term {
        Some(term) => command.env("TERM", term),
        None => command.env_remove("TERM"),
    };
    let (_, screen, _) = Terminal::spawn(command).finish();
    screen
}

const ESCAPE: &str = "\u{1b}[";

#[test]
fn a_terminal_that_does_not_say_that_it_takes_colours_gets_none() {
    let stage = Stage::furnished();
    let lines: [&[&str]; 5] = [
        &["profile", "list"],
        &["profile", "show", "nobody"],
        &["--help"],
        &["nonsense"],
        &["connection", "guide", "ci"],
    ];
    for line in lines {
        let xterm = shown(&stage, Some("xterm"), line);
        assert!(xterm.contains(ESCAPE), "or this proves nothing: {line:?}: {xterm}");
        for term in [Some("dumb"), Some(""), None] {
            let plain = shown(&stage, term, line);
            assert!(!plain.contains(ESCAPE) && !plain.is_empty(), "{term:?} {line:?}: {plain}");
        }
    }
}

#[test]
fn an_option_or_a_setting_colours_any_terminal() {
    let stage = Stage::furnished();
    let line = ["profile", "list", "--color"];
    let colored =
        |when: &str| shown(&stage, Some("dumb"), &[&line[..], &[when]].concat()).contains(ESCAPE);
    assert!(colored("always") && !colored("auto") && !colored("never"));
    let settings = std::fs::read_to_string(stage.config()).unwrap();
    std::fs::write(stage.config(), format!("{settings}color = \"always\"\n")).unwrap();
    assert!(shown(&stage, Some("dumb"), &["profile", "list"]).contains(ESCAPE));
}
