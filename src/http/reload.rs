//! What changes while the server runs: settings, doors, the trusted list, certificates. Each change
//! is one new value; what is wrong with it keeps the old one.

use std::sync::Arc;

use serde_json::json;
use tokio::task::spawn_blocking;

use super::accept::Entrance;
use super::descriptors::most_connections;
use super::event::{self, in_full};
use super::host::News;
use super::options::Options;
use super::serving::Serving;
use super::tls::{Certificate, Seen};

/// What the service manager shows of a server that is ready.
pub(super) fn ready(entrance: &Entrance) -> News {
    let serving = entrance.current.load();
    let options = &serving.app.options;
    let doors: Vec<_> = options.doors.iter().map(|door| door.word()).collect();
    let listen: Vec<_> = options.listen.iter().map(ToString::to_string).collect();
    News::Ready(format!(
        "serving {} on {}",
        doors.join(", "),
        listen.join(", ")
    ))
}

/// Reads the settings again, and the certificate.
pub(super) async fn settings(entrance: &Arc<Entrance>) {
    entrance.host.notify(&News::Reloading);
    let of_thread = Arc::clone(entrance);
    let read = spawn_blocking(move || of_thread.read_again()).await;
    match read {
        Ok(Ok(())) => event::log(&*entrance.host, "reloaded", json!({})),
        Ok(Err(cause)) => event::log(&*entrance.host, "reload_failed", json!({ "cause": cause })),
        Err(_) => event::log(
            &*entrance.host,
            "reload_failed",
            json!({ "cause": "a bug" }),
        ),
    }
    entrance.host.notify(&ready(entrance));
}

impl Entrance {
    fn read_again(&self) -> Result<(), String> {
        let mut options = self.host.reload()?;
        let serving = self.current.load();
        let unchangeable = keep(&mut options, &serving.app.options);
        options.ensure_private().map_err(|error| in_full(&error))?;
        let most = most_connections(&*self.host, options.max_connections);
        let reloaded = serving.reloaded(options).map_err(|error| in_full(&error))?;
        if let Some(database) = reloaded.app.telemetry.health.database() {
            database.set_grace(reloaded.app.options.database_grace);
        }
        self.current.store(Arc::new(reloaded));
        self.crowd.limit(most);
        if !unchangeable.is_empty() {
            let fields = json!({ "settings": unchangeable });
            event::log(&*self.host, "restart_needed", fields);
        }
        Ok(())
    }
}

/// Keeps what cannot change while the server runs; returns the names of what would have.
fn keep(options: &mut Options, running: &Options) -> Vec<&'static str> {
    let mut names = Vec::new();
    if options.listen != running.listen {
        options.listen.clone_from(&running.listen);
        names.push("listen");
    }
    if options.metrics_listen != running.metrics_listen {
        options.metrics_listen.clone_from(&running.metrics_listen);
        names.push("metrics_listen");
    }
    if options.socket_group != running.socket_group {
        options.socket_group = running.socket_group;
        names.push("socket_group");
    }
    names
}

/// What the files of the certificate look like.
pub(super) fn seen(entrance: &Entrance) -> Option<Seen> {
    let certificate = entrance.current.load().certificate.clone();
    certificate.map(|certificate| certificate.seen())
}

/// Reads the certificate again if its files do not look as they were last `seen`.
pub(super) async fn certificate(entrance: &Arc<Entrance>, seen: &mut Option<Seen>) {
    let Some(current) = entrance.current.load().certificate.clone() else {
        return;
    };
    let last = *seen;
    let looked = spawn_blocking(move || {
        let now = Seen::of(current.files());
        (Some(now) != last).then(|| (now, Certificate::load(current.files())))
    });
    let Ok(Some((now, read))) = looked.await else {
        return;
    };
    // A file that is wrong is reported once, not each time.
    *seen = Some(now);
    match read {
        Ok(certificate) => {
            let expires = certificate.expires();
            let renewed = renewed(entrance, certificate);
            entrance.current.store(Arc::new(renewed));
            event::log(
                &*entrance.host,
                "certificate_renewed",
                json!({ "expires_at": expires }),
            );
        }
        Err(error) => {
            let fields = json!({ "cause": in_full(&error) });
            event::log(&*entrance.host, "certificate_kept", fields);
        }
    }
}

fn renewed(entrance: &Entrance, certificate: Certificate) -> Serving {
    entrance.current.load().renewed(certificate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_listens_stays_and_is_named() {
        let running = Options::default();
        let mut options = Options {
            listen: vec!["127.0.0.1:1".parse().unwrap()],
            metrics_listen: None,
            socket_group: Some(7),
            max_connections: 7,
            ..Options::default()
        };
        let names = keep(&mut options, &running);
        assert_eq!(names, ["listen", "metrics_listen", "socket_group"]);
        let expected = Options {
            max_connections: 7,
            ..Options::default()
        };
        assert_eq!(options, expected);
        assert_eq!(keep(&mut options, &running), [""; 0]);
    }
}
