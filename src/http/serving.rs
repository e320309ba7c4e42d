//! What is served now: one immutable value, which a reload replaces as a whole.

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;

use super::app::App;
use super::monitoring::metrics_router;
use super::options::Options;
use super::router::router;
use super::tls::{Certificate, TlsError};

/// What is served.
pub(super) struct Serving {
    /// What requests have at hand.
    pub(super) app: Arc<App>,
    /// The open doors.
    pub(super) doors: Router,
    /// The certificate of TCP listeners.
    pub(super) certificate: Option<Arc<Certificate>>,
}

impl Serving {
    /// Serves what the options of `app` say.
    pub(super) fn new(app: App) -> Result<Self, TlsError> {
        let files = app.options.tls.as_ref();
        let certificate = files.map(Certificate::load).transpose()?;
        Ok(Self::with(app, certificate.map(Arc::new)))
    }

    /// Serves metrics and health, which are never encrypted and do not change.
    pub(super) fn monitoring(app: &Arc<App>) -> Self {
        Self {
            app: Arc::clone(app),
            doors: metrics_router(Arc::clone(app)),
            certificate: None,
        }
    }

    /// Serves the same with other options.
    pub(super) fn reloaded(&self, options: Options) -> Result<Self, TlsError> {
        Self::new(App {
            options,
            ..(*self.app).clone()
        })
    }

    /// Serves the same with another certificate.
    pub(super) fn renewed(&self, certificate: Certificate) -> Self {
        Self::with((*self.app).clone(), Some(Arc::new(certificate)))
    }

    fn with(app: App, certificate: Option<Arc<Certificate>>) -> Self {
        if let Some(expires) = certificate.as_ref().and_then(|it| it.expires()) {
            app.telemetry
                .metrics
                .set_certificate_expiry(expires.seconds());
        }
        let app = Arc::new(app);
        Self {
            doors: router(Arc::clone(&app)),
            app,
            certificate,
        }
    }
}

/// What is served now.
pub(super) type Current = ArcSwap<Serving>;
