//! The options of the server: those of the command line, then those of the settings, then defaults.

use hallpass::Kind;
use hallpass::http::{Address, Options, Plain, TlsFiles};

use crate::cli::serve::{MetricsAddress, Serve, SocketGroup};
use crate::failure::Failure;
use crate::settings::ServeSettings;
use crate::users;

/// Combines arguments, settings and defaults.
pub(super) fn options(args: &Serve, settings: &ServeSettings) -> Result<Options, Failure> {
    let Serve {
        listen,
        metrics_listen,
        doors,
        trust_proxy,
        client_ip_header,
        tls_cert,
        tls_key,
        plain_http,
        max_connections,
        access_log,
        socket_group,
        public_url,
        metrics_per_token,
        database_grace,
        check: _,
    } = args;
    let usual = Options::default();
    let listen = either(listen, &settings.listen);
    let doors = either(doors, &settings.doors);
    let trusted = either(trust_proxy, &settings.trust_proxy);
    let metrics = metrics_listen.as_ref().or(settings.metrics_listen.as_ref());
    let header = client_ip_header
        .as_ref()
        .or(settings.client_ip_header.as_ref());
    let group = socket_group.as_ref().or(settings.socket_group.as_ref());
    let most = max_connections.or(settings.max_connections);
    let certificate = tls_cert.as_ref().or(settings.tls_cert.as_ref());
    let key = tls_key.as_ref().or(settings.tls_key.as_ref());
    Ok(Options {
        listen: if listen.is_empty() {
            usual.listen
        } else {
            listen.to_vec()
        },
        metrics_listen: metrics.map_or(usual.metrics_listen, somewhere),
        doors: if doors.is_empty() {
            usual.doors
        } else {
            doors.iter().copied().collect()
        },
        trust_proxy: trusted.iter().copied().collect(),
        client_ip_header: header.cloned().unwrap_or(usual.client_ip_header),
        tls: tls(certificate, key)?,
        plain: plain(*plain_http || settings.plain_http),
        max_connections: most.map_or(usual.max_connections, size),
        access_log: access_log
            .or(settings.access_log)
            .unwrap_or(usual.access_log),
        socket_group: group.map(number).transpose()?,
        public_url: public_url.clone().or_else(|| settings.public_url.clone()),
        metrics_per_token: *metrics_per_token || settings.metrics_per_token,
        token_lifetime: settings.token_lifetime.unwrap_or(usual.token_lifetime),
        table_limit: settings.table_limit.map_or(usual.table_limit, size),
        database_grace: database_grace
            .or(settings.database_grace)
            .unwrap_or(usual.database_grace),
    })
}

fn plain(is_allowed: bool) -> Plain {
    if is_allowed {
        Plain::Anywhere
    } else {
        Plain::LocalOnly
    }
}

fn somewhere(address: &MetricsAddress) -> Option<Address> {
    match address {
        MetricsAddress::At(address) => Some(address.clone()),
        MetricsAddress::Off => None,
    }
}

/// Those of the command line, if there are any; they replace those of the settings.
fn either<'a, T>(arguments: &'a [T], settings: &'a [T]) -> &'a [T] {
    if arguments.is_empty() {
        settings
    } else {
        arguments
    }
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn tls(
    certificate: Option<&std::path::PathBuf>,
    key: Option<&std::path::PathBuf>,
) -> Result<Option<TlsFiles>, Failure> {
    match (certificate, key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles {
            certificate: certificate.clone(),
            key: key.clone(),
        })),
        (Some(_), None) => Err(half("certificate", "--tls-key FILE")),
        (None, Some(_)) => Err(half("key", "--tls-cert FILE")),
    }
}

fn half(there: &str, missing: &str) -> Failure {
    let message = format!("there is a TLS {there} without its other half");
    Failure::usage(message).advice(format!("add `{missing}`"))
}

fn number(group: &SocketGroup) -> Result<u32, Failure> {
    match group {
        SocketGroup::Number(number) => Ok(*number),
        SocketGroup::Name(name) => users::group(name).ok_or_else(|| {
            let message = format!("no group `{name}` on this machine");
            Failure::new(Kind::NotFound, message).advice("`/etc/group` lists them")
        }),
    }
}
