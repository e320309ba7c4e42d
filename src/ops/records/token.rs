//! Tokens at the level of records.

mod draft;
mod dummy;
mod end;
mod find;
mod issue;
mod issued;
mod issuer;
mod journal;
mod last_use;
mod live;
mod made_from;
mod matching;
mod names;
mod owner;
mod parent;
mod pending;
mod proof;
mod removal;
mod replaceable;
mod rotation;
mod session_expiry;
mod session_issue;
mod session_queue;
mod state;
mod succession;
mod successor;
mod summary;
mod target;
mod term;
mod usable;

pub use draft::{Draft, SuccessorLifetime, Unnamed};
pub use issued::{Assumed, How, Imported, Issued, Lifetime};
pub use summary::Summary;
pub use target::Target;

pub(in crate::ops) use dummy::dummy_record;
pub(in crate::ops) use end::{
    UNDELIVERED, end, journal_with_profile, remember_end, revoke_again, revoke_undelivered,
};
pub(in crate::ops) use find::{by_id, of_profile};
pub(in crate::ops) use issue::{announce_issue, issue_delivering, issue_pending, issue_within};
pub(in crate::ops) use issuer::{Issuer, Origin};
pub(in crate::ops) use journal::{NAMED_IN_A_ROW, journal_import, journal_many, journal_one};
pub(in crate::ops) use last_use::{expect_uses, with_last_use};
pub(in crate::ops) use live::{each_live, live_where};
pub(in crate::ops) use made_from::MadeFrom;
pub(in crate::ops) use matching::is_for;
pub(in crate::ops) use names::{free_name, name_holder};
pub(in crate::ops) use owner::ensure_device_free;
pub(in crate::ops) use parent::{ended_with_parent, parent_of};
pub(in crate::ops) use pending::{activate, deadline, expire_pending, remove_undelivered};
pub(in crate::ops) use proof::{TokenProof, digest_of, find_secret};
pub(in crate::ops) use removal::{remove_ended, store_owner};
pub(in crate::ops) use replaceable::{ensure_holds_name, ensure_not_stopped, ensure_replaceable};
pub(in crate::ops) use rotation::{answered, late_use, note_late_use};
pub(in crate::ops) use session_expiry::expire_sessions;
pub(in crate::ops) use session_issue::SessionTerms;
pub(in crate::ops) use session_queue::each_session;
pub(in crate::ops) use state::{is_live, state};
pub(in crate::ops) use succession::{complete_rotation, undo_succession, waiting_successor};
pub(in crate::ops) use summary::{announce_referents, required_summary, summary, summary_by_id};
pub(in crate::ops) use target::{announce, find, find_all};
pub(in crate::ops) use term::{DefaultLifetime, ensure_long_enough, lasts};
pub(in crate::ops) use usable::ensure_usable;
