//! Tokens: issued, displayed, suspended, rotated, revoked.
//!
//! ```
//! use hallpass::ops::{Core, token};
//!
//! # fn example(core: &mut Core) -> hallpass::Result<()> {
//! let draft = token::Draft::new("ci".parse()?, "runner".parse()?);
//! // Nothing is delivered, so nothing can fail: the tokens are valid at once.
//! let issued = token::issue_many(core, &[draft])?;
//! for token in &issued {
//!     println!("{} ends {:?}", token.summary.address(), token.summary.expires_at);
//! }
//! # Ok(())
//! # }
//! ```

mod declared;
mod ensure;
mod filter;
mod identify;
mod import;
mod issue;
mod list;
mod prune;
mod reconcile;
mod revoke;
mod rotate;
mod selection;
mod show;
mod sink_content;
mod suspend;
mod uses;

pub use super::records::token::{
    Assumed, Draft, How, Imported, Issued, Lifetime, SuccessorLifetime, Summary, Target, Unnamed,
};
pub use declared::{Declared, Source};
pub use ensure::{EnsureRequest, Ensured, Needed, ensure, preview_ensure};
pub use filter::{Filter, SessionFilter, StateFilter};
pub use identify::identify;
pub use import::{Preset, import};
pub use issue::{issue, issue_many};
pub use list::list;
pub use prune::prune;
pub use revoke::{revoke, revoke_own};
pub use rotate::{RotateAnswer, RotateRequest, Rotated, rotate};
pub use selection::{Previewed, Selection, preview};
pub use show::show;
pub use suspend::{resume, suspend};
pub use uses::Uses;

pub(in crate::ops) use list::holders;
pub(in crate::ops) use reconcile::{Reconciler, revoke_undeclared};
pub(in crate::ops) use sink_content::SinkContent;
