//! Desired state: declared, compared with what there is, and applied, all of it or nothing.
//!
//! A plan is a rehearsal: the change is made in a transaction that is rolled back, so that it reports
//! what the log would say, and what would be refused. To apply it, new secrets are made and delivered
//! to their sinks first, with no lock held; then one transaction makes all of them valid, with
//! everything else. Until it commits, the store is as it was, whatever fails or is killed.

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
pub use deliver::Onwards;
pub use perform::apply;
pub use plan::{Plan, Step};
pub use rehearse::plan;
