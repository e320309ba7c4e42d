//! Fixed little-endian layouts, read with bounds checks.

use crate::error::{Error, Result};

/// A cursor over bytes from a store.
pub(in crate::barrier) struct Cursor<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Cursor<'a> {
    /// Starts at the beginning of `bytes`; errors call them `what`.
    pub(in crate::barrier) fn new(bytes: &'a [u8], what: &'static str) -> Self {
        Self { rest: bytes, what }
    }

    /// The next `n` bytes.
    pub(in crate::barrier) fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let (head, tail) = self.rest.split_at_checked(n).ok_or_else(|| self.short())?;
        self.rest = tail;
        Ok(head)
    }

    /// The next `N` bytes.
    pub(in crate::barrier) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (head, tail) = self
            .rest
            .split_first_chunk::<N>()
            .ok_or_else(|| self.short())?;
        self.rest = tail;
        Ok(*head)
    }

    pub(in crate::barrier) fn u8(&mut self) -> Result<u8> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub(in crate::barrier) fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(in crate::barrier) fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(in crate::barrier) fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(in crate::barrier) fn i64(&mut self) -> Result<i64> {
        Ok(i64::from_le_bytes(self.array()?))
    }

    /// Returns the bytes not read yet.
    pub(in crate::barrier) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Refuses remaining bytes that are not zero: padding must not carry data.
    pub(in crate::barrier) fn only_padding_left(&self) -> Result<()> {
        if self.rest.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        Err(Error::Integrity(format!(
            "{} has trailing bytes",
            self.what
        )))
    }

    fn short(&self) -> Error {
        Error::Integrity(format!("{} is truncated", self.what))
    }
}

/// The size class of a sealed plain text, so that its size reveals little: 128, 192, 256, 384, 512,
/// then 256·2^k up to [`LARGEST`]. `None` if it is longer.
pub(in crate::barrier) fn size_class(len: usize) -> Option<usize> {
    const SMALL: [usize; 5] = [128, 192, 256, 384, 512];
    if let Some(class) = SMALL.into_iter().find(|class| len <= *class) {
        return Some(class);
    }
    let class = len.checked_next_power_of_two()?;
    (class <= LARGEST).then_some(class)
}

/// The largest frame: 1 MiB, far below the point where ChaCha20's counter would wrap.
pub(in crate::barrier) const LARGEST: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_holds_its_content_and_wastes_at_most_half() {
        for len in 1..5000 {
            let class = size_class(len).unwrap();
            assert!(
                class >= len && (class == 128 || class < 2 * len),
                "{len} -> {class}"
            );
        }
        assert_eq!(size_class(LARGEST), Some(LARGEST));
        assert_eq!(size_class(LARGEST + 1), None);
    }

    #[test]
    fn a_cursor_never_reads_past_the_end() {
        let mut cursor = Cursor::new(&[1, 2, 3], "a thing");
        assert_eq!(cursor.u16().unwrap(), 0x0201);
        assert!(cursor.u16().is_err());
        assert_eq!(cursor.rest(), [3]);
        assert!(cursor.only_padding_left().is_err());
    }
}
