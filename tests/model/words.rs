//! Names, texts, devices, keys: what they may be, and how they are compared.

use hallpass::model::id::{ApiKey, RecordId};
use hallpass::model::name::{ConnectionName, EnvironmentName, GroupName, ProfileName, TokenName};
use hallpass::model::text::{Device, FreeText, Guide};
use hallpass::model::token::Encoding;

use super::{are_read, are_refused, read, refusal};

#[test]
fn names_are_short_plain_ascii() {
    are_read::<ProfileName>(&[
        "a",
        "7",
        "Anna.B_c-d@e+f",
        "hpass",
        "hpas_x",
        &"x".repeat(64),
    ]);
    are_refused::<ProfileName>(&[
        "",
        " ",
        "a b",
        " a",
        "a\n",
        "-a",
        ".a",
        "_a",
        "@a",
        "a/b",
        "../a",
        "a\\b",
        "é",
        "a\u{0}",
        "a\u{202e}b",
        "a\u{200b}",
        "\u{1b}[31m",
        "hpass_",
        "hpass_x",
        "ci-hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez",
        "HPASS_x",
        "Hpass_01",
        &"x".repeat(65),
    ]);
}

#[test]
fn what_restricts_is_never_called_any() {
    for text in ["any", "Any", "ANY"] {
        are_refused::<ConnectionName>(&[text]);
        are_refused::<GroupName>(&[text]);
        are_refused::<Device>(&[text]);
        are_read::<ProfileName>(&[text]);
        are_read::<EnvironmentName>(&[text]);
        are_read::<TokenName>(&[text]);
    }
    are_refused::<Device>(&[" any ", "\u{ff21}\u{ff2e}\u{ff39}"]);
    are_read::<ConnectionName>(&["any-1", "anyone", "many"]);
    are_read::<Device>(&["any desk"]);
    let refusal = refusal::<ConnectionName>("any").unwrap();
    assert!(refusal.why.contains("means no restriction"));
}

#[test]
fn names_are_compared_without_regard_to_case() {
    let (one, two): (GroupName, GroupName) =
        ("Sales.NL".parse().unwrap(), "sales.nl".parse().unwrap());
    assert!(one.same_as(&two));
    assert_eq!(one.canonical(), two.canonical());
    assert_eq!(one.canonical().as_str(), "sales.nl");
    assert_ne!(one, two, "shown as typed");
}

#[test]
fn a_token_is_named_after_its_device_as_far_as_names_go() {
    for (device, name) in [
        ("Jan's laptop", "Jan-s-laptop"),
        ("  büro/3 ", "b-ro-3"),
        ("(server)", "server-"),
        ("日本", "device"),
        ("hpass_x", "device"),
        (&"x".repeat(64), &"x".repeat(64)),
    ] {
        let device: Device = device.parse().unwrap();
        assert_eq!(TokenName::from_device(&device).as_str(), name);
    }
}

#[test]
fn texts_are_one_clean_line() {
    are_read::<FreeText>(&["x", "Ζωή & Frères ⅓ 日本語 👍", &"é".repeat(1000)]);
    are_refused::<FreeText>(&[
        "",
        "  ",
        "a\nb",
        "a\tb",
        "a\u{7f}",
        "a\u{85}b",
        "\u{1b}[2J",
        "a\u{200d}b",
        "a\u{2066}b",
        "a\u{feff}",
        &"é".repeat(1001),
    ]);
    assert_eq!(
        read::<FreeText>("\t  two words \n").as_deref(),
        Some("two words")
    );
    assert_eq!(read::<FreeText>("e\u{301}").as_deref(), Some("é"));
    assert!(refusal::<Device>(&"x".repeat(64)).is_none());
    assert!(refusal::<Device>(&"x".repeat(65)).is_some());
}

#[test]
fn a_guide_has_lines_and_at_most_64_kib() {
    assert_eq!(
        read::<Guide>("# One\r\n\ttwo\n").as_deref(),
        Some("# One\n\ttwo\n")
    );
    are_read::<Guide>(&[&"x".repeat(65_536)]);
    are_refused::<Guide>(&[
        "",
        "\n \n",
        "a\rb",
        "a\u{1b}c",
        "a\u{202e}b",
        &"x".repeat(65_537),
    ]);
}

#[test]
fn a_refused_character_is_named() {
    let refusal = refusal::<FreeText>("a\u{202e}b").unwrap().to_string();
    assert!(refusal.contains("U+202E"), "{refusal}");
    assert!(!refusal.contains('\u{202e}'));
}

#[test]
fn devices_are_compared_by_nfkc_without_regard_to_case() {
    for (one, two) in [
        ("Laptop", "lAPTOP"),
        ("ＬＡＰＴＯＰ １", "laptop 1"),
        ("MAẞE", "masse"),
        ("Maße", "MASSE"),
        ("ΟΔΟΣ", "οδος"),
        ("ﬁle", "FILE"),
        ("É", "e\u{301}"),
    ] {
        let (one, two): (Device, Device) = (one.parse().unwrap(), two.parse().unwrap());
        assert!(one.same_as(&two), "{one} {two}");
    }
    let (one, two): (Device, Device) = ("Büro".parse().unwrap(), "Buro".parse().unwrap());
    assert!(!one.same_as(&two));
}

#[test]
fn keys_are_32_hex_digits_of_any_case_shown_upper() {
    let key: ApiKey = "00112233445566778899aabbccddeeFF".parse().unwrap();
    assert_eq!(key.to_string(), "00112233445566778899AABBCCDDEEFF");
    are_refused::<ApiKey>(&[
        "",
        "0011",
        &"g".repeat(32),
        &"0".repeat(31),
        &"0".repeat(64),
    ]);
    are_read::<RecordId>(&["00112233445566778899aabbccddeeff"]);
}

#[test]
fn forms_have_words() {
    for form in Encoding::ALL {
        assert_eq!(form.to_string().parse::<Encoding>(), Ok(form));
    }
    assert_eq!(Encoding::default(), Encoding::Native);
    assert!("NATIVE".parse::<Encoding>().is_err());
}
