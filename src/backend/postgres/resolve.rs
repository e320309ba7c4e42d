//! From a URL to a database: what the URL leaves open is filled by its service, then by the
//! environment, then by defaults.

use std::ffi::OsStr;
use std::iter;
use std::path::PathBuf;
use std::time::Duration;

use super::database::{Address, ChannelBinding, Database, Tls, Verify};
use super::invalid::{BadDatabase, Place};
use super::parameters::{Host, Parameters, Roots, put, roots};
use super::service;
use super::url::DatabaseUrl;
use crate::backend::options::{DatabaseOptions, Leniency, Presence, Variables};

/// The port of a server.
const PORT: u16 = 5432;
/// Where servers have their Unix sockets on most systems.
const SOCKETS: &str = "/var/run/postgresql";
/// The schema of a store.
const SCHEMA: &str = "hallpass";
/// How long to wait for each address.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

impl DatabaseUrl {
    /// Names the database completely. Reads a file of services, if a service is named, and no other
    /// file.
    ///
    /// # Errors
    ///
    /// [`BadDatabase`] if something does not parse or is missing, if there is a password where it
    /// must not be, or if a connection over TCP would be weaker than `options` allow.
    pub fn resolve(&self, options: &DatabaseOptions) -> Result<Database, BadDatabase> {
        if options.variables.password == Presence::Present {
            return Err(BadDatabase::Password(Place::Variable("PGPASSWORD")));
        }
        let variables = of_variables(&options.variables)?;
        let given = self.parameters().clone();
        let service = given.service.as_ref().or(variables.service.as_ref());
        let service = service.map(|name| service::read(name, options.service_file.as_deref()));
        let given = given
            .or(service.transpose()?.unwrap_or_default())
            .or(variables);
        let database = complete(given, options.os_user.clone())?;
        match database.weakness() {
            Some(weakness) if options.weak_encryption == Leniency::Refused => {
                Err(BadDatabase::Weak(weakness))
            }
            _ => Ok(database),
        }
    }
}

fn of_variables(variables: &Variables) -> Result<Parameters, BadDatabase> {
    let Variables {
        host,
        port,
        user,
        database,
        roots: authorities,
        service,
        password: _,
    } = variables;
    let mut parameters = Parameters::default();
    for (variable, option, value) in [
        ("PGHOST", "host", host),
        ("PGPORT", "port", port),
        ("PGUSER", "user", user),
        ("PGDATABASE", "dbname", database),
        ("PGSERVICE", "service", service),
    ] {
        if let Some(value) = value {
            let place = Place::Variable(variable);
            parameters.set(&place, option, text(&place, option, value)?)?;
        }
    }
    if let Some(value) = authorities {
        let place = Place::Variable("PGSSLROOTCERT");
        let value = roots(text(&place, "sslrootcert", value)?);
        put(&mut parameters.roots, (&place, "sslrootcert"), value)?;
    }
    Ok(parameters)
}

fn text<'a>(place: &Place, option: &'static str, value: &'a OsStr) -> Result<&'a str, BadDatabase> {
    value.to_str().ok_or_else(|| BadDatabase::Value {
        place: place.clone(),
        option,
        expected: "UTF-8",
    })
}

/// Fills what is still open with defaults.
fn complete(given: Parameters, os_user: Option<String>) -> Result<Database, BadDatabase> {
    let Parameters {
        hosts,
        ports,
        user,
        database,
        schema,
        verify,
        roots,
        certificate,
        key,
        service: _,
        passfile,
        channel_binding,
        connect_timeout,
    } = given;
    let addresses = addresses(hosts, ports)?;
    Ok(Database {
        addresses,
        user: user.or(os_user).ok_or(BadDatabase::Missing("user"))?,
        name: database.ok_or(BadDatabase::Missing("database"))?,
        schema: schema.unwrap_or_else(|| SCHEMA.to_owned()),
        tls: tls(verify, roots, (certificate, key))?,
        channel_binding: channel_binding.unwrap_or(ChannelBinding::Prefer),
        connect_timeout: connect_timeout.unwrap_or(CONNECT_TIMEOUT),
        passfile,
    })
}

fn addresses(
    hosts: Option<Vec<Host>>,
    ports: Option<Vec<Option<u16>>>,
) -> Result<Vec<Address>, BadDatabase> {
    let hosts = hosts.unwrap_or_else(|| vec![Host::Folder(PathBuf::from(SOCKETS))]);
    let ports = ports.unwrap_or_else(|| vec![None]);
    let ports = match ports.as_slice() {
        [one] => iter::repeat_n(*one, hosts.len()).collect(),
        several if several.len() == hosts.len() => ports,
        _ => return Err(BadDatabase::Ports),
    };
    let address = |(host, port): (Host, Option<u16>)| {
        let port = port.unwrap_or(PORT);
        match host {
            Host::Name(name) => Address::Tcp(name, port),
            Host::Folder(folder) => Address::Socket(folder, port),
        }
    };
    Ok(hosts.into_iter().zip(ports).map(address).collect())
}

fn tls(
    verify: Option<Verify>,
    roots: Option<Roots>,
    client: (Option<PathBuf>, Option<PathBuf>),
) -> Result<Tls, BadDatabase> {
    let roots = match roots {
        Some(Roots::File(file)) => Some(file),
        Some(Roots::System) | None => None,
    };
    let verify = match verify.unwrap_or(Verify::Full) {
        // As libpq: whoever names authorities wants them to count.
        Verify::Encrypted if roots.is_some() => Verify::Authority,
        other => other,
    };
    let client = match client {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => return Err(BadDatabase::HalfCertificate),
    };
    Ok(Tls {
        verify,
        roots,
        client,
    })
}

#[cfg(test)]
mod tests;
