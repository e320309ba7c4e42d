//! The accept loop of one listener.

use axum::{Extension, Router};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::connection;
use super::peer::Peer;

/// Accepts connections until `stop` changes.
pub(super) async fn accept(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => return,
        };
        if let Ok((stream, address)) = accepted {
            let peer = Peer::Address(address.ip().to_canonical());
            let router = router.clone().layer(Extension(peer));
            tokio::spawn(connection::serve(stream, router, stop.clone()));
        }
    }
}
