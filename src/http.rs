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
//! | [`token`], [`holder`], [`revoke`], [`login`] | the doors for holders of credentials |
//! | [`grant`], [`stretching`] | session tokens; whose turn it is to hash a password |
//! | [`introspect`] | the door for services |
//! | [`caller`], [`client_auth`], [`posted`], [`body`], [`fields`] | who asks these doors, and for what |
//! | [`json`], [`problem`], [`oauth_error`] | what they answer |
//! | [`observe`], [`facts`] | what goes to the log |
//! | [`answer`] | what every answer has |
//! | [`host`] | what the program does for the server: log lines, settings, the service manager |

mod accept;
mod answer;
mod app;
mod body;
mod caller;
mod client_auth;
mod connection;
mod door;
mod facts;
mod fields;
mod grant;
mod holder;
mod host;
mod introspect;
mod json;
mod judge;
mod listen;
mod login;
mod oauth_error;
mod observe;
mod options;
mod peer;
mod pool;
mod posted;
mod problem;
mod revoke;
mod router;
mod server;
mod stretching;
mod token;
mod verify;

pub use door::Door;
pub use host::Host;
pub use listen::{Address, BindError};
pub use options::Options;
pub use pool::NewContext;
pub use server::{Server, StartError, serve};
