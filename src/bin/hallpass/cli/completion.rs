//! What a line could go on with, as the shells ask it at each Tab.
//!
//! The scripts are clap's own and ask this program, so that they hold nothing that could grow old.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::Arc;

use clap::builder::StyledStr;
use clap::{Arg, ValueHint};
use clap_complete::Shell;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{EnvCompleter, Shells};
use hallpass::model::guide::Template;

use super::command::definitions;

/// Set by the scripts to the shell that asks.
pub(crate) const VARIABLE: &str = "HALLPASS_COMPLETE";

/// What can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noun {
    /// A profile.
    Profile,
    /// A connection.
    Connection,
    /// An environment.
    Environment,
    /// A token that there is.
    Token,
    /// A token that is to be: its profile, and a slash.
    NewToken,
}

/// Finds the names of a noun; what was typed of it so far may bound the search.
pub(crate) type Find = Arc<dyn Fn(Noun, &str) -> Vec<String> + Send + Sync>;

/// zsh finds the script by its name and takes it for the body of the function that is to answer; so it
/// answers the first time, too, when it has only just said what answers from then on.
const ZSH_AT_FIRST: &[u8] =
    b"\nif [[ ${funcstack[1]-} == _hallpass ]]; then\n    _clap_dynamic_completer_hallpass\nfi\n";

/// The script that a shell reads, once, to ask from then on.
pub(crate) fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    if let Some(completer) = completer(&shell.to_string()) {
        // Writing to memory does not fail.
        let written =
            completer.write_registration(VARIABLE, "hallpass", "hallpass", "hallpass", &mut script);
        debug_assert!(written.is_ok(), "{shell}");
        if shell == Shell::Zsh {
            script.extend_from_slice(ZSH_AT_FIRST);
        }
    }
    script
}

/// What the words could go on with, spelled for the shell; nothing where there is nothing to say.
pub(crate) fn answer(
    shell: &OsStr,
    words: Vec<OsString>,
    folder: Option<&Path>,
    find: &Find,
) -> Vec<u8> {
    let mut answer = Vec::new();
    let Some(completer) = shell.to_str().and_then(completer) else {
        return answer;
    };
    let mut command = with_names(definitions(), find);
    command.build();
    match completer.write_complete(&mut command, words, folder, &mut answer) {
        Ok(()) => answer,
        Err(_) => Vec::new(),
    }
}

fn completer(shell: &str) -> Option<&'static dyn EnvCompleter> {
    const SHELLS: Shells<'static> = Shells::builtins();
    SHELLS
        .0
        .iter()
        .copied()
        .find(|completer| completer.is(shell))
}

/// Tells every argument that names something where the names are. One that makes something is not
/// helped by the names of what there is.
fn with_names(command: clap::Command, find: &Find) -> clap::Command {
    let makes = command.get_name() == "add";
    let command = command.mut_args(|arg| named(arg, makes, find));
    command.mut_subcommands(|below| with_names(below, find))
}

fn named(arg: Arg, makes: bool, find: &Find) -> Arg {
    let value = arg
        .get_value_names()
        .and_then(|names| names.first())
        .map(ToString::to_string);
    let noun = match value.as_deref() {
        Some("PROFILE") => Noun::Profile,
        Some("CONNECTION") => Noun::Connection,
        Some("ENVIRONMENT") => Noun::Environment,
        Some("TOKEN") => Noun::Token,
        Some("PROFILE/NAME") => Noun::NewToken,
        Some("GUIDE") => return arg.add(one_of(&Template::ALL.map(Template::word))),
        Some("FORM") => return arg.add(one_of(&["native", "xml", "hex", "header"])),
        Some("FILE" | "PLACE") => return arg.value_hint(ValueHint::AnyPath),
        _ => return arg,
    };
    if makes && arg.is_positional() && noun != Noun::NewToken {
        return arg;
    }
    let find = Arc::clone(find);
    arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
        let Some(typed) = typed.to_str() else {
            return Vec::new();
        };
        candidates(find(noun, typed).iter().map(String::as_str), typed)
    }))
}

fn one_of(words: &[&'static str]) -> ArgValueCompleter {
    let words = words.to_vec();
    ArgValueCompleter::new(move |typed: &OsStr| {
        candidates(words.iter().copied(), typed.to_str().unwrap_or_default())
    })
}

/// Those that go on as it was typed; names are the same however they are written.
fn candidates<'a>(words: impl Iterator<Item = &'a str>, typed: &str) -> Vec<CompletionCandidate> {
    let fits = |word: &&str| {
        word.get(..typed.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(typed))
    };
    words
        .filter(fits)
        .map(|word| CompletionCandidate::new(word).help(None::<StyledStr>))
        .collect()
}
