//! Files of this machine, below everything else: nothing of the program is named here.

pub mod trust;
