//! What a change stops and opens is previewed: exactly the verdicts that turn.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use hallpass::model::name::ConnectionName;
use hallpass::ops::edit::{Change, IfThere, ListChange};
use hallpass::ops::impact::Impact;
use hallpass::ops::verify::Asked;
use hallpass::ops::{Suspend, connection, environment, otp, password, profile, token};
use hallpass::secret::SecretText;

use super::fixture::{Held, TestStore, draft, made, p};

mod edit;

use edit::Edit;

/// A generator that gives the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }

    fn some<T: Copy>(&mut self, from: &[T]) -> Vec<T> {
        from.iter().copied().filter(|_| self.roll(3) == 0).collect()
    }
}

const RANGES: [&str; 7] = [
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.1.2.3",
    "192.0.2.0/24",
    "0.0.0.0/0",
    "2001:db8::/32",
    "::/0",
];
/// In each combination of these ranges lies one of these.
const ADDRESSES: [&str; 7] = [
    "10.0.0.1",
    "10.1.0.1",
    "10.1.2.3",
    "192.0.2.9",
    "8.8.8.8",
    "2001:db8::1",
    "fd00::1",
];
const CONNECTIONS: [&str; 3] = ["hr", "crm", "erp"];
const PROFILES: [&str; 3] = ["ci", "bot", "open"];
const GROUPS: [&str; 2] = ["staff", "builders"];

fn ranges<T: std::str::FromStr<Err: std::fmt::Debug>>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| p(text)).collect()
}

/// A store with something of everything.
fn with_sample_data(dice: &mut Dice) -> (TestStore, Vec<Held>) {
    let mut bench = TestStore::new();
    for name in CONNECTIONS {
        bench.connection(name);
    }
    bench.profile("ci", &["hr", "crm"]);
    bench.profile("bot", &["hr"]);
    bench.profile("open", &[]);
    let mut held = Vec::new();
    for name in PROFILES {
        for (n, bound) in [Some("hr"), None, Some("crm"), None]
            .into_iter()
            .enumerate()
        {
            let mut draft = draft(&format!("{name}/t{n}"));
            draft.connection = bound.map(p);
            draft.unnamed = token::Unnamed::Any;
            draft.allow_ip = if n == 3 {
                ranges(&dice.some(&RANGES))
            } else {
                Vec::new()
            };
            held.extend(bench.issue(&draft).ok().map(Held::from));
        }
    }
    (bench, held)
}

/// Where a token is valid: connection named or not, address given or not.
type Reach = BTreeSet<(Option<&'static str>, Option<&'static str>)>;

fn reach(bench: &mut TestStore, held: &Held) -> Reach {
    let connections = std::iter::once(None).chain(CONNECTIONS.map(Some));
    let mut reach = Reach::new();
    for connection in connections {
        for address in std::iter::once(None).chain(ADDRESSES.map(Some)) {
            let asked = Asked {
                connection: connection.map(p::<ConnectionName>),
                caller: address.map(p::<IpAddr>).into(),
                ..Asked::default()
            };
            if bench.judge(held, &asked).valid {
                reach.insert((connection, address));
            }
        }
    }
    reach
}

/// What turned, by the verdicts alone: tokens that stop, stop in part, are valid for more.
#[derive(Debug, PartialEq, Eq)]
struct Turned([Vec<String>; 3]);

impl Turned {
    fn between(before: &BTreeMap<String, Reach>, after: &BTreeMap<String, Reach>) -> Self {
        let with_address = |reach: &Reach| reach.iter().any(|(_, address)| address.is_some());
        let mut turned = [Vec::new(), Vec::new(), Vec::new()];
        for (name, then) in before {
            let now = &after[name];
            let stops =
                !then.is_empty() && (now.is_empty() || with_address(then) && !with_address(now));
            if stops {
                turned[0].push(name.clone());
            } else if !then.is_subset(now) {
                turned[1].push(name.clone());
            }
            if !now.is_subset(then) {
                turned[2].push(name.clone());
            }
        }
        Self(turned)
    }

    fn previewed(impact: &Impact) -> Self {
        let Impact {
            tokens,
            partly,
            wider,
            ..
        } = impact;
        let lists = [
            &impact.examples,
            &impact.partly_examples,
            &impact.wider_examples,
        ]
        .map(Clone::clone);
        let counts = [tokens, partly, wider].map(|count| usize::try_from(*count).unwrap());
        assert_eq!(
            lists.each_ref().map(Vec::len),
            counts,
            "there are ten at most"
        );
        Self(lists)
    }
}

#[test]
fn exactly_the_verdicts_that_turn_are_previewed_and_what_opens_is_said() {
    let (mut dice, mut made, mut seen) = (Dice(0x5eed_cafe_f00d_1234), 0, [0; 3]);
    for _ in 0..24 {
        let (mut bench, held) = with_sample_data(&mut dice);
        let all = |bench: &mut TestStore| -> BTreeMap<String, Reach> {
            let reach = |it: &Held| (it.summary.address(), reach(bench, it));
            held.iter().map(reach).collect()
        };
        let mut before = all(&mut bench);
        for _ in 0..6 {
            let (edit, epoch) = (Edit::any(&mut dice), bench.epoch());
            // What the rules forbid is not made either.
            let Ok(impact) = edit.preview(&mut bench) else {
                continue;
            };
            assert_eq!(bench.epoch(), epoch, "previewing changes nothing");
            edit.make(&mut bench);
            let after = all(&mut bench);
            let turned = Turned::between(&before, &after);
            assert_eq!(Turned::previewed(&impact), turned);
            let stops = turned.0[0].len() + turned.0[1].len() > 0;
            assert_eq!(impact.stops(), stops, "there are no passwords and no codes");
            let opens = !turned.0[2].is_empty();
            assert!(
                !opens || edit.opens_on_purpose() || !impact.opens.is_empty(),
                "{impact:?}"
            );
            for (count, list) in seen.iter_mut().zip(&turned.0) {
                *count += list.len();
            }
            (before, made) = (after, made + 1);
        }
    }
    assert!(
        made > 60 && seen.iter().all(|count| *count > 20),
        "{made} changes turned {seen:?}"
    );
}

#[test]
fn what_a_change_has_no_bearing_on_is_not_counted() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/laptop");
    let edits = connection::Edits {
        description: Change::Set(p("People")),
        token_lifetime: Change::Set(p("1d")),
        ..connection::Edits::default()
    };
    let (_, impact) = connection::preview_edit(&mut bench.core, &p("hr"), &edits).unwrap();
    assert_eq!(
        impact,
        Impact::default(),
        "a lifetime is for tokens that are made afterwards"
    );
    let edits = profile::Edits {
        email: Change::Set(p("ci@example.com")),
        rename: Some(p("builds")),
        ..profile::Edits::default()
    };
    let (_, impact) = profile::preview_edit(&mut bench.core, &p("ci"), &edits).unwrap();
    assert_eq!(impact, Impact::default());
}

#[test]
fn a_rule_that_opens_is_said_though_no_token_gains_by_it() {
    let mut bench = TestStore::with_sample_data();
    let edits = profile::Edits {
        any_connection: true,
        ..profile::Edits::default()
    };
    let (_, impact) = profile::preview_edit(&mut bench.core, &p("ci"), &edits).unwrap();
    assert_eq!((impact.opens.len(), impact.wider), (1, 0));
    assert_eq!(
        impact.opens[0].what,
        "may use any connection, including those added later"
    );
    assert!(impact.opens[0].lifted && !impact.stops());
    let edits = connection::Edits {
        token_lifetime: Change::Set(p("1d")),
        ..Default::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &edits).unwrap();
    let longer = connection::Edits {
        token_lifetime: Change::Set(p("2d")),
        ..Default::default()
    };
    let (_, impact) = connection::preview_edit(&mut bench.core, &p("hr"), &longer).unwrap();
    assert_eq!(
        impact.opens[0].what,
        "may have tokens with a lifetime of 2d"
    );
    assert!(!impact.opens[0].lifted);
    let (_, impact) = connection::preview_edit(
        &mut bench.core,
        &p("hr"),
        &connection::Edits {
            token_lifetime: Change::Clear,
            ..Default::default()
        },
    )
    .unwrap();
    assert!(impact.opens[0].lifted);
}

/// Profile `anna` with a code that is pending for `hr`.
fn with_a_code() -> TestStore {
    let mut bench = TestStore::with_sample_data();
    bench.mail();
    let draft = profile::Draft {
        email: Some(p("anna@example.com")),
        groups: vec![p("staff")],
        ..profile::Draft::new(p("anna"))
    };
    made(profile::add(&mut bench.core, &draft, IfThere::Refuse));
    bench.environment("test");
    let request = otp::Request {
        binding: for_hr(),
        device: None,
        asked_from: None,
    };
    otp::request(&mut bench.core, &request).unwrap();
    bench
}

fn for_hr() -> otp::Binding {
    otp::Binding {
        profile: p("anna"),
        connection: p("hr"),
        environment: Some(p("test")),
    }
}

#[test]
fn a_code_that_is_pending_stops_with_what_it_is_for() {
    let mut bench = with_a_code();
    let core = &mut bench.core;
    let email = profile::Edits {
        email: Change::Set(p("other@example.com")),
        ..profile::Edits::default()
    };
    let narrow = profile::Edits {
        connections: ListChange {
            add: vec![p("crm")],
            remove: Vec::new(),
        },
        ..profile::Edits::default()
    };
    let group = connection::Edits {
        group: Change::Set(p("builders")),
        ..connection::Edits::default()
    };
    let name = &p("anna");
    for impact in [
        profile::preview_edit(core, name, &email).unwrap().1,
        profile::preview_edit(core, name, &narrow).unwrap().1,
        profile::preview_suspend(core, name, &Suspend::default())
            .unwrap()
            .1,
        profile::preview_delete(core, name).unwrap().1,
        connection::preview_edit(core, &p("hr"), &group).unwrap().1,
        connection::preview_block(core, &p("hr"), None).unwrap().1,
        environment::preview_delete(core, &p("test")).unwrap().1,
        otp::preview_cancel(core, &for_hr()).unwrap().1,
    ] {
        assert_eq!(impact.codes, 1, "{impact:?}");
        assert!(impact.stops());
    }
    let staff = connection::Edits {
        group: Change::Set(p("staff")),
        ..Default::default()
    };
    let (_, impact) = connection::preview_edit(core, &p("hr"), &staff).unwrap();
    assert_eq!(impact.codes, 0, "she is a member");
    let (_, impact) = connection::preview_block(core, &p("crm"), None).unwrap();
    assert_eq!(impact.codes, 0);
    bench.wait(601);
    let (_, impact) = profile::preview_delete(&mut bench.core, name).unwrap();
    assert_eq!(impact.codes, 0, "it has expired");
}

#[test]
fn a_password_stops_only_if_it_is_accepted_now() {
    let mut bench = TestStore::with_sample_data();
    let name = &p("ci");
    let (_, impact) = profile::preview_delete(&mut bench.core, name).unwrap();
    assert!(!impact.password);
    let secret = SecretText::new("umbrella-vortex-lantern-88".to_owned());
    password::set(&mut bench.core, name, &secret).unwrap();
    let (_, impact) = profile::preview_delete(&mut bench.core, name).unwrap();
    assert!(impact.password && impact.stops());
    profile::suspend(&mut bench.core, name, &Suspend::default()).unwrap();
    let (_, impact) = profile::preview_delete(&mut bench.core, name).unwrap();
    assert!(!impact.password && !impact.stops());
}
