//! `hallpass health`.

use std::time::Duration;

use hallpass::http::{Address, HealthUrl, Probe, probe};

use crate::cli::health::Health;
use crate::cli::serve::MetricsAddress;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// How long the server may take to answer.
const LIMIT: Duration = Duration::from_secs(3);

/// Asks a server whether it can answer. That it cannot is a result, and the exit code says it too.
pub(super) fn run(ui: &mut Ui, session: &Session, args: Health) -> Result<Exit, Failure> {
    let Health { url } = args;
    let url = match url {
        Some(url) => url,
        None => usual(session)?,
    };
    let answer: Probe = probe(&url, LIMIT);
    if !ui.is_quiet() {
        ui.show(&answer)?;
    }
    Ok(if answer.ready { Exit::DONE } else { Exit(1) })
}

/// Where the server of this machine is asked.
fn usual(session: &Session) -> Result<HealthUrl, Failure> {
    let nowhere = |message| Failure::usage(message).advice("name it: `hallpass health URL`");
    let usual = Address::usual_metrics();
    let listener = match &session.settings().serve().metrics_listen {
        None => &usual,
        Some(MetricsAddress::At(address)) => address,
        Some(MetricsAddress::Off) => {
            return Err(nowhere("the settings switch `metrics_listen` off"));
        }
    };
    HealthUrl::of(listener).ok_or_else(|| {
        nowhere("the service manager opens the socket of `metrics_listen`, and knows where it is")
    })
}
