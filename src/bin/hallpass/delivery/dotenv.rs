//! `env:PATH#KEY`: one key of a `.env` file; everything else in it stays as it is, byte for byte.

use std::io;
use std::ops::Range;

use hallpass::Error;
use hallpass::files::atomic::Locked;
use hallpass::ops::delivery::DeferredSink;
use hallpass::secret::SecretText;
use rustix::fs::Mode;
use zeroize::Zeroizing;

use super::folder::{Former, SinkFile};
use super::terms::Terms;
use crate::failure::Failure;

/// One key of a `.env` file, as a sink.
pub(super) struct Variable {
    file: SinkFile,
    key: String,
    terms: Terms,
    written: Option<Written>,
}

/// A value that was written, and the file as it was before.
struct Written {
    value: Zeroizing<Vec<u8>>,
    whole: Zeroizing<Vec<u8>>,
    former: Option<Former>,
}

impl Variable {
    /// Opens the file and checks that a value can be set in it.
    pub(super) fn open(file: SinkFile, key: &str, terms: Terms) -> Result<Self, Failure> {
        let variable = Self {
            file,
            key: key.to_owned(),
            terms,
            written: None,
        };
        variable.read()?;
        Ok(variable)
    }

    /// Reads the file, if it exists, and finds the key in it.
    fn read(&self) -> Result<(Option<Former>, Option<Assignment>), Error> {
        let former = self.file.read()?;
        if former
            .as_ref()
            .is_some_and(|it| it.mode.as_raw_mode() & 0o177 != 0)
        {
            return Err(self
                .file
                .unfit(&"is accessible to other users", Some(self.file.closing())));
        }
        let content = former
            .as_ref()
            .map(|it| it.content.as_slice())
            .unwrap_or_default();
        let found = find(content, &self.key).map_err(|problem| self.file.unfit(&problem, None))?;
        Ok((former, found))
    }

    /// Restores the former value of the key in a file that somebody else has changed since.
    fn take_out(
        &self,
        written: &Written,
        now: &Former,
        found: &Assignment,
        lock: &Locked<'_>,
    ) -> io::Result<()> {
        let before = written
            .former
            .as_ref()
            .map(|it| it.content.as_slice())
            .unwrap_or_default();
        let before = find(before, &self.key)
            .ok()
            .flatten()
            .map(|it| (it, before));
        let content = match before {
            Some((old, text)) => splice(
                &now.content,
                found.value.clone(),
                text.get(old.value).unwrap_or_default(),
            ),
            None => splice(&now.content, found.line.clone(), b""),
        };
        self.file
            .replace(&content, now.mode, Some(&now.content), lock)
    }
}

impl DeferredSink for Variable {
    fn timeout_seconds(&self) -> u32 {
        self.terms.patience.seconds()
    }

    fn display_name(&self) -> String {
        self.terms.called.clone()
    }

    fn content(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        let (former, found) = self.read().map_err(io::Error::other)?;
        Ok(value_of(former.as_ref(), found.as_ref()).map(|value| Zeroizing::new(value.to_vec())))
    }

    fn overwrites(&self) -> bool {
        self.terms.overwrite
    }

    fn ready(&mut self) -> io::Result<()> {
        self.read().map(drop).map_err(io::Error::other)
    }

    fn deliver(&mut self, secret: &SecretText, held: Option<&[u8]>) -> io::Result<()> {
        let lock = self.file.lock()?;
        let (former, found) = self.read().map_err(io::Error::other)?;
        if value_of(former.as_ref(), found.as_ref()) != held {
            return Err(io::Error::other(
                "it was changed by another program meanwhile",
            ));
        }
        let content = former
            .as_ref()
            .map(|it| it.content.as_slice())
            .unwrap_or_default();
        let value = quoted(secret.expose());
        let whole = assign(content, found, &self.key, &value);
        let mode = former
            .as_ref()
            .map_or(Mode::RUSR | Mode::WUSR, |it| it.mode);
        let written = self.written.insert(Written {
            value,
            whole,
            former,
        });
        // The other keys are as they are now; `held` covers only the value.
        let before = written.former.as_ref().map(|it| it.content.as_slice());
        self.file.replace(&written.whole, mode, before, &lock)
    }

    fn restore(&mut self) -> io::Result<()> {
        let Some(written) = self.written.take() else {
            return Ok(());
        };
        let lock = self.file.lock()?;
        let (Some(now), Some(found)) = self.read().map_err(io::Error::other)? else {
            return Ok(());
        };
        if now.content.get(found.value.clone()) != Some(&**written.value) {
            // Never written, or changed by somebody else since.
            return Ok(());
        }
        if *now.content != *written.whole {
            return self.take_out(&written, &now, &found, &lock);
        }
        match &written.former {
            Some(Former { content, mode }) => {
                self.file
                    .replace(content, *mode, Some(&written.whole), &lock)
            }
            None => self.file.remove(&written.whole, &lock),
        }
    }
}

/// Returns the value of a key that was found, without its quotes.
fn value_of<'a>(former: Option<&'a Former>, found: Option<&Assignment>) -> Option<&'a [u8]> {
    former?.content.get(found?.value.clone()).map(unquoted)
}

/// The byte ranges of an assignment: its whole lines, and its value with its quotes.
#[derive(Debug, PartialEq, Eq)]
struct Assignment {
    line: Range<usize>,
    value: Range<usize>,
}

/// Finds the assignment of `key`. A quoted value may span lines; these are not searched for keys.
///
/// Fails where programs read such a file in different ways: a key more than once, a quote that does
/// not end, or a backslash that joins lines at the key.
fn find(text: &[u8], key: &str) -> Result<Option<Assignment>, String> {
    let mut found = None;
    let mut at = 0;
    // The start of the previous line, if it ends in a backslash: a shell reads this line as part of
    // it.
    let mut open = None;
    let goes_on = |at| {
        format!(
            "line {} ends in a backslash, so it may continue on the next line",
            number(text, at)
        )
    };
    while at < text.len() {
        let line = at..line_end(text, at);
        let Some((name, after)) = assigned(text.get(line.clone()).unwrap_or_default()) else {
            open = is_open(text, &line).then_some(at);
            at = line.end + 1;
            continue;
        };
        let value = value(text, at + after)
            .ok_or_else(|| format!("line {} has an unclosed quote", number(text, at)))?;
        let end = line_end(text, value.end);
        let before = open;
        open = is_open(text, &(at..end)).then_some(at);
        if name == key.as_bytes() {
            if let Some(at) = before.or(open) {
                return Err(goes_on(at));
            }
            let line = at..text.len().min(end + 1);
            if found.replace(Assignment { line, value }).is_some() {
                return Err(format!("has `{key}` more than once"));
            }
        }
        at = end + 1;
    }
    match open {
        Some(at) if found.is_none() => Err(goes_on(at)),
        _ => Ok(found),
    }
}

/// Whether these lines end in a backslash, after which a shell or systemd continues with the next
/// line.
fn is_open(text: &[u8], lines: &Range<usize>) -> bool {
    let lines = text.get(lines.clone()).unwrap_or_default();
    let lines = lines
        .strip_suffix(b"\r")
        .unwrap_or(lines)
        .trim_ascii_start();
    let backslashes = lines
        .iter()
        .rev()
        .take_while(|byte| **byte == b'\\')
        .count();
    !lines.starts_with(b"#") && backslashes % 2 == 1
}

/// Returns the end of the line that contains `at`, without its line feed.
fn line_end(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(rest.len())
}

/// Returns the number of the line that begins at `at`, counted from 1.
fn number(text: &[u8], at: usize) -> usize {
    1 + text.iter().take(at).filter(|byte| **byte == b'\n').count()
}

/// Returns the name that a line assigns to, and the offset after the `=`.
fn assigned(line: &[u8]) -> Option<(&[u8], usize)> {
    let equals = line.iter().position(|byte| *byte == b'=')?;
    let mut name = line.get(..equals)?;
    name = name
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(name)
        .trim_ascii();
    if let Some(exported) = name.strip_prefix(b"export")
        && exported.first().is_some_and(u8::is_ascii_whitespace)
    {
        name = exported.trim_ascii_start();
    }
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    (!name.is_empty() && name.iter().all(plain)).then_some((name, equals + 1))
}

/// Returns the range of the value that begins at `at`, quotes included; `None` if a quote does not
/// end.
fn value(text: &[u8], at: usize) -> Option<Range<usize>> {
    let spaces = text
        .get(at..)?
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'));
    let start = at + spaces.count();
    if let Some(quote @ (b'"' | b'\'' | b'`')) = text.get(start) {
        let closed = closing(text, start + 1, *quote)? + 1;
        // In a shell, the word continues after the quote until the next space.
        let more = text
            .get(closed..)?
            .iter()
            .take_while(|byte| !byte.is_ascii_whitespace());
        return Some(start..closed + more.count());
    }
    let line = text.get(start..line_end(text, start))?;
    let comment = line
        .windows(2)
        .position(|pair| matches!(pair, [b' ' | b'\t', b'#']));
    let comment = if line.starts_with(b"#") {
        Some(0)
    } else {
        comment
    };
    let value = line.get(..comment.unwrap_or(line.len()))?.trim_ascii_end();
    Some(start..start + value.len())
}

/// Returns the offset of the quote that closes the one before `at`.
fn closing(text: &[u8], at: usize, quote: u8) -> Option<usize> {
    let mut escaped = false;
    let rest = text.get(at..)?.iter();
    let found = rest.enumerate().find(|(_, byte)| {
        let ends = **byte == quote && !escaped;
        escaped = quote == b'"' && **byte == b'\\' && !escaped;
        ends
    });
    found.map(|(offset, _)| at + offset)
}

fn unquoted(value: &[u8]) -> &[u8] {
    match value {
        [open @ (b'"' | b'\'' | b'`'), inner @ .., close] if open == close => inner,
        plain => plain,
    }
}

/// Quotes a value so that a shell and every parser of `.env` files read it alike. Fewer characters
/// go unquoted than in a shell's word (`trust::shell_word`), because the parsers differ. No secret
/// that is made here contains a quote.
fn quoted(secret: &str) -> Zeroizing<Vec<u8>> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.+/=".contains(c);
    let quote: &[u8] = if secret.chars().all(plain) { b"" } else { b"'" };
    joined(&[quote, secret.as_bytes(), quote])
}

/// Returns `text` with the value of the key replaced, or appended.
fn assign(text: &[u8], found: Option<Assignment>, key: &str, value: &[u8]) -> Zeroizing<Vec<u8>> {
    let Some(Assignment { value: at, .. }) = found else {
        return append(text, key, value);
    };
    // A comment right after an empty value would become part of the new value.
    let gap: &[u8] = if text.get(at.end) == Some(&b'#') {
        b" "
    } else {
        b""
    };
    splice(text, at, &joined(&[value, gap]))
}

/// Returns `text` with `part` replaced by `new`.
fn splice(text: &[u8], part: Range<usize>, new: &[u8]) -> Zeroizing<Vec<u8>> {
    let before = text.get(..part.start).unwrap_or_default();
    joined(&[before, new, text.get(part.end..).unwrap_or_default()])
}

/// Returns `text` with one line more, in its own line endings.
fn append(text: &[u8], key: &str, value: &[u8]) -> Zeroizing<Vec<u8>> {
    let returns = text.windows(2).any(|pair| pair == b"\r\n");
    let end: &[u8] = if returns { b"\r\n" } else { b"\n" };
    let missing: &[u8] = if text.is_empty() || text.ends_with(b"\n") {
        b""
    } else {
        end
    };
    let parts = [text, missing, key.as_bytes(), b"=", value, end];
    joined(&parts)
}

/// Joins the parts in a buffer that never grows, so that it leaves no copies.
fn joined(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut whole = Zeroizing::new(Vec::with_capacity(parts.iter().map(|it| it.len()).sum()));
    for part in parts {
        whole.extend_from_slice(part);
    }
    whole
}

#[cfg(test)]
mod tests;
