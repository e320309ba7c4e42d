//! Codes that are asked for and exchanged over a network.

use hallpass::model::token::TokenState;
use hallpass::ops::otp::{Activated, Claim, InVain, Prepared, Receipt, UserId};
use hallpass::ops::outbox::Route;
use hallpass::ops::{Suspend, environment};

use super::*;

mod failing;

/// How long a client may take, in seconds.
const PATIENCE: u32 = 10;

fn claim(bench: &mut TestStore, user: &str) -> Claim {
    Claim {
        api_key: connection::show(&mut bench.core, &p("hr")).unwrap().api_key,
        environment_key: environment::show(&mut bench.core, &p("production"))
            .unwrap()
            .key,
        user: p(user),
    }
}

fn found(bench: &mut TestStore, user: &str) -> Option<String> {
    let claim = claim(bench, user);
    let binding = otp::find(&mut bench.core, &claim).unwrap()?;
    Some(format!(
        "{} {} {}",
        binding.profile,
        binding.connection,
        binding.environment.unwrap()
    ))
}

fn prepare(bench: &mut TestStore, code: &str) -> (Issued, Receipt) {
    match otp::prepare(&mut bench.core, &submission(code), PATIENCE).unwrap() {
        Prepared::Pending(issued, receipt) => (*issued, receipt),
        Prepared::Refused(refused) => panic!("{refused:?}"),
    }
}

/// How many transactions `f` commits.
fn transactions<T>(bench: &mut TestStore, f: impl FnOnce(&mut TestStore) -> T) -> u64 {
    let epoch = |bench: &mut TestStore| bench.core.read(|r| Ok(r.epoch())).unwrap();
    let before = epoch(bench);
    f(bench);
    epoch(bench) - before
}

/// The number of the last row of the audit log.
fn rows(bench: &mut TestStore) -> u64 {
    bench.core.read(|r| Ok(r.log_head().seq)).unwrap()
}

#[test]
fn a_claim_names_a_profile_by_name_or_by_an_address_of_its_own() {
    let mut bench = mailing();
    let own = Some("ci hr production".to_owned());
    for user in ["ci", "CI", "anna@example.com", "Anna@Example.COM"] {
        assert_eq!(found(&mut bench, user), own, "{user}");
    }
    for user in ["nobody", "", "nobody@example.com", "ci ", "a b"] {
        assert_eq!(found(&mut bench, user), None, "{user}");
    }
    let email = hallpass::ops::edit::Change::Set(p("ANNA@example.com"));
    bench.profile("second", &[]);
    let edits = Edits {
        email,
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("second"), &edits).unwrap();
    assert_eq!(found(&mut bench, "anna@example.com"), None, "two have it");
    assert_eq!(found(&mut bench, "ci"), own);
    // A name that looks like an address is a name.
    bench.profile("anna@example.com", &[]);
    let named = found(&mut bench, "anna@example.com").unwrap();
    assert_eq!(named, "anna@example.com hr production");
}

#[test]
fn a_claim_with_other_keys_finds_nothing() {
    let mut bench = mailing();
    let right = claim(&mut bench, "ci");
    let wrong = [
        Claim {
            api_key: p(&"0".repeat(32)),
            ..right.clone()
        },
        Claim {
            environment_key: p(&"0".repeat(32)),
            ..right.clone()
        },
        // The keys, mixed up.
        Claim {
            api_key: p(&right.environment_key.to_string()),
            environment_key: p(&right.api_key.to_string()),
            ..right.clone()
        },
    ];
    for claim in wrong {
        assert!(otp::find(&mut bench.core, &claim).unwrap().is_none());
    }
    let key = right.api_key;
    assert_eq!(
        otp::connection_of(&mut bench.core, &key).unwrap(),
        Some(p("hr"))
    );
    connection::rotate_key(&mut bench.core, &p("hr")).unwrap();
    assert!(otp::find(&mut bench.core, &right).unwrap().is_none());
    assert_eq!(otp::connection_of(&mut bench.core, &key).unwrap(), None);
}

/// What a claim with a code finds: whether there is a connection, and why no code would be valid.
fn looked_up(bench: &mut TestStore, claim: &Claim) -> (bool, &'static str) {
    let found = otp::look_up(&mut bench.core, claim).unwrap();
    let why = found.about.map_or("nobody", |it| {
        assert_eq!(it.binding.profile, p("ci"));
        it.hopeless.unwrap_or("pending")
    });
    (found.has_connection, why)
}

#[test]
fn a_code_is_hopeless_where_there_is_none_that_it_could_be() {
    let mut bench = mailing();
    let ci = claim(&mut bench, "ci");
    assert_eq!(looked_up(&mut bench, &ci), (true, "no_code"));
    let code = mailed(&mut bench, None);
    assert_eq!(looked_up(&mut bench, &ci), (true, "pending"));
    let nobody = claim(&mut bench, "nobody");
    assert_eq!(looked_up(&mut bench, &nobody), (true, "nobody"));
    let no_key = Claim {
        api_key: p(&"0".repeat(32)),
        ..ci.clone()
    };
    assert_eq!(looked_up(&mut bench, &no_key), (false, "nobody"));
    exchange(&mut bench, &code);
    assert_eq!(looked_up(&mut bench, &ci), (true, "used"));
    for _ in 0..2 {
        bench.wait(70);
        mailed(&mut bench, None);
        for _ in 0..5 {
            assert_eq!(looked_up(&mut bench, &ci), (true, "pending"));
            why_not(&mut bench, "00000000");
        }
    }
    // All attempts of the hour are used up, also for the next code.
    assert_eq!(looked_up(&mut bench, &ci), (true, "throttled"));
    bench.wait(3700);
    assert_eq!(looked_up(&mut bench, &ci), (true, "expired"));
}

#[test]
fn why_a_code_would_be_refused_is_known_without_a_transaction() {
    let mut bench = mailing();
    let request = Request {
        binding: binding("ci", "hr"),
        device: None,
        asked_from: None,
    };
    let refused = |bench: &mut TestStore| {
        let refusal = otp::refusal(&mut bench.core, &request).unwrap();
        refusal.map(|error| error.kind())
    };
    let cost = transactions(&mut bench, |bench| assert_eq!(refused(bench), None));
    ask(&mut bench, None).unwrap();
    let again = transactions(&mut bench, |bench| {
        assert_eq!(refused(bench), Some(Kind::Throttled));
    });
    assert_eq!((cost, again), (0, 0));
    assert_eq!(kind(ask(&mut bench, None)), Kind::Throttled);
    bench.wait(60);
    assert_eq!(refused(&mut bench), None);
    let how = Suspend::default();
    profile::suspend(&mut bench.core, &p("ci"), &how).unwrap();
    assert_eq!(refused(&mut bench), Some(Kind::Refused));
    // What is no refusal is an error.
    bench.clock.set_back(1000);
    let behind = otp::refusal(&mut bench.core, &request);
    assert!(matches!(behind, Err(Error::Clock { .. })), "{behind:?}");
}

#[test]
fn nothing_is_looked_up_while_the_clock_is_behind() {
    let mut bench = mailing();
    for user in ["ci", "nobody"] {
        let claim = claim(&mut bench, user);
        bench.clock.set_back(1000);
        let looked = otp::look_up(&mut bench.core, &claim);
        assert!(matches!(looked, Err(Error::Clock { .. })), "{looked:?}");
        bench.wait(1000);
    }
}

#[test]
fn a_prepared_token_is_valid_once_it_is_activated() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    let (issued, receipt) = prepare(&mut bench, &code);
    let held = issued.into();
    assert_eq!(bench.verdict(&held).to_string(), "unknown");
    assert_eq!(why_not(&mut bench, &code), WhyNot::Used);
    let activated = otp::activate(&mut bench.core, receipt).unwrap();
    assert_eq!(activated, Activated::Valid);
    assert_eq!(bench.verdict(&held).to_string(), "valid");
    // Again: it is what it was.
    let activated = otp::activate(&mut bench.core, receipt).unwrap();
    assert_eq!(activated, Activated::Valid);
}

#[test]
fn a_prepared_token_that_is_withdrawn_gives_the_code_back() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    for active in [false, true] {
        let (issued, receipt) = prepare(&mut bench, &code);
        if active {
            otp::activate(&mut bench.core, receipt).unwrap();
        }
        otp::withdraw(&mut bench.core, receipt).unwrap();
        let held = issued.into();
        let expected = if active { "revoked" } else { "unknown" };
        assert_eq!(bench.verdict(&held).to_string(), expected);
        assert_eq!(newest(&mut bench).state, CodeState::Pending);
        assert_eq!(newest(&mut bench).tries, 0);
        if !active {
            let gone = otp::activate(&mut bench.core, receipt).unwrap();
            assert_eq!(gone, Activated::Gone);
        }
        otp::withdraw(&mut bench.core, receipt).unwrap();
    }
    exchange(&mut bench, &code);
}

#[test]
fn a_prepared_token_that_nobody_settles_is_removed_and_gives_the_code_back() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    let (_, receipt) = prepare(&mut bench, &code);
    bench.wait(i64::from(PATIENCE) + 4);
    assert_eq!(why_not(&mut bench, &code), WhyNot::Used);
    bench.wait(2);
    let gone = otp::activate(&mut bench.core, receipt).unwrap();
    assert_eq!(gone, Activated::Gone);
    exchange(&mut bench, &code);
}

#[test]
fn a_token_that_was_revoked_meanwhile_is_not_activated() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    let (issued, receipt) = prepare(&mut bench, &code);
    assert_eq!(issued.summary.state, TokenState::Pending);
    bench.revoke(&format!("ci/{}", issued.summary.name));
    let gone = otp::activate(&mut bench.core, receipt).unwrap();
    assert_eq!(gone, Activated::Gone);
    otp::withdraw(&mut bench.core, receipt).unwrap();
    assert_ne!(newest(&mut bench).state, CodeState::Pending);
}

#[test]
fn a_stranger_costs_as_many_transactions_as_a_profile_and_no_row() {
    let mut bench = mailing();
    let asked = transactions(&mut bench, |bench| ask(bench, None).unwrap());
    let stranger = |asked| {
        move |bench: &mut TestStore| {
            let before = rows(bench);
            otp::turn_away(&mut bench.core, asked).unwrap();
            assert_eq!(rows(bench), before, "nothing is logged");
        }
    };
    let in_vain = transactions(&mut bench, stranger(InVain::Request));
    assert_eq!((asked, in_vain), (1, 1));
    let refused = transactions(&mut bench, |bench| {
        let prepared = otp::prepare(&mut bench.core, &submission("00000000"), PATIENCE);
        assert!(matches!(prepared, Ok(Prepared::Refused(_))));
    });
    let in_vain = transactions(&mut bench, stranger(InVain::Submission));
    assert_eq!((refused, in_vain), (2, 2));
}

#[test]
fn a_server_leaves_a_mail_to_the_command_that_queued_it() {
    let mut bench = mailing();
    let message = ask(&mut bench, None).unwrap().message;
    let due = |bench: &mut TestStore| outbox::due(&mut bench.core, 2).unwrap();
    assert_eq!(due(&mut bench), []);
    bench.wait(2);
    assert_eq!(due(&mut bench), [(message, Route::GENERAL)]);
    let mut full = Letterbox::bouncing(&[SendError::Transient("full".to_owned())]);
    let tried = outbox::try_to_send(&mut bench.core, message, &mut full).unwrap();
    let queued = Delivery::Queued(Some("full".to_owned()));
    assert_eq!(tried.unwrap().delivery, queued);
    let early = outbox::try_to_send(&mut bench.core, message, &mut full).unwrap();
    assert_eq!(early, None, "it is not due");
    assert_eq!(due(&mut bench), []);
    bench.wait(7);
    assert_eq!(due(&mut bench), [(message, Route::GENERAL)]);
    let code = newest(&mut bench).id;
    let tried = outbox::try_to_send(&mut bench.core, message, &mut full).unwrap();
    let tried = tried.unwrap();
    assert_eq!(tried.code, code);
    assert!(matches!(tried.delivery, Delivery::Sent(_)));
    let gone = outbox::try_to_send(&mut bench.core, message, &mut full).unwrap();
    assert_eq!((gone, due(&mut bench)), (None, vec![]));
    let route = outbox::route(&mut bench.core, message).unwrap();
    assert_eq!(route, None);
}
