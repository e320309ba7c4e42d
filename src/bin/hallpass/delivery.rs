//! Handing a secret to standard output so that it is seen, or not valid.
//!
//! A sink that does not read is found out before the change is made; what was written without its
//! last newline is not yet taken by a reader that waits for the line or for the end.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::thread::sleep;
use std::time::Duration;

use hallpass::ops::otp::Requested;
use hallpass::ops::password::Generated;
use hallpass::ops::token::{Handover, Issued};
use hallpass::secret::SecretText;
use hallpass::sys::stdout_was_closed;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, fstat};
use rustix::io::ioctl_fionread;
use rustix::stdio::stdout;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::cli::global::Format;
use crate::output::view::{CodeOf, PasswordOf};
use crate::output::{self, View, json};
use crate::stdio::Stdout;

/// How long a reader may take before a secret is made for it.
const PATIENCE: Timespec = Timespec { tv_sec: 5, tv_nsec: 0 };
const AT_ONCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };
/// How often it is looked whether the reader of a pipe has taken the secret, and how soon again,
/// which doubles each time: 0.6 s in all.
const LOOKS: u32 = 15;
const SOON: Duration = Duration::from_micros(20);
/// What a pipe that polls as writable takes without blocking (`PIPE_BUF`, pipe(7)).
const LONGEST: usize = 4096;

/// A new secret, under the name it has in documents: `token`, `password`.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    /// The field's name.
    pub(crate) field: &'static str,
    /// The secret.
    pub(crate) secret: &'a SecretText,
}

/// Standard output as the place that a secret is handed to.
pub(crate) struct StdoutHandover {
    format: Format,
}

impl StdoutHandover {
    /// Hands over in `format`: the secret alone, or a document that holds it.
    pub(crate) fn new(format: Format) -> Self {
        Self { format }
    }

    /// Writes everything but the last newline, without waiting.
    ///
    /// In table mode that is the secret and nothing else; `value` is what other formats show with
    /// it.
    pub(crate) fn write<V: View>(&self, new: Named<'_>, value: &V) -> io::Result<()> {
        let text = self.compose(new, value)?;
        if text.len() >= LONGEST {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "too long for one write"));
        }
        let mut rest = text.as_slice();
        while !rest.is_empty() {
            writable(&AT_ONCE)?;
            let count = Stdout.write(rest)?;
            rest = rest.get(count..).unwrap_or_default();
        }
        Ok(())
    }

    fn compose<V: View>(&self, new: Named<'_>, value: &V) -> io::Result<Zeroizing<Vec<u8>>> {
        // Room from the start: a buffer that grows leaves copies behind.
        let mut text = Zeroizing::new(Vec::with_capacity(2 * LONGEST));
        let Named { field, secret } = new;
        match self.format {
            Format::Table => text.extend_from_slice(secret.expose().as_bytes()),
            Format::Json | Format::Jsonl => {
                let secret = BTreeMap::from([(field, secret.expose())]);
                json::document(&mut *text, &Document { value, secret })?;
            }
            Format::Csv => {
                output::single_with(&mut *text, value, field, secret.expose())?;
                text.pop();
            }
        }
        Ok(text)
    }
}

impl Handover for StdoutHandover {
    fn ready(&mut self) -> io::Result<()> {
        await_reader()
    }

    fn offer(&mut self, issued: &Issued) -> io::Result<()> {
        self.write(Named { field: "token", secret: &issued.secret }, &issued.summary)
    }

    fn finish(&mut self) -> io::Result<()> {
        end()
    }
}

impl Handover<Generated> for StdoutHandover {
    fn ready(&mut self) -> io::Result<()> {
        await_reader()
    }

    fn offer(&mut self, new: &Generated) -> io::Result<()> {
        self.write(Named { field: "password", secret: &new.password }, &PasswordOf::from(new))
    }

    fn finish(&mut self) -> io::Result<()> {
        end()
    }
}

impl Handover<Requested> for StdoutHandover {
    fn ready(&mut self) -> io::Result<()> {
        await_reader()
    }

    fn offer(&mut self, new: &Requested) -> io::Result<()> {
        self.write(Named { field: "code", secret: new.code.text() }, &CodeOf::from(new))
    }

    fn finish(&mut self) -> io::Result<()> {
        end()
    }
}

/// What is shown of a thing, and its secret, once.
#[derive(Serialize)]
struct Document<'a, V> {
    #[serde(flatten)]
    value: &'a V,
    #[serde(flatten)]
    secret: BTreeMap<&'static str, &'a str>,
}

/// Waits until standard output can take a secret, for a few seconds at most.
pub(crate) fn await_reader() -> io::Result<()> {
    if stdout_was_closed() {
        return Err(closed());
    }
    writable(&PATIENCE)
}

/// Writes the last newline, which makes the line complete, and makes sure of the reader.
pub(crate) fn end() -> io::Result<()> {
    Stdout.write_all(b"\n")?;
    taken()
}

/// Fails if the reader of a pipe has gone and left in it what was written: a pipe takes a secret
/// whether or not anybody ever reads it. One that is only slow is trusted after a moment.
fn taken() -> io::Result<()> {
    let out = stdout();
    let pipe = fstat(out).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Fifo);
    for look in 0..if pipe { LOOKS } else { 0 } {
        // First: whoever has gone by now cannot take more, so that what is left then stays.
        let gone = writable(&AT_ONCE).is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
        match (ioctl_fionread(out)?, gone) {
            (0, _) => return Ok(()),
            (_, true) => return Err(io::ErrorKind::BrokenPipe.into()),
            (_, false) => sleep(SOON * 2_u32.pow(look)),
        }
    }
    Ok(())
}

/// Waits at most `patience` for standard output to take something.
fn writable(patience: &Timespec) -> io::Result<()> {
    let out = stdout();
    let mut watched = [PollFd::new(&out, PollFlags::OUT)];
    poll(&mut watched, Some(patience))?;
    let [state] = watched.map(|watched| watched.revents());
    if state.intersects(PollFlags::ERR | PollFlags::HUP) {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    if state.contains(PollFlags::NVAL) {
        return Err(closed());
    }
    if state.contains(PollFlags::OUT) {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, "nothing reads from standard output"))
}

fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "standard output is closed")
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

    fn composed(format: Format) -> String {
        let secret = SecretText::new("s3cret".to_owned());
        let new = Named { field: "token", secret: &secret };
        let text = StdoutHandover::new(format).compose(new, &Thing { name: "n" }).unwrap();
        String::from_utf8(text.to_vec()).unwrap()
    }

    #[test]
    fn a_secret_stands_alone_in_a_table_and_in_its_document_elsewhere() {
        assert_eq!(composed(Format::Table), "s3cret");
        assert_eq!(composed(Format::Json), r#"{"name":"n","token":"s3cret"}"#);
        assert_eq!(composed(Format::Jsonl), composed(Format::Json));
        assert_eq!(composed(Format::Csv), "name,token\nn,s3cret");
    }
}
