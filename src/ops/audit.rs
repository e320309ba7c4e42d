//! The audit log: listed, followed, verified, exported.
//!
//! ```
//! use hallpass::ops::{Core, audit};
//!
//! # fn example(core: &mut Core) -> hallpass::Result<()> {
//! let proof = audit::verify(core, &[], &mut |_done, _of| ())?;
//! println!("{} entries, the newest is {}", proof.rows, proof.last);
//! # Ok(())
//! # }
//! ```

mod filter;
mod read;
mod record;
mod verify;

pub use filter::{ActionFilter, Choice, Filter, ProfileRef, choose};
pub use read::{Beginning, Head, Show, after, all, export, head, last};
pub use record::LogRecord;
pub use verify::{Proof, verify};
