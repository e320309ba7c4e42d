//! A database as the client `tokio-postgres` takes it.

use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding as Binding, SslMode};

use super::database::{Address, ChannelBinding, Database, Password, Verify};

/// How long a connection can be silent before the server is asked whether it is still there.
const IDLE: Duration = Duration::from_secs(5);
/// How long each such question waits for an answer, and how many there are.
const QUESTIONS: (Duration, u32) = (Duration::from_secs(2), 3);
/// How long what was sent can be without an acknowledgement.
const UNACKNOWLEDGED: Duration = Duration::from_secs(5);

impl Database {
    /// How a connection to `address` is made. The password is copied: the client does not wipe it.
    ///
    /// Whether the server takes writes is not asked for here: `tokio-postgres` would need a flight of
    /// its own for it.
    pub fn config(&self, address: &Address, password: Option<&Password>) -> Config {
        let (every, count) = QUESTIONS;
        let mut config = Config::new();
        match address {
            Address::Tcp(host, port) => config.host(host).port(*port),
            Address::Socket(folder, port) => config.host_path(folder).port(*port),
        };
        config
            .user(&self.user)
            .dbname(&self.name)
            .application_name("hallpass")
            .ssl_mode(self.ssl_mode(address))
            .channel_binding(match self.channel_binding {
                ChannelBinding::Disable => Binding::Disable,
                ChannelBinding::Prefer => Binding::Prefer,
                ChannelBinding::Require => Binding::Require,
            })
            .connect_timeout(self.connect_timeout)
            .keepalives(true)
            .keepalives_idle(IDLE)
            .keepalives_interval(every)
            .keepalives_retries(count)
            .tcp_user_timeout(UNACKNOWLEDGED);
        if let Some(password) = password {
            config.password(password.as_slice());
        }
        config
    }

    fn ssl_mode(&self, address: &Address) -> SslMode {
        match (address, self.tls.verify) {
            (Address::Socket(..), _) | (_, Verify::Plain) => SslMode::Disable,
            (_, Verify::Prefer) => SslMode::Prefer,
            (_, Verify::Encrypted | Verify::Authority | Verify::Full) => SslMode::Require,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::{Host, TargetSessionAttrs};

    use super::*;
    use crate::backend::options::{DatabaseOptions, Leniency};
    use crate::backend::postgres::DatabaseUrl;

    fn database(url: &str) -> Database {
        let options = DatabaseOptions {
            weak_encryption: Leniency::Allowed,
            ..DatabaseOptions::default()
        };
        let url: DatabaseUrl = url.parse().unwrap();
        url.resolve(&options).unwrap()
    }

    #[test]
    fn the_client_gets_what_was_resolved() {
        let database =
            database("postgres://ann@Db:5433/x?connect_timeout=3&channel_binding=require");
        let password = Password::new(b"canary".to_vec());
        let config = database.config(&database.addresses[0], Some(&password));
        assert_eq!(config.get_hosts(), [Host::Tcp("db".to_owned())]);
        assert_eq!(config.get_ports(), [5433]);
        assert_eq!(config.get_user(), Some("ann"));
        assert_eq!(config.get_dbname(), Some("x"));
        assert_eq!(config.get_password(), Some(&b"canary"[..]));
        assert_eq!(config.get_application_name(), Some("hallpass"));
        assert_eq!(config.get_options(), None);
        assert_eq!(config.get_ssl_mode(), SslMode::Require);
        assert_eq!(config.get_channel_binding(), Binding::Require);
        assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(3)));
        assert_eq!(config.get_tcp_user_timeout(), Some(&Duration::from_secs(5)));
        assert_eq!(config.get_keepalives_idle(), Duration::from_secs(5));
        assert_eq!(
            config.get_keepalives_interval(),
            Some(Duration::from_secs(2))
        );
        assert_eq!(config.get_keepalives_retries(), Some(3));
        assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::Any);
        assert!(!format!("{config:?} {database:?}").contains("canary"));
    }

    #[test]
    fn a_socket_is_not_encrypted_and_a_mode_is_kept() {
        for (url, mode) in [
            ("postgres://ann@%2Frun/x", SslMode::Disable),
            ("postgres://ann@%2Frun/x?sslmode=require", SslMode::Disable),
            ("postgres://ann@h/x?sslmode=disable", SslMode::Disable),
            ("postgres://ann@h/x?sslmode=prefer", SslMode::Prefer),
            ("postgres://ann@h/x?sslmode=require", SslMode::Require),
            ("postgres://ann@h/x?sslmode=verify-ca", SslMode::Require),
        ] {
            let database = database(url);
            let config = database.config(&database.addresses[0], None);
            assert_eq!(config.get_ssl_mode(), mode, "{url}");
            assert_eq!(config.get_password(), None);
        }
    }
}
