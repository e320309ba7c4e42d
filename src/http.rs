//! The server: verdicts over HTTP.
//!
//! The core is synchronous, and stays so: requests are answered on a runtime of this module, which
//! asks the core through a pool of connections ([`pool`]). Nothing outside this module knows
//! that there is a runtime.
//!
//! | File | What it is |
//! |---|---|
//! | [`options`] | what is served, where, for whom and within which limits |
//! | [`server`] | the life of the server: listeners, reload, drain |
//! | [`listen`], [`accept`], [`connection`] | from a socket to a request |
//! | [`router`] | which door answers which path |
//! | [`judge`] | verdicts, for every door that needs one |
//! | [`verify`] | the door for proxies |
//! | [`observe`], [`facts`] | around every request: what is counted and logged |
//! | [`telemetry`] | what the server reports of itself |
//! | [`access_log`], [`stamp`], [`request_id`] | the log: its lines, their time, the ids of requests |
//! | [`metrics`] | what is counted, and the text of a scrape |
//! | [`health`], [`monitoring`] | whether it can answer, and the routes for monitoring |
//! | [`ready`] | asks another server whether it can answer |
//! | [`answer`] | what every answer has |
//! | [`host`] | what the program does for the server: log lines, settings, the service manager |

mod accept;
mod access_log;
mod answer;
mod app;
mod connection;
mod door;
mod facts;
mod health;
mod host;
mod judge;
mod listen;
mod metrics;
mod monitoring;
mod observe;
mod options;
mod peer;
mod pool;
mod ready;
mod request_id;
mod router;
mod server;
mod stamp;
mod telemetry;
mod verify;

pub use door::Door;
pub use host::Host;
pub use listen::{Address, BindError};
pub use options::{AccessLog, Options};
pub use pool::NewContext;
pub use ready::{HealthUrl, Probe, probe};
pub use server::{Server, StartError, serve};
