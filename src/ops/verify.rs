//! Is this token valid for this use?
//!
//! Three steps, a file for each: reading the facts, in as many steps for an unknown token as for a
//! known one; judging them, which reads nothing; and, after the answer, recording the use. For an
//! operator, [`explain`](explain()) adds what each check compared.
//!
//! ```
//! use hallpass::model::token::Presented;
//! use hallpass::ops::verify::{self, Asked};
//! use hallpass::ops::Core;
//!
//! # fn example(core: &mut Core, presented: &Presented) -> hallpass::Result<()> {
//! let asked = Asked { connection: Some("github".parse()?), ..Asked::default() };
//! let verdict = verify::judge(core, presented, &asked)?;
//! // Answer first: recording the use may wait for the store.
//! println!("{}", verdict.reason.word());
//! verify::touch(core, &verdict);
//! # Ok(())
//! # }
//! ```

mod due;
mod explain;
mod facts;
mod judge;
mod profile;
#[cfg(feature = "server")]
pub mod snapshot;
mod touch;
mod verdict;

pub use due::RecordUse;
pub use explain::explain;
pub use judge::judge;
pub use profile::{ProfileVerdict, judge_profile};
pub use touch::{note, touch};
pub use verdict::{Asked, Explained, Judged, Verdict};
