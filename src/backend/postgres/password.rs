//! The password of a role: from a file of its own, or from one with passwords by host.

use std::fs;
use std::io;
use std::path::Path;

use zeroize::Zeroizing;

use super::database::{Address, Database, Password};
use crate::backend::fault::Fault;
use crate::backend::options::DatabaseOptions;
use crate::bounded;
use crate::files::trust::{self, TLS_KEY};

/// Longer than any such file.
const LONGEST: usize = 1024 * 1024;

/// What stands for a Unix socket in a file of passwords.
const LOCAL: &[u8] = b"localhost";

impl Database {
    /// Reads the password for a connection to `address`; `None` if no file has one. It is read for
    /// each connection, so that a changed password counts.
    ///
    /// # Errors
    ///
    /// [`Fault::Unsafe`] if others can read or change the file, and [`Fault::Io`] if it cannot be
    /// read. A file of passwords by host that does not exist is no error, as with libpq.
    pub fn password(
        &self,
        address: &Address,
        options: &DatabaseOptions,
    ) -> Result<Option<Password>, Fault> {
        if let Some(file) = &options.password_file {
            return file.read().map(Some);
        }
        let passfile = self.passfile.as_deref().or(options.passfile.as_deref());
        match passfile {
            Some(path) if is_there(path) => Ok(self.find(address, &read(path)?)),
            _ => Ok(None),
        }
    }

    /// Finds the first line for this database (libpq, "The Password File"):
    /// `host:port:database:user:password`.
    fn find(&self, address: &Address, text: &[u8]) -> Option<Password> {
        text.split(|byte| *byte == b'\n').find_map(|line| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.starts_with(b"#") {
                return None;
            }
            let rest = after_host(line, address)?;
            let (Address::Tcp(_, port) | Address::Socket(_, port)) = address;
            let rest = after(rest, port.to_string().as_bytes())?;
            let rest = after(rest, self.name.as_bytes())?;
            let rest = after(rest, self.user.as_bytes())?;
            let password = unescaped(rest);
            (!password.is_empty()).then_some(password)
        })
    }
}

/// Returns what is behind the host of a line, if that is the address's.
fn after_host<'a>(line: &'a [u8], address: &Address) -> Option<&'a [u8]> {
    match address {
        Address::Tcp(host, _) => after(line, host.as_bytes()),
        Address::Socket(folder, _) => {
            after(line, LOCAL).or_else(|| after(line, folder.as_os_str().as_encoded_bytes()))
        }
    }
}

/// Whether there is a file, as far as this user can tell. The folders above are looked at only then:
/// nobody needs a file of passwords.
fn is_there(path: &Path) -> bool {
    let absent = [
        io::ErrorKind::NotFound,
        io::ErrorKind::NotADirectory,
        io::ErrorKind::PermissionDenied,
    ];
    !fs::symlink_metadata(path).is_err_and(|error| absent.contains(&error.kind()))
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Fault> {
    // As the key of a certificate: it is read again and again, and may be a link.
    let opened = trust::open(path, TLS_KEY)?;
    bounded::read(opened.file, LONGEST).map_err(|source| Fault::Io {
        what: path.display().to_string(),
        source,
    })
}

/// Returns what is behind the first field of a line, if the field matches: it is `*`, or `wanted` with
/// `\` before each `:` and `\`.
fn after<'a>(line: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    if let Some(rest) = line.strip_prefix(b"*:") {
        return Some(rest);
    }
    let mut wanted = wanted.iter();
    let mut rest = line;
    loop {
        let (first, behind) = rest.split_first()?;
        let (byte, behind) = match first {
            b':' if wanted.as_slice().is_empty() => return Some(behind),
            b':' => return None,
            b'\\' => behind.split_first()?,
            _ => (first, behind),
        };
        if wanted.next() != Some(byte) {
            return None;
        }
        rest = behind;
    }
}

/// The password at the end of a line, up to a `:` that is not escaped.
fn unescaped(field: &[u8]) -> Password {
    // As long as it can get, so that no copy of a part is left behind.
    let mut password = Zeroizing::new(Vec::with_capacity(field.len()));
    let mut bytes = field.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b':' => break,
            b'\\' => password.push(*bytes.next().unwrap_or(byte)),
            _ => password.push(*byte),
        }
    }
    password
}

#[cfg(test)]
mod tests;
