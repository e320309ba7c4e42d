//! What is looked for: secrets in every spelling a leak may have.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use data_encoding::{BASE32_NOPAD, BASE64, HEXLOWER, HEXUPPER};
use hallpass::model::token::Token;

/// How many bytes of a secret are looked for first.
const HEAD: usize = 4;

/// What a secret looks like, wherever it is.
pub(super) struct Needle {
    pub(super) name: String,
    spellings: Vec<Vec<u8>>,
}

impl Needle {
    /// A text, as it is and as programs that leak write it.
    pub(super) fn text(name: &str, secret: &str) -> Self {
        let bytes = secret.as_bytes();
        let wide = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
        Self {
            name: name.to_owned(),
            spellings: [vec![wide], spellings(bytes)].concat(),
        }
    }

    pub(super) fn bytes(name: &str, secret: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            spellings: spellings(secret),
        }
    }

    pub(super) fn is_in(&self, hay: &[u8]) -> bool {
        find(std::slice::from_ref(self), hay).is_some()
    }
}

/// The first needle that is somewhere in `hay`: one pass for all of them.
pub(super) fn find<'a>(needles: &'a [Needle], hay: &[u8]) -> Option<&'a Needle> {
    let mut starts: HashMap<&[u8], Vec<(&Needle, &[u8])>> = HashMap::new();
    for needle in needles {
        for spelling in &needle.spellings {
            starts
                .entry(&spelling[..HEAD])
                .or_default()
                .push((needle, spelling));
        }
    }
    hay.windows(HEAD).enumerate().find_map(|(at, head)| {
        let begun = starts.get(head)?;
        begun
            .iter()
            .find(|(_, spelling)| hay[at..].starts_with(spelling))
            .map(|(it, _)| *it)
    })
}

pub(super) fn spellings(bytes: &[u8]) -> Vec<Vec<u8>> {
    // Base64 of a text that begins at another third looks otherwise; its middle is enough.
    let thirds =
        (0..3).map(|skip| BASE64.encode(&bytes[skip..skip + (bytes.len() - skip) / 3 * 3]));
    let hex = [HEXLOWER.encode(bytes), HEXUPPER.encode(bytes)];
    let texts = thirds.chain(hex).map(String::into_bytes);
    // What is shorter than this turns up by chance.
    texts
        .chain([bytes.to_vec()])
        .filter(|it| it.len() >= 6)
        .collect()
}

/// Needles for a token: all its spellings, its secret half, and what proves that it is one.
pub(super) fn token(name: &str, spelled: &str) -> Vec<Needle> {
    let token = Token::parse(spelled.trim()).unwrap();
    let (bytes, secret) = (token.bytes(), &token.bytes()[8..]);
    assert_eq!(bytes.len(), 32);
    let native = Needle::text(name, spelled.trim());
    vec![
        native,
        Needle::bytes(name, bytes),
        Needle::bytes(name, secret),
    ]
}

/// Needles for a key file: its text and its 32 bytes.
pub(super) fn key_file(path: &Path) -> Vec<Needle> {
    let line = fs::read_to_string(path).unwrap();
    let key = line.split(':').nth(2).unwrap();
    let name = format!("the key in {}", path.display());
    let bytes = BASE32_NOPAD.decode(key.as_bytes()).unwrap();
    vec![Needle::text(&name, key), Needle::bytes(&name, &bytes)]
}

/// A recovery code, with and without its dashes.
pub(super) fn recovery(path: &Path) -> Vec<Needle> {
    let code = fs::read_to_string(path).unwrap();
    let code = code.trim();
    assert_eq!(code.len(), 44);
    let name = format!("the code in {}", path.display());
    vec![
        Needle::text(&name, code),
        Needle::text(&name, &code.replace('-', "")),
    ]
}
