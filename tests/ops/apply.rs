//! What is declared is brought about as a whole, or not at all.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use hallpass::model::time::Overlap;
use hallpass::model::token::{Encoding, Token};
use hallpass::ops::apply::{
    self, Access, Connection, Declaration, Environment, Membership, Plan, Profile, Undeclared,
};
use hallpass::ops::delivery::DeferredSink;
use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::token::{Declared, Source, Uses};
use hallpass::ops::{connection, environment, profile, token};
use hallpass::secret::SecretText;
use hallpass::{Error, Kind};
use zeroize::Zeroizing;

use super::fixture::{Slow, TestStore, kind, p};

mod failures;
mod holders;
mod plans;
mod properties;
mod prune;
mod tokens;

/// A place that the test keeps a hand on.
#[derive(Clone, Default)]
struct Place {
    slow: Rc<RefCell<Slow>>,
    /// Whether nobody can see what it holds.
    dark: bool,
}

impl Place {
    fn failing() -> Self {
        Self {
            slow: Rc::new(RefCell::new(Slow::failing())),
            dark: false,
        }
    }

    fn dark() -> Self {
        Self {
            dark: true,
            ..Self::default()
        }
    }

    fn content(&self) -> Option<String> {
        self.slow.borrow().content.clone()
    }

    fn token(&self) -> Token {
        self.slow.borrow_mut().token()
    }

    fn deliveries(&self) -> usize {
        self.slow.borrow().former.len()
    }

    fn source(&self) -> Source {
        Source::Sink {
            sink: Box::new(self.clone()),
            display_name: "a place".to_owned(),
        }
    }
}

impl DeferredSink for Place {
    fn timeout_seconds(&self) -> u32 {
        60
    }

    fn display_name(&self) -> String {
        "a place".to_owned()
    }

    fn content(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        assert!(!self.dark, "looked at what cannot be read");
        self.slow.borrow_mut().content()
    }

    fn overwrites(&self) -> bool {
        self.slow.borrow().overwrites
    }

    fn is_readable(&self) -> bool {
        !self.dark
    }

    fn ready(&mut self) -> io::Result<()> {
        self.slow.borrow_mut().ready()
    }

    fn deliver(&mut self, secret: &SecretText, held: Option<&[u8]>) -> io::Result<()> {
        // Nobody has seen what is in the dark.
        let mut slow = self.slow.borrow_mut();
        let content = if self.dark { slow.content.take() } else { None };
        let delivered = slow.deliver(secret, held);
        if self.dark && delivered.is_err() {
            slow.content = content;
        }
        delivered
    }

    fn restore(&mut self) -> io::Result<()> {
        self.slow.borrow_mut().restore()
    }
}

fn environment(name: &str) -> Environment {
    Environment {
        name: p(name),
        description: Change::Keep,
        default: None,
    }
}

fn connection(name: &str) -> Connection {
    Connection {
        name: p(name),
        description: Change::Keep,
        group: Change::Keep,
        token_lifetime: Change::Keep,
        allow_ip: Change::Keep,
        deny_ip: Change::Keep,
        guide: Change::Keep,
        block: Change::Keep,
    }
}

fn profile(name: &str, connections: &[&str]) -> Profile {
    let names = connections.iter().map(|it| p(it)).collect();
    Profile {
        name: p(name),
        email: Change::Keep,
        description: Change::Keep,
        access: (!connections.is_empty()).then_some(Access::Only(names)),
        groups: Membership::Change(ListChange::default()),
        suspension: Change::Keep,
    }
}

fn token(address: &str, source: Source) -> Declared {
    let (profile, name) = address.split_once('/').unwrap();
    Declared {
        profile: p(profile),
        name: p(name),
        uses: Uses::default(),
        expires: None,
        form: Encoding::Native,
        min_life: p("14d"),
        overlap: Overlap::For(p("1d")),
        source,
    }
}

/// Environment `staging`, connection `hr`, profile `bot` and its token, which goes to `place`.
fn declaration(place: &Place) -> Declaration {
    Declaration {
        environments: vec![environment("staging")],
        connections: vec![connection("hr")],
        profiles: vec![profile("bot", &["hr"])],
        tokens: vec![token("bot/laptop", place.source())],
    }
}

impl TestStore {
    fn plan(&mut self, declared: &mut Declaration) -> Result<Plan, Error> {
        apply::plan(&mut self.core, declared, Undeclared::Keep)
    }

    fn apply(&mut self, mut declared: Declaration) -> Result<Plan, Error> {
        let plan = self.plan(&mut declared)?;
        apply::apply(&mut self.core, &mut declared, &plan, &mut |_, _| Ok(()))?;
        Ok(plan)
    }

    fn profiles(&mut self) -> Vec<String> {
        let all = profile::list(&mut self.core).unwrap();
        all.iter()
            .map(|it| it.name.as_ref().unwrap().to_string())
            .collect()
    }
}

/// The changes of a plan: `add token bot/laptop`.
fn words(plan: &Plan) -> Vec<String> {
    let word = |it: &apply::Step| format!("{} {} {}", it.action, it.kind, it.name);
    plan.changes.iter().map(word).collect()
}

#[test]
fn all_of_it_is_made_and_a_second_run_changes_nothing() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    let done = bench.apply(declaration(&place)).unwrap();
    assert_eq!(
        words(&done),
        [
            "add environment staging",
            "add connection hr",
            "add profile bot",
            "add token bot/laptop"
        ]
    );
    assert_eq!(done.changes[3].details["to"], "a place");
    assert!(!done.needs_consent());
    assert_eq!(bench.reason(&place.token()), "valid");
    let (epoch, held) = (bench.epoch(), place.content());
    let again = bench.apply(declaration(&place)).unwrap();
    assert!(again.is_empty());
    assert_eq!((bench.epoch(), place.content()), (epoch, held));
}

#[test]
fn a_plan_changes_nothing_and_says_what_would_be_refused() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    let epoch = bench.epoch();
    let planned = bench.plan(&mut declaration(&place)).unwrap();
    assert_eq!(planned.changes.len(), 4);
    assert_eq!((bench.epoch(), place.deliveries()), (epoch, 0));
    assert!(bench.profiles().is_empty());
    let mut never = declaration(&place);
    never.connections[0].token_lifetime = Change::Set(p("30d"));
    never.tokens[0].expires = Some(p("90d"));
    let Err(refused) = bench.plan(&mut never) else {
        panic!("it is not refused")
    };
    assert_eq!(refused.kind(), Kind::Refused);
    assert_eq!(refused.to_string(), "token `bot/laptop`");
    let unknown = Declaration {
        profiles: vec![profile("bot", &["crm"])],
        ..Declaration::default()
    };
    assert_eq!(kind(bench.apply(unknown).map(drop)), Kind::NotFound);
    assert_eq!(bench.epoch(), epoch);
}

#[test]
fn what_is_not_mentioned_stays_and_a_restriction_is_lifted_by_the_word_alone() {
    let mut bench = TestStore::with_sample_data();
    let edits = profile::Edits {
        description: Change::Set(p("builds")),
        groups: ListChange {
            add: vec![p("staff")],
            remove: Vec::new(),
        },
        ..profile::Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    let declare = |it: Profile| Declaration {
        profiles: vec![it],
        ..Declaration::default()
    };
    assert!(bench.apply(declare(profile("ci", &[]))).unwrap().is_empty());
    let done = bench.apply(declare(profile("CI", &["crm"]))).unwrap();
    assert_eq!(words(&done), ["edit profile ci"]);
    let details = &done.changes[0].details;
    assert_eq!(
        (
            &*details["connections.before"],
            &*details["connections.after"]
        ),
        ("hr", "crm")
    );
    let any = Profile {
        access: Some(Access::Any),
        ..profile("ci", &[])
    };
    assert_eq!(bench.apply(declare(any.clone())).unwrap().changes.len(), 1);
    assert!(bench.apply(declare(any.clone())).unwrap().is_empty());
    let exact = Profile {
        email: Change::Set(p("ci@example.com")),
        description: Change::Clear,
        groups: Membership::Exactly(vec![p("builders")]),
        ..any
    };
    assert_eq!(
        bench.apply(declare(exact.clone())).unwrap().changes.len(),
        1
    );
    assert!(bench.apply(declare(exact)).unwrap().is_empty());
    let shown = profile::show(&mut bench.core, &p("ci")).unwrap();
    assert_eq!(
        (shown.description, shown.groups),
        (None, vec![p("builders")])
    );
}
