//! Exchanges over a network that are refused, fail half-way, or find a store that no program writes.

use super::*;

#[test]
fn who_has_used_up_the_attempts_is_refused_and_that_is_logged() {
    let mut bench = mailing();
    for _ in 0..2 {
        let code = mailed(&mut bench, None);
        for _ in 0..5 {
            why_not(&mut bench, &other(&code));
        }
        bench.wait(MINUTE);
    }
    let before = rows(&mut bench);
    let refused = otp::prepare(&mut bench.core, &submission("00000000"), PATIENCE);
    assert_eq!(kind(refused), Kind::Throttled);
    assert_eq!(rows(&mut bench), before + 1);
}

#[test]
fn only_what_is_refused_is_logged_as_a_refusal() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    let before = rows(&mut bench);
    let refused = otp::prepare(&mut bench.core, &submission(&code), PATIENCE);
    assert_eq!(kind(refused), Kind::Refused);
    assert_eq!(rows(&mut bench), before + 1);
    profile::resume(&mut bench.core, &p("ci")).unwrap();
    let before = rows(&mut bench);
    let faults = bench.backend.faults();
    faults.fail_method("begin", 2, || Fault::Busy);
    let failed = otp::prepare(&mut bench.core, &submission(&code), PATIENCE);
    assert_eq!(kind(failed), Kind::Busy);
    assert_eq!(rows(&mut bench), before, "the store was not there");
}

#[test]
fn a_code_that_is_cancelled_while_it_is_compared_is_not_exchanged() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    let mut beside = bench.beside();
    let cancel = move || {
        let cancelled = otp::cancel(&mut beside, &binding("ci", "hr")).unwrap();
        assert!(cancelled.is_some());
        Fault::Conflict
    };
    bench.backend.faults().fail_method("begin", 2, cancel);
    match otp::prepare(&mut bench.core, &submission(&code), PATIENCE).unwrap() {
        Prepared::Refused(refused) => assert_eq!(refused.reason, WhyNot::Cancelled),
        Prepared::Pending(..) => panic!("it was exchanged"),
    }
    assert_eq!(newest(&mut bench).state, CodeState::Cancelled);
}

#[test]
fn an_activation_that_fails_is_valid_only_if_it_took_effect() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    let (issued, receipt) = prepare(&mut bench, &code);
    let name = format!("ci/{}", issued.summary.name);
    let held = issued.into();
    let faults = bench.backend.faults();
    faults.fail_commit(Around::Before, || Fault::Busy);
    assert_eq!(kind(otp::activate(&mut bench.core, receipt)), Kind::Busy);
    assert_eq!(bench.verdict(&held).to_string(), "unknown");
    faults.fail_commit(Around::After, || Fault::Busy);
    let activated = otp::activate(&mut bench.core, receipt).unwrap();
    assert_eq!(activated, Activated::Valid);
    assert_eq!(bench.verdict(&held).to_string(), "valid");
    bench.revoke(&name);
    faults.fail_method("begin", 1, || Fault::Busy);
    assert_eq!(kind(otp::activate(&mut bench.core, receipt)), Kind::Busy);
}

/// As no program writes it: an entry leads to what belongs to somebody else, or is deleted.
#[test]
fn a_key_leads_to_its_own_record_or_nowhere() {
    let mut bench = mailing();
    bench.environment("test");
    let right = claim(&mut bench, "ci");
    let of_crm = connection::show(&mut bench.core, &p("crm"))
        .unwrap()
        .api_key;
    let of_test = environment::show(&mut bench.core, &p("test")).unwrap().key;
    let (api_key, key) = (right.api_key, right.environment_key);
    let pairs = [
        (Unique::ApiKey(&api_key), Unique::ApiKey(&of_crm)),
        (
            Unique::EnvironmentKey(&key),
            Unique::EnvironmentKey(&of_test),
        ),
    ];
    for (entry, other) in pairs {
        let [own, others] = [entry, other].map(|it| {
            let found = bench.core.read(|r| r.find(it));
            found.unwrap().unwrap()
        });
        bench.core.write(|w| w.reindex(entry, others)).unwrap();
        assert_eq!(kind(otp::find(&mut bench.core, &right)), Kind::Integrity);
        bench.core.write(|w| w.reindex(entry, own)).unwrap();
        otp::find(&mut bench.core, &right).unwrap().unwrap();
    }
    let [crm, test, mailbox] = [
        Unique::ApiKey(&of_crm),
        Unique::EnvironmentKey(&of_test),
        Unique::Email("anna@example.com"),
    ]
    .map(|it| bench.core.read(|r| r.find(it)).unwrap().unwrap());
    // The records stay as tombstones, with their keys.
    connection::delete(&mut bench.core, &p("crm")).unwrap();
    environment::delete(&mut bench.core, &p("test")).unwrap();
    let ended = [
        (Unique::ApiKey(&of_crm), crm),
        (Unique::EnvironmentKey(&of_test), test),
        (Unique::Email("eve@example.com"), mailbox),
    ];
    let wrong = [
        Claim {
            api_key: of_crm,
            ..right.clone()
        },
        Claim {
            environment_key: of_test,
            ..right.clone()
        },
        Claim {
            user: p("eve@example.com"),
            ..right.clone()
        },
    ];
    for ((entry, id), claim) in ended.into_iter().zip(wrong) {
        assert!(otp::find(&mut bench.core, &claim).unwrap().is_none());
        bench.core.write(|w| w.reindex(entry, id)).unwrap();
        assert_eq!(kind(otp::find(&mut bench.core, &claim)), Kind::Integrity);
    }
}

#[test]
fn an_address_that_is_no_name_is_possible() {
    // Longer than a name may be.
    let address = format!("{}@example.com", "a".repeat(60));
    for (user, possible) in [("ci", true), (&address, true), ("a b", false)] {
        let id: UserId = p(user);
        assert_eq!(id.is_possible(), possible, "{user}");
    }
}

/// How many index entries and records `f` reads.
fn reads(bench: &mut TestStore, f: impl FnOnce(&mut TestStore)) -> [u64; 2] {
    let count = |bench: &TestStore| {
        let calls = bench.backend.faults().calls_by_method();
        ["idx_range", "obj_range"].map(|method| calls.get(method).copied().unwrap_or_default())
    };
    let before = count(bench);
    f(bench);
    let after = count(bench);
    [after[0] - before[0], after[1] - before[1]]
}

#[test]
fn who_is_not_known_takes_as_many_reads() {
    let mut bench = mailing();
    let known = claim(&mut bench, "ci");
    let no_key: hallpass::model::id::ApiKey = p(&"0".repeat(32));
    let by_key = [known.api_key, no_key].map(|key| {
        reads(&mut bench, |bench| {
            otp::connection_of(&mut bench.core, &key).unwrap();
        })
    });
    assert_eq!(by_key[0], by_key[1]);
    mailed(&mut bench, None);
    let [of_known, of_nobody] = ["ci", "nobody"].map(|user| {
        let claim = claim(&mut bench, user);
        reads(&mut bench, |bench| {
            otp::look_up(&mut bench.core, &claim).unwrap();
        })
    });
    assert_eq!(of_known[0], of_nobody[0], "{of_known:?} {of_nobody:?}");
}
