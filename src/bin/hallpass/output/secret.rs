//! A new secret in a document: the one time that it is shown, or `null` where it goes elsewhere.

use std::collections::BTreeMap;
use std::io;

use hallpass::secret::SecretText;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{View, json};
use crate::cli::global::Format;

/// How many bytes a pipe accepts without blocking once it polls as writable (`PIPE_BUF`, pipe(7)).
pub(crate) const LONGEST: usize = 4096;

/// A new secret and its field in documents: `token`, `password`.
#[derive(Clone, Copy)]
pub(crate) struct NewSecret<'a> {
    /// The name of the field.
    pub(crate) field: &'static str,
    /// The secret; `None` if it went elsewhere, and then the field is `null`.
    pub(crate) secret: Option<&'a SecretText>,
}

/// Formats a thing and its secret, without the last newline.
///
/// In table mode that is the secret and nothing else; `value` is what other formats show with it.
pub(crate) fn compose<V: View>(
    format: Format,
    new: NewSecret<'_>,
    value: &V,
) -> io::Result<Zeroizing<Vec<u8>>> {
    // Full capacity from the start: a buffer that grows leaves copies behind.
    let mut text = Zeroizing::new(Vec::with_capacity(2 * LONGEST));
    let NewSecret { field, secret } = new;
    let secret = secret.map(SecretText::expose);
    match format {
        Format::Table => text.extend_from_slice(secret.unwrap_or_default().as_bytes()),
        Format::Json | Format::Jsonl => {
            let secret = BTreeMap::from([(field, secret)]);
            json::document(&mut *text, &WithSecret { value, secret })?;
        }
        Format::Csv => {
            super::csv::with_secret(&mut *text, value, field, secret)?;
        }
    }
    Ok(text)
}

/// A value and its secret, as one document.
#[derive(Serialize)]
struct WithSecret<'a, V> {
    #[serde(flatten)]
    value: &'a V,
    #[serde(flatten)]
    secret: BTreeMap<&'static str, Option<&'a str>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Column;

    #[derive(Serialize)]
    struct Thing {
        name: &'static str,
    }

    impl View for Thing {
        const COLUMNS: &'static [Column<Self>] = &[Column::listed("name", |it| it.name.to_owned())];
        const NONE: &'static str = "no things";
    }

    fn composed(format: Format, secret: Option<&str>) -> String {
        let secret = secret.map(|it| SecretText::new(it.to_owned()));
        let new = NewSecret {
            field: "token",
            secret: secret.as_ref(),
        };
        let text = compose(format, new, &Thing { name: "n" }).unwrap();
        String::from_utf8(text.to_vec()).unwrap()
    }

    #[test]
    fn a_secret_stands_alone_in_a_table_and_in_its_document_elsewhere() {
        let shown = |format| composed(format, Some("s3cret"));
        assert_eq!(shown(Format::Table), "s3cret");
        assert_eq!(shown(Format::Json), r#"{"name":"n","token":"s3cret"}"#);
        assert_eq!(shown(Format::Jsonl), shown(Format::Json));
        assert_eq!(shown(Format::Csv), "name,token\n\"n\",\"s3cret\"");
    }

    #[test]
    fn a_secret_that_went_elsewhere_is_absent() {
        assert_eq!(composed(Format::Table, None), "");
        assert_eq!(composed(Format::Json, None), r#"{"name":"n","token":null}"#);
        assert_eq!(composed(Format::Csv, None), "name,token\n\"n\",");
    }
}
