//! Key derivation: HKDF (RFC 5869) from strong secrets, Argon2id (RFC 9106) from passwords.

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

/// The reason why a password could not be stretched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KdfError {
    /// Parameters outside Argon2's or this program's limits; the text names the limit.
    #[error("unacceptable Argon2 parameters: {0}")]
    Parameters(&'static str),
    /// The memory that the parameters require is not available.
    #[error("not enough memory for Argon2: {kib} KiB")]
    OutOfMemory {
        /// The memory required, in KiB.
        kib: u64,
    },
    /// A stored password hash that does not parse.
    #[error("malformed password hash")]
    Malformed,
    /// No random salt is available.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// The cost of a guess (RFC 9106, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Params {
    /// Memory in KiB.
    pub m_kib: u32,
    /// Passes over the memory.
    pub t: u32,
    /// Lanes. They are filled sequentially here, so more lanes only help an attacker.
    pub p: u32,
}

impl Argon2Params {
    /// The parameters of a new passphrase slot.
    pub const SLOT_DEFAULT: Self = Self {
        m_kib: 256 * MIB,
        t: 3,
        p: 1,
    };
    /// The minimum for a new passphrase slot.
    pub const SLOT_FLOOR: Self = Self {
        m_kib: 64 * MIB,
        t: 3,
        p: 1,
    };
    /// The parameters of a profile's password.
    pub const PASSWORD_DEFAULT: Self = Self {
        m_kib: 64 * MIB,
        t: 3,
        p: 1,
    };

    /// Whether a guess costs at least as much as with `floor`, in memory and in passes.
    pub fn at_least(&self, floor: &Self) -> bool {
        self.m_kib >= floor.m_kib && self.t >= floor.t
    }

    /// Checks the parameters of a stored slot before anything in its header is authenticated.
    ///
    /// `available_kib` is the free memory, of which half may be used; `None` lifts that limit and
    /// no other (`--kdf-allow-memory`). Allocates nothing.
    ///
    /// # Errors
    ///
    /// The name of the limit that the parameters exceed.
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

/// HKDF-SHA-256 (RFC 5869): the label's 16 bytes are the info; the output has 32 bytes.
pub fn hkdf(salt: &[u8], ikm: &[u8], label: Label) -> Key {
    let extracted = Hkdf::<Sha256>::new(Some(salt), ikm);
    let Ok(key) = Key::filled(|out| extracted.expand(&label.bytes(), out)) else {
        unreachable!("fails beyond 255 blocks of output alone (RFC 5869, 2.3), and this is one");
    };
    key
}

/// Argon2id, version 0x13 (RFC 9106), with 32 bytes of output.
///
/// `secret` is its K and may be empty; `ad` is its X, at most 32 bytes. Only Argon2's own limits
/// are checked: the caller checks stored parameters first. The memory is wiped afterwards.
///
/// # Errors
///
/// [`KdfError::Parameters`] beyond Argon2's limits, and [`KdfError::OutOfMemory`].
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

/// Argon2's memory blocks: fallibly allocated, on huge pages, wiped.
struct Memory(Vec<Block>);

impl Memory {
    fn new(blocks: usize) -> Result<Self, KdfError> {
        let mut memory = Vec::new();
        memory
            .try_reserve_exact(blocks)
            .map_err(|_| KdfError::OutOfMemory {
                kib: u64::try_from(blocks).unwrap_or(u64::MAX),
            })?;
        // Before the first access: page faults dominate the cost in a fresh process.
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
    use std::fs::File;
    use std::os::unix::fs::FileExt as _;

    use super::{Argon2Params, KdfError, Memory, context};

    #[test]
    fn a_guess_costs_at_least_as_much_in_both_respects() {
        let floor = Argon2Params::SLOT_FLOOR;
        let Argon2Params { m_kib, t, p } = floor;
        let at_least = |m_kib, t| Argon2Params { m_kib, t, p }.at_least(&floor);
        assert!(at_least(m_kib, t) && at_least(m_kib + 1, t + 1));
        assert!(!at_least(m_kib - 1, t + 1) && !at_least(m_kib + 1, t - 1));
    }

    #[test]
    fn a_stored_slot_asks_for_so_much_work_and_no_more() {
        let refused = |m_kib, t, p, available| {
            let params = Argon2Params { m_kib, t, p };
            params.check_stored_slot(available).err()
        };
        let gib = 1 << 20;
        assert_eq!(refused(4 * gib, 4, 16, None), None);
        for (m_kib, t, p, why) in [
            (gib, 17, 1, "memory times passes"),
            (4 * gib, 5, 1, "memory times passes"),
            (4 * gib + 1, 1, 1, "above 4 GiB"),
            (gib, 1, 17, "lanes"),
            (gib, 33, 1, "passes"),
            (15, 1, 2, "8 KiB per lane"),
        ] {
            let found = refused(m_kib, t, p, None).unwrap();
            assert!(found.contains(why), "{found}");
        }
        assert_eq!(refused(16, 1, 2, Some(32)), None);
        assert!(refused(16, 1, 2, Some(31)).is_some());
    }

    /// What is freed is read where the kernel shows it.
    #[test]
    fn the_memory_of_argon2_is_wiped() {
        const KIB: usize = 1024;
        let params = Argon2Params {
            m_kib: 64,
            t: 1,
            p: 1,
        };
        let argon2 = context(&[], &[], &params).unwrap();
        let mut memory = Memory::new(argon2.params().block_count()).unwrap();
        let mut out = [0; 32];
        argon2
            .hash_password_into_with_memory(b"password", &[7; 16], &mut out, &mut memory)
            .unwrap();
        let process = File::open("/proc/self/mem").unwrap();
        // Behind the first block: an allocator writes at the beginning of what is free.
        let within = memory.0.as_ptr().addr() as u64 + 8 * KIB as u64;
        let mut seen = vec![0; 16 * KIB];
        process.read_exact_at(&mut seen, within).unwrap();
        assert!(seen.iter().any(|byte| *byte != 0), "the premise");
        drop(memory);
        process.read_exact_at(&mut seen, within).unwrap();
        assert!(seen.iter().all(|byte| *byte == 0));
    }

    #[test]
    fn memory_that_is_not_to_be_had_is_an_error() {
        let refused = Memory::new(usize::MAX / 2048);
        assert!(matches!(refused.err(), Some(KdfError::OutOfMemory { .. })));
    }
}
