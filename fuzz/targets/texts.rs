//! What people, files and requests write: names, times, addresses and options.
//!
//! A text that is read is written as one that is read as the same.
#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use hallpass::barrier::recovery::RecoveryCode;
use hallpass::http::{AccessLog, Address, Door, HeaderField, HealthUrl, PublicUrl, TrustedPeer};
use hallpass::model::address::AddressRange;
use hallpass::model::audit::LogHead;
use hallpass::model::email::EmailAddress;
use hallpass::model::guide::Template;
use hallpass::model::id::{ApiKey, EnvironmentKey, TokenId};
use hallpass::model::mail::{Sender, Transport};
use hallpass::model::name::{
    ConnectionName, EnvironmentName, GroupName, ProfileName, RequestId, TokenName,
};
use hallpass::model::otp::Code;
use hallpass::model::text::{Device, FreeText, Guide};
use hallpass::model::time::{Expiry, Overlap, Since, Span, Time, When};
use hallpass::model::token::{Encoding, TokenAddress, holds_token};
use hallpass::ops::audit::{ActionFilter, ProfileRef};
use hallpass::ops::otp::UserId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    // What is a name may be shown, logged and put in a header.
    for shown in [
        same::<ProfileName>(text),
        same::<ConnectionName>(text),
        same::<EnvironmentName>(text),
        same::<GroupName>(text),
        same::<TokenName>(text),
        same::<RequestId>(text),
    ]
    .into_iter()
    .flatten()
    {
        assert!(shown.bytes().all(|byte| byte.is_ascii_graphic()) && !holds_token(&shown));
    }
    for shown in [same::<Device>(text), same::<FreeText>(text)]
        .into_iter()
        .flatten()
    {
        assert!(!holds_token(&shown), "a text has a token in it");
    }
    if let Some(shown) = same::<Device>(text) {
        assert!(!shown.contains(char::is_control));
        let device: Device = text.parse().unwrap();
        let name = TokenName::from_device(&device);
        same::<TokenName>(name.as_str()).expect("a device names no token");
        same::<TokenName>(name.numbered(u32::MAX).as_str()).expect("a number is no name");
    }
    same::<Guide>(text);
    same::<AddressRange>(text);
    same::<EmailAddress>(text);
    same::<TokenAddress>(text);
    same::<Encoding>(text);
    same::<ApiKey>(text);
    same::<EnvironmentKey>(text);
    same::<TokenId>(text);
    same::<LogHead>(text);
    same::<Sender>(text);
    same::<Transport>(text);
    same::<Template>(text);
    same::<Span>(text);
    same::<Time>(text);
    same::<Address>(text);
    same::<Door>(text);
    same::<HealthUrl>(text);
    same::<HeaderField>(text);
    same::<PublicUrl>(text);
    same::<TrustedPeer>(text);
    ensure_times(text);
    // These are read, and not written.
    let _ = text.parse::<AccessLog>();
    let _ = text.parse::<UserId>();
    let _ = text.parse::<ProfileRef>();
    let _ = text.parse::<ActionFilter>();
    let _ = RecoveryCode::parse(text);
    if let Ok(code) = Code::parse(text) {
        let digits = code.expose();
        assert!(digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_digit()));
    }
});

/// A text that is read is written, and read as the same again. Returns how it is written.
fn same<T>(text: &str) -> Option<String>
where
    T: FromStr<Err: Debug> + Display + Debug + PartialEq,
{
    let value: T = text.parse().ok()?;
    let shown = value.to_string();
    let again: T = shown.parse().unwrap_or_else(|error| {
        panic!("{text:?} is written as {shown:?}, which is not read: {error:?}")
    });
    assert_eq!(again, value, "{text:?} is written as {shown:?}");
    Some(shown)
}

/// What is relative to now is a time, however far away that is.
fn ensure_times(text: &str) {
    let now = Time::from_seconds(1_795_521_600);
    let when = text.parse::<When>().map(|when| when.resolve(now));
    let since = text.parse::<Since>().map(|since| since.resolve(now));
    let expiry = text.parse::<Expiry>().map(|expiry| expiry.resolve(now));
    let overlap = text.parse::<Overlap>().map(|overlap| overlap.end(now));
    let resolved = [when.ok(), since.ok(), expiry.ok().flatten(), overlap.ok()];
    for time in resolved.into_iter().flatten() {
        same::<Time>(&time.to_string()).expect("a time is not read");
    }
}
