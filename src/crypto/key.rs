//! Key bytes, in memory that is neither swapped, dumped nor inherited.

use std::convert::Infallible;
use std::fmt;

use crate::entropy::{Entropy, NoRandomness};
use crate::sys::Locked;

/// Thirty-two secret bytes in locked memory, wiped when dropped.
pub struct Key(Locked);

impl Key {
    /// A new random key.
    pub fn generate(entropy: &mut dyn Entropy) -> Result<Self, NoRandomness> {
        Self::filled(|bytes| entropy.fill(bytes))
    }

    /// The key whose bytes these are; `None` unless there are exactly 32. The caller wipes its copy.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; 32] = bytes.try_into().ok()?;
        Some(Self::copied(bytes))
    }

    /// The one door to the bytes.
    pub fn expose(&self) -> &[u8; 32] {
        self.0.bytes()
    }

    /// Lets `fill` write the bytes where they will stay, so that no copy is left on the stack.
    pub(super) fn filled<E>(fill: impl FnOnce(&mut [u8; 32]) -> Result<(), E>) -> Result<Self, E> {
        let mut memory = Locked::zeroed();
        fill(memory.bytes_mut())?;
        Ok(Self(memory))
    }

    /// A second copy, for a type that keeps its own.
    pub(super) fn duplicate(&self) -> Self {
        Self::copied(self.expose())
    }

    fn copied(from: &[u8; 32]) -> Self {
        let Ok(key) = Self::filled(|bytes| {
            bytes.copy_from_slice(from);
            Ok::<(), Infallible>(())
        });
        key
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}
