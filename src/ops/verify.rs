//! Is this token valid for this use?
//!
//! Three steps, a file each: the facts are read, in as many steps for a token that is not there as for one
//! that is; they are judged, which reads nothing; and once the answer is out, the use is noted.
//!
//! ```
//! use hallpass::model::token::Presented;
//! use hallpass::ops::verify::{self, Asked};
//! use hallpass::ops::Core;
//!
//! # fn example(core: &mut Core, presented: &Presented) -> hallpass::Result<()> {
//! let asked = Asked { connection: Some("github".parse()?), ..Asked::default() };
//! let verdict = verify::judge(core, presented, &asked)?;
//! // The answer is given first; nobody waits for the note of the use.
//! println!("{}", verdict.reason.word());
//! verify::touch(core, presented, &verdict);
//! # Ok(())
//! # }
//! ```

mod facts;
mod judge;
mod touch;
mod verdict;

pub use judge::judge;
pub use touch::touch;
pub use verdict::{Asked, Judged, Verdict};
