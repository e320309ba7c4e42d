//! T28: hostile parameters.

use hallpass::crypto::{Argon2Params, KdfError, argon2id};

use super::CHEAP;

/// Repeatable noise (xorshift64*), so that a failure can be looked at.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Of any magnitude, small ones as often as large ones.
    fn number(&mut self) -> u32 {
        let shift = self.next() % 32;
        u32::try_from(self.next() >> 32).unwrap() >> shift
    }

    /// Mostly small.
    fn count(&mut self) -> u32 {
        let shift = if self.next().is_multiple_of(4) { 8 } else { 27 };
        u32::try_from(self.next() >> 32).unwrap() >> shift
    }
}

/// The bounds of the format, said once more in another way.
fn acceptable(params: Argon2Params, available_kib: Option<u64>) -> bool {
    let (m, t, p) = (
        u64::from(params.m_kib),
        u64::from(params.t),
        u64::from(params.p),
    );
    let gib = 1 << 20;
    (1..=16).contains(&p)
        && (1..=32).contains(&t)
        && (8 * p..=4 * gib).contains(&m)
        && m * t <= 16 * gib
        && available_kib.is_none_or(|available| 2 * m <= available)
}

#[test]
fn slot_parameters_out_of_bounds_are_refused_before_any_work() {
    let mut noise = Noise(0x9E37_79B9_7F4A_7C15);
    let (mut refused, mut accepted) = (0, 0);
    while refused < 10_000 {
        let params = Argon2Params {
            m_kib: noise.number(),
            t: noise.count(),
            p: noise.count(),
        };
        let available = Some(u64::from(noise.number())).filter(|_| noise.next().is_multiple_of(2));
        let verdict = params.check_stored_slot(available);
        assert_eq!(
            verdict.is_ok(),
            acceptable(params, available),
            "{params:?} {available:?}"
        );
        if verdict.is_ok() {
            accepted += 1;
        } else {
            refused += 1;
        }
    }
    assert!(
        accepted > 500,
        "the noise hardly ever meets the bounds: {accepted}"
    );
}

#[test]
fn the_edges_of_the_slot_bounds_are_where_the_format_says() {
    let gib = 1 << 20;
    let check = |m_kib, t, p| Argon2Params { m_kib, t, p }.check_stored_slot(None).is_ok();
    assert!(check(4 * gib, 4, 16) && !check(4 * gib + 1, 1, 1) && !check(4 * gib, 5, 1));
    assert!(check(8, 1, 1) && !check(7, 1, 1) && !check(8, 0, 1) && !check(8, 1, 0));
    assert!(check(1024, 32, 16) && !check(1024, 33, 1) && !check(1024, 1, 17));
    assert!(!check(u32::MAX, u32::MAX, u32::MAX));
    let slot = Argon2Params::SLOT_DEFAULT;
    assert!(slot.check_stored_slot(Some(512 * 1024)).is_ok());
    assert!(slot.check_stored_slot(Some(512 * 1024 - 1)).is_err());
    assert!(slot.at_least(&Argon2Params::SLOT_FLOOR));
    assert!(!CHEAP.at_least(&Argon2Params::SLOT_FLOOR));
}

#[test]
fn argon2_refuses_what_it_cannot_do() {
    let refused = |m_kib, t, p, ad: &[u8]| {
        let found = argon2id(
            b"password",
            &[0; 16],
            b"",
            ad,
            &Argon2Params { m_kib, t, p },
        );
        matches!(found, Err(KdfError::Parameters(_)))
    };
    assert!(refused(7, 1, 1, b"") && refused(8, 0, 1, b"") && refused(8, 1, 0, b""));
    assert!(refused(8, 1, u32::MAX, b"") && refused(8, 1, 1, &[0; 33]));
    assert!(!refused(8, 1, 1, &[0; 32]));
}
