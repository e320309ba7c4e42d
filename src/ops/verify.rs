//! Is this token valid for this use?
//!
//! Three steps, a file each: the facts are read, in as many steps for a token that is not there as for one
//! that is; they are judged, which reads nothing; and once the answer is out, the use is noted.

mod facts;
mod judge;
mod touch;
mod verdict;

pub use judge::judge;
pub use touch::touch;
pub use verdict::{Asked, Judged, Verdict};
