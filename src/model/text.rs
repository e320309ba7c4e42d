//! Text that people write: descriptions, devices and guides.

use unicode_normalization::UnicodeNormalization;

use super::any::{ANY, RESERVED};
use super::invalid::Invalid;
use super::token::shape::holds_token;
use super::validated::validated;

validated!(
    /// A description or a reason: one line of 1 to 1,000 characters in NFC, without spaces at
    /// either end.
    FreeText,
    |text| line("a text", text, 1_000)
);
validated!(
    /// The device on which a token is used: one line of 1 to 64 characters, displayed as typed,
    /// compared by [`Device::canonical`].
    Device,
    device
);
validated!(
    /// A walkthrough in Markdown, at most 64 KiB; its lines end in a line feed.
    Guide,
    guide
);

impl Device {
    /// The normal form for comparison: NFKC, without regard to case.
    ///
    /// Lower-, upper- and lower-casing again is the closest the standard library gets to Unicode's
    /// case folding: lower-casing alone would distinguish `MASSE`, `Maße` and `MAẞE`, and `Σ`, `σ`
    /// and `ς`. It goes character by character, because `str::to_lowercase` produces another sigma
    /// at the end of a word. Folding can undo the normal form, so NFKC is applied again at the end.
    pub fn canonical(&self) -> String {
        folded(&self.0)
    }

    /// Whether both are the same device.
    pub fn same_as(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }
}

/// The folding of [`Device::canonical`].
fn folded(text: &str) -> String {
    let lower = text.nfkc().flat_map(char::to_lowercase);
    lower
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfkc()
        .collect()
}

fn device(text: &str) -> Result<String, Invalid> {
    const WHAT: &str = "a device";
    let text = line(WHAT, text, 64)?;
    if folded(&text) == ANY {
        return Err(Invalid::new(WHAT, RESERVED));
    }
    Ok(text)
}

/// The maximum length of a guide, in bytes.
const GUIDE: usize = 64 * 1024;

/// The maximum length of a line before normalization, in bytes: composed text of 1,000 characters
/// never comes near it.
const LINE: usize = 16 * 1024;

fn line(what: &'static str, text: &str, longest: usize) -> Result<String, Invalid> {
    let too_long = || Invalid::new(what, format!("use 1 to {longest} characters"));
    if text.len() > LINE {
        return Err(too_long());
    }
    let text: String = text.trim().nfc().collect();
    if text.is_empty() || text.chars().count() > longest {
        return Err(too_long());
    }
    shown(what, &text, &[])?;
    if holds_token(&text) {
        let why = "it holds a token, which would be stored and shown";
        return Err(Invalid::new(what, why));
    }
    Ok(text)
}

fn guide(text: &str) -> Result<String, Invalid> {
    const WHAT: &str = "a guide";
    if text.len() > GUIDE {
        return Err(Invalid::new(WHAT, "use at most 64 KiB"));
    }
    if text.trim().is_empty() {
        return Err(Invalid::new(WHAT, "it is empty"));
    }
    let text = text.replace("\r\n", "\n");
    shown(WHAT, &text, &['\n', '\t'])?;
    Ok(text)
}

/// Refuses characters that control a terminal. The error names the character, because it may be
/// invisible.
fn shown(what: &'static str, text: &str, except: &[char]) -> Result<(), Invalid> {
    let Some(bad) = text
        .chars()
        .find(|c| drives_terminal(*c) && !except.contains(c))
    else {
        return Ok(());
    };
    let code = u32::from(bad);
    let why = format!("it contains U+{code:04X}; control and invisible characters are not allowed");
    Err(Invalid::new(what, why))
}

/// Whether a terminal would interpret `c`, or show nothing for it, instead of displaying it.
///
/// These are controls (C0, DEL, C1), line and paragraph separators, interlinear annotation, and
/// everything that Unicode calls `Default_Ignorable_Code_Point` (`DerivedCoreProperties.txt`):
/// bidirectional controls, zero-width characters, joiners, fillers, variation selectors, tags.
pub fn drives_terminal(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
        )
}
