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
//! | [`token`], [`holder`], [`revoke`], [`login`] | the doors for holders of credentials |
//! | [`grant`] | session tokens |
//! | [`open`] | whether these doors are open |
//! | [`introspect`] | the door for services |
//! | [`caller`], [`bearer`], [`client_auth`], [`posted`], [`body`], [`fields`] | who asks these doors, and for what |
//! | [`json`], [`problem`], [`oauth_error`] | what they answer |
//! | [`verify`], [`authz`] | the doors for proxies |
//! | [`parameters`], [`credential`], [`percent`] | what a proxy's request asks about, and with what |
//! | [`client`], [`trusted`] | where the client is |
//! | [`basic`], [`passwords`], [`sources`] | passwords of profiles |
//! | [`question`], [`ruling`] | what is judged, and what a verdict means |
//! | [`identity`], [`refusal`] | what a proxy is answered |
//! | [`observe`], [`facts`] | what goes to the log |
//! | [`answer`] | what every answer has |
//! | [`host`] | what the program does for the server: log lines, settings, the service manager |

mod accept;
mod answer;
mod app;
mod authz;
mod basic;
mod bearer;
mod body;
mod caller;
mod client;
mod client_auth;
mod connection;
mod credential;
mod door;
mod facts;
mod fields;
mod gate;
mod grant;
mod holder;
mod host;
mod identity;
mod introspect;
mod json;
mod judge;
mod keeper;
mod listen;
mod login;
mod oauth_error;
mod observe;
mod open;
mod options;
mod parameters;
mod passwords;
mod peer;
mod percent;
mod pool;
mod posted;
mod problem;
mod question;
mod refusal;
mod revoke;
mod router;
mod ruling;
mod server;
mod sources;
mod token;
mod trusted;
mod uses;
mod verify;
mod watch;

pub use door::Door;
pub use host::Host;
pub use listen::{Address, BindError};
pub use options::{HeaderField, Options};
pub use pool::NewContext;
pub use server::{Server, StartError, serve};
pub use trusted::{Trusted, TrustedPeer};
