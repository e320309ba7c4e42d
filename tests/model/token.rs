//! A token's spellings, its address, and what a slip of the finger makes of it (T18).

use hallpass::entropy::{Entropy, NoRandomness};
use hallpass::model::id::TokenId;
use hallpass::model::token::{Encoding, Malformed, Token, TokenAddress, looks_like_token};
use proptest::prelude::*;

use super::Repeatable;

// The vector of docs/file-format.md, made by another program.
const NATIVE: &str = "hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez";
const ID: &str = "hpass_063UfDVRKBz";
const HEX: &str = "0123456789ABCDEF000102030405060708090A0B0C0D0E0F1011121314151617";
const XML: &str = "<token><version>1</version><data>\
                   0123456789ABCDEF000102030405060708090A0B0C0D0E0F1011121314151617</data></token>";
const HEADER: &str = "AfasToken PHRva2VuPjx2ZXJzaW9uPjE8L3ZlcnNpb24+PGRhdGE+MDEyMzQ1Njc4OUFCQ0RF\
                      RjAwMDEwMjAzMDQwNTA2MDcwODA5MEEwQjBDMEQwRTBGMTAxMTEyMTMxNDE1MTYxNzwvZGF0YT48L\
                      3Rva2VuPg==";

fn spellings() -> [(Encoding, &'static str); 4] {
    [
        (Encoding::Native, NATIVE),
        (Encoding::Xml, XML),
        (Encoding::Hex, HEX),
        (Encoding::Header, HEADER),
    ]
}

fn generated(seed: u64) -> Token {
    Token::generate(&mut Repeatable(seed)).unwrap()
}

#[test]
fn the_vector_is_read_and_spelt_in_every_form() {
    for (form, text) in spellings() {
        let token = Token::parse(text).unwrap();
        assert_eq!(data_encoding::HEXUPPER.encode(token.bytes()), HEX);
        assert_eq!(token.id().to_string(), ID);
        assert_eq!(token.id().number(), 0x0123_4567_89ab_cdef);
        assert_eq!(token.id().bytes(), token.bytes()[..8]);
        assert_eq!(token.encode(form).expose(), text);
    }
}

#[test]
fn blanks_around_and_line_ends_in_the_xml_are_tolerated() {
    let in_base64 = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
    for text in [
        format!("  {NATIVE}\r\n"),
        format!("\t{HEX}\n"),
        format!("\n{XML}\r\n"),
        format!("AFASTOKEN   {}\r\n", in_base64(XML)),
        format!("afastoken {}", in_base64(&format!("{XML}\r\n"))),
        in_base64(XML),
        in_base64(&format!("{XML}\r\n")),
    ] {
        assert_eq!(Token::parse(&text).unwrap().id().to_string(), ID, "{text}");
    }
}

#[test]
fn bare_hex_is_refused_from_afar() {
    for (form, text) in spellings() {
        assert_eq!(Token::parse_remote(text).is_err(), form == Encoding::Hex);
    }
}

/// The decoder reads several in a row as one.
#[test]
fn base64_is_padded_at_its_end_alone() {
    let one = data_encoding::BASE64.encode(XML.as_bytes());
    assert!(one.ends_with('='), "the premise");
    assert!(Token::parse(&one).is_ok());
    let blanks = data_encoding::BASE64.encode(b"\r\n ");
    for text in [format!("{one}{blanks}"), format!("AfasToken {one}{blanks}")] {
        assert!(Token::parse(&text).is_err(), "{text}");
    }
}

#[test]
fn what_is_no_token_is_malformed() {
    for text in [
        "",
        " ",
        "x",
        "é",
        ID,
        "hpass_",
        &NATIVE[..55],
        &format!("{NATIVE}0"),
        &NATIVE.to_uppercase(),
        &NATIVE.replace("063U", "063\u{fe0e}U"),
        &HEX.to_lowercase(),
        &HEX[..62],
        &format!("{HEX}00"),
        &XML.replace("<version>1", "<version>2"),
        &XML.replace("<token>", "<token> "),
        &XML.replace("ABCDEF", "abcdef"),
        &format!("{XML}x"),
        &HEADER.replace("AfasToken ", "Bearer "),
        &HEADER.replace("AfasToken ", "AfasToken"),
        &HEADER[..HEADER.len() - 1],
        &format!("AfasToken {HEX}"),
        &format!("AfasToken {NATIVE}"),
        &"A".repeat(1_000_000),
        &format!("{NATIVE}{}{NATIVE}", " ".repeat(1_000)),
    ] {
        assert_eq!(Token::parse(text).err(), Some(Malformed), "{text:.80}");
        assert_eq!(
            Token::parse_remote(text).err(),
            Some(Malformed),
            "{text:.80}"
        );
    }
}

#[test]
fn groups_have_largest_values() {
    // The largest of each; then id 2^64, secret 2^192 with the right sums; then a sum + 2^32.
    let largest = "hpass_LygHa16AHYF2lFA6LboL2xx0ldQH2K1TdSrwuqMMiME30nUVUv";
    assert_eq!(Token::parse(largest).unwrap().bytes(), &[255; 32]);
    let smallest = "hpass_000000000000000000000000000000000000000000002J9wRI";
    assert_eq!(Token::parse(smallest).unwrap().bytes(), &[0; 32]);
    for text in [
        "hpass_LygHa16AHYG0000000000000000000000000000000000nSNPu",
        "hpass_000000000002lFA6LboL2xx0ldQH2K1TdSrwuqMMiME43bZeSo",
        "hpass_000000000000000000000000000000000000000000006zpBdM",
    ] {
        assert!(Token::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_token_never_shows_itself() {
    let token = Token::parse(NATIVE).unwrap();
    assert_eq!(format!("{token:?}"), "Token(..)");
    assert_eq!(
        format!("{:?}", token.encode(Encoding::Native)),
        "SecretText(..)"
    );
    assert_eq!(Malformed.to_string(), "not a token");
}

#[test]
fn without_randomness_there_is_no_token() {
    struct Dry;
    impl Entropy for Dry {
        fn fill(&mut self, _: &mut [u8]) -> Result<(), NoRandomness> {
            Err(NoRandomness)
        }
    }
    assert!(Token::generate(&mut Dry).is_err());
}

/// Tries every slip of one character and every swap of two neighbours, and counts them.
fn slips(native: &str) -> u32 {
    let mut tried = 0;
    let mut refuse = |slip: &[u8]| {
        let text = std::str::from_utf8(slip).unwrap();
        assert!(
            Token::parse(text).is_err() && Token::parse_remote(text).is_err(),
            "{text}"
        );
        tried += 1;
    };
    for at in 0..native.len() {
        let mut slip = native.as_bytes().to_vec();
        for c in (b'!'..=b'~').filter(|c| *c != native.as_bytes()[at]) {
            slip[at] = c;
            refuse(&slip);
        }
        let mut swap = native.as_bytes().to_vec();
        if swap.get(at + 1).is_some_and(|next| *next != swap[at]) {
            swap.swap(at, at + 1);
            refuse(&swap);
        }
    }
    tried
}

#[test]
fn no_slip_of_the_finger_makes_another_token() {
    let tried: u32 = (0..20)
        .map(|seed| slips(generated(seed).encode(Encoding::Native).expose()))
        .sum();
    assert!(tried > 20 * 56 * 93, "{tried}");
}

#[test]
#[ignore = "T18 in full, 5 million slips: cargo test --release -- --ignored full_"]
fn full_no_slip_of_the_finger_makes_another_token() {
    let tried: u32 = (0..1_000)
        .map(|seed| slips(generated(seed).encode(Encoding::Native).expose()))
        .sum();
    assert!(tried > 3_400_000, "{tried}");
}

#[test]
fn a_token_is_addressed_by_name_or_id() {
    for text in ["github/ci", "Anna@x.nl/my-laptop", ID] {
        assert_eq!(text.parse::<TokenAddress>().unwrap().to_string(), text);
    }
    for text in [
        "",
        "github",
        "/",
        "github/",
        "/ci",
        "a/b/c",
        "../b",
        "a/../b",
        "hpass_",
        "hpass_x",
        "hpass_063UfDVRKB",
        "hpass_zzzzzzzzzzz",
        "a/hpass_b",
        "a b/c",
    ] {
        assert!(text.parse::<TokenAddress>().is_err(), "{text}");
    }
}

#[test]
fn a_whole_token_where_an_id_belongs_is_not_repeated() {
    let slip = format!("{}x", &NATIVE[..55]);
    let lower = HEX.to_lowercase();
    let spellings = [
        NATIVE,
        XML,
        HEX,
        HEADER,
        &HEADER[10..],
        &slip,
        &lower,
        &NATIVE[..40],
    ];
    for text in spellings {
        assert!(
            looks_like_token(text) && looks_like_token(&format!(" {text}\n")),
            "{text}"
        );
        let refused = text.parse::<TokenAddress>().unwrap_err();
        let message = format!("{refused} {}", refused.hint.clone().unwrap_or_default());
        assert!(message.contains("`--token-file -`"), "{message}");
        assert!(message.contains(ID) || *text == lower, "{message}");
        let rest = message.replace(ID, "").into_bytes();
        let is_said = |part: &[u8]| rest.windows(part.len()).any(|said| said == part);
        assert!(!text.as_bytes().windows(8).any(is_said), "{message}");
    }
    for text in [
        "github/ci",
        ID,
        "x",
        "",
        "0123456789ABCDEF",
        "hpass",
        "token",
    ] {
        assert!(!looks_like_token(text), "{text}");
    }
}

proptest! {
    #[test]
    fn every_token_survives_every_spelling(seed: u64) {
        let token = generated(seed);
        for form in Encoding::ALL {
            let text = token.encode(form);
            let back = Token::parse(text.expose()).unwrap();
            prop_assert_eq!(back.bytes(), token.bytes());
            prop_assert!(looks_like_token(text.expose()));
        }
        let native = token.encode(Encoding::Native);
        prop_assert_eq!(native.expose().len(), 56);
        prop_assert!(native.expose().starts_with(&token.id().to_string()));
        prop_assert_eq!(token.id().to_string().parse(), Ok(token.id()));
    }

    #[test]
    fn no_text_brings_the_parser_down(
        text in prop_oneof![any::<String>(), "hpass_[0-9A-Za-z]{50}", "AfasToken [0-9A-Za-z+/=]{152}", "<token>\\PC{0,120}"],
    ) {
        prop_assert!(Token::parse(&text).is_err());
        let _ = (looks_like_token(&text), text.parse::<TokenAddress>());
    }

    #[test]
    fn every_number_is_an_id(number: u64) {
        let id = TokenId::new(number);
        prop_assert_eq!(id.to_string().len(), TokenId::LENGTH);
        prop_assert_eq!(id.to_string().parse(), Ok(id));
    }
}
