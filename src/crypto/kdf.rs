//! Keys from other secrets: HKDF (RFC 5869) from strong ones, Argon2id (RFC 9106) from passwords.

use argon2::{Algorithm, Argon2, AssociatedData, Block, ParamsBuilder, Version};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroize;

use super::key::Key;
use super::label::Label;
use crate::entropy::NoRandomness;
use crate::sys;

const MIB: u32 = 1024;
const GIB: u32 = 1024 * MIB;

/// Why no key came of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KdfError {
    /// Parameters that Argon2 or a bound of ours refuses; the text says which.
    #[error("unacceptable Argon2 parameters: {0}")]
    Parameters(&'static str),
    /// The memory that the parameters ask for is not to be had.
    #[error("not enough memory for Argon2: {kib} KiB")]
    OutOfMemory {
        /// How much was asked for.
        kib: u64,
    },
    /// A stored password hash that is none.
    #[error("malformed password hash")]
    Malformed,
    /// No salt could be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// What a guess costs (RFC 9106, 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Params {
    /// Memory in KiB.
    pub m_kib: u32,
    /// Passes over it.
    pub t: u32,
    /// Lanes. They are filled one after another, so more of them only help an attacker.
    pub p: u32,
}

impl Argon2Params {
    /// For a new passphrase slot.
    pub const SLOT_DEFAULT: Self = Self {
        m_kib: 256 * MIB,
        t: 3,
        p: 1,
    };
    /// The least that a new passphrase slot may have.
    pub const SLOT_FLOOR: Self = Self {
        m_kib: 64 * MIB,
        t: 3,
        p: 1,
    };
    /// For a profile's password.
    pub const PASSWORD_DEFAULT: Self = Self {
        m_kib: 64 * MIB,
        t: 3,
        p: 1,
    };

    /// Whether a guess costs at least as much as with `floor`, in memory and in passes.
    pub fn at_least(&self, floor: &Self) -> bool {
        self.m_kib >= floor.m_kib && self.t >= floor.t
    }

    /// Bounds what a header may ask of us, before anything in it is authenticated.
    ///
    /// `available_kib` is the memory to be had, of which half may be used; `None` lifts that
    /// bound and no other (`--kdf-allow-memory`). Nothing is allocated.
    pub fn check_stored_slot(&self, available_kib: Option<u64>) -> Result<(), &'static str> {
        let Self { m_kib, t, p } = *self;
        let memory = u64::from(m_kib);
        let refusal = match () {
            () if !(1..=16).contains(&p) => "lanes are not between 1 and 16",
            () if !(1..=32).contains(&t) => "passes are not between 1 and 32",
            () if m_kib < 8 * p => "memory is below 8 KiB per lane",
            () if m_kib > 4 * GIB => "memory is above 4 GiB",
            () if memory * u64::from(t) > 16 * u64::from(GIB) => {
                "memory times passes is above 16 GiB"
            }
            () if available_kib.is_some_and(|kib| memory > kib / 2) => {
                "memory is above half of what is available"
            }
            () => return Ok(()),
        };
        Err(refusal)
    }
}

/// HKDF-SHA-256 (RFC 5869) with the label's 16 bytes as info and 32 bytes out.
pub fn hkdf(salt: &[u8], ikm: &[u8], label: Label) -> Key {
    let extracted = Hkdf::<Sha256>::new(Some(salt), ikm);
    let Ok(key) = Key::filled(|out| extracted.expand(&label.bytes(), out)) else {
        unreachable!("fails beyond 255 blocks of output alone (RFC 5869, 2.3), and this is one");
    };
    key
}

/// Argon2id, version 0x13 (RFC 9106), 32 bytes out.
///
/// `secret` is its K and may be empty; `ad` is its X, at most 32 bytes. The bounds are Argon2's own:
/// parameters from a store are checked by the caller first. The memory is wiped afterwards.
pub fn argon2id(
    password: &[u8],
    salt: &[u8],
    secret: &[u8],
    ad: &[u8],
    params: &Argon2Params,
) -> Result<Key, KdfError> {
    let argon2 = context(secret, ad, params)?;
    let mut memory = Memory::new(argon2.params().block_count())?;
    Key::filled(|out| argon2.hash_password_into_with_memory(password, salt, out, &mut memory))
        .map_err(|_| KdfError::Parameters("a password, salt or secret of this length"))
}

fn context<'a>(secret: &'a [u8], ad: &[u8], params: &Argon2Params) -> Result<Argon2<'a>, KdfError> {
    let Argon2Params { m_kib, t, p } = *params;
    let ad = AssociatedData::new(ad)
        .map_err(|_| KdfError::Parameters("associated data above 32 bytes"))?;
    let params = ParamsBuilder::new()
        .m_cost(m_kib)
        .t_cost(t)
        .p_cost(p)
        .data(ad)
        .output_len(32)
        .build()
        .map_err(|_| KdfError::Parameters("memory, passes or lanes out of Argon2's range"))?;
    Argon2::new_with_secret(secret, Algorithm::Argon2id, Version::V0x13, params)
        .map_err(|_| KdfError::Parameters("a secret of this length"))
}

/// Argon2's blocks: fallibly allocated, on huge pages, wiped.
struct Memory(Vec<Block>);

impl Memory {
    fn new(blocks: usize) -> Result<Self, KdfError> {
        let mut memory = Vec::new();
        memory
            .try_reserve_exact(blocks)
            .map_err(|_| KdfError::OutOfMemory {
                kib: u64::try_from(blocks).unwrap_or(u64::MAX),
            })?;
        // Before the first touch: what costs in a fresh process is page faults.
        sys::huge_pages(memory.spare_capacity_mut());
        memory.resize(blocks, Block::new());
        Ok(Self(memory))
    }
}

impl AsMut<[Block]> for Memory {
    fn as_mut(&mut self) -> &mut [Block] {
        &mut self.0
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.0.iter_mut().zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::{KdfError, Memory};

    #[test]
    fn memory_that_is_not_to_be_had_is_an_error() {
        let refused = Memory::new(usize::MAX / 2048);
        assert!(matches!(refused.err(), Some(KdfError::OutOfMemory { .. })));
    }
}
