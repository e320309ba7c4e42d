//! T17: many at once.

use std::thread;

use hallpass::barrier::Acceptance;

use super::*;

/// Racers for one code.
const RACERS: usize = 64;
/// Rounds after which the store is made anew: a store in memory is copied for each transaction.
const ROUNDS: usize = 20;

/// Lets all submit at once; says what they got.
fn race(benches: &mut [TestStore], codes: &[String]) -> Vec<Result<Answer, Error>> {
    thread::scope(|scope| {
        let racers = benches.iter_mut().zip(codes.iter().cycle());
        let racers: Vec<_> = racers
            .map(|(it, code)| scope.spawn(move || submit(it, code)))
            .collect();
        racers
            .into_iter()
            .map(|racer| racer.join().unwrap())
            .collect()
    })
}

/// Lets all submit the right code, in many rounds; exactly one gets a token each time.
fn rounds(count: usize) {
    let mut won = 0;
    for _ in 0..count.div_ceil(ROUNDS) {
        let mut bench = mailing();
        let mut benches: Vec<_> = (0..RACERS).map(|_| bench.racer()).collect();
        for _ in 0..ROUNDS.min(count) {
            let code = mailed(&mut bench, None);
            let answers = race(&mut benches, &[code]);
            let tokens = answers
                .iter()
                .filter(|it| matches!(it, Ok(Answer::Exchanged(_))))
                .count();
            assert_eq!(tokens, 1, "{answers:?}");
            won += tokens;
            bench.wait(2 * HOUR);
        }
        assert_eq!(
            bench.tokens(&token::Filter::default()).len(),
            ROUNDS.min(count)
        );
    }
    assert!(won >= count);
}

#[test]
fn of_many_with_the_right_code_exactly_one_gets_a_token() {
    rounds(10);
}

/// 10,000 rounds of 64 racers: some minutes.
#[test]
#[ignore = "takes minutes; run with --ignored full_"]
fn full_of_many_with_the_right_code_exactly_one_gets_a_token() {
    rounds(10_000);
}

#[test]
fn of_many_wrong_codes_no_more_than_five_are_compared() {
    let mut bench = mailing();
    let mut benches: Vec<_> = (0..RACERS).map(|_| bench.racer()).collect();
    for _ in 0..10 {
        let code = mailed(&mut bench, None);
        let number: u32 = code.parse().unwrap();
        let wrong = |n: u32| format!("{:08}", (number + 1 + n) % 100_000_000);
        let codes: Vec<_> = (0..64).map(wrong).collect();
        let answers = race(&mut benches, &codes);
        let compared = |it: &&Result<Answer, Error>| matches!(it, Ok(Answer::Refused(no)) if no.reason == WhyNot::WrongCode);
        assert_eq!(answers.iter().filter(compared).count(), 5, "{answers:?}");
        assert!(
            answers
                .iter()
                .all(|it| !matches!(it, Ok(Answer::Exchanged(_))))
        );
        bench.wait(2 * HOUR);
    }
}

#[test]
fn a_restored_store_has_no_pending_codes() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    let before = bench.backend.tables();
    exchange(&mut bench, &code);
    bench.backend.restore(before);
    hallpass::ops::store::accept(&mut bench.core, Acceptance::Rollback).unwrap();
    assert_eq!(why_not(&mut bench, &code), WhyNot::Cancelled);
}

#[test]
fn a_restored_store_sends_no_mail_that_waited() {
    let mut bench = mailing();
    let waiting = ask(&mut bench, None).unwrap();
    assert_eq!(outbox::count(&mut bench.core).unwrap(), 1, "the premise");
    hallpass::ops::store::accept(&mut bench.core, Acceptance::Rollback).unwrap();
    assert_eq!(outbox::count(&mut bench.core).unwrap(), 0);
    let mut box_ = Letterbox::default();
    outbox::send_due(&mut bench.core, &mut box_).unwrap();
    let one = outbox::send_one(&mut bench.core, waiting.message, &mut box_, &mut |_| ());
    assert!(
        one.is_ok() && box_.took.is_empty(),
        "{one:?}, {:?}",
        box_.took
    );
}
