//! The URL of a database, as libpq reads it: `postgres://[user@]host[:port][,…]/database[?option=…]`.

use std::net::Ipv6Addr;
use std::path::Path;
use std::str::FromStr;

use super::invalid::{BadDatabase, Place};
use super::parameters::{Host, Parameters, host, port, put, text};

/// The URL of a database. It holds no password: such a URL does not parse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Parameters);

impl DatabaseUrl {
    /// What it says; the rest is open.
    pub(super) fn parameters(&self) -> &Parameters {
        &self.0
    }

    /// The files that it names: certificates, a key, passwords.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.0.files()
    }
}

impl FromStr for DatabaseUrl {
    type Err = BadDatabase;

    fn from_str(url: &str) -> Result<Self, BadDatabase> {
        let rest = url
            .strip_prefix("postgres://")
            .or_else(|| url.strip_prefix("postgresql://"))
            .ok_or(BadDatabase::Malformed("does not begin with `postgres://`"))?;
        let (rest, query) = rest
            .split_once('?')
            .map_or((rest, None), |(rest, query)| (rest, Some(query)));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        // Behind the authority an `@` is most likely the end of a password in which `/` or `?` was
        // not encoded. Then nothing of the URL may be taken for a name, and repeated.
        if path.contains('@') || query.is_some_and(|query| query.contains('@')) {
            return Err(BadDatabase::StrayAt);
        }
        if path.contains('/') {
            return Err(BadDatabase::Malformed(
                "has a `/` in the database's name; write `%2F`",
            ));
        }
        let mut parameters = Parameters::default();
        authority_into(&mut parameters, authority)?;
        if rest.contains('#') || query.is_some_and(|query| query.contains('#')) {
            return Err(BadDatabase::Malformed("has a `#`; write `%23`"));
        }
        if !path.is_empty() {
            put(
                &mut parameters.database,
                (&Place::Url, "dbname"),
                text(&decoded(path)?),
            )?;
        }
        for option in query
            .unwrap_or_default()
            .split('&')
            .filter(|it| !it.is_empty())
        {
            let (name, value) = option
                .split_once('=')
                .ok_or(BadDatabase::Malformed("has an option without a value"))?;
            parameters.set(&Place::Url, &decoded(name)?, &decoded(value)?)?;
        }
        Ok(Self(parameters))
    }
}

/// Reads `[user@]host[:port][,…]`.
fn authority_into(parameters: &mut Parameters, authority: &str) -> Result<(), BadDatabase> {
    let hosts = match authority.rsplit_once('@') {
        None => authority,
        Some((user, _)) if user.contains(':') => return Err(BadDatabase::Password(Place::Url)),
        Some((user, _)) if user.contains('@') => return Err(BadDatabase::StrayAt),
        Some(("", hosts)) => hosts,
        Some((user, hosts)) => {
            let user = decoded(user)?;
            // Encoding the colon, too, makes no name of a password.
            if user.contains(':') {
                return Err(BadDatabase::Password(Place::Url));
            }
            put(&mut parameters.user, (&Place::Url, "user"), text(&user))?;
            hosts
        }
    };
    let parts: Vec<_> = hosts
        .split(',')
        .map(host_and_port)
        .collect::<Result<_, _>>()?;
    let (hosts, ports): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    if ports.iter().any(Option::is_some) {
        parameters.ports = Some(ports);
    }
    // `postgres:///database` leaves the host open.
    if hosts.as_slice() != [None] {
        let named: Option<Vec<_>> = hosts.into_iter().collect();
        let empty = BadDatabase::Malformed("has a host without a name");
        parameters.hosts = Some(named.ok_or(empty)?);
    }
    Ok(())
}

/// Reads a host and its port; either can be missing.
fn host_and_port(part: &str) -> Result<(Option<Host>, Option<u16>), BadDatabase> {
    let bad = |option| {
        move |expected| BadDatabase::Value {
            place: Place::Url,
            option,
            expected,
        }
    };
    let (named, after) = if let Some(rest) = part.strip_prefix('[') {
        let unclosed = BadDatabase::Malformed("has a `[` without an IPv6 address and `]`");
        let (address, after) = rest.split_once(']').ok_or(unclosed)?;
        let address: Ipv6Addr = address
            .parse()
            .map_err(|_| bad("host")("an IPv6 address between `[` and `]`"))?;
        (Some(Host::Name(address.to_string())), after)
    } else {
        let end = part.find(':').unwrap_or(part.len());
        let (name, after) = part.split_at(end);
        let name = decoded(name)?;
        let named = (!name.is_empty()).then(|| host(&name)).transpose();
        (named.map_err(bad("host"))?, after)
    };
    let digits = match after.strip_prefix(':') {
        Some(digits) => digits,
        None if after.is_empty() => "",
        None => return Err(BadDatabase::Malformed("has something behind `]`")),
    };
    Ok((named, port(digits).map_err(bad("port"))?))
}

/// Decodes `%XX` (RFC 3986, section 2.1).
fn decoded(text: &str) -> Result<String, BadDatabase> {
    let wrong = || BadDatabase::Malformed("has a `%` without two hexadecimal digits; write `%25`");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let byte = if byte == b'%' {
            let high = rest.next().and_then(digit).ok_or_else(wrong)?;
            let low = rest.next().and_then(digit).ok_or_else(wrong)?;
            high << 4 | low
        } else {
            byte
        };
        bytes.push(byte);
    }
    String::from_utf8(bytes).map_err(|_| BadDatabase::Malformed("is not UTF-8"))
}

fn digit(byte: u8) -> Option<u8> {
    let value = char::from(byte).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests;
