//! Verdicts: every reason, and which of them wins.

use hallpass::model::connection::{Block, Connection};
use hallpass::model::id::RecordId;
use hallpass::model::profile::Profile;
use hallpass::model::time::Time;
use hallpass::model::token::{Pending, Revocation, TokenState};
use hallpass::model::verdict::{
    Caller, Facts, Reason, judge, same_for_connection, same_for_profile,
};

mod explained;
mod parent;
mod random;
mod world;

use world::{World, suspension, token};

const OWN: RecordId = id(1);
const OTHER: RecordId = id(2);
const PRODUCTION: RecordId = id(3);
const TEST: RecordId = id(4);

const fn id(number: u8) -> RecordId {
    RecordId::from_bytes([number; 16])
}

fn at(seconds: i64) -> Time {
    Time::from_seconds(seconds)
}

/// One thing that is wrong, and the reason it gives.
type Flaw = (Reason, fn(&mut World));

/// No two of them touch the same fact, so that they can be combined.
const FLAWS: [Flaw; 14] = [
    (Reason::Unknown, |w| {
        w.token.pending = Some(Pending::until(at(5_000)));
    }),
    (Reason::Revoked, |w| {
        w.token.revoked = Some(Revocation {
            at: at(1),
            reason: None,
        });
    }),
    (Reason::Revoked, |w| w.profile.deleted_at = Some(at(1))),
    (Reason::Expired, |w| w.token.expires_at = Some(w.latest)),
    (Reason::TokenSuspended, |w| {
        w.token.suspended = Some(suspension(None));
    }),
    (Reason::ProfileSuspended, |w| {
        w.profile.suspended = Some(suspension(Some(1_001)));
    }),
    (Reason::WrongConnection, |w| {
        w.profile.restriction = Some(vec![OTHER]);
    }),
    (Reason::NotAMember, |w| {
        w.profile.groups = vec!["Sale".parse().unwrap()];
    }),
    (Reason::WrongEnvironment, |w| w.environment = Some(TEST)),
    (Reason::WrongDevice, |w| {
        w.token.device = Some("laptop".parse().unwrap());
        w.device = Some("desktop".parse().unwrap());
    }),
    (Reason::ConnectionBlocked, |w| {
        w.connection.blocked = Some(Block {
            at: at(1),
            reason: None,
        });
    }),
    (Reason::AddressNotAllowed, |w| {
        w.token.allow_ip = vec!["192.0.2.0/24".parse().unwrap()];
    }),
    (Reason::AddressNotAllowed, |w| {
        w.connection.allow_ip = vec!["10.2.0.0/16".parse().unwrap()];
    }),
    (Reason::AddressNotAllowed, |w| {
        w.connection.deny_ip = vec!["10.1.2.3".parse().unwrap()];
    }),
];

#[test]
fn the_first_reason_wins_in_every_combination() {
    for base in [World::bound as fn() -> World, World::open] {
        assert_eq!(base().judge(), Reason::Valid);
        for subset in 0_u32..1 << FLAWS.len() {
            let mut world = base();
            let mut first = Reason::Valid;
            for (_, (reason, spoil)) in FLAWS
                .iter()
                .enumerate()
                .filter(|(n, _)| subset >> n & 1 == 1)
            {
                spoil(&mut world);
                first = first.min(*reason);
            }
            assert_eq!(world.judge(), first, "{subset:b}");
        }
    }
}

#[test]
fn every_reason_but_malformed_is_among_the_flaws() {
    for reason in Reason::ALL {
        let given = FLAWS.iter().any(|(given, _)| *given == reason);
        assert_eq!(
            given,
            !matches!(reason, Reason::Malformed | Reason::Valid),
            "{reason}"
        );
    }
}

#[test]
fn reasons_have_the_order_words_and_codes_of_the_contract() {
    let table = [
        ("malformed", 10),
        ("unknown", 11),
        ("revoked", 12),
        ("expired", 13),
        ("token_suspended", 14),
        ("profile_suspended", 14),
        ("wrong_connection", 16),
        ("not_a_member", 16),
        ("wrong_environment", 16),
        ("wrong_device", 16),
        ("connection_blocked", 15),
        ("address_not_allowed", 17),
        ("valid", 0),
    ];
    assert!(Reason::ALL.is_sorted());
    assert_eq!(
        Reason::ALL.map(|reason| (reason.word(), reason.exit())),
        table
    );
    assert_eq!(
        serde_json::to_string(&Reason::NotAMember).unwrap(),
        "\"not_a_member\""
    );
}

/// What is left of the flaws when the caller names nothing.
#[test]
fn what_the_caller_does_not_name_is_not_checked() {
    for (reason, spoil) in FLAWS {
        let (mut bound, mut open) = (World::bound(), World::open());
        spoil(&mut bound);
        spoil(&mut open);
        let named = matches!(
            reason,
            Reason::WrongEnvironment | Reason::WrongDevice | Reason::AddressNotAllowed
        );
        let expected = if named { Reason::Valid } else { reason };
        assert_eq!(bound.unnamed().judge(), expected, "bound {reason}");
        let connection = matches!(
            reason,
            Reason::WrongConnection | Reason::NotAMember | Reason::ConnectionBlocked
        );
        let expected = if named || connection {
            Reason::Valid
        } else {
            reason
        };
        assert_eq!(open.unnamed().judge(), expected, "open {reason}");
    }
}

#[test]
fn a_bound_token_is_good_for_its_connection_alone() {
    let mut world = World::bound();
    world.named = Some(OTHER);
    assert_eq!(world.judge(), Reason::WrongConnection);
    world.profile.restriction = None;
    assert_eq!(world.judge(), Reason::WrongConnection);
    world.named = Some(OWN);
    assert_eq!(world.judge(), Reason::Valid);
}

#[test]
fn an_open_token_follows_its_profiles_restriction() {
    let mut world = World::open();
    world.named = Some(id(8));
    assert_eq!(world.judge(), Reason::WrongConnection);
    world.profile.restriction = None;
    assert_eq!(world.judge(), Reason::Valid);
    world.profile.restriction = Some(Vec::new());
    assert_eq!(
        world.judge(),
        Reason::WrongConnection,
        "an empty restriction is not `any`"
    );
}

#[test]
fn a_connection_that_is_not_there_is_wrong() {
    let mut world = World::bound();
    world.connection.deleted_at = Some(at(1));
    assert_eq!(world.judge(), Reason::WrongConnection);
    let world = World::bound();
    let facts = |connection, connection_id| Facts {
        token: &world.token,
        profile: &world.profile,
        parent: None,
        connection,
        connection_id,
        named_connection: None,
        environment: None,
        device: None,
        caller: Caller::Unchecked,
        now: world.now,
        latest: world.latest,
    };
    assert_eq!(
        judge(&facts(Some(&world.connection), Some(OWN))),
        Reason::Valid
    );
    assert_eq!(judge(&facts(None, Some(OWN))), Reason::WrongConnection);
    assert_eq!(
        judge(&facts(Some(&world.connection), Some(OTHER))),
        Reason::WrongConnection
    );
    assert_eq!(judge(&facts(None, None)), Reason::WrongConnection);
}

#[test]
fn a_clock_set_back_revives_nothing_and_one_ahead_ends_no_suspension() {
    let mut world = World::bound();
    world.token.expires_at = Some(at(1_500));
    assert!(world.now < at(1_500) && at(1_500) < world.latest);
    assert_eq!(world.judge(), Reason::Expired);
    world.token.expires_at = None;
    world.token.suspended = Some(suspension(Some(1_500)));
    assert_eq!(world.judge(), Reason::TokenSuspended);
    world.now = at(1_500);
    assert_eq!(world.judge(), Reason::Valid);
}

#[test]
fn addresses_pass_both_lists_and_deny_beats_allow() {
    for (ip, reason) in [
        ("10.1.2.3", Reason::Valid),
        ("::ffff:10.1.2.3", Reason::Valid),
        ("10.1.9.1", Reason::AddressNotAllowed),
        ("::ffff:10.1.9.1", Reason::AddressNotAllowed),
        ("10.2.0.1", Reason::AddressNotAllowed),
        ("192.0.2.1", Reason::AddressNotAllowed),
        ("2001:db8::1", Reason::AddressNotAllowed),
    ] {
        let mut world = World::bound();
        world.ip = Some(ip.parse().unwrap());
        assert_eq!(world.judge(), reason, "{ip}");
    }
    let mut world = World::bound();
    world.token.allow_ip.clear();
    world.connection.allow_ip.clear();
    world.ip = Some("2001:db8::1".parse().unwrap());
    assert_eq!(world.judge(), Reason::Valid, "empty lists are any");
    world.connection.deny_ip = vec!["::/0".parse().unwrap()];
    assert_eq!(world.judge(), Reason::AddressNotAllowed);
}

#[test]
fn a_token_by_itself_is_in_one_state() {
    let (now, latest) = (at(1_000), at(2_000));
    let mut token = token();
    let mut states = vec![token.state(now, latest)];
    token.suspended = Some(suspension(None));
    states.push(token.state(now, latest));
    token.expires_at = Some(latest);
    states.push(token.state(now, latest));
    token.revoked = Some(Revocation {
        at: at(1),
        reason: None,
    });
    states.push(token.state(now, latest));
    token.pending = Some(Pending::until(at(1)));
    states.push(token.state(now, latest));
    let words: Vec<_> = states
        .iter()
        .map(|state| (state.word(), state.is_live()))
        .collect();
    assert_eq!(
        words,
        [
            ("active", true),
            ("suspended", true),
            ("expired", false),
            ("revoked", false),
            ("pending", true)
        ]
    );
    assert_eq!(
        serde_json::to_string(&TokenState::Pending).unwrap(),
        "\"pending\""
    );
}

/// From an unknown address, each address rule refuses by itself; without one nothing does.
#[test]
fn an_unknown_address_is_refused_by_every_address_rule() {
    let judge_unknown = |world: &World| {
        judge(&Facts {
            caller: Caller::Unknown,
            ..world.facts()
        })
    };
    let mut world = World::bound();
    world.token.allow_ip.clear();
    world.connection.allow_ip.clear();
    world.connection.deny_ip.clear();
    assert_eq!(judge_unknown(&world), Reason::Valid);
    let any = || vec!["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()];
    let rules: [fn(&mut World, Vec<_>); 3] = [
        |world, rule| world.token.allow_ip = rule,
        |world, rule| world.connection.allow_ip = rule,
        |world, rule| world.connection.deny_ip = rule,
    ];
    for set in rules {
        set(&mut world, any());
        assert_eq!(judge_unknown(&world), Reason::AddressNotAllowed);
        set(&mut world, Vec::new());
    }
}

#[test]
fn only_what_a_verdict_depends_on_makes_a_profile_another() {
    type Change = fn(&mut Profile);
    let judged: [Change; 5] = [
        |it| it.groups.clear(),
        |it| it.restriction = None,
        |it| it.suspended = None,
        |it| it.suspended = Some(suspension(None)),
        |it| it.deleted_at = Some(at(1)),
    ];
    let others: [Change; 4] = [
        |it| it.name = None,
        |it| it.tokens += 1,
        |it| it.updated_at = at(9),
        |it| it.suspended.as_mut().unwrap().at = at(9),
    ];
    let before = World::bound().profile;
    let is_same = |change: Change| {
        let mut after = before.clone();
        change(&mut after);
        same_for_profile(&before, &after)
    };
    assert!(judged.into_iter().all(|change| !is_same(change)));
    assert!(others.into_iter().all(is_same));
    let [mut deleted, mut later] = [(); 2].map(|()| before.clone());
    (deleted.deleted_at, later.deleted_at) = (Some(at(1)), Some(at(2)));
    assert!(same_for_profile(&deleted, &later));
}

#[test]
fn only_what_a_verdict_depends_on_makes_a_connection_another() {
    type Change = fn(&mut Connection);
    let block = |seconds| {
        Some(Block {
            at: at(seconds),
            reason: None,
        })
    };
    let judged: [Change; 5] = [
        |it| it.group = None,
        |it| it.allow_ip.clear(),
        |it| it.deny_ip.push("10.1.2.3".parse().unwrap()),
        |it| {
            it.blocked = Some(Block {
                at: at(1),
                reason: None,
            });
        },
        |it| it.deleted_at = Some(at(1)),
    ];
    let others: [Change; 3] = [
        |it| it.name = "another".parse().unwrap(),
        |it| it.created_at = at(9),
        |it| it.position += 1,
    ];
    let before = World::bound().connection;
    let is_same = |change: Change| {
        let mut after = before.clone();
        change(&mut after);
        same_for_connection(&before, &after)
    };
    assert!(judged.into_iter().all(|change| !is_same(change)));
    assert!(others.into_iter().all(is_same));
    let [mut blocked, mut later] = [(); 2].map(|()| before.clone());
    (blocked.blocked, later.blocked) = (block(1), block(2));
    (blocked.deleted_at, later.deleted_at) = (Some(at(1)), Some(at(2)));
    assert!(same_for_connection(&blocked, &later));
}
