//! When a certificate expires: the one field of X.509 that is needed here (RFC 5280, 4.1).

use crate::model::time::Time;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xA0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Returns when a certificate in DER expires; `None` if it cannot be read.
pub(super) fn not_after(certificate: &[u8]) -> Option<Time> {
    let mut certificate = Fields(Fields(certificate).next(SEQUENCE)?);
    let mut signed = Fields(certificate.next(SEQUENCE)?);
    if signed.0.first() == Some(&VERSION) {
        signed.any()?;
    }
    // The serial number, the algorithm of the signature, and the issuer.
    for _ in 0..3 {
        signed.any()?;
    }
    let mut validity = Fields(signed.next(SEQUENCE)?);
    validity.any()?;
    let (tag, text) = validity.any()?;
    let text = str::from_utf8(text).ok()?;
    let text = match tag {
        // Two digits of the year: those of 1950 to 2049 (4.1.2.5.1).
        UTC_TIME if text >= "50" => format!("19{text}"),
        UTC_TIME => format!("20{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    rfc_3339(&text)?.parse().ok()
}

/// `20300102030405Z` as `2030-01-02T03:04:05Z`.
fn rfc_3339(text: &str) -> Option<String> {
    let digits = text.strip_suffix('Z')?;
    if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from, to| digits.get(from..to);
    Some(format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    ))
}

/// What is left of a sequence of fields in DER.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The content of the next field, which has this tag.
    fn next(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, content) = self.any()?;
        (found == tag).then_some(content)
    }

    /// The tag and the content of the next field.
    fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let [tag, length, rest @ ..] = self.0 else {
            return None;
        };
        let (length, rest) = match length {
            0x80.. => {
                let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7F))?;
                let whole = bytes.iter().try_fold(0_usize, |whole, byte| {
                    whole.checked_mul(256)?.checked_add(usize::from(*byte))
                });
                (whole?, rest)
            }
            short => (usize::from(*short), rest),
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn the_end_of_a_certificate_is_found() {
        let key = KeyPair::generate().unwrap();
        for (year, text) in [
            (1999, "1999"),
            (2030, "2030"),
            (2049, "2049"),
            (2050, "2050"),
            (2100, "2100"),
        ] {
            let mut certificate = CertificateParams::new(["a.example".to_owned()]).unwrap();
            certificate.not_after = date_time_ymd(year, 2, 3);
            let certificate = certificate.self_signed(&key).unwrap();
            let end = not_after(certificate.der()).unwrap();
            assert_eq!(end.to_string(), format!("{text}-02-03T00:00:00Z"));
        }
    }

    #[test]
    fn what_is_no_certificate_has_no_end() {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([])
            .unwrap()
            .self_signed(&key)
            .unwrap();
        let whole = certificate.der();
        assert!(not_after(whole).is_some(), "the premise");
        for length in 0..whole.len().min(100) {
            assert_eq!(not_after(&whole[..length]), None, "{length}");
        }
        for tag in [0x30, 0x02, 0xFF] {
            assert_eq!(
                not_after(&[tag, 0x88, 255, 255, 255, 255, 255, 255, 255, 255]),
                None
            );
        }
    }
}
