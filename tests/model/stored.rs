//! Text in JSON, compact in the store, and checked again on the way out of either.

use std::fmt::Debug;

use hallpass::model::address::AddressRange;
use hallpass::model::email::EmailAddress;
use hallpass::model::id::{ApiKey, EnvironmentKey, RecordId, TokenId};
use hallpass::model::name::ProfileName;
use hallpass::model::text::{Device, FreeText, Guide};
use hallpass::model::time::{Span, Time};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Asserts what a value is in JSON and how long it is in the store, and that it comes back.
#[track_caller]
fn kept<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, json: &str, stored: usize) {
    assert_eq!(serde_json::to_string(value).unwrap(), format!("\"{json}\""));
    assert_eq!(
        serde_json::from_str::<T>(&format!("\"{json}\"")).unwrap(),
        *value
    );
    let bytes = postcard::to_allocvec(value).unwrap();
    assert_eq!(bytes.len(), stored);
    assert_eq!(postcard::from_bytes::<T>(&bytes).unwrap(), *value);
}

/// Asserts that what the store holds does not pass as a `T`.
#[track_caller]
fn kept_out<T: DeserializeOwned + Debug>(stored: &impl Serialize) {
    let bytes = postcard::to_allocvec(stored).unwrap();
    postcard::from_bytes::<T>(&bytes).unwrap_err();
}

#[test]
fn values_are_text_in_json_and_compact_in_the_store() {
    let hex = "000102030405060708090A0B0C0D0E0F";
    kept::<ApiKey>(&hex.parse().unwrap(), hex, 16);
    kept::<EnvironmentKey>(&hex.parse().unwrap(), hex, 16);
    kept::<RecordId>(&hex.parse().unwrap(), &hex.to_lowercase(), 16);
    kept(&TokenId::new(127), "hpass_00000000023", 1);
    kept(
        &Time::from_seconds(1_764_000_000),
        "2025-11-24T16:00:00Z",
        5,
    );
    kept::<Span>(&"90d".parse().unwrap(), "90d", 4);
    kept::<AddressRange>(&"10.0.0.0/8".parse().unwrap(), "10.0.0.0/8", 6);
    kept::<AddressRange>(&"2001:db8::/32".parse().unwrap(), "2001:db8::/32", 18);
    kept::<ProfileName>(&"Anna".parse().unwrap(), "Anna", 5);
    kept::<Device>(&"Büro".parse().unwrap(), "Büro", 6);
    kept::<EmailAddress>(&"a@b.nl".parse().unwrap(), "a@b.nl", 7);
}

#[test]
fn what_a_store_holds_is_checked_again() {
    kept_out::<ProfileName>(&"not a name");
    kept_out::<FreeText>(&"a\u{1b}[2Jb");
    kept_out::<Guide>(&"");
    kept_out::<Device>(&"x".repeat(65));
    kept_out::<EmailAddress>(&"a@b.nl\nBcc: c@d.nl");
    kept_out::<Span>(&0_i64);
    kept_out::<Span>(&-60_i64);
    kept_out::<Span>(&61_i64);
    kept_out::<AddressRange>(&"10.1.2.3/8".parse::<ipnet::IpNet>().unwrap());
}

#[test]
fn what_a_store_refuses_is_not_repeated() {
    let error = serde_json::from_str::<ProfileName>("\"se cret\"")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("not a name") && !error.contains("cret"),
        "{error}"
    );
}
