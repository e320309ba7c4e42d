//! A code whose token was not delivered comes back as it was left, and only then (L33).

use hallpass::model::audit::Outcome;
use hallpass::model::id::{CodeId, TokenId};
use hallpass::model::otp::{CodeEnd, Ending};
use hallpass::ops::Suspend;
use hallpass::ops::edit::{Change, ListChange};

use super::*;
use crate::ops::audit::logged;
use crate::ops::fixture::{Slow, at};

mod swept;

use swept::{cancels_what_is_pending, killed};

/// What somebody does while the token is being delivered.
type Act = fn(&mut TestStore);

fn mail_to(bench: &mut TestStore, email: &str) {
    let edits = Edits {
        email: Change::Set(p(email)),
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
}

fn nothing(_: &mut TestStore) {}

fn suspends_and_resumes(bench: &mut TestStore) {
    profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    profile::resume(&mut bench.core, &p("ci")).unwrap();
}

fn spells_the_address_otherwise(bench: &mut TestStore) {
    mail_to(bench, "Anna@EXAMPLE.com");
}

fn changes_the_address(bench: &mut TestStore) {
    mail_to(bench, "other@example.com");
}

fn changes_the_address_and_back(bench: &mut TestStore) {
    mail_to(bench, "other@example.com");
    mail_to(bench, "anna@example.com");
}

fn takes_the_address_away(bench: &mut TestStore) {
    let edits = Edits {
        email: Change::Clear,
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
}

fn cancels(bench: &mut TestStore) {
    let cancelled = otp::cancel(&mut bench.core, &binding("ci", "hr"))
        .unwrap()
        .unwrap();
    assert_eq!(cancelled.effect, hallpass::ops::edit::Effect::Changed);
    assert_eq!(
        cancelled.summary.state,
        CodeState::Used,
        "its token may still be delivered"
    );
    let again = otp::cancel(&mut bench.core, &binding("ci", "hr"))
        .unwrap()
        .unwrap();
    assert_eq!(again.effect, hallpass::ops::edit::Effect::AlreadySo);
}

fn asks_for_another(bench: &mut TestStore) {
    bench.wait(MINUTE);
    ask(bench, None).unwrap();
}

fn revokes_the_token(bench: &mut TestStore) {
    token::revoke(&mut bench.core, &[at("ci/hr")], None).unwrap();
}

fn suspends_the_token(bench: &mut TestStore) {
    token::suspend(&mut bench.core, &[at("ci/hr")], &Suspend::default()).unwrap();
}

fn suspends_and_resumes_the_token(bench: &mut TestStore) {
    suspends_the_token(bench);
    token::resume(&mut bench.core, &[at("ci/hr")]).unwrap();
}

fn blocks_and_unblocks(bench: &mut TestStore) {
    connection::block(&mut bench.core, &p("hr"), None).unwrap();
    connection::unblock(&mut bench.core, &p("hr")).unwrap();
}

fn forbids_and_allows_again(bench: &mut TestStore) {
    let only = |name: &str, other: &str| Edits {
        connections: ListChange {
            add: vec![p(name)],
            remove: vec![p(other)],
        },
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &only("crm", "hr")).unwrap();
    profile::edit(&mut bench.core, &p("ci"), &only("hr", "crm")).unwrap();
}

fn makes_the_profile_anew(bench: &mut TestStore) {
    profile::delete(&mut bench.core, &p("ci")).unwrap();
    bench.profile("ci", &["hr"]);
    mail_to(bench, "anna@example.com");
}

fn lets_its_time_pass(bench: &mut TestStore) {
    bench.wait(LIFE);
}

/// Those after which the code is as it was left.
const HARMLESS: [Act; 6] = [
    nothing,
    suspends_and_resumes,
    spells_the_address_otherwise,
    suspends_and_resumes_the_token,
    blocks_and_unblocks,
    forbids_and_allows_again,
];
/// Those after which nobody may get in with it.
const FINAL: [Act; 9] = [
    changes_the_address,
    changes_the_address_and_back,
    takes_the_address_away,
    cancels,
    asks_for_another,
    revokes_the_token,
    suspends_the_token,
    makes_the_profile_anew,
    lets_its_time_pass,
];

/// Whether a code can still be exchanged. One that cannot stays used: nothing else became of it.
fn is_good(bench: &mut TestStore, code: CodeId, digits: &str) -> bool {
    let there = otp::list(&mut bench.core, None, true).unwrap();
    let state = there.iter().find(|it| it.id == code).map(|it| it.state);
    let is_good = matches!(submit(bench, digits), Ok(Answer::Exchanged(_)));
    let states = if is_good {
        [Some(CodeState::Pending); 2]
    } else {
        [Some(CodeState::Used), None]
    };
    assert!(states.contains(&state), "{state:?}");
    is_good
}

/// A sink that fails, after somebody else did something.
fn failing_after(bench: &TestStore, act: Act) -> Slow {
    let mut other = bench.another();
    Slow::doing(move |_| {
        act(&mut other);
        Err(io::ErrorKind::BrokenPipe.into())
    })
}

#[test]
fn a_code_comes_back_after_a_failed_delivery_if_it_is_as_it_was_left() {
    for (acts, comes_back) in [(&HARMLESS[..], true), (&FINAL[..], false)] {
        for (n, act) in acts.iter().enumerate() {
            let mut bench = mailing();
            let code = mailed(&mut bench, None);
            let id = newest(&mut bench).id;
            let mut sink = failing_after(&bench, *act);
            let failed = otp::validate(&mut bench.core, &submission(&code), sink.delivery());
            assert_eq!(kind(failed), Kind::Undelivered);
            assert_eq!(
                is_good(&mut bench, id, &code),
                comes_back,
                "{comes_back}: {n}"
            );
        }
    }
}

#[test]
fn a_code_comes_back_after_the_last_newline_failed_if_it_is_as_it_was_left() {
    /// Where the last newline cannot be written, after somebody else did something.
    struct Cut(Sink, TestStore, Act);
    impl ImmediateSink for Cut {
        fn ready(&mut self) -> io::Result<()> {
            self.0.ready()
        }
        fn offer(&mut self, issued: &Issued) -> io::Result<()> {
            self.0.offer(issued)
        }
        fn finish(&mut self) -> io::Result<()> {
            (self.2)(&mut self.1);
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    for (acts, comes_back) in [(&HARMLESS[..], true), (&FINAL[..], false)] {
        for (n, act) in acts.iter().enumerate() {
            let mut bench = mailing();
            let code = mailed(&mut bench, None);
            let id = newest(&mut bench).id;
            let mut cut = Cut(Sink::default(), bench.another(), *act);
            let failed = otp::validate(&mut bench.core, &submission(&code), &mut cut);
            assert_eq!(kind(failed), Kind::Undelivered);
            assert_eq!(bench.reason(&cut.0.took[0]), "revoked");
            assert_eq!(
                is_good(&mut bench, id, &code),
                comes_back,
                "{comes_back}: {n}"
            );
        }
    }
}

#[test]
fn a_code_that_is_withdrawn_while_its_token_is_offered_stays_so() {
    /// Where nothing can be written, once somebody else has done something.
    struct Broken(TestStore, bool);
    impl ImmediateSink for Broken {
        fn ready(&mut self) -> io::Result<()> {
            // The first look is before the try is spent, the second after it.
            if self.1 {
                cancels_what_is_pending(&mut self.0);
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            self.1 = true;
            Ok(())
        }
        fn offer(&mut self, _: &Issued) -> io::Result<()> {
            Ok(())
        }
        fn finish(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    let mut broken = Broken(bench.another(), false);
    let failed = otp::validate(&mut bench.core, &submission(&code), &mut broken);
    assert_eq!(kind(failed), Kind::Undelivered);
    assert_eq!(newest(&mut bench).tries, 0, "the try was right");
    assert_eq!(why_not(&mut bench, &code), WhyNot::Cancelled);
}

#[test]
fn a_code_that_its_token_did_not_use_up_does_not_come_back() {
    let ends = [
        Ending::Cancelled,
        Ending::Undelivered,
        Ending::Used(TokenId::new(1)),
    ];
    for how in ends {
        let mut bench = mailing();
        let code = mailed(&mut bench, None);
        killed(&mut bench, &code);
        let changed = bench.core.write(|w| {
            let (id, mut exchange) = exchange_of(w, "hr");
            exchange.codes.last_mut().unwrap().end = Some(CodeEnd {
                at: w.now(),
                how: how.clone(),
            });
            w.put(id, &exchange)
        });
        changed.unwrap();
        let before = newest(&mut bench).state;
        bench.wait(65);
        bench.connection("another");
        assert_eq!(
            bench.tokens(&token::Filter::default()).len(),
            0,
            "it was swept"
        );
        assert_eq!(newest(&mut bench).state, before);
        assert!(matches!(submit(&mut bench, &code), Ok(Answer::Refused(_))));
    }
}

#[test]
fn the_log_says_which_code_came_back() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    let id = newest(&mut bench).id.to_string();
    for act in [nothing as Act, cancels] {
        let mut sink = failing_after(&bench, act);
        let failed = otp::validate(&mut bench.core, &submission(&code), sink.delivery());
        assert_eq!(kind(failed), Kind::Undelivered);
    }
    let undone = logged(&mut bench, "token.undo");
    assert!(undone.iter().all(|it| it.outcome == Outcome::Undelivered));
    let named: Vec<_> = undone.iter().map(|it| it.details.get("code")).collect();
    assert_eq!(named, [Some(&id), None]);
}

#[test]
fn a_code_whose_token_was_delivered_stays_used() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    let mut slow = Slow::default();
    let answer = otp::validate(&mut bench.core, &submission(&code), slow.delivery()).unwrap();
    assert!(matches!(answer, Answer::Exchanged(_)));
    bench.wait(65);
    bench.revoke("ci/hr");
    assert_eq!(why_not(&mut bench, &code), WhyNot::Used);
    let again = otp::cancel(&mut bench.core, &binding("ci", "hr"))
        .unwrap()
        .unwrap();
    assert_eq!(again.effect, hallpass::ops::edit::Effect::AlreadySo);
}

#[test]
fn what_is_withdrawn_is_told_as_long_as_it_could_come_back() {
    use hallpass::ops::edit::Effect;
    let cancelled = |bench: &mut TestStore| {
        otp::cancel(&mut bench.core, &binding("ci", "hr"))
            .unwrap()
            .unwrap()
    };
    // Whether the token of a used code was delivered to the end, the store does not know.
    for (act, effect) in [
        (nothing as Act, Effect::Changed),
        (suspends_the_token, Effect::Changed),
        (revokes_the_token, Effect::AlreadySo),
        (lets_its_time_pass, Effect::AlreadySo),
    ] {
        let mut bench = mailing();
        let code = mailed(&mut bench, None);
        assert!(matches!(
            submit(&mut bench, &code),
            Ok(Answer::Exchanged(_))
        ));
        let token = newest(&mut bench).token;
        act(&mut bench);
        let first = cancelled(&mut bench);
        assert_eq!(
            (first.effect, first.summary.state),
            (effect, CodeState::Used)
        );
        assert_eq!(
            first.summary.token, token,
            "it is still known what it was exchanged for"
        );
        assert_eq!(cancelled(&mut bench).effect, Effect::AlreadySo);
        let rows = usize::from(effect == Effect::Changed);
        assert_eq!(logged(&mut bench, "otp.cancel").len(), rows);
    }
}
