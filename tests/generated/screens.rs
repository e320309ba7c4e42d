//! Every help screen, as it is committed: a change of words is seen in review.

use std::fs;
use std::path::Path;

use clap::Command;

use super::{cli, root, same};

const FOLDER: &str = "tests/generated/help";
/// As wide as the program's own help gets.
const WIDTH: usize = 100;

#[test]
fn every_help_screen_is_as_committed() {
    let mut definitions = cli::command::definitions();
    definitions.build();
    let mut names = Vec::new();
    each(&definitions, &mut |command| {
        let name = command.get_display_name().unwrap_or(command.get_name());
        let name = format!("{name}.txt");
        same(&Path::new(FOLDER).join(&name), screens(command).as_bytes());
        names.push(name);
    });
    assert!(names.len() > 40, "{}", names.len());
    for entry in fs::read_dir(root().join(FOLDER)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            names.contains(&name),
            "{FOLDER}/{name} belongs to no command"
        );
    }
}

/// The short help and the long one, each below what asks for it.
fn screens(command: &Command) -> String {
    let mut command = command.clone().term_width(WIDTH);
    let called = command
        .get_bin_name()
        .unwrap_or(command.get_name())
        .to_owned();
    let (short, long) = (command.render_help(), command.render_long_help());
    format!("$ {called} -h\n{short}\n$ {called} --help\n{long}")
}

fn each(command: &Command, visit: &mut dyn FnMut(&Command)) {
    visit(command);
    command
        .get_subcommands()
        .for_each(|below| each(below, visit));
}
