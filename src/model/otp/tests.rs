use super::*;

/// Hands out these numbers, one after the other.
struct Numbers(Vec<u32>);

impl Entropy for Numbers {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), NoRandomness> {
        out.copy_from_slice(&self.0.remove(0).to_le_bytes());
        Ok(())
    }
}

fn at(seconds: i64) -> Time {
    Time::from_seconds(seconds)
}

fn drawn(numbers: &[u32]) -> String {
    let mut entropy = Numbers(numbers.to_vec());
    let code = Code::generate(&mut entropy).unwrap();
    assert!(entropy.0.is_empty(), "all were needed");
    code.expose().to_owned()
}

#[test]
fn every_code_is_as_likely_as_any_other() {
    assert_eq!(drawn(&[7]), "00000007");
    assert_eq!(drawn(&[4_199_999_999]), "99999999");
    assert_eq!(drawn(&[4_200_000_000, u32::MAX, 123_456_789]), "23456789");
}

#[test]
fn a_code_is_read_as_people_copy_it() {
    let parsed = |text: &str| Code::parse(text).map(|code| code.expose().to_owned()).ok();
    let spaced = format!("{}1234-5678{}", " ".repeat(27), "\n".repeat(28));
    assert_eq!(spaced.len(), 64);
    for text in ["12345678", "1234 5678", "1-2-3-4-5-6-7-8\r\n", &spaced] {
        assert_eq!(parsed(text).as_deref(), Some("12345678"), "{text:?}");
    }
    let longer = spaced + " ";
    for text in [
        "",
        "1234567",
        "123456789",
        "1234567a",
        "１２３４５６７８",
        "1234_5678",
        &longer,
    ] {
        assert_eq!(parsed(text), None, "{text:?}");
    }
    let code = Code::parse("1234 5678").unwrap();
    assert_eq!(code.text().expose(), "12345678");
}

const BOOT: BootTime = BootTime {
    boot: [1; 16],
    seconds: 5_000,
};

fn record() -> CodeRecord {
    CodeRecord {
        id: CodeId::generate(&mut crate::entropy::OsEntropy).unwrap(),
        mac: [0; 32],
        kid: 1,
        device: None,
        sent_to: "a@example.org".parse().unwrap(),
        created_at: at(1_000),
        expires_at: at(1_600),
        boot: BOOT,
        tries: 0,
        end: None,
        delivery: Delivery::Queued(None),
        message: None,
    }
}

fn after_boot(seconds: i64) -> BootTime {
    BootTime { seconds, ..BOOT }
}

#[test]
fn a_code_expires_by_either_clock() {
    let code = record();
    assert!(!code.is_expired(at(1_599), after_boot(5_000)));
    assert!(code.is_expired(at(1_600), after_boot(5_000)));
    assert!(!code.is_expired(at(1_000), after_boot(5_599)));
    assert!(code.is_expired(at(1_000), after_boot(5_600)));
}

#[test]
fn a_clock_since_boot_that_went_back_is_not_believed_and_that_of_another_boot_not_asked() {
    let code = record();
    assert!(code.is_expired(at(1_000), after_boot(4_999)));
    let rebooted = |seconds| BootTime {
        boot: [2; 16],
        seconds,
    };
    assert!(!code.is_expired(at(1_599), rebooted(9_000)));
    assert!(!code.is_expired(at(1_599), rebooted(0)));
    assert!(code.is_expired(at(1_600), rebooted(5_000)));
}

#[test]
fn the_state_of_a_code_is_its_end_then_its_time_then_its_attempts() {
    let token = || TokenId::new(7);
    let ended = |how| {
        let end = CodeEnd { at: at(1), how };
        let mut code = record();
        (code.end, code.tries) = (Some(end), CodeRecord::ATTEMPTS);
        code.state(at(9_999), BOOT)
    };
    assert_eq!(ended(Ending::Used(token())), CodeState::Used);
    assert_eq!(ended(Ending::UsedForGood(token())), CodeState::Used);
    assert_eq!(ended(Ending::Cancelled), CodeState::Cancelled);
    assert_eq!(ended(Ending::Replaced), CodeState::Replaced);
    assert_eq!(ended(Ending::Undelivered), CodeState::Undelivered);
    let mut code = record();
    assert_eq!(code.state(at(1_000), BOOT), CodeState::Pending);
    code.tries = 4;
    assert_eq!(code.state(at(1_000), BOOT), CodeState::Pending);
    code.tries = 5;
    assert_eq!(code.state(at(1_000), BOOT), CodeState::Exhausted);
    assert_eq!(code.state(at(1_600), BOOT), CodeState::Expired);
}

#[test]
fn only_a_mail_that_may_not_have_been_sent_has_a_cause() {
    let why = || "no route".to_owned();
    let said = [
        Delivery::Queued(None),
        Delivery::Queued(Some(why())),
        Delivery::Sent(at(1)),
        Delivery::Outbox(at(1)),
        Delivery::Failed(why()),
        Delivery::Uncertain(why()),
    ]
    .map(|delivery| (delivery.word(), delivery.cause().map(str::to_owned)));
    let expected = [
        ("queued", None),
        ("queued", Some(why())),
        ("sent", None),
        ("outbox", None),
        ("failed", Some(why())),
        ("uncertain", Some(why())),
    ];
    assert_eq!(said, expected);
}

#[test]
fn each_state_has_a_word_of_its_own() {
    let words = CodeState::ALL.map(CodeState::word);
    let expected = [
        "pending",
        "used",
        "expired",
        "cancelled",
        "replaced",
        "exhausted",
        "undelivered",
    ];
    assert_eq!(words, expected);
}

#[test]
fn the_next_mail_waits_for_the_longest_of_the_limits() {
    let next = |mailed: &[i64], now: i64| {
        let mailed = mailed.iter().copied().map(at).collect();
        let free = Pace::OF_A_BINDING.next(mailed, at(now));
        free.map(Time::seconds)
    };
    assert_eq!(next(&[], 0), None);
    assert_eq!(next(&[1_000], 1_059), Some(1_060));
    assert_eq!(next(&[1_000], 1_060), None);
    assert_eq!(next(&[5_000], 1_000), Some(5_060), "the clock went back");
    let four = [300, 100, 200, 400];
    assert_eq!(next(&four, 460), None);
    let five = [300, 100, 500, 200, 400];
    assert_eq!(next(&five, 560), Some(3_700));
    assert_eq!(next(&five, 3_699), Some(3_700));
    assert_eq!(next(&five, 3_700), None);
    let day: Vec<i64> = (0..20).map(|n| n * 1_000).collect();
    assert_eq!(next(&day, 30_000), Some(86_400));
    assert_eq!(next(&day[1..], 30_000), None);
}

#[test]
fn a_mail_is_forgotten_when_no_limit_counts_it() {
    let mut mailed: Vec<_> = [100, 101, 90_000].map(at).into();
    Pace::OF_AN_ADDRESS.forget(&mut mailed, at(86_499));
    assert_eq!(mailed.len(), 3);
    Pace::OF_AN_ADDRESS.forget(&mut mailed, at(86_500));
    assert_eq!(mailed, [101, 90_000].map(at));
}

fn budget(attempts: std::ops::Range<i64>) -> Budget {
    let mut budget = Budget::new(RecordId::from_bytes([1; 16]));
    attempts.for_each(|seconds| budget.debit(at(seconds)));
    budget
}

#[test]
fn a_profile_has_ten_attempts_an_hour() {
    assert_eq!(budget(0..9).next_attempt(at(9)), None);
    let spent = budget(0..10);
    assert_eq!(spent.next_attempt(at(10)), Some(at(3_600)));
    assert_eq!(spent.next_attempt(at(3_599)), Some(at(3_600)));
    assert_eq!(spent.next_attempt(at(3_600)), None);
    let later = budget(0..25);
    assert_eq!(later.tries, (15..25).map(at).collect::<Vec<_>>());
    assert_eq!(later.next_attempt(at(25)), Some(at(3_615)));
}

#[test]
fn a_right_attempt_is_given_back_alone() {
    let mut budget = budget(0..10);
    budget.credit();
    assert_eq!(budget.failures, 0);
    assert_eq!(budget.tries, (0..9).map(at).collect::<Vec<_>>());
}

#[test]
fn a_hundred_failures_in_a_row_lock_a_profile() {
    assert!(!budget(0..99).is_locked());
    assert!(budget(0..100).is_locked());
    let mut budget = budget(0..100);
    budget.credit();
    assert!(!budget.is_locked());
    budget.failures = u32::MAX;
    budget.debit(at(1));
    assert!(budget.is_locked());
}
