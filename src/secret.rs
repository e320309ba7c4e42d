//! Secret types: no `Display`, `Clone`, `PartialEq` or `Serialize`; wiped on drop.

use std::fmt;

use data_encoding::BASE64;
use zeroize::Zeroizing;

/// Text that must not leak: a password, a passphrase, an encoded token.
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes ownership of `text`, without copying it.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text. This is the only access to it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(..)")
    }
}

/// Bytes that must not leak: the content of a key file, a decrypted record.
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes ownership of `bytes`, without copying them.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Decodes one text in base64 (RFC 4648, section 4), padded at its end; `None` if it is anything
    /// else.
    pub fn from_base64(text: &str) -> Option<Self> {
        // The decoder reads several padded texts in a row as one.
        if text.trim_end_matches('=').contains('=') {
            return None;
        }
        let mut bytes = Zeroizing::new(vec![0; BASE64.decode_len(text.len()).ok()?]);
        let length = BASE64.decode_mut(text.as_bytes(), &mut bytes).ok()?;
        bytes.truncate(length);
        Some(Self(bytes))
    }

    /// The bytes. This is the only access to them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_one_text_that_is_padded_at_its_end() {
        let decoded = |text: &str| {
            let bytes = SecretBytes::from_base64(text)?;
            Some(String::from_utf8(bytes.expose().to_vec()).unwrap())
        };
        for (text, bytes) in [("", ""), ("YQ==", "a"), ("YWI=", "ab"), ("YWJj", "abc")] {
            assert_eq!(decoded(text).as_deref(), Some(bytes), "{text}");
        }
        for text in [
            "YQ",
            "YQ=",
            "YQ===",
            "YR==",
            "=",
            "====",
            "YQ==YQ==",
            "YWI=YWJj",
            "YWJj YWJj",
            "YW_j",
        ] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
