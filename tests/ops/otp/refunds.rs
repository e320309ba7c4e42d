//! What a failure gives back, and what is written down about it.

use hallpass::model::audit::{Entry, Outcome};
use hallpass::model::otp::Budget;
use hallpass::ops::delivery::DeferredSink;
use hallpass::ops::edit::ListChange;
use hallpass::secret::SecretText;
use zeroize::Zeroizing;

use super::*;
use crate::ops::audit::logged;
use crate::ops::fixture::Slow;

/// A code after two wrong attempts.
fn tried_twice(bench: &mut TestStore) -> String {
    let code = mailed(bench, None);
    for _ in 0..2 {
        assert_eq!(why_not(bench, &other(&code)), WhyNot::WrongCode);
    }
    assert_eq!(newest(bench).tries, 2);
    code
}

#[test]
fn a_failed_delivery_gives_back_its_own_attempt_and_no_other() {
    let mut bench = mailing();
    let code = tried_twice(&mut bench);
    for _ in 0..4 {
        let mut slow = Slow::failing();
        let failed = otp::validate(&mut bench.core, &submission(&code), slow.delivery());
        assert_eq!(kind(failed), Kind::Undelivered);
        assert_eq!(newest(&mut bench).tries, 2);
        let mut sink = Sink::failing_at(Step::Offer);
        let failed = otp::validate(&mut bench.core, &submission(&code), &mut sink);
        assert_eq!(kind(failed), Kind::Undelivered);
        assert_eq!(newest(&mut bench).tries, 2);
    }
    exchange(&mut bench, &code);
}

/// A sink that can be read so many times.
struct Fading {
    inner: Slow,
    readings: u32,
}

impl DeferredSink for Fading {
    fn timeout_seconds(&self) -> u32 {
        self.inner.timeout_seconds()
    }

    fn display_name(&self) -> String {
        self.inner.display_name()
    }

    fn content(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        self.readings = self
            .readings
            .checked_sub(1)
            .ok_or(io::ErrorKind::BrokenPipe)?;
        self.inner.content()
    }

    fn ready(&mut self) -> io::Result<()> {
        self.inner.ready()
    }

    fn deliver(&mut self, secret: &SecretText, held: Option<&[u8]>) -> io::Result<()> {
        self.inner.deliver(secret, held)
    }

    fn restore(&mut self) -> io::Result<()> {
        self.inner.restore()
    }
}

#[test]
fn an_attempt_that_came_to_no_token_is_given_back() {
    let mut bench = mailing();
    let code = tried_twice(&mut bench);
    let mut failures = 0;
    for readings in 0..9 {
        let inner = Slow::default();
        let mut fading = Fading { inner, readings };
        let to = hallpass::ops::delivery::Delivery::Deferred(&mut fading);
        match otp::validate(&mut bench.core, &submission(&code), to) {
            Ok(_) => break,
            failed => assert_eq!(kind(failed), Kind::Undelivered),
        }
        assert_eq!(newest(&mut bench).tries, 2, "after {readings} readings");
        failures += 1;
    }
    assert!(
        failures >= 2,
        "the premise: it failed before and after the debit"
    );
    assert_eq!(why_not(&mut bench, &code), WhyNot::Used);
}

fn refusals(bench: &mut TestStore) -> Vec<Entry> {
    let mut entries = logged(bench, "otp.request");
    entries.extend(logged(bench, "otp.validate"));
    entries.retain(|entry| entry.outcome == Outcome::Refused);
    entries
}

/// What somebody does with a code.
type Act = fn(&mut TestStore, &str) -> Option<Kind>;

#[test]
fn a_storage_that_fails_is_no_refusal_wherever_it_does() {
    let acts: [(&str, Act); 5] = [
        ("too soon", |bench, _| {
            ask(bench, None).err().map(|it| it.kind())
        }),
        ("nobody", |bench, _| {
            let request = Request {
                binding: binding("nobody", "hr"),
                device: None,
                asked_from: None,
            };
            let asked = otp::request(&mut bench.core, &request);
            asked.err().map(|it| it.kind())
        }),
        ("right", |bench, code| {
            submit(bench, code).err().map(|it| it.kind())
        }),
        ("wrong", |bench, code| {
            submit(bench, &other(code)).err().map(|it| it.kind())
        }),
        ("forbidden", |bench, code| {
            let wrong = Submission {
                binding: binding("ci", "crm"),
                ..submission(code)
            };
            let tried = otp::validate(&mut bench.core, &wrong, &mut Sink::default());
            tried.err().map(|it| it.kind())
        }),
    ];
    for (name, act) in acts {
        let mut hits = 0;
        for nth in 1.. {
            let mut bench = mailing();
            let code = mailed(&mut bench, None);
            let faults = bench.backend.faults();
            faults.fail_call(nth, || Fault::Storage("a fault".to_owned()));
            let before = faults.calls();
            let met = act(&mut bench, &code);
            let was_met = faults.calls() - before >= nth;
            faults.clear();
            if !was_met {
                break;
            }
            assert_eq!(met, Some(Kind::Storage), "{name}, call {nth}");
            hits += 1;
            assert_eq!(refusals(&mut bench), [], "{name}, call {nth}");
        }
        assert!(hits > 10, "{name}: {hits}");
    }
}

#[test]
fn what_was_asked_for_and_what_was_refused_is_in_the_log() {
    let mut bench = mailing();
    let requested = ask(&mut bench, None).unwrap();
    let asked = logged(&mut bench, "otp.request");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].outcome, Outcome::Done);
    assert_eq!(asked[0].object.id, requested.summary.id.to_string());
    let edits = Edits {
        connections: ListChange {
            add: vec![p("crm")],
            remove: vec![p("hr")],
        },
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    let forbidden = submit(&mut bench, requested.code.expose());
    assert_eq!(kind(forbidden), Kind::Refused);
    let refused = refusals(&mut bench);
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].action, "otp.validate");
    let edits = Edits {
        connections: ListChange {
            add: vec![p("hr")],
            remove: Vec::new(),
        },
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    let issued = exchange(&mut bench, requested.code.expose());
    let done = logged(&mut bench, "otp.validate").pop().unwrap();
    assert_eq!(done.outcome, Outcome::Done);
    let token = issued.summary.id.to_string();
    assert_eq!(done.details.get("token"), Some(&token));
}

#[test]
fn a_refused_request_costs_the_attempt_of_nobody() {
    let mut bench = mailing();
    let nobody = Unique::Budget(RecordId::from_bytes([0; 16]));
    assert_eq!(bench.core.read(|r| r.find(nobody)).unwrap(), None);
    let request = Request {
        binding: binding("nobody", "hr"),
        device: None,
        asked_from: None,
    };
    assert_eq!(
        kind(otp::request(&mut bench.core, &request)),
        Kind::NotFound
    );
    let id = bench.core.read(|r| r.find(nobody)).unwrap().unwrap();
    let budget: Budget = bench.core.read(|r| r.require(id)).unwrap();
    assert_eq!(budget.tries, [bench.now()]);
}

#[test]
fn a_used_code_of_an_environment_that_is_gone_stays_used() {
    let mut bench = mailing();
    bench.environment("test");
    let binding = Binding {
        environment: Some(p("test")),
        ..binding("ci", "hr")
    };
    let ask = |bench: &mut TestStore| {
        let request = Request {
            binding: binding.clone(),
            device: None,
            asked_from: None,
        };
        otp::request(&mut bench.core, &request).unwrap().code
    };
    let code = ask(&mut bench);
    let used = Submission {
        binding: binding.clone(),
        code,
        form: Encoding::Native,
    };
    let answer = otp::validate(&mut bench.core, &used, &mut Sink::default());
    assert!(matches!(answer, Ok(Answer::Exchanged(_))));
    bench.revoke("ci/hr");
    bench.wait(MINUTE);
    ask(&mut bench);
    let states = |bench: &mut TestStore| {
        let listed = otp::list(&mut bench.core, None, true).unwrap();
        listed
            .into_iter()
            .map(|code| code.state)
            .collect::<Vec<_>>()
    };
    assert_eq!(states(&mut bench), [CodeState::Pending, CodeState::Used]);
    let in_state = |bench: &mut TestStore, state| {
        let listed = otp::list_in(&mut bench.core, Some(&p("ci")), state).unwrap();
        listed
            .into_iter()
            .map(|code| code.state)
            .collect::<Vec<_>>()
    };
    for state in [CodeState::Pending, CodeState::Used] {
        assert_eq!(in_state(&mut bench, state), [state]);
    }
    assert_eq!(in_state(&mut bench, CodeState::Expired), []);
    hallpass::ops::environment::delete(&mut bench.core, &p("test")).unwrap();
    assert_eq!(states(&mut bench), [CodeState::Cancelled, CodeState::Used]);
}

#[test]
fn a_code_for_a_connection_that_is_gone_is_cancelled() {
    let mut bench = mailing();
    let edits = Edits {
        any_connection: true,
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    let request = Request {
        binding: binding("ci", "crm"),
        device: None,
        asked_from: None,
    };
    otp::request(&mut bench.core, &request).unwrap();
    assert_eq!(newest(&mut bench).state, CodeState::Pending);
    connection::delete(&mut bench.core, &p("crm")).unwrap();
    assert_eq!(newest(&mut bench).state, CodeState::Cancelled);
}

#[test]
fn only_what_shows_who_is_there_is_for_operators() {
    let mut bench = mailing();
    let unknown = otp::cancel(&mut bench.core, &binding("nobody", "hr")).unwrap_err();
    assert!(otp::is_for_operators(&unknown));
    bench
        .backend
        .faults()
        .fail_call(1, || Fault::Storage("a fault".to_owned()));
    let broken = otp::cancel(&mut bench.core, &binding("ci", "hr")).unwrap_err();
    assert!(!otp::is_for_operators(&broken));
}
