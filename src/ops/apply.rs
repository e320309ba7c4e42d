//! Desired state: declared, compared with the store, and applied, all or nothing.
//!
//! A plan is a rehearsal: the changes are made in a transaction that is rolled back. Its audit rows
//! are the plan, and its errors are what would be refused. To apply a plan, new secrets are
//! generated and delivered to their sinks first, with no lock held; then one transaction makes all
//! of them valid and makes every other change. Until it commits, the store is unchanged, whatever
//! fails or is killed.
//!
//! ```
//! use hallpass::ops::Core;
//! use hallpass::ops::apply::{self, Declaration, Undeclared};
//!
//! # fn example(core: &mut Core, declared: &mut Declaration) -> hallpass::Result<()> {
//! let plan = apply::plan(core, declared, Undeclared::Keep)?;
//! println!("{} changes", plan.changes.len());
//! # Ok(())
//! # }
//! ```

mod declaration;
mod deliver;
mod nouns;
mod perform;
mod plan;
mod prune;
mod rehearse;
mod run;
mod wrong;

pub use declaration::{
    Access, Connection, Declaration, Environment, Membership, Profile, Undeclared,
};
pub use deliver::Progress;
pub use perform::apply;
pub use plan::{Plan, Step};
pub use rehearse::plan;
