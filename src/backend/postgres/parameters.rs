//! The options of a connection, as a URL, a service or a variable gives them.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::database::{ChannelBinding, Verify};
use super::invalid::{BadDatabase, Place};

/// The longest name of a schema: a server would cut off the rest.
const LONGEST_NAME: usize = 63;
/// The longest host name (RFC 1035, section 2.3.4).
const LONGEST_HOST: usize = 253;
/// The longest time to wait for a host.
const MOST_SECONDS: u64 = 300;

/// What is given of a connection; the rest is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) hosts: Option<Vec<Host>>,
    pub(super) ports: Option<Vec<Option<u16>>>,
    pub(super) user: Option<String>,
    pub(super) database: Option<String>,
    pub(super) schema: Option<String>,
    pub(super) verify: Option<Verify>,
    pub(super) roots: Option<Roots>,
    pub(super) certificate: Option<PathBuf>,
    pub(super) key: Option<PathBuf>,
    pub(super) service: Option<String>,
    pub(super) passfile: Option<PathBuf>,
    pub(super) channel_binding: Option<ChannelBinding>,
    pub(super) connect_timeout: Option<Duration>,
}

/// A host, without its port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Host {
    /// A name or an IP address.
    Name(String),
    /// The folder of a Unix socket.
    Folder(PathBuf),
}

/// Which authorities are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Roots {
    /// Those of the system.
    System,
    /// Those in a PEM file.
    File(PathBuf),
}

/// What a value should have been.
type Expected = &'static str;

impl Parameters {
    /// Takes an option, which must not be there yet.
    pub(super) fn set(
        &mut self,
        place: &Place,
        name: &str,
        value: &str,
    ) -> Result<(), BadDatabase> {
        match name {
            "host" => put(&mut self.hosts, (place, "host"), hosts(value)),
            "port" => put(&mut self.ports, (place, "port"), ports(value)),
            "user" => put(&mut self.user, (place, "user"), text(value)),
            "dbname" => put(&mut self.database, (place, "dbname"), text(value)),
            "schema" => put(&mut self.schema, (place, "schema"), schema(value)),
            "sslmode" => put(&mut self.verify, (place, "sslmode"), verify(value)),
            "sslrootcert" => put(&mut self.roots, (place, "sslrootcert"), roots(value)),
            "sslcert" => put(&mut self.certificate, (place, "sslcert"), path(value)),
            "sslkey" => put(&mut self.key, (place, "sslkey"), path(value)),
            "service" => put(&mut self.service, (place, "service"), text(value)),
            "passfile" => put(&mut self.passfile, (place, "passfile"), path(value)),
            "channel_binding" => put(
                &mut self.channel_binding,
                (place, "channel_binding"),
                channel_binding(value),
            ),
            "connect_timeout" => put(
                &mut self.connect_timeout,
                (place, "connect_timeout"),
                seconds(value),
            ),
            // The only kind of session that hallpass uses: taken, because other programs need it.
            "target_session_attrs" if matches!(value, "read-write" | "primary") => Ok(()),
            "target_session_attrs" => Err(BadDatabase::Value {
                place: place.clone(),
                option: "target_session_attrs",
                expected: "`read-write`",
            }),
            "password" | "sslpassword" => Err(BadDatabase::Password(place.clone())),
            _ => Err(BadDatabase::UnknownOption {
                place: place.clone(),
                name: is_word(name).then(|| name.to_owned()),
            }),
        }
    }

    /// Fills what is open with what `other` gives.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            hosts: self.hosts.or(other.hosts),
            ports: self.ports.or(other.ports),
            user: self.user.or(other.user),
            database: self.database.or(other.database),
            schema: self.schema.or(other.schema),
            verify: self.verify.or(other.verify),
            roots: self.roots.or(other.roots),
            certificate: self.certificate.or(other.certificate),
            key: self.key.or(other.key),
            service: self.service.or(other.service),
            passfile: self.passfile.or(other.passfile),
            channel_binding: self.channel_binding.or(other.channel_binding),
            connect_timeout: self.connect_timeout.or(other.connect_timeout),
        }
    }

    /// The files that are named.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        let roots = match &self.roots {
            Some(Roots::File(file)) => Some(file),
            _ => None,
        };
        [
            roots,
            self.certificate.as_ref(),
            self.key.as_ref(),
            self.passfile.as_ref(),
        ]
        .into_iter()
        .flatten()
        .map(PathBuf::as_path)
    }
}

/// Puts a value in its place, if that is empty.
pub(super) fn put<T>(
    into: &mut Option<T>,
    (place, option): (&Place, &'static str),
    value: Result<T, Expected>,
) -> Result<(), BadDatabase> {
    let value = value.map_err(|expected| BadDatabase::Value {
        place: place.clone(),
        option,
        expected,
    })?;
    if into.is_some() {
        return Err(BadDatabase::Twice {
            place: place.clone(),
            option,
        });
    }
    *into = Some(value);
    Ok(())
}

/// Reads hosts with commas between them.
fn hosts(value: &str) -> Result<Vec<Host>, Expected> {
    value.split(',').map(host).collect()
}

/// Reads a host: a name, an IP address without brackets, or the folder of a socket.
pub(super) fn host(value: &str) -> Result<Host, Expected> {
    const EXPECTED: Expected = "a host name, an IP address or an absolute path";
    if value.starts_with('/') {
        return path(value).map(Host::Folder).map_err(|_| EXPECTED);
    }
    if let Ok(address) = value.parse::<IpAddr>() {
        return Ok(Host::Name(address.to_string()));
    }
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_name = value.len() <= LONGEST_HOST
        && value.starts_with(|c: char| c.is_ascii_alphanumeric())
        && value.bytes().all(is_part);
    if !is_name {
        return Err(EXPECTED);
    }
    Ok(Host::Name(value.to_ascii_lowercase()))
}

/// Reads ports with commas between them; one that is left out is the usual one.
fn ports(value: &str) -> Result<Vec<Option<u16>>, Expected> {
    value.split(',').map(port).collect()
}

/// Reads a port, or nothing.
pub(super) fn port(value: &str) -> Result<Option<u16>, Expected> {
    if value.is_empty() {
        return Ok(None);
    }
    match digits(value).and_then(|digits| digits.parse().ok()) {
        None | Some(0) => Err("a number from 1 to 65535"),
        port => Ok(port),
    }
}

fn digits(value: &str) -> Option<&str> {
    let all = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    all.then_some(value)
}

/// Reads a name that the server knows.
pub(super) fn text(value: &str) -> Result<String, Expected> {
    if value.is_empty() || value.contains(char::is_control) {
        return Err("a name without control characters");
    }
    Ok(value.to_owned())
}

fn schema(value: &str) -> Result<String, Expected> {
    let is_part = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    let is_plain = value.len() <= LONGEST_NAME
        && value.starts_with(|c: char| matches!(c, 'a'..='z' | '_'))
        && value.bytes().all(is_part)
        // Those are the server's own.
        && !value.starts_with("pg_");
    if !is_plain {
        return Err(
            "at most 63 of a–z, 0–9 and `_`, and begin neither with a digit nor with `pg_`",
        );
    }
    Ok(value.to_owned())
}

fn verify(value: &str) -> Result<Verify, Expected> {
    match value {
        "disable" => Ok(Verify::Plain),
        "prefer" => Ok(Verify::Prefer),
        "require" => Ok(Verify::Encrypted),
        "verify-ca" => Ok(Verify::Authority),
        "verify-full" => Ok(Verify::Full),
        _ => Err("disable, prefer, require, verify-ca or verify-full"),
    }
}

pub(super) fn roots(value: &str) -> Result<Roots, Expected> {
    if value == "system" {
        return Ok(Roots::System);
    }
    path(value)
        .map(Roots::File)
        .map_err(|_| "an absolute path, or `system`")
}

/// Reads a path. It must not depend on the current folder, since a URL can be in the settings.
fn path(value: &str) -> Result<PathBuf, Expected> {
    let path = Path::new(value);
    if path.is_relative() || value.contains(char::is_control) {
        return Err("an absolute path");
    }
    Ok(path.to_owned())
}

fn channel_binding(value: &str) -> Result<ChannelBinding, Expected> {
    match value {
        "disable" => Ok(ChannelBinding::Disable),
        "prefer" => Ok(ChannelBinding::Prefer),
        "require" => Ok(ChannelBinding::Require),
        _ => Err("disable, prefer or require"),
    }
}

fn seconds(value: &str) -> Result<Duration, Expected> {
    match digits(value).and_then(|digits| digits.parse().ok()) {
        Some(seconds @ 1..=MOST_SECONDS) => Ok(Duration::from_secs(seconds)),
        _ => Err("a number of seconds from 1 to 300"),
    }
}

/// Whether a name can be repeated in a message.
fn is_word(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests;
