//! Is this token good here?

mod facts;
mod judge;
mod touch;
mod verdict;

pub use judge::judge;
pub use touch::touch;
pub use verdict::{Asked, Judged, Verdict};
