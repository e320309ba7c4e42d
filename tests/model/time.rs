//! Durations and dates.

use hallpass::model::time::{Expiry, Span, Time, When};
use proptest::prelude::*;

use super::{are_read, are_refused, read, refusal};

#[test]
fn durations_have_a_unit_that_cannot_be_mistaken() {
    are_read::<Span>(&["30m", "12h", "90d", "56d", "1y", "100y"]);
    for (given, shown, seconds) in [
        ("60m", "1h", 3_600),
        ("2w", "14d", 1_209_600),
        ("365d", "1y", 31_536_000),
    ] {
        assert_eq!(read::<Span>(given).as_deref(), Some(shown));
        assert_eq!(given.parse::<Span>().unwrap().seconds(), seconds);
    }
    are_refused::<Span>(&[
        "",
        "d",
        "30",
        "0d",
        "-1d",
        "+1d",
        "01d",
        "1.5h",
        "1 d",
        " 1d",
        "1d ",
        "1s",
        "1M",
        "1mo",
        "1D",
        "1day",
        "1d12h",
        "PT1H",
        "١d",
        "1ｄ",
        "101y",
        "36501d",
        "9223372036854775807y",
        "99999999999999999999d",
        "1d\u{200b}",
    ]);
    let refusal = refusal::<Span>("1mo").unwrap().to_string();
    assert!(
        refusal.contains("minutes, hours, days, weeks, years"),
        "{refusal}"
    );
}

#[test]
fn dates_are_rfc_3339_or_the_start_of_a_day() {
    are_read::<Time>(&[
        "1970-01-01T00:00:00Z",
        "2026-11-24T12:00:00Z",
        "9999-12-31T23:59:59Z",
    ]);
    for (given, shown) in [
        ("2026-11-24", "2026-11-24T00:00:00Z"),
        ("2026-11-24T12:00:00+02:00", "2026-11-24T10:00:00Z"),
        ("2026-11-24t12:00:00z", "2026-11-24T12:00:00Z"),
        ("2026-11-24T12:00:00.999Z", "2026-11-24T12:00:00Z"),
        ("1969-12-31T23:30:00-01:00", "1970-01-01T00:30:00Z"),
        ("2028-02-29", "2028-02-29T00:00:00Z"),
    ] {
        assert_eq!(read::<Time>(given).as_deref(), Some(shown));
    }
    are_refused::<Time>(&[
        "",
        "today",
        "2026",
        "2026-11",
        "20261124",
        "2026-1-1",
        "2026-13-01",
        "2026-02-29",
        "24-11-2026",
        "11/24/2026",
        "2026-11-24T12:00:00",
        "2026-11-24T12:00Z",
        "2026-11-24 12:00:00Z",
        "2026-11-24T12:00:000Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T12:61:00Z",
        "2026-11-24T12:00:00+25:00",
        "2026-11-24T12:00:00+02",
        "2026-11-24T12:00:00.Z",
        "2026-11-24T12:00:00Z[UTC]",
        "2026-11-24T12:00:00Zx",
        "1969-12-31",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59-01:00",
        "-000001-01-01",
        "٢026-11-24",
        " 2026-11-24",
        "1764000000",
    ]);
}

#[test]
fn an_end_is_a_duration_a_date_or_never() {
    let now = Time::from_seconds(1_000_000_000);
    let day = Time::from_seconds(1_000_086_400);
    assert_eq!("1d".parse::<Expiry>().unwrap().resolve(now), Some(day));
    assert_eq!("1d".parse::<When>().unwrap().resolve(now), day);
    assert_eq!("never".parse::<Expiry>().unwrap().resolve(now), None);
    assert!("never".parse::<When>().is_err());
    let date: Expiry = "2026-12-31".parse().unwrap();
    assert_eq!(
        date.resolve(now).unwrap().to_string(),
        "2026-12-31T00:00:00Z"
    );
    for text in ["Never", "", "tomorrow", "1mo", "90"] {
        assert!(text.parse::<Expiry>().is_err(), "{text}");
    }
}

#[test]
fn the_end_of_time_is_not_passed() {
    assert_eq!(Time::LAST.plus(Span::LONGEST), Time::LAST);
    assert_eq!(Time::LAST.to_string(), "9999-12-31T23:59:59Z");
    assert_eq!(
        Time::from_seconds(i64::MAX).to_string(),
        "9999-12-31T23:59:59Z"
    );
    assert!(!Time::from_seconds(i64::MIN).to_string().is_empty());
}

proptest! {
    #[test]
    fn every_second_has_a_text_of_its_own(seconds in 0..=Time::LAST.seconds()) {
        let time = Time::from_seconds(seconds);
        prop_assert_eq!(time.to_string().parse(), Ok(time));
    }

    #[test]
    fn every_span_has_a_text_of_its_own(minutes in 1..=Span::LONGEST.seconds() / 60) {
        let span = Span::from_seconds(minutes * 60).unwrap();
        prop_assert_eq!(span.to_string().parse(), Ok(span));
    }
}
