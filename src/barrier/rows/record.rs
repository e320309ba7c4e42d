//! The encoding of a record.
//!
//! A body is a version byte and the fields in order (postcard). Fields are only added, with a new
//! version; kinds and versions are never reused.

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::backend::Fault;
use crate::error::{Error, Result};

/// A type that the store keeps under an id.
pub trait Record: Serialize + DeserializeOwned {
    /// The number of its kind, inside the sealed frame.
    const KIND: u16;
    /// The newest version of its encoding.
    const VERSION: u8 = 1;
    /// The noun for error messages.
    const NOUN: &'static str;
    /// Initial capacity of the encoding buffer, in bytes. A record that holds a secret must never
    /// exceed it: a buffer that grows leaves copies behind.
    const CAPACITY: usize = 512;
}

/// Encodes a record into a buffer that is wiped on drop.
pub(in crate::barrier) fn encode<R: Record>(record: &R) -> Result<Zeroizing<Vec<u8>>> {
    let mut body = Vec::with_capacity(R::CAPACITY);
    body.push(R::VERSION);
    let body = postcard::to_extend(record, body)
        .map_err(|_| Error::Bug("a record cannot be written down"))?;
    Ok(Zeroizing::new(body))
}

/// Decodes a record; refuses trailing bytes.
pub(in crate::barrier) fn decode<R: Record>(body: &[u8]) -> Result<R> {
    let (version, fields) = body.split_first().ok_or_else(|| damaged::<R>())?;
    if *version != R::VERSION {
        return Err(Fault::NewerFormat(format!("{} version {version}", R::NOUN)).into());
    }
    match postcard::take_from_bytes(fields) {
        Ok((record, [])) => Ok(record),
        _ => Err(damaged::<R>()),
    }
}

fn damaged<R: Record>() -> Error {
    Error::Integrity(format!("a {} cannot be decoded", R::NOUN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::profile::Address;

    #[test]
    fn a_body_is_read_whole_or_not_at_all() {
        let address = Address {
            address: "a@example.org".to_owned(),
            profiles: 1,
            mailed: Vec::new(),
        };
        let body = encode(&address).unwrap();
        assert_eq!(decode::<Address>(&body).unwrap().address, address.address);
        let longer = [&body[..], &[0]].concat();
        let damage = [&longer[..], &body[..body.len() - 1], &body[..1], &[]];
        for bytes in damage {
            assert!(
                matches!(decode::<Address>(bytes), Err(Error::Integrity(_))),
                "{bytes:?}"
            );
        }
        let newer = [&[2], &body[1..]].concat();
        let error = decode::<Address>(&newer).unwrap_err();
        assert!(matches!(error, Error::Storage(Fault::NewerFormat(_))));
    }
}
