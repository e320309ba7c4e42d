//! The frame of a sealed object: its kind and length, padded to a size class.
//!
//! `ver u16 = 1 ‖ kind u16 ‖ epoch u64 ‖ body_len u32 ‖ body ‖ zeros`. The kind is inside the
//! sealed part, so that one kind of record cannot pose as another.

use zeroize::Zeroizing;

use super::codec::{Cursor, LARGEST, size_class};
use crate::error::{Error, Refusal, Result};

const VERSION: u16 = 1;
const HEAD: usize = 16;

/// Frames `body`; the result is as long as its size class.
pub(in crate::barrier) fn wrap(kind: u16, epoch: u64, body: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let too_large = || Refusal::Limit("a record is larger than 1 MiB");
    let class = size_class(HEAD + body.len()).ok_or_else(too_large)?;
    let body_len = u32::try_from(body.len()).map_err(|_| too_large())?;
    let mut frame = Zeroizing::new(Vec::with_capacity(class));
    frame.extend_from_slice(&VERSION.to_le_bytes());
    frame.extend_from_slice(&kind.to_le_bytes());
    frame.extend_from_slice(&epoch.to_le_bytes());
    frame.extend_from_slice(&body_len.to_le_bytes());
    frame.extend_from_slice(body);
    frame.resize(class, 0);
    Ok(frame)
}

/// Returns kind and body of an opened frame.
pub(in crate::barrier) fn unwrap(frame: &[u8]) -> Result<(u16, &[u8])> {
    if frame.len() > LARGEST {
        return Err(Error::Integrity("a record is larger than 1 MiB".into()));
    }
    let mut cursor = Cursor::new(frame, "a record");
    let version = cursor.u16()?;
    if version != VERSION {
        return Err(crate::backend::Fault::NewerFormat(format!("frame version {version}")).into());
    }
    let kind = cursor.u16()?;
    let _epoch = cursor.u64()?;
    let body_len = cursor.u32()?;
    let body = cursor.take(body_len as usize)?;
    cursor.only_padding_left()?;
    Ok((kind, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_framed_comes_back() {
        let frame = wrap(4, 77, b"body").unwrap();
        assert_eq!(frame.len(), 128);
        assert_eq!(unwrap(&frame).unwrap(), (4, &b"body"[..]));
    }

    #[test]
    fn padding_carries_nothing() {
        let mut frame = wrap(4, 77, b"body").unwrap();
        *frame.last_mut().unwrap() = 1;
        assert!(unwrap(&frame).is_err());
    }

    #[test]
    fn a_frame_is_as_long_as_its_limit_at_most() {
        let mut frame = wrap(4, 77, &vec![1; LARGEST - HEAD]).unwrap();
        assert_eq!(frame.len(), LARGEST);
        assert!(unwrap(&frame).is_ok());
        frame.push(0);
        let error = unwrap(&frame).unwrap_err().to_string();
        assert!(error.contains("larger than 1 MiB"), "{error}");
        assert!(wrap(4, 77, &vec![1; LARGEST - HEAD + 1]).is_err());
    }

    #[test]
    fn a_frame_of_another_version_is_refused_for_that() {
        let mut frame = wrap(4, 77, b"body").unwrap();
        frame[0] += 1;
        let error = unwrap(&frame).unwrap_err().to_string();
        assert!(error.contains("frame version 2"), "{error}");
    }

    #[test]
    fn a_body_cannot_be_longer_than_its_frame() {
        let mut frame = wrap(4, 77, b"body").unwrap();
        frame[12] = 200;
        assert!(unwrap(&frame).is_err());
    }
}
