//! Key files: one ASCII line that opens one store.
//!
//! `HALLPASS-KEY-1:<store_id, 32 hex>:<key, 52 base32>:<CRC-32 of what precedes, 8 hex>`

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use zeroize::Zeroizing;

use crate::barrier::store_id::StoreId;
use crate::crypto::Key;
use crate::error::{Error, Result};
use crate::secret::SecretText;

/// The prefix of the line.
pub const MAGIC: &str = "HALLPASS-KEY-1";
/// The length of the line in characters, without its newline.
pub const LENGTH: usize = MAGIC.len() + 1 + 32 + 1 + 52 + 1 + 8;
/// The largest file that is read; a longer one is not a key file.
pub const LARGEST: usize = 256;

/// Encodes the line of a key file, with its newline.
pub fn encode(store: &StoreId, key: &Key) -> SecretText {
    let secret = Zeroizing::new(BASE32_NOPAD.encode(key.expose()));
    let mut line = String::with_capacity(LARGEST);
    line.push_str(MAGIC);
    line.push(':');
    line.push_str(&HEXLOWER.encode(store));
    line.push(':');
    line.push_str(&secret);
    let sum = checksum(&line);
    line.push(':');
    line.push_str(&sum);
    line.push('\n');
    SecretText::new(line)
}

/// Whether `text` is a well-formed line of a key file with a valid checksum, for any store.
pub fn is_line(text: &str) -> bool {
    let mut parts = text.split(':');
    let magic = parts.next();
    let id = parts.next();
    let key = parts.next();
    magic == Some(MAGIC)
        && id.is_some_and(|id| id.len() == 32)
        && key.is_some_and(|key| key.len() == 52)
        && text
            .rsplit_once(':')
            .is_some_and(|(covered, sum)| sum == checksum(covered))
}

fn checksum(covered: &str) -> String {
    HEXLOWER.encode(&crc32fast::hash(covered.as_bytes()).to_be_bytes())
}

/// Decodes the key in a key file for `store`.
///
/// # Errors
///
/// [`Error::KeyFile`], with what is wrong.
pub fn parse(text: &str, store: &StoreId) -> Result<Key> {
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    let (covered, sum) = line
        .rsplit_once(':')
        .ok_or(Error::KeyFile("it is not a key file"))?;
    let mut parts = covered.split(':');
    let magic = parts.next();
    let id = parts.next();
    let secret = parts.next();
    if magic != Some(MAGIC) || parts.next().is_some() {
        return Err(Error::KeyFile("it is not a key file"));
    }
    if sum != checksum(covered) {
        return Err(Error::KeyFile(
            "its checksum is wrong; it was truncated or changed",
        ));
    }
    if id != Some(&HEXLOWER.encode(store)) {
        return Err(Error::KeyFile("it belongs to another store"));
    }
    let mut bytes = Zeroizing::new([0; 32]);
    let secret = secret
        .filter(|text| text.len() == 52)
        .ok_or(Error::KeyFile("its key has the wrong length"))?;
    match BASE32_NOPAD.decode_mut(secret.as_bytes(), &mut *bytes) {
        Ok(_) => Key::from_slice(&*bytes).ok_or(Error::KeyFile("its key has the wrong length")),
        Err(_) => Err(Error::KeyFile("its key cannot be decoded")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    #[test]
    fn what_is_wrong_with_a_key_file_is_said() {
        let key = Key::generate(&mut OsEntropy).unwrap();
        let line = encode(&[7; 16], &key);
        assert!(line.expose().ends_with('\n'));
        assert_eq!(
            parse(line.expose(), &[7; 16]).unwrap().expose(),
            key.expose()
        );
        let (covered, _) = line.expose().rsplit_once(':').unwrap();
        let summed = |covered: &str| format!("{covered}:{}", checksum(covered));
        let other = covered.replace("KEY-1", "KEY-2");
        let longer = format!("{covered}:more");
        let cut = covered.strip_suffix(char::is_alphanumeric).unwrap();
        let garbled = format!("{cut}0");
        for (text, expected) in [
            (summed(&other), "not a key file"),
            (summed(&longer), "not a key file"),
            (format!("{covered}:00000000"), "checksum is wrong"),
            (summed(cut), "wrong length"),
            (summed(&format!("{covered}A")), "wrong length"),
            (summed(covered.rsplit_once(':').unwrap().0), "wrong length"),
            (summed(&garbled), "cannot be decoded"),
        ] {
            let error = parse(&text, &[7; 16]).err().unwrap().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let error = parse(line.expose(), &[8; 16]).err().unwrap().to_string();
        assert!(error.contains("another store"), "{error}");
    }

    #[test]
    fn a_line_has_its_head_its_lengths_and_its_checksum() {
        let key = Key::generate(&mut OsEntropy).unwrap();
        let line = encode(&[7; 16], &key);
        let line = line.expose().trim_end();
        assert!(is_line(line));
        let (covered, sum) = line.rsplit_once(':').unwrap();
        let mut parts = covered.split(':');
        let id = parts.nth(1).unwrap();
        let key = parts.next().unwrap();
        let summed = |covered: String| format!("{covered}:{}", checksum(&covered));
        assert!(
            is_line(&summed(format!("{MAGIC}:{id}:{key}"))),
            "the premise"
        );
        for wrong in [
            summed(format!("X{MAGIC}:{id}:{key}")),
            summed(format!("{MAGIC}:{}:{key}", &id[1..])),
            summed(format!("{MAGIC}:{id}:{}", &key[1..])),
            format!("{covered}:{}", sum.chars().rev().collect::<String>() + "0"),
            format!("{covered}:"),
        ] {
            assert!(!is_line(&wrong), "{wrong}");
        }
    }
}
