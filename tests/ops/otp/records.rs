//! The records behind codes: budgets, mailboxes and bindings.

use hallpass::model::otp::Budget;
use hallpass::model::profile::Address;

use super::*;

fn unlock() -> Edits {
    Edits {
        unlock: true,
        ..Edits::default()
    }
}

#[test]
fn an_operator_gives_all_attempts_back_and_nothing_else() {
    let mut bench = mailing();
    let before = bench.epoch();
    profile::edit(&mut bench.core, &p("ci"), &unlock()).unwrap();
    assert_eq!(bench.epoch(), before, "there was nothing to give back");
    for _ in 0..2 {
        let code = mailed(&mut bench, None);
        for _ in 0..5 {
            assert_eq!(why_not(&mut bench, &other(&code)), WhyNot::WrongCode);
        }
        bench.wait(MINUTE);
    }
    assert_eq!(kind(ask(&mut bench, None)), Kind::Throttled);
    profile::edit(&mut bench.core, &p("ci"), &unlock()).unwrap();
    let code = mailed(&mut bench, None);
    for _ in 0..4 {
        assert_eq!(why_not(&mut bench, &other(&code)), WhyNot::WrongCode);
    }
    exchange(&mut bench, &code);
}

/// As no program writes it: an entry leads to what belongs to somebody else.
#[test]
fn a_budget_and_a_mailbox_are_those_of_who_asks() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    why_not(&mut bench, &other(&code));
    bench.wait(MINUTE);
    let of_nobody = bench.core.write(|w| {
        let id = w.fresh_id()?;
        w.add(id, &Budget::new(id))?;
        let mailbox = w.fresh_id()?;
        let address = Address {
            address: "eve@example.com".to_owned(),
            profiles: 1,
            mailed: Vec::new(),
        };
        w.add(mailbox, &address)?;
        Ok((id, mailbox))
    });
    let (budget, mailbox) = of_nobody.unwrap();
    let email = "anna@example.com";
    let profile = bench
        .core
        .read(|r| r.find(Unique::Profile(&p::<ProfileName>("ci").canonical())));
    let profile = profile.unwrap().unwrap();
    for (entry, to) in [
        (Unique::Budget(profile), budget),
        (Unique::Email(email), mailbox),
    ] {
        let own = bench.core.read(|r| r.find(entry)).unwrap().unwrap();
        bench.core.write(|w| w.reindex(entry, to)).unwrap();
        assert_eq!(kind(ask(&mut bench, None)), Kind::Integrity);
        bench.core.write(|w| w.reindex(entry, own)).unwrap();
    }
    ask(&mut bench, None).unwrap();
}

#[test]
fn a_clock_may_be_behind_by_five_minutes_and_no_more() {
    for (behind, allowed) in [(300, true), (301, false)] {
        let mut bench = mailing();
        bench.wait(behind);
        bench.rename("ci", "ci2");
        bench.rename("ci2", "ci");
        bench.clock.set_back(behind);
        assert_eq!(ask(&mut bench, None).is_ok(), allowed, "{behind} s");
    }
}

#[test]
fn a_code_that_was_never_mailed_does_not_hold_up_the_next() {
    let mut bench = mailing();
    let requested = ask(&mut bench, None).unwrap();
    let mut box_ = Letterbox::bouncing(&[SendError::Permanent("no such mailbox".to_owned())]);
    outbox::send_one(&mut bench.core, requested.message, &mut box_, &mut |_| ()).unwrap();
    bench.wait(11);
    ask(&mut bench, None).unwrap();
}

fn states(bench: &mut TestStore) -> Vec<CodeState> {
    let listed = otp::list(&mut bench.core, None, true).unwrap();
    listed.into_iter().map(|code| code.state).collect()
}

#[test]
fn an_expired_code_is_neither_cancelled_nor_replaced() {
    let mut bench = mailing();
    ask(&mut bench, None).unwrap();
    bench.wait(LIFE);
    let cancelled = otp::cancel(&mut bench.core, &binding("ci", "hr")).unwrap();
    assert_eq!(cancelled.unwrap().summary.state, CodeState::Expired);
    ask(&mut bench, None).unwrap();
    assert_eq!(states(&mut bench), [CodeState::Pending, CodeState::Expired]);
}

#[test]
fn a_code_and_its_mail_are_forgotten_a_day_after_they_stopped_to_count() {
    for (seconds, kept) in [(LIFE + DAY - 1, 2), (LIFE + DAY, 1)] {
        let mut bench = mailing();
        ask(&mut bench, None).unwrap();
        bench.wait(seconds);
        ask(&mut bench, None).unwrap();
        assert_eq!(states(&mut bench).len(), kept, "after {seconds} s");
        let mailbox: Address = bench
            .core
            .read(|r| {
                let id = r.find(Unique::Email("anna@example.com"))?.unwrap();
                r.require(id)
            })
            .unwrap();
        assert_eq!(mailbox.mailed, [bench.now()]);
    }
}
