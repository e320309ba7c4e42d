//! The server: verdicts over HTTP.
//!
//! The core is synchronous, and stays so: requests are answered on a runtime of this module, which
//! asks the core through a pool of connections (`pool`). Nothing outside this module knows
//! that there is a runtime.
//!
//! | File | What it is |
//! |---|---|
//! | `options` | what is served, where, for whom and within which limits |
//! | `check` | whether all of that could be served |
//! | `server`, `life`, `reload` | the life of the server: listeners, reload, drain |
//! | `serving` | what is served now, replaced as a whole |
//! | `listen`, `unix_socket`, `tls`, `validity` | where it listens, and how that is encrypted |
//! | `accept`, `connection`, `stream`, `line`, `proxy_protocol` | from a socket to a request |
//! | `progress`, `crowd`, `descriptors` | how long a connection may take, and how many there may be |
//! | `body` | the body of a request, for doors that need it |
//! | `router` | which door answers which path |
//! | `judge` | verdicts, for every door that needs one |
//! | `gate`, `keeper`, `watch`, `uses` | whether the store allows any, and what goes on behind them |
//! | `follower`, `freshness`, `grace` | the same for a database: its commits are followed, and it may be away |
//! | `observe`, `facts`, `event` | around every request, and apart from them: what is counted and logged |
//! | `telemetry` | what the server reports of itself |
//! | `access_log`, `stamp`, `request_id` | the log: its lines, their time, the ids of requests |
//! | `metrics` | what is counted, and the text of a scrape |
//! | `health`, `monitoring` | whether it can answer, and the routes for monitoring |
//! | `ready` | asks another server whether it can answer |
//! | `token`, `holder`, `revoke`, `login` | the doors for holders of credentials |
//! | `grant` | session tokens |
//! | `open` | whether these doors are open |
//! | `introspect` | the door for services |
//! | `caller`, `bearer`, `client_auth`, `posted`, `body`, `fields` | who asks these doors, and for what |
//! | `json`, `problem`, `oauth_error` | what they answer |
//! | `profit` | the door for the Profit flow |
//! | `handover`, `arrival` | an answer whose end waits until the client has the rest |
//! | `postman` | the queued mails |
//! | `gcra` | budgets in memory |
//! | `verify`, `authz` | the doors for proxies |
//! | `parameters`, `credential`, `percent` | what a proxy's request asks about, and with what |
//! | `client`, `trusted` | where the client is |
//! | `basic`, `passwords`, `sources` | passwords of profiles |
//! | `question`, `ruling` | what is judged, and what a verdict means |
//! | `identity`, `refusal` | what a proxy is answered |
//! | `answer` | what every answer has |
//! | `socketless` | the same server without sockets, for fuzz targets |
//! | `host` | what the program does for the server: log lines, settings, the service manager |

mod accept;
mod access_log;
mod answer;
mod app;
mod arrival;
mod authz;
mod basic;
mod bearer;
mod body;
mod caller;
mod check;
mod client;
mod client_auth;
mod connection;
mod credential;
mod crowd;
mod descriptors;
mod door;
mod event;
mod facts;
mod fields;
mod follower;
mod freshness;
mod gate;
mod gcra;
mod grace;
mod grant;
mod handover;
mod health;
mod holder;
mod host;
mod identity;
mod introspect;
mod json;
mod judge;
mod keeper;
mod life;
mod line;
mod listen;
mod login;
mod metrics;
mod monitoring;
mod oauth_error;
mod observe;
mod open;
mod options;
mod parameters;
mod passwords;
mod peer;
mod percent;
mod pool;
mod possible_secret;
mod posted;
mod postman;
mod problem;
mod profit;
mod progress;
mod proxy_protocol;
mod question;
mod ready;
mod refusal;
mod reload;
mod request_id;
mod revoke;
mod router;
mod ruling;
mod server;
mod serving;
mod size;
#[cfg(feature = "testing")]
mod socketless;
mod sources;
mod stamp;
mod stream;
mod telemetry;
mod tls;
mod token;
mod trusted;
mod unix_socket;
mod uses;
mod validity;
mod verify;
mod watch;
mod wish;
mod workers;

pub use check::{Checked, check};
pub use door::Door;
pub use grace::Grace;
pub use host::{Host, News};
pub use listen::{Address, BindError, Inherited};
pub use options::{AccessLog, Exposed, HeaderField, Options, Plain, PublicUrl, TlsFiles};
pub use pool::NewContext;
pub use postman::NewMailer;
#[cfg(feature = "testing")]
pub use profit::{PostedTexts, read_json, read_soap};
pub use ready::{HealthUrl, Probe, probe};
pub use server::{Server, StartError, serve};
#[cfg(feature = "testing")]
pub use socketless::Socketless;
pub use tls::TlsError;
pub use trusted::{Trusted, TrustedPeer};
