//! Shell completion: answered at once, or not at all.
//!
//! It never asks, prints an error or writes to the store: a person who presses Tab has not run a
//! command yet.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::Arc;

use hallpass::model::name::ProfileName;
use hallpass::ops::{Core, names};
use rustix::fs::Mode;

use crate::cli::completion::{self, Find, Noun};
use crate::cli::global::Global;
use crate::cli::purpose::Purpose;
use crate::exit::Exit;
use crate::report;
use crate::secrets::Secrets;
use crate::session::Session;
use crate::settings::{Environment, MissingFile, Settings};

/// Returns the shell that asks, and the words of its line; `None` for an ordinary command.
pub(crate) fn asked(
    environment: &Environment,
    arguments: &[OsString],
) -> Option<(OsString, Vec<OsString>)> {
    let shell = environment.complete.clone()?;
    let (mark, words) = arguments.get(1..)?.split_first()?;
    (mark == "--" && !words.is_empty()).then(|| (shell, words.to_vec()))
}

/// Answers a shell.
pub(crate) fn answer(
    shell: &OsStr,
    words: Vec<OsString>,
    environment: &Environment,
    umask: Mode,
) -> Exit {
    if hallpass::sys::harden(false).is_err() {
        return Exit::DONE;
    }
    let global = store_options(&words);
    let own_environment = environment.clone();
    let find: Find = Arc::new(move |noun, typed| {
        let core = open(global.clone(), own_environment.clone(), umask);
        core.and_then(|mut core| find(&mut core, noun, typed))
            .unwrap_or_default()
    });
    let answer = completion::answer(shell, words, environment.folder.as_deref(), &find);
    // A shell that has gone away needs no answer.
    let _ = report::raw(&answer);
    Exit::DONE
}

fn open(global: Global, environment: Environment, umask: Mode) -> Option<Core> {
    let settings =
        Settings::load(&global, &environment, MissingFile::Refused, Purpose::Read).ok()?;
    Session::new(settings, global, environment).glance(&mut Secrets::new(umask, None))
}

fn find(core: &mut Core, noun: Noun, typed: &str) -> Option<Vec<String>> {
    let found = match (noun, typed.split_once('/')) {
        (Noun::Profile, _) => names::profiles(core),
        (Noun::Connection, _) => names::connections(core),
        (Noun::Environment, _) => names::environments(core),
        (Noun::Token, Some((profile, _))) => {
            names::tokens(core, &profile.parse::<ProfileName>().ok()?)
        }
        (Noun::NewToken, Some(_)) => return None,
        // The profile first: the tokens of all profiles can be very many.
        (Noun::Token | Noun::NewToken, None) => {
            names::profiles(core).map(|names| names.into_iter().map(|name| name + "/").collect())
        }
    };
    found.ok()
}

/// Parses the options that name the store, as far as they were typed.
pub(crate) fn store_options(words: &[OsString]) -> Global {
    let value = |option: &str| {
        let after = words
            .windows(2)
            .filter(|pair| pair.first().is_some_and(|it| it == option));
        let joined = words.iter().filter_map(|word| {
            Some(OsStr::new(
                word.to_str()?.strip_prefix(option)?.strip_prefix('=')?,
            ))
        });
        let after = after
            .filter_map(|pair| pair.get(1))
            .map(OsString::as_os_str);
        after.chain(joined).next().map(PathBuf::from)
    };
    let mut global = Global {
        store: value("--store"),
        state_dir: value("--state-dir"),
        config: value("--config"),
        allow_network_fs: words.iter().any(|word| word == "--allow-network-fs"),
        ..Global::default()
    };
    let given = |option: &str| words.iter().any(|word| word == option);
    global.database.database_password_file = value("--database-password-file");
    global.database.allow_insecure_database = given("--allow-insecure-database");
    global.database.allow_unsafe_database = given("--allow-unsafe-database");
    global.key.key_file = value("--key-file");
    global.key.allow_colocated_key = given("--allow-colocated-key");
    global
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_line_says_which_store_it_is_about() {
        let options = store_options(&words(
            "hallpass --store /a profile show --key-file=/k --config",
        ));
        assert_eq!(options.store, Some("/a".into()));
        assert_eq!(options.key.key_file, Some("/k".into()));
        assert_eq!((options.config, options.state_dir), (None, None));
    }

    #[test]
    fn only_a_shell_asks() {
        let plain = Environment::default();
        let shell = {
            let mut shell = plain.clone();
            shell.complete = Some("bash".into());
            shell
        };
        let asking = words("hallpass -- hallpass pro");
        assert!(asked(&plain, &asking).is_none());
        assert_eq!(
            asked(&shell, &asking),
            Some(("bash".into(), words("hallpass pro")))
        );
        for line in [
            "hallpass",
            "hallpass --",
            "hallpass status",
            "hallpass status -- x",
        ] {
            assert!(asked(&shell, &words(line)).is_none(), "{line}");
        }
    }
}
