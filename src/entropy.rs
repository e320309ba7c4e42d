//! Randomness as a parameter.

use rand::TryRng;
use rand::rngs::SysRng;

/// No random bytes are available. Nothing that needs them may proceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system provides no random bytes")]
pub struct NoRandomness;

/// A source of unpredictable bytes.
///
/// An implementation fills all of `out` or fails; the output of a failed call is never used.
pub trait Entropy: Send {
    /// Fills `out` with random bytes.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] if the source fails.
    fn fill(&mut self, out: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The operating system's generator (`getrandom(2)`), called each time.
///
/// It keeps no state in the process, so that neither `fork` nor a virtual machine snapshot can
/// repeat a nonce.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), NoRandomness> {
        SysRng.try_fill_bytes(out).map_err(|_| NoRandomness)
    }
}

/// A source that always fails, for tests.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug, Clone, Copy, Default)]
pub struct BrokenEntropy;

#[cfg(any(test, feature = "testing"))]
impl Entropy for BrokenEntropy {
    fn fill(&mut self, _: &mut [u8]) -> Result<(), NoRandomness> {
        Err(NoRandomness)
    }
}
