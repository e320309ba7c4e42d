//! What a terminal is given: colours only if it says that it takes them.

use crate::support::pty::Terminal;
use crate::support::test_home::TestHome;

/// What a command shows on a terminal of that kind.
fn shown(stage: &TestHome, term: Option<&str>, arguments: &[&str]) -> String {
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
    let stage = TestHome::with_sample_data();
    let lines: [&[&str]; 5] = [
        &["profile", "list"],
        &["profile", "show", "nobody"],
        &["--help"],
        &["nonsense"],
        &["connection", "guide", "ci"],
    ];
    for line in lines {
        let xterm = shown(&stage, Some("xterm"), line);
        assert!(
            xterm.contains(ESCAPE),
            "or this proves nothing: {line:?}: {xterm}"
        );
        for term in [Some("dumb"), Some(""), None] {
            let plain = shown(&stage, term, line);
            assert!(
                !plain.contains(ESCAPE) && !plain.is_empty(),
                "{term:?} {line:?}: {plain}"
            );
        }
    }
}

fn on(stage: &TestHome, term: Option<&str>, arguments: &[&str]) -> Terminal {
    let mut command = stage.command(arguments);
    match term {
        Some(term) => command.env("TERM", term),
        None => command.env_remove("TERM"),
    };
    Terminal::spawn(command)
}

#[test]
fn a_terminal_that_takes_only_lines_is_given_a_list_and_asked_for_numbers() {
    for term in [Some("dumb"), None] {
        let stage = TestHome::with_sample_data();
        stage.done(&["token", "add", "github/laptop", "--to", "file:laptop"]);
        let mut terminal = on(&stage, term, &["profile", "manage", "github"]);
        let asked = "Number (Enter to go back): ";
        let mut screen = String::new();
        let mut say = |terminal: &mut Terminal, question: &str, text: &str| {
            screen.push_str(&terminal.press_and_look(question, &format!("{text}\r")));
        };
        say(&mut terminal, asked, "2");
        say(&mut terminal, asked, "3");
        say(&mut terminal, "(Enter to keep them, - for none): ", "1 2");
        say(&mut terminal, asked, "99");
        say(&mut terminal, "Enter a number from 1 to ", "1");
        say(&mut terminal, asked, "");
        say(&mut terminal, asked, "");
        let (status, rest, echo) = terminal.finish();
        screen.push_str(&rest);
        assert!(status.success() && echo, "{screen}");
        assert!(
            screen.contains("  1  ci (chosen)\r\n  2  hr\r\n"),
            "{screen}"
        );
        assert!(screen.contains("  1  laptop (ci): valid"), "{screen}");
        assert!(!screen.contains('\u{1b}'), "{screen:?}");
        let connections = &stage.json(&["profile", "show", "github"])["connections"];
        assert_eq!(connections, &serde_json::json!(["ci", "hr"]));
    }
}

#[test]
fn an_interrupted_question_draws_nothing_on_a_terminal_that_takes_only_lines() {
    let stage = TestHome::with_sample_data();
    for term in [Some("dumb"), None] {
        let mut terminal = on(&stage, term, &["password", "set", "github"]);
        terminal.answer("New password: ", "umbrella-vortex-lantern-88");
        terminal.wait_for_hidden("New password again: ");
        terminal.interrupt();
        let (status, screen, echo) = terminal.finish();
        assert_eq!(status.code(), Some(130), "{screen}");
        assert!(echo && !screen.contains('\u{1b}'), "{screen:?}");
    }
}

#[test]
fn an_option_or_a_setting_colours_any_terminal() {
    let stage = TestHome::with_sample_data();
    let line = ["profile", "list", "--color"];
    let colored =
        |when: &str| shown(&stage, Some("dumb"), &[&line[..], &[when]].concat()).contains(ESCAPE);
    assert!(colored("always") && !colored("auto") && !colored("never"));
    let settings = std::fs::read_to_string(stage.config()).unwrap();
    std::fs::write(stage.config(), format!("{settings}color = \"always\"\n")).unwrap();
    assert!(shown(&stage, Some("dumb"), &["profile", "list"]).contains(ESCAPE));
}
