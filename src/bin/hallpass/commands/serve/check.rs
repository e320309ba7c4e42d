//! `hallpass serve --check`.

use hallpass::http::{AccessLog, Inherited, Options, check};
use hallpass::model::time::Time;
use serde::Serialize;

use super::start_error::failure;
use crate::failure::Failure;
use crate::output::{Column, View, flag, joined, optional};
use crate::session::Session;
use crate::ui::Ui;

/// What would be served.
#[derive(Debug, Serialize)]
struct ServeReport {
    store: String,
    epoch: u64,
    listen: Vec<String>,
    metrics_listen: Option<String>,
    doors: Vec<&'static str>,
    trust_proxy: Vec<String>,
    client_ip_header: String,
    tls: bool,
    certificate_expires_at: Option<Time>,
    max_connections: usize,
    access_log: bool,
    public_url: Option<String>,
    /// In seconds.
    database_grace: u64,
}

impl View for ServeReport {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("store", |it| it.store.clone()),
        Column::listed("epoch", |it| it.epoch.to_string()),
        Column::listed("listen", |it| joined(&it.listen)),
        Column::listed("metrics_listen", |it| optional(it.metrics_listen.as_ref())),
        Column::listed("doors", |it| joined(&it.doors)),
        Column::listed("trust_proxy", |it| joined(&it.trust_proxy)),
        Column::listed("client_ip_header", |it| it.client_ip_header.clone()),
        Column::listed("tls", |it| flag(it.tls)),
        Column::listed("certificate_expires_at", |it| {
            optional(it.certificate_expires_at.as_ref())
        }),
        Column::listed("max_connections", |it| it.max_connections.to_string()),
        Column::listed("access_log", |it| flag(it.access_log)),
        Column::listed("public_url", |it| optional(it.public_url.as_ref())),
        Column::listed("database_grace", |it| format!("{}s", it.database_grace)),
    ];
    const NONE: &'static str = "nothing";
}

/// Reports what would be served, and fails as the server would.
pub(super) fn run(
    ui: &mut Ui,
    session: &Session,
    options: &Options,
    inherited: &[Inherited],
    epoch: u64,
) -> Result<(), Failure> {
    let store = session.location()?.to_string();
    let checked = check(options, inherited).map_err(failure)?;
    ui.show(&ServeReport {
        store,
        epoch,
        listen: options.listen.iter().map(ToString::to_string).collect(),
        metrics_listen: options.metrics_listen.as_ref().map(ToString::to_string),
        doors: options.doors.iter().map(|door| door.word()).collect(),
        trust_proxy: options
            .trust_proxy
            .peers()
            .map(|it| it.to_string())
            .collect(),
        client_ip_header: options.client_ip_header.as_str().to_owned(),
        tls: options.tls.is_some(),
        certificate_expires_at: checked.certificate_expires_at,
        max_connections: options.max_connections,
        access_log: options.access_log == AccessLog::On,
        public_url: options.public_url.as_ref().map(ToString::to_string),
        database_grace: options.database_grace.duration().as_secs(),
    })
}
