//! Bounded reading: every input from outside has a size limit.

use std::io::{self, Read};

use zeroize::Zeroizing;

/// Reads to the end into one buffer, which is wiped on drop and never grows, so that no copies of a
/// secret are left behind.
///
/// # Errors
///
/// `FileTooLarge` if there are more than `most` bytes, and those of reading.
pub fn read(mut from: impl Read, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; most.saturating_add(1)]);
    let mut filled = 0;
    while let Some(rest @ [_, ..]) = bytes.get_mut(filled..) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    if filled > most {
        let why = format!("more than {most} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
    }
    bytes.truncate(filled);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_bounded() {
        assert_eq!(read(&b"1234"[..], 4).unwrap().as_slice(), b"1234");
        assert_eq!(
            read(&b"12345"[..], 4).unwrap_err().kind(),
            io::ErrorKind::FileTooLarge
        );
        assert!(read(io::repeat(0), 4).is_err());
    }
}
