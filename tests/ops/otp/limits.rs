//! How often and how long a code can be tried, and what outsiders can tell.

use super::*;

#[test]
fn five_wrong_tries_end_a_code() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    for _ in 0..5 {
        assert_eq!(why_not(&mut bench, &other(&code)), WhyNot::WrongCode);
    }
    assert_eq!(why_not(&mut bench, &code), WhyNot::Exhausted);
}

#[test]
fn the_fifth_try_may_be_the_right_one() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    for _ in 0..4 {
        why_not(&mut bench, &other(&code));
    }
    exchange(&mut bench, &code);
}

#[test]
fn tries_belong_to_the_profile_and_outlast_what_is_sent_again() {
    let mut bench = mailing();
    for _ in 0..2 {
        let code = mailed(&mut bench, None);
        for _ in 0..5 {
            assert_eq!(why_not(&mut bench, &other(&code)), WhyNot::WrongCode);
        }
        bench.wait(MINUTE);
    }
    // Ten in an hour: another code would be good for nothing.
    let error = ask(&mut bench, None).unwrap_err();
    let free = match error {
        Error::Throttled(free) => free.seconds(),
        other => panic!("{other}"),
    };
    assert_eq!(free, bench.now().seconds() - 2 * MINUTE + HOUR);
    bench.wait(free - bench.now().seconds() - 1);
    assert_eq!(kind(ask(&mut bench, None)), Kind::Throttled);
    bench.wait(1);
    let code = mailed(&mut bench, None);
    exchange(&mut bench, &code);
}

#[test]
fn a_spent_budget_takes_no_try_at_any_code() {
    let mut bench = mailing();
    let edits = Edits {
        any_connection: true,
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    for _ in 0..3 {
        let code = mailed(&mut bench, None);
        for _ in 0..3 {
            why_not(&mut bench, &other(&code));
        }
        bench.wait(5 * MINUTE);
    }
    let request = Request {
        binding: binding("ci", "crm"),
        device: None,
        asked_from: None,
    };
    let right = otp::request(&mut bench.core, &request).unwrap().code;
    let tried = |bench: &mut TestStore, code: &str| {
        let tried = Submission {
            binding: binding("ci", "crm"),
            ..submission(code)
        };
        otp::validate(&mut bench.core, &tried, &mut Sink::default())
    };
    let wrong = tried(&mut bench, &other(right.expose())).unwrap();
    assert!(matches!(wrong, Answer::Refused(_)), "the tenth in an hour");
    assert_eq!(kind(tried(&mut bench, right.expose())), Kind::Throttled);
    assert_eq!(newest(&mut bench).tries, 1, "nothing was compared");
    // Until the first of them is an hour ago.
    bench.wait(45 * MINUTE - 1);
    assert_eq!(kind(tried(&mut bench, right.expose())), Kind::Throttled);
}

#[test]
fn a_right_try_gives_back_its_own_and_no_other() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    for _ in 0..5 {
        why_not(&mut bench, &other(&code));
    }
    bench.wait(MINUTE);
    let code = mailed(&mut bench, None);
    for _ in 0..4 {
        why_not(&mut bench, &other(&code));
    }
    exchange(&mut bench, &code);
    bench.wait(MINUTE);
    // Nine in this hour were wrong.
    let code = mailed(&mut bench, None);
    assert_eq!(why_not(&mut bench, &other(&code)), WhyNot::WrongCode);
    assert_eq!(kind(submit(&mut bench, &code)), Kind::Throttled);
}

#[test]
fn a_hundred_wrong_tries_in_a_row_lock_the_way_until_an_operator_acts() {
    let mut bench = mailing();
    for _ in 0..20 {
        let code = mailed(&mut bench, None);
        for _ in 0..5 {
            assert_eq!(why_not(&mut bench, &other(&code)), WhyNot::WrongCode);
        }
        bench.wait(2 * HOUR);
    }
    assert!(matches!(ask(&mut bench, None), Err(Error::Locked(_))));
    bench.wait(30 * DAY);
    assert!(matches!(ask(&mut bench, None), Err(Error::Locked(_))));
    let edits = Edits {
        unlock: true,
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    let code = mailed(&mut bench, None);
    exchange(&mut bench, &code);
}

#[test]
fn a_right_code_forgets_the_wrong_ones_before_it() {
    let mut bench = mailing();
    for _ in 0..30 {
        let code = mailed(&mut bench, None);
        for _ in 0..4 {
            why_not(&mut bench, &other(&code));
        }
        exchange(&mut bench, &code);
        bench.wait(2 * HOUR);
    }
}

#[test]
fn codes_are_a_minute_apart_five_an_hour_and_twenty_a_day() {
    let mut bench = mailing();
    let start = bench.now().seconds();
    ask(&mut bench, None).unwrap();
    bench.wait(MINUTE - 1);
    let early = ask(&mut bench, None).unwrap_err();
    assert!(
        matches!(early, Error::TooSoon(at) if at.seconds() == start + MINUTE),
        "{early}"
    );
    bench.wait(1);
    for _ in 1..5 {
        ask(&mut bench, None).unwrap();
        bench.wait(MINUTE);
    }
    assert_eq!(kind(ask(&mut bench, None)), Kind::Throttled);
    bench.wait(start + HOUR - bench.now().seconds());
    let mut sent = 5;
    while bench.now().seconds() < start + DAY {
        sent += u32::from(ask(&mut bench, None).is_ok());
        bench.wait(13 * MINUTE);
    }
    assert_eq!(sent, 20);
    ask(&mut bench, None).unwrap();
}

#[test]
fn a_code_ends_after_ten_minutes() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    bench.wait(LIFE - 1);
    let early = bench.core.store.read(|r| Ok(r.epoch())).unwrap();
    assert!(early > 0);
    exchange(&mut bench, &code);
    bench.wait(MINUTE);
    let code = mailed(&mut bench, None);
    bench.wait(LIFE);
    assert_eq!(why_not(&mut bench, &code), WhyNot::Expired);
}

#[test]
fn a_clock_that_was_set_back_makes_no_code_good_again() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    bench.wait(LIFE);
    bench.environment("later");
    // Within the slack the latest time that the store has seen counts.
    bench.clock.set_back(200);
    assert_eq!(why_not(&mut bench, &code), WhyNot::Expired);
    bench.clock.set_back(200);
    assert_eq!(kind(submit(&mut bench, &code)), Kind::Clock);
    assert_eq!(kind(ask(&mut bench, None)), Kind::Clock);
}

#[test]
fn the_clock_since_boot_ends_a_code_whatever_the_wall_clock_says() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    bench.clock.run(LIFE - 1);
    exchange(&mut bench, &code);
    bench.wait(MINUTE);
    let code = mailed(&mut bench, None);
    bench.clock.run(LIFE);
    assert_eq!(why_not(&mut bench, &code), WhyNot::Expired);
    // It does not run backwards either: then nothing it says is believed.
    bench.wait(MINUTE);
    let code = mailed(&mut bench, None);
    bench.clock.run(-1);
    assert_eq!(why_not(&mut bench, &code), WhyNot::Expired);
    bench.clock.run(1);
    // After another boot that clock says nothing.
    bench.wait(MINUTE);
    let code = mailed(&mut bench, None);
    bench.clock.reboot();
    exchange(&mut bench, &code);
}

#[test]
fn all_spellings_of_a_name_share_one_budget() {
    let mut bench = mailing();
    bench.rename("ci", "Anna.Smith-1");
    let code = {
        let binding = binding("anna.smith-1", "hr");
        let asked = Request {
            binding,
            device: None,
            asked_from: None,
        };
        otp::request(&mut bench.core, &asked).unwrap().code
    };
    let mut compared = 0;
    for n in 0..200_u32 {
        let spelled: String = "anna.smith-1"
            .chars()
            .enumerate()
            .map(|(i, c)| {
                if n >> (i % 8) & 1 == 1 {
                    c.to_ascii_uppercase()
                } else {
                    c
                }
            })
            .collect();
        let wrong = Submission {
            binding: binding(&spelled, "hr"),
            ..submission(&other(code.expose()))
        };
        let answer = otp::validate(&mut bench.core, &wrong, &mut Sink::default());
        compared += u32::from(
            matches!(answer, Ok(Answer::Refused(refused)) if refused.reason == WhyNot::WrongCode),
        );
    }
    assert_eq!(compared, 5);
}

#[test]
fn asked_from_outside_nobody_can_tell_who_is_there() {
    let mut bench = mailing();
    let asked = |bench: &mut TestStore, profile: &str, connection: &str| {
        let before = bench.epoch();
        let binding = binding(profile, connection);
        let answer = otp::request(
            &mut bench.core,
            &Request {
                binding,
                device: None,
                asked_from: None,
            },
        );
        // What an outside interface answers: trouble of this side, or the same to all.
        assert!(answer.as_ref().err().is_none_or(otp::is_for_operators));
        bench.epoch() - before
    };
    let tried = |bench: &mut TestStore, profile: &str, code: &str| {
        let before = bench.epoch();
        let wrong = Submission {
            binding: binding(profile, "hr"),
            ..submission(code)
        };
        let answer = otp::validate(&mut bench.core, &wrong, &mut Sink::default());
        match answer {
            Ok(Answer::Refused(_)) => {}
            Ok(Answer::Exchanged(_)) => panic!("it was good"),
            Err(error) => assert!(otp::is_for_operators(&error), "{error}"),
        }
        bench.epoch() - before
    };
    for round in 0..100 {
        let known = asked(&mut bench, "ci", "hr");
        let unknown = asked(&mut bench, "nobody", "hr");
        let forbidden = asked(&mut bench, "ci", "crm");
        assert_eq!((known, unknown, forbidden), (1, 1, 1), "round {round}");
        let known = tried(&mut bench, "ci", "00000001");
        let unknown = tried(&mut bench, "nobody", "00000001");
        assert_eq!((known, unknown), (2, 2), "round {round}");
        bench.wait(40);
    }
}

/// T31: whatever the clocks do between two steps, what has ended does not begin again.
#[test]
fn no_jump_of_a_clock_makes_an_ended_code_good() {
    const YEAR: i64 = 365 * DAY;
    for forward in [LIFE, LIFE + 1, HOUR, DAY, 10 * YEAR] {
        for back in [1, 30, 299, 301, HOUR, DAY, 10 * YEAR] {
            let mut bench = mailing();
            let code = mailed(&mut bench, None);
            bench.wait(forward);
            assert_eq!(why_not(&mut bench, &code), WhyNot::Expired, "{forward}");
            bench.clock.set_back(back);
            bench.clock.reboot();
            match submit(&mut bench, &code) {
                Ok(Answer::Refused(refused)) => assert_eq!(refused.reason, WhyNot::Expired),
                Ok(Answer::Exchanged(_)) => panic!("good again after {forward} and -{back}"),
                Err(error) => assert_eq!(error.kind(), Kind::Clock, "{forward} and -{back}"),
            }
        }
    }
}
