//! Files of this machine: who may change them, how they are replaced, and locks on them.
//!
//! Nothing else of hallpass is named here.

pub mod atomic;
pub mod lock;
pub mod private;
pub mod trust;
