//! Every operation of `ops` on a store with a past, and what it comes to, as text.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use hallpass::Error;
use hallpass::backend::Backend;
use hallpass::barrier::State;
use hallpass::mail::{Commit, Mailer};
use hallpass::model::mail::SendError;
use hallpass::model::mail::{MailSettings, Message};
use hallpass::model::token::{Token, TokenAddress};
use hallpass::ops::Core;
use hallpass::ops::delivery::{DeferredSink, ImmediateSink};
use hallpass::ops::otp::Binding;
use hallpass::ops::token::{Draft, Target};
use hallpass::secret::SecretText;
use zeroize::Zeroizing;

use super::past::Past;

mod changing;
mod previewing;
mod reading;
mod remote;
mod whole;

/// What an operation is given.
pub(crate) struct Kit<'a> {
    pub(crate) past: &'a Past,
    /// Another connection to the store.
    pub(crate) again: &'a dyn Fn() -> Result<Box<dyn Backend>, Error>,
    pub(crate) state: &'a State,
    /// A folder to put things into.
    pub(crate) folder: &'a Path,
}

/// What an operation comes to.
pub(crate) type Said = Result<String, Error>;

/// An operation, by its path below `ops` and what is peculiar about it.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) run: fn(Core, &Kit<'_>) -> Said,
}

/// All of them.
pub(crate) fn all() -> Vec<Operation> {
    let tables = [
        reading::ALL,
        previewing::ALL,
        changing::ALL,
        remote::ALL,
        whole::ALL,
    ];
    let named = tables.concat();
    named
        .into_iter()
        .map(|(name, run)| Operation { name, run })
        .collect()
}

/// A row of the tables below.
type Named = (&'static str, fn(Core, &Kit<'_>) -> Said);

/// Those that need no store, or whose every caller is one that is here.
const APART: &[&str] = &["apply::apply", "otp::reveal", "store::init"];

/// Whatever takes a store is in the tables.
#[test]
fn every_operation_is_among_them() {
    let ops = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ops");
    let known: BTreeSet<_> = all()
        .iter()
        .map(|it| it.name.split(' ').next().unwrap())
        .collect::<BTreeSet<_>>();
    let mut missing = Vec::new();
    for path in crate::promises::files_below(&ops) {
        let text = fs::read_to_string(&path).unwrap();
        let place = path.strip_prefix(&ops).unwrap().with_extension("");
        let noun = place
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_str()
            .unwrap();
        for part in text.split("\npub fn ").skip(1) {
            let head = part.split('{').next().unwrap();
            let name = head.split(['(', '<']).next().unwrap();
            let takes_a_store = head.contains("&mut Core") || head.contains("dyn Backend>");
            let file = place.file_stem().unwrap().to_str().unwrap();
            let noun = if file == "key" { "store::key" } else { noun };
            let full = format!("{noun}::{name}");
            if takes_a_store && !known.contains(&*full) && !APART.contains(&&*full) {
                missing.push(full);
            }
        }
    }
    assert!(
        missing.is_empty(),
        "add these to tests/seal/operations: {missing:#?}"
    );
    assert!(known.len() > 60, "the search is wrong");
}

/// Reads any of the model's values.
pub(crate) fn p<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn at(address: &str) -> Target {
    Target::Address(p::<TokenAddress>(address))
}

fn draft(address: &str) -> Draft {
    let (profile, name) = address.split_once('/').unwrap();
    Draft::new(p(profile), p(name))
}

/// The binding of the code that is pending.
pub(crate) fn binding() -> Binding {
    Binding {
        profile: p("ci"),
        connection: p("hr"),
        environment: None,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it ends the rows of the tables")]
fn said(value: impl Debug) -> Said {
    Ok(format!("{value:?}"))
}

impl Kit<'_> {
    fn token(&self, name: &str) -> Token {
        Token::parse(self.past.token(name).expose()).unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Takes every message.
pub(crate) struct Nobody;

impl Mailer for Nobody {
    fn send(&mut self, _: &MailSettings, _: &Message, commit: Commit<'_>) -> Result<(), SendError> {
        commit()
    }
}

/// Takes what it is given, at once or in its time.
#[derive(Default)]
struct Taker {
    held: Option<String>,
    said: String,
}

impl<New: Debug> ImmediateSink<New> for Taker {
    fn ready(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn offer(&mut self, new: &New) -> io::Result<()> {
        self.said = format!("{new:?}");
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl DeferredSink for Taker {
    fn timeout_seconds(&self) -> u32 {
        60
    }

    fn display_name(&self) -> String {
        "a place".to_owned()
    }

    fn content(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        Ok(self
            .held
            .as_ref()
            .map(|text| Zeroizing::new(text.clone().into_bytes())))
    }

    fn ready(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn deliver(&mut self, secret: &SecretText, _: Option<&[u8]>) -> io::Result<()> {
        self.held = Some(secret.expose().to_owned());
        secret.expose().clone_into(&mut self.said);
        Ok(())
    }

    fn restore(&mut self) -> io::Result<()> {
        self.held = None;
        Ok(())
    }
}
