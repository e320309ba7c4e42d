//! Whatever fails: a code and its token are never both good, and never both lost unseen.

use super::*;
use crate::ops::fixture::Slow;

#[test]
fn a_token_that_cannot_be_handed_over_leaves_the_code_as_it_was() {
    for step in [Step::Ready, Step::Offer] {
        let mut bench = mailing();
        let code = mailed(&mut bench, None);
        let mut sink = Sink::failing_at(step);
        let failed = otp::validate(&mut bench.core, &submission(&code), &mut sink);
        assert_eq!(kind(failed), Kind::Undelivered);
        for token in sink.took {
            assert_eq!(bench.reason(&token), "unknown");
        }
        // However often: it was right each time.
        for _ in 0..9 {
            let mut sink = Sink::failing_at(step);
            let failed = otp::validate(&mut bench.core, &submission(&code), &mut sink);
            assert_eq!(kind(failed), Kind::Undelivered);
            let mut slow = Slow::failing();
            let failed = otp::validate(&mut bench.core, &submission(&code), slow.delivery());
            assert_eq!(kind(failed), Kind::Undelivered);
        }
        assert_eq!(newest(&mut bench).tries, 0);
        exchange(&mut bench, &code);
    }
    // Where the try cannot be given back, that is not what is told.
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    bench
        .backend
        .faults()
        .fail_method("begin", 4, || Fault::Busy);
    let mut sink = Sink::failing_at(Step::Offer);
    let failed = otp::validate(&mut bench.core, &submission(&code), &mut sink);
    assert_eq!(kind(failed), Kind::Undelivered);
    assert_eq!(newest(&mut bench).tries, 1);
    exchange(&mut bench, &code);
    // Where the token was good already it is revoked, and the code is good again.
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    let mut sink = Sink::failing_at(Step::Finish);
    let failed = otp::validate(&mut bench.core, &submission(&code), &mut sink);
    assert_eq!(kind(failed), Kind::Undelivered);
    assert_eq!(bench.reason(&sink.took[0]), "revoked");
    assert_eq!(newest(&mut bench).tries, 0);
    exchange(&mut bench, &code);
    assert_eq!(bench.reason(&sink.took[0]), "revoked");
}

#[test]
fn a_try_is_spent_before_it_is_compared() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    // The second transaction fails: whoever stops the program there has spent the try.
    for left in (0..5).rev() {
        bench
            .backend
            .faults()
            .fail_method("begin", 2, || Fault::Busy);
        assert_eq!(kind(submit(&mut bench, &code)), Kind::Busy);
        assert_eq!(newest(&mut bench).tries, 5 - left);
    }
    assert_eq!(why_not(&mut bench, &code), WhyNot::Exhausted);
}

/// Takes a token in a transaction whose commit will fail.
struct FailingCommit(Sink, Faults, Around);

impl ImmediateSink for FailingCommit {
    fn ready(&mut self) -> io::Result<()> {
        self.0.ready()
    }

    fn offer(&mut self, issued: &Issued) -> io::Result<()> {
        self.1.fail_commit(self.2, || Fault::Busy);
        self.0.offer(issued)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.0.finish()
    }
}

#[test]
fn a_commit_that_fails_makes_no_token_and_uses_no_code() {
    for around in [Around::Before, Around::After] {
        let mut bench = mailing();
        let code = mailed(&mut bench, None);
        let mut sink = FailingCommit(Sink::default(), bench.backend.faults(), around);
        let failed = otp::validate(&mut bench.core, &submission(&code), &mut sink).unwrap_err();
        assert!(
            matches!(failed.kind(), Kind::Busy | Kind::Undelivered),
            "{failed}"
        );
        assert_ne!(bench.reason(&sink.0.took[0]), "valid");
    }
}

/// Where a token is handed to, once a newer code was asked for.
struct Overtaken(Sink, TestStore, Option<String>);

impl ImmediateSink for Overtaken {
    fn ready(&mut self) -> io::Result<()> {
        // The first look is before the try is spent, the second right before the token is made.
        if self.0.steps.len() == 1 {
            self.1.wait(MINUTE);
            self.2 = Some(mailed(&mut self.1, None));
        }
        self.0.ready()
    }

    fn offer(&mut self, issued: &Issued) -> io::Result<()> {
        self.0.offer(issued)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.0.finish()
    }
}

#[test]
fn an_older_code_does_not_use_up_a_newer_one() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    let mut sink = Overtaken(Sink::default(), bench.another(), None);
    let answer = otp::validate(&mut bench.core, &submission(&code), &mut sink).unwrap();
    let refused = matches!(answer, Answer::Refused(no) if no.reason == WhyNot::WrongCode);
    assert!(refused && sink.0.took.is_empty());
    exchange(&mut bench, &sink.2.take().unwrap());
}

/// Where a code is printed.
struct Printer {
    fails_at: Option<Step>,
    took: Option<String>,
}

impl ImmediateSink<Requested> for Printer {
    fn ready(&mut self) -> io::Result<()> {
        self.reach(Step::Ready)
    }

    fn offer(&mut self, new: &Requested) -> io::Result<()> {
        self.took = Some(new.code.expose().to_owned());
        self.reach(Step::Offer)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.reach(Step::Finish)
    }
}

impl Printer {
    fn reach(&self, step: Step) -> io::Result<()> {
        if self.fails_at == Some(step) {
            Err(io::ErrorKind::BrokenPipe.into())
        } else {
            Ok(())
        }
    }
}

#[test]
fn a_code_that_could_not_be_printed_is_not_good() {
    for step in [Step::Ready, Step::Offer, Step::Finish] {
        let mut bench = mailing();
        let requested = ask(&mut bench, None).unwrap();
        let mut printer = Printer {
            fails_at: Some(step),
            took: None,
        };
        let failed = otp::reveal(&mut bench.core, &requested, &mut printer);
        assert_eq!(kind(failed), Kind::Undelivered);
        assert_eq!(
            why_not(&mut bench, requested.code.expose()),
            WhyNot::Cancelled
        );
        assert_eq!(
            outbox::count(&mut bench.core).unwrap(),
            0,
            "its mail is withdrawn"
        );
    }
    let mut bench = mailing();
    let requested = ask(&mut bench, None).unwrap();
    let mut printer = Printer {
        fails_at: None,
        took: None,
    };
    otp::reveal(&mut bench.core, &requested, &mut printer).unwrap();
    exchange(&mut bench, &printer.took.unwrap());
}

#[test]
fn a_profile_whose_address_changes_has_no_pending_code() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    let edit = |bench: &mut TestStore, email: &str| {
        let email = hallpass::ops::edit::Change::Set(p(email));
        let edits = Edits {
            email,
            ..Edits::default()
        };
        profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    };
    edit(&mut bench, "ANNA@example.com");
    assert_eq!(
        newest(&mut bench).state,
        CodeState::Pending,
        "the same mailbox"
    );
    edit(&mut bench, "other@example.com");
    assert_eq!(why_not(&mut bench, &code), WhyNot::Cancelled);
}

#[test]
fn codes_for_what_was_deleted_are_not_pending() {
    let mut bench = mailing();
    bench.environment("test");
    let binding = Binding {
        environment: Some(p("test")),
        ..binding("ci", "hr")
    };
    otp::request(
        &mut bench.core,
        &Request {
            binding,
            device: None,
            asked_from: None,
        },
    )
    .unwrap();
    assert_eq!(otp::list(&mut bench.core, None, false).unwrap().len(), 1);
    hallpass::ops::environment::delete(&mut bench.core, &p("test")).unwrap();
    assert_eq!(otp::list(&mut bench.core, None, false).unwrap(), []);
}

#[test]
fn what_is_found_must_be_of_the_binding_that_was_asked_for() {
    let mut bench = mailing();
    let edits = Edits {
        any_connection: true,
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    mailed(&mut bench, None);
    bench.wait(MINUTE);
    let request = Request {
        binding: binding("ci", "crm"),
        device: None,
        asked_from: None,
    };
    let code = otp::request(&mut bench.core, &request).unwrap().code;
    // As no program writes it: the entry of one binding leads to the codes of another.
    let both = bench
        .core
        .read(|r| Ok((exchange_of(r, "hr"), exchange_of(r, "crm"))));
    let ((of_hr, hr), (of_crm, _)) = both.unwrap();
    let lead = |bench: &mut TestStore, id: RecordId| {
        let entry = Unique::Codes(hr.profile, hr.connection, hr.environment);
        bench.core.write(|w| w.reindex(entry, id)).unwrap();
    };
    lead(&mut bench, of_crm);
    assert_eq!(kind(submit(&mut bench, code.expose())), Kind::Integrity);
    assert_eq!(kind(ask(&mut bench, None)), Kind::Integrity);
    lead(&mut bench, of_hr);
}
