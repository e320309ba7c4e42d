//! Every place of every command line.

use crate::generated::cli;

/// A place of a command line: the words before what is put there.
pub(super) struct Place {
    pub(super) words: Vec<String>,
    option: Option<String>,
    pub(super) value: String,
}

impl Place {
    /// The words of the line with `text` there, once as a word of its own and once joined to the option.
    pub(super) fn lines(&self, text: &str) -> Vec<Vec<String>> {
        let line = |more: Vec<String>| [self.words.clone(), more].concat();
        match &self.option {
            None => vec![line(vec![text.to_owned()])],
            Some(option) => vec![
                line(vec![option.clone(), text.to_owned()]),
                line(vec![format!("{option}={text}")]),
            ],
        }
    }
}

/// Every place of every command where something can be put, those for all commands once.
pub(super) fn places() -> Vec<Place> {
    let mut root = cli::command::definitions();
    root.build();
    let mut places = Vec::new();
    collect(&root, &[], &mut places);
    places
}

fn collect(command: &clap::Command, path: &[String], places: &mut Vec<Place>) {
    for argument in command.get_arguments() {
        let takes = argument.get_action().takes_values();
        if !takes || argument.is_global_set() && !path.is_empty() {
            continue;
        }
        let value = argument.get_value_names().and_then(|names| names.first());
        let words = if path.is_empty() {
            vec!["status".to_owned()]
        } else {
            path.to_vec()
        };
        let option = argument.get_long().map(|long| format!("--{long}"));
        places.push(Place {
            words,
            option,
            value: value.unwrap().to_string(),
        });
    }
    for below in command.get_subcommands() {
        collect(
            below,
            &[path, &[below.get_name().to_owned()]].concat(),
            places,
        );
    }
}
