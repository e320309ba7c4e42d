//! E-mail addresses.

use super::invalid::Invalid;
use super::validated::validated;

validated!(
    /// An e-mail address in its plain form, `local@domain`, in ASCII.
    ///
    /// Narrower than RFC 5321 on purpose: no quoted local part, no comment, no address literal.
    /// What remains cannot add a header, a recipient or an argument to a mail program.
    EmailAddress,
    parse
);

impl EmailAddress {
    /// The address for look-ups: lower-case throughout. Real mailboxes ignore case.
    pub fn canonical(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The part before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

fn parse(text: &str) -> Result<String, Invalid> {
    let halves = Some(text)
        .filter(|text| text.len() <= 254)
        .and_then(|text| text.split_once('@'));
    match halves {
        Some((local, domain)) if is_local(local) && is_domain(domain) => Ok(text.to_owned()),
        _ => Err(Invalid::new(
            "an e-mail address",
            "use a plain address like `name@example.com`, in ASCII, of at most 254 characters",
        )),
    }
}

/// Atoms separated by single dots. A leading `-` would look like an option to a mail program.
fn is_local(text: &str) -> bool {
    text.len() <= 64 && !text.starts_with('-') && text.split('.').all(is_word)
}

/// `1*atext` of RFC 5322, 3.2.3.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&c))
}

fn is_domain(text: &str) -> bool {
    let full = text.contains('.') || text.eq_ignore_ascii_case("localhost");
    full && text.split('.').all(is_label)
}

fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
}
