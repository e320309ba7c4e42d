//! hallpass: API credentials that are handed out, restricted, suspended, verified and revoked, in one
//! sealed store.
//!
//! This is the core that the `hallpass` program is built on. It is synchronous. It never talks to a
//! person, and it reads neither the environment, the home folder nor the wall clock: a front end
//! hands these in as a [`Context`](ops::Context).
//!
//! # The map
//!
//! | Module | What it is |
//! |---|---|
//! | [`model`] | plain data; parsing is the only way in, so what exists is valid |
//! | [`ops`] | what can be done: one module per noun, one function per verb, on a [`Core`](ops::Core) |
//! | [`open`], [`core`] | from a location and a secret to an open store, a [`Core`](ops::Core) |
//! | [`barrier`] | the seal: typed records in, opaque bytes out, everything that is read verified |
//! | [`backend`] | where the bytes are kept: SQLite, or memory for tests |
//! | [`crypto`] | the primitives, each behind a type without parameters to get wrong |
//! | [`mail`] | the mail transports: servers, sendmail, a folder |
//! | `http` | the server (feature `server`) |
//! | [`scan`] | secrets of hallpass in any text, without a store |
//! | [`files`], [`process`], [`sys`] | the machine: trust checks and atomic replacement of files, child processes, the only unsafe code |
//! | [`error`], [`kind`] | what can go wrong, as data |
//! | [`bounded`], [`html`] | bounded reads, text in HTML |
//! | [`clock`], [`entropy`], [`secret`] | time and randomness as parameters, strings that `Debug` hides |
//!
//! `docs/architecture.md` has the arrows between them, and where to change what.
//!
//! # Example
//!
//! A store in memory is made, a token is issued, and it is judged. (`MemoryBackend` and
//! `FixedClock` need the feature `testing`.)
//!
//! ```
//! use hallpass::backend::memory::MemoryBackend;
//! use hallpass::barrier::{NewSlot, State};
//! use hallpass::clock::FixedClock;
//! use hallpass::crypto::Key;
//! use hallpass::entropy::OsEntropy;
//! use hallpass::model::audit::Actor;
//! use hallpass::model::time::Span;
//! use hallpass::model::token::Token;
//! use hallpass::model::verdict::Reason;
//! use hallpass::ops::edit::IfThere;
//! use hallpass::ops::verify::Asked;
//! use hallpass::ops::{Context, Suspend, profile, store, token, verify};
//!
//! # fn main() -> hallpass::Result<()> {
//! let context = Context {
//!     clock: Box::new(FixedClock::new(1_795_521_600_i64)),
//!     entropy: Box::new(OsEntropy),
//!     request: Actor::default().into(),
//!     token_lifetime: Span::QUARTER,
//! };
//! let key = Key::generate(&mut OsEntropy)?;
//! let slots = vec![NewSlot::KeyFile(&key)];
//! let backend = Box::new(MemoryBackend::new());
//! let mut core = store::init(backend, [7; 16], slots, &State::off(), context)?;
//!
//! profile::add(&mut core, &profile::Draft::new("ci".parse()?), IfThere::Refuse)?;
//! let draft = token::Draft::new("ci".parse()?, "laptop".parse()?);
//! // Returns the secrets directly; `token::issue` delivers them to a sink instead.
//! let issued = token::issue_many(&mut core, &[draft])?;
//! let secret = issued[0].secret.expose();
//!
//! let token = Token::parse(secret).expect("it was just made");
//! let verdict = verify::judge(&mut core, &token, &Asked::default())?;
//! assert_eq!(verdict.reason, Reason::Valid);
//!
//! let name = "ci".parse()?;
//! profile::suspend(&mut core, &name, &Suspend { reason: None, until: None })?;
//! let verdict = verify::judge(&mut core, &token, &Asked::default())?;
//! assert_eq!(verdict.reason, Reason::ProfileSuspended);
//! # Ok(())
//! # }
//! ```

pub mod backend;
pub mod barrier;
pub mod bounded;
pub mod clock;
pub mod core;
pub mod crypto;
pub mod entropy;
pub mod error;
pub mod files;
pub mod html;
#[cfg(feature = "server")]
pub mod http;
pub mod kind;
pub mod mail;
pub mod model;
pub mod open;
pub mod ops;
pub mod process;
pub mod scan;
pub mod secret;
#[expect(
    unsafe_code,
    reason = "locked memory, process hardening and signals need the system"
)]
pub mod sys;

pub use error::{Error, Result};
pub use kind::Kind;
