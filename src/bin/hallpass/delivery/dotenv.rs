//! `env:PATH#KEY`: one key of a `.env` file; everything else stays as it is, byte for byte.

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

/// One key of a file.
pub(super) struct Variable {
    place: SinkFile,
    key: String,
    terms: Terms,
    given: Option<Put>,
}

/// What was written, and what stood there.
struct Put {
    value: Zeroizing<Vec<u8>>,
    whole: Zeroizing<Vec<u8>>,
    former: Option<Former>,
}

impl Variable {
    /// Sees what stands there.
    pub(super) fn open(place: SinkFile, key: &str, terms: Terms) -> Result<Self, Failure> {
        let variable = Self {
            place,
            key: key.to_owned(),
            terms,
            given: None,
        };
        variable.read()?;
        Ok(variable)
    }

    /// The file, if it is there, and where the key is in it.
    fn read(&self) -> Result<(Option<Former>, Option<Assignment>), Error> {
        let former = self.place.read()?;
        if former
            .as_ref()
            .is_some_and(|it| it.mode.as_raw_mode() & 0o177 != 0)
        {
            return Err(self
                .place
                .unfit(&"is open to other users", Some(self.place.closing())));
        }
        let content = former
            .as_ref()
            .map(|it| it.content.as_slice())
            .unwrap_or_default();
        let found = find(content, &self.key).map_err(|problem| self.place.unfit(&problem, None))?;
        Ok((former, found))
    }

    /// Takes the new value out of a file that somebody has changed since.
    fn take_out(
        &self,
        given: &Put,
        now: &Former,
        found: &Assignment,
        lock: &Locked<'_>,
    ) -> io::Result<()> {
        let before = given
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
        self.place
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
        let lock = self.place.lock()?;
        let (former, found) = self.read().map_err(io::Error::other)?;
        if value_of(former.as_ref(), found.as_ref()) != held {
            return Err(io::Error::other("somebody else changed it meanwhile"));
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
        let given = self.given.insert(Put {
            value,
            whole,
            former,
        });
        // The other keys are whatever they are by now.
        let before = given.former.as_ref().map(|it| it.content.as_slice());
        self.place.replace(&given.whole, mode, before, &lock)
    }

    fn restore(&mut self) -> io::Result<()> {
        let Some(given) = self.given.take() else {
            return Ok(());
        };
        let lock = self.place.lock()?;
        let (Some(now), Some(found)) = self.read().map_err(io::Error::other)? else {
            return Ok(());
        };
        if now.content.get(found.value.clone()) != Some(&**given.value) {
            // Not reached, or somebody else's by now.
            return Ok(());
        }
        if *now.content != *given.whole {
            return self.take_out(&given, &now, &found, &lock);
        }
        match &given.former {
            Some(Former { content, mode }) => {
                self.place
                    .replace(content, *mode, Some(&given.whole), &lock)
            }
            None => self.place.remove(&given.whole, &lock),
        }
    }
}

/// The value of a key that was found, without its quotes.
fn value_of<'a>(former: Option<&'a Former>, found: Option<&Assignment>) -> Option<&'a [u8]> {
    former?.content.get(found?.value.clone()).map(unquoted)
}

/// Where a key is: its whole lines, and its value with its quotes.
#[derive(Debug, PartialEq, Eq)]
struct Assignment {
    line: Range<usize>,
    value: Range<usize>,
}

/// Looks for an assignment of `key`. A value in quotes may go on over lines, in which nothing else is
/// looked for.
fn find(text: &[u8], key: &str) -> Result<Option<Assignment>, String> {
    let mut found = None;
    let mut at = 0;
    // The line before, if a shell takes this one for more of it.
    let mut open = None;
    let goes_on = |at| {
        format!(
            "line {} ends in a backslash: does it go on?",
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
            .ok_or_else(|| format!("line {} opens a quote that does not end", number(text, at)))?;
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

/// Whether a shell, or systemd, goes on after the end of these lines as if it was none.
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

/// The end of the line that `at` is in, without its line feed.
fn line_end(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(rest.len())
}

/// The number of the line that begins at `at`.
fn number(text: &[u8], at: usize) -> usize {
    1 + text.iter().take(at).filter(|byte| **byte == b'\n').count()
}

/// The name that a line assigns to, and where what follows the `=` begins.
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

/// Where the value is that begins at `at`; `None` if it opens a quote that does not end.
fn value(text: &[u8], at: usize) -> Option<Range<usize>> {
    let blanks = text
        .get(at..)?
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'));
    let start = at + blanks.count();
    if let Some(quote @ (b'"' | b'\'' | b'`')) = text.get(start) {
        let closed = closing(text, start + 1, *quote)? + 1;
        // A shell goes on until the next blank.
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

/// Where the quote is that ends what begins at `at`.
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

/// The value as a shell and every reader of such files takes it for itself: fewer characters go without
/// quotes than in a shell's word (`trust::shell_word`). No secret that is made here holds a quote.
fn quoted(secret: &str) -> Zeroizing<Vec<u8>> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.+/=".contains(c);
    let quote: &[u8] = if secret.chars().all(plain) { b"" } else { b"'" };
    joined(&[quote, secret.as_bytes(), quote])
}

/// `text` with another value of the key.
fn assign(text: &[u8], found: Option<Assignment>, key: &str, value: &[u8]) -> Zeroizing<Vec<u8>> {
    let Some(Assignment { value: at, .. }) = found else {
        return append(text, key, value);
    };
    // What was a comment behind nothing would belong to the value.
    let gap: &[u8] = if text.get(at.end) == Some(&b'#') {
        b" "
    } else {
        b""
    };
    splice(text, at, &joined(&[value, gap]))
}

/// `text` with something else in place of a part of it.
fn splice(text: &[u8], part: Range<usize>, new: &[u8]) -> Zeroizing<Vec<u8>> {
    let before = text.get(..part.start).unwrap_or_default();
    joined(&[before, new, text.get(part.end..).unwrap_or_default()])
}

/// `text` and one line more, with the line ends it has.
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

/// All parts, in a buffer that never grows and so leaves no copies.
fn joined(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut whole = Zeroizing::new(Vec::with_capacity(parts.iter().map(|it| it.len()).sum()));
    for part in parts {
        whole.extend_from_slice(part);
    }
    whole
}

#[cfg(test)]
mod tests;
