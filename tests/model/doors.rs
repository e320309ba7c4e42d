//! Outside text becomes a type at the door, or stays outside.

use hallpass::model::address::AddressRange;
use hallpass::model::email::EmailAddress;
use hallpass::model::id::{ApiKey, EnvironmentKey, RecordId, TokenId};
use hallpass::model::invalid::Invalid;
use hallpass::model::mail::{Authorities, MailPassword, Sender, Transport};
use hallpass::model::name::{ConnectionName, EnvironmentName, GroupName, ProfileName, TokenName};
use hallpass::model::text::{Device, FreeText, Guide, drives_terminal};
use hallpass::model::time::{Expiry, Span, Time, When};
use hallpass::model::token::TokenAddress;
use proptest::prelude::*;

use super::{read, refusal};

/// A parser, as its name and what it says of a text it refuses.
type Door = (&'static str, fn(&str) -> Option<Invalid>);

/// Every parser there is.
const DOORS: [Door; 23] = [
    ("profile", refusal::<ProfileName>),
    ("connection", refusal::<ConnectionName>),
    ("environment", refusal::<EnvironmentName>),
    ("token name", refusal::<TokenName>),
    ("group", refusal::<GroupName>),
    ("text", refusal::<FreeText>),
    ("device", refusal::<Device>),
    ("guide", refusal::<Guide>),
    ("e-mail", refusal::<EmailAddress>),
    ("range", refusal::<AddressRange>),
    ("record id", refusal::<RecordId>),
    ("API key", refusal::<ApiKey>),
    ("environment key", refusal::<EnvironmentKey>),
    ("token id", refusal::<TokenId>),
    ("token address", refusal::<TokenAddress>),
    ("time", refusal::<Time>),
    ("span", refusal::<Span>),
    ("when", refusal::<When>),
    ("expiry", refusal::<Expiry>),
    ("way of mail", refusal::<Transport>),
    ("sender", refusal::<Sender>),
    ("mail password", refusal::<MailPassword>),
    ("certificates", refusal::<Authorities>),
];

#[test]
fn all_of_unicode_is_sorted_into_shown_and_refused() {
    let mut refused = 0;
    for c in '\0'..=char::MAX {
        let text: Result<FreeText, _> = format!("a{c}b").parse();
        assert_eq!(text.is_err(), drives_terminal(c), "{}", c.escape_unicode());
        assert!(!text.is_ok_and(|text| text.as_str().chars().any(drives_terminal)));
        let named = format!("a{c}").parse::<ProfileName>().is_ok();
        assert_eq!(named, c.is_ascii_alphanumeric() || "._-@+".contains(c));
        refused += u32::from(drives_terminal(c));
    }
    let must = "\0\u{1b}\u{7f}\u{9b}\u{ad}\u{61c}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\
                \u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2064}\u{2066}\u{2069}\u{fe0f}\u{feff}\
                \u{fff9}\u{fffb}\u{e0001}\u{e007f}\n\r\t";
    assert!(must.chars().all(drives_terminal));
    assert!(
        !" aé日👍\u{301}\u{a0}\u{3000}\u{fffd}"
            .chars()
            .any(drives_terminal)
    );
    // Default ignorable, controls, two separators, interlinear annotation: as Unicode 17 counts.
    assert_eq!(refused, 4_174 + 65 + 2 + 3);
}

#[test]
fn what_is_huge_is_refused_in_few_words() {
    for text in ["a", "9", "/", ".", "@", "é", "\u{301}", "<", "0", " "] {
        let text = text.repeat(65_537);
        for (door, refusal) in DOORS {
            let refusal = refusal(&text).unwrap_or_else(|| panic!("{door} took 64 KiB"));
            assert!(refusal.to_string().len() < 250, "{door}: {refusal}");
        }
    }
}

proptest! {
    #[test]
    fn no_text_brings_a_parser_down_or_comes_back_in_its_message(
        text in prop_oneof!["\\PC{0,80}", "[-0-9a-fTZ:.+/@hpas_]{0,80}", any::<String>()],
    ) {
        // A mark that no message holds, at either end.
        for marked in [format!("{text}QXQ"), format!("QXQ{text}"), format!("hpass_QXQ{text}")] {
            for (door, refusal) in DOORS {
                if let Some(refusal) = refusal(&marked) {
                    prop_assert!(!refusal.to_string().contains("QXQ"), "{}", door);
                }
            }
        }
    }

    #[test]
    fn what_was_read_reads_the_same_again(text in "\\PC{1,80}") {
        if let Some(once) = read::<FreeText>(&text) {
            prop_assert_eq!(read::<FreeText>(&once), Some(once));
        }
        if let Ok(device) = text.parse::<Device>() {
            let canonical = device.canonical();
            if let Ok(again) = canonical.parse::<Device>() {
                let twice = again.canonical();
                prop_assert_eq!(twice.trim(), canonical.trim());
            }
            prop_assert!(TokenName::from_device(&device).as_str().parse::<TokenName>().is_ok());
        }
    }
}
