//! Keys in memory that is not swapped, dumped or inherited by a fork.

use std::convert::Infallible;
use std::fmt;

use crate::entropy::{Entropy, NoRandomness};
use crate::sys::Locked;

/// Thirty-two secret bytes in locked memory, wiped when dropped.
pub struct Key(Locked);

impl Key {
    /// Generates a random key.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] if the source fails.
    pub fn generate(entropy: &mut dyn Entropy) -> Result<Self, NoRandomness> {
        Self::filled(|bytes| entropy.fill(bytes))
    }

    /// Copies a key from bytes; `None` unless there are exactly 32. The caller wipes its own copy.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; 32] = bytes.try_into().ok()?;
        Some(Self::copied(bytes))
    }

    /// The bytes of the key. This is the only access to them.
    pub fn expose(&self) -> &[u8; 32] {
        self.0.bytes()
    }

    /// Creates a key whose bytes `fill` writes directly into locked memory, with no copy on the
    /// stack.
    pub(super) fn filled<E>(fill: impl FnOnce(&mut [u8; 32]) -> Result<(), E>) -> Result<Self, E> {
        let mut memory = Locked::zeroed();
        fill(memory.bytes_mut())?;
        Ok(Self(memory))
    }

    /// Copies the key for a type that owns one.
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
