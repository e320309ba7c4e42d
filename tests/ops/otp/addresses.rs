//! How often one mailbox gets a code, whoever asks and for whatever.

use hallpass::model::id::CodeId;

use super::*;

/// As [`mailing`], with two profiles of one address, a third of another, and a choice of connections.
fn crowded() -> TestStore {
    let mut bench = mailing();
    for n in 0..20 {
        bench.connection(&format!("c{n}"));
    }
    let any = Edits {
        any_connection: true,
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &any).unwrap();
    for (name, email) in [("build", "Anna@EXAMPLE.com"), ("web", "web@example.com")] {
        bench.profile(name, &[]);
        let email = hallpass::ops::edit::Change::Set(p(email));
        profile::edit(
            &mut bench.core,
            &p(name),
            &Edits {
                email,
                ..Edits::default()
            },
        )
        .unwrap();
    }
    bench
}

fn ask_for(bench: &mut TestStore, profile: &str, connection: &str) -> Result<CodeId, Error> {
    let binding = binding(profile, connection);
    let request = Request {
        binding,
        device: None,
        asked_from: None,
    };
    otp::request(&mut bench.core, &request).map(|requested| requested.summary.id)
}

/// Asks for what was not asked for yet, by turns for both profiles.
fn ask_anew(bench: &mut TestStore, n: usize) -> Result<CodeId, Error> {
    ask_for(bench, ["ci", "build"][n % 2], &format!("c{}", n / 2 % 20))
}

#[test]
fn a_mailbox_that_nobody_has_for_a_while_is_not_forgotten() {
    let mut bench = crowded();
    let start = bench.now().seconds();
    let email = |bench: &mut TestStore, address: &str| {
        let email = hallpass::ops::edit::Change::Set(p(address));
        let edits = Edits {
            email,
            ..Edits::default()
        };
        profile::edit(&mut bench.core, &p("web"), &edits).unwrap();
    };
    ask_for(&mut bench, "web", "c0").unwrap();
    email(&mut bench, "elsewhere@example.com");
    email(&mut bench, "WEB@example.com");
    assert_eq!(free_at(ask_for(&mut bench, "web", "c1")), start + 10);
    profile::delete(&mut bench.core, &p("web")).unwrap();
    bench.profile("web", &[]);
    email(&mut bench, "web@example.com");
    assert_eq!(free_at(ask_for(&mut bench, "web", "c1")), start + 10);
    bench.wait(24 * HOUR);
    let kept = bench.backend.tables().obj.len();
    email(&mut bench, "elsewhere@example.com");
    assert_eq!(
        bench.backend.tables().obj.len(),
        kept,
        "one address came, the other went"
    );
    ask_for(&mut bench, "web", "c1").unwrap();
}

#[track_caller]
fn free_at(asked: Result<CodeId, Error>) -> i64 {
    match asked {
        Err(Error::TooSoon(free)) => free.seconds(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_mailbox_gets_a_code_every_ten_seconds_ten_an_hour_and_forty_a_day_at_most() {
    let mut bench = crowded();
    let start = bench.now().seconds();
    ask_anew(&mut bench, 0).unwrap();
    assert_eq!(
        free_at(ask_anew(&mut bench, 1)),
        start + 10,
        "another profile, the same mailbox"
    );
    bench.wait(9);
    assert_eq!(
        free_at(ask_anew(&mut bench, 2)),
        start + 10,
        "another connection"
    );
    ask_for(&mut bench, "web", "c0").unwrap();
    for n in 1..10 {
        bench.wait(start + 10 * n - bench.now().seconds());
        // Whoever has the store open.
        let mut another = bench.another();
        ask_anew(&mut another, usize::try_from(n).unwrap()).unwrap();
    }
    bench.wait(10);
    assert_eq!(free_at(ask_anew(&mut bench, 10)), start + HOUR);
    // An hour after the first there is room for one, and ten seconds later for the next.
    bench.wait(start + HOUR - bench.now().seconds() - 1);
    assert_eq!(free_at(ask_anew(&mut bench, 10)), start + HOUR);
    bench.wait(1);
    let mut mailed = 10;
    while bench.now().seconds() < start + DAY - 2 * MINUTE {
        let asked = ask_anew(&mut bench, mailed);
        mailed += usize::from(asked.is_ok());
        assert!(asked.is_ok() || asked.is_err_and(|it| matches!(it, Error::TooSoon(_))));
        bench.wait(2 * MINUTE);
    }
    assert_eq!(mailed, 40);
    assert_eq!(free_at(ask_anew(&mut bench, mailed)), start + DAY);
    bench.wait(start + DAY - bench.now().seconds());
    ask_anew(&mut bench, mailed).unwrap();
}

#[test]
fn the_later_of_two_limits_counts() {
    let mut bench = crowded();
    let start = bench.now().seconds();
    ask_for(&mut bench, "ci", "hr").unwrap();
    assert_eq!(free_at(ask_for(&mut bench, "ci", "hr")), start + MINUTE);
    bench.wait(MINUTE - 5);
    ask_for(&mut bench, "ci", "c0").unwrap();
    assert_eq!(free_at(ask_for(&mut bench, "ci", "hr")), start + MINUTE + 5);
}

#[test]
fn a_mail_that_never_left_does_not_count() {
    let mut bench = crowded();
    for n in 0..12 {
        let request = Request {
            binding: binding("ci", &format!("c{n}")),
            device: None,
            asked_from: None,
        };
        let requested = otp::request(&mut bench.core, &request).unwrap();
        let mut box_ = Letterbox::bouncing(&[SendError::Permanent("no such mailbox".to_owned())]);
        let sent = outbox::send_one(&mut bench.core, requested.message, &mut box_, &mut |_| ());
        assert!(matches!(sent, Ok(Delivery::Failed(_))), "{sent:?}");
    }
    // One that may have left does.
    let request = Request {
        binding: binding("ci", "hr"),
        device: None,
        asked_from: None,
    };
    let requested = otp::request(&mut bench.core, &request).unwrap();
    let mut box_ = Letterbox::bouncing(&[SendError::Uncertain("silence".to_owned())]);
    outbox::send_one(&mut bench.core, requested.message, &mut box_, &mut |_| ()).unwrap();
    assert_eq!(free_at(ask_anew(&mut bench, 1)), bench.now().seconds() + 10);
}

#[test]
fn a_clock_that_was_set_back_frees_no_mailbox() {
    let mut bench = crowded();
    let start = bench.now().seconds();
    ask_anew(&mut bench, 0).unwrap();
    bench.clock.set_back(200);
    assert_eq!(free_at(ask_anew(&mut bench, 1)), start + 10);
}
