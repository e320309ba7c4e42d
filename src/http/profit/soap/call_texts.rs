//! What a call by SOAP is read as, for fuzz targets.

use axum::body::Bytes;

use super::envelope::Call;
use crate::http::profit::posted_texts::PostedTexts;

/// Reads a call by SOAP; `None` if it is malformed.
pub fn read_soap(body: &[u8]) -> Option<PostedTexts> {
    let Call {
        method,
        posted,
        token,
    } = Call::read(Bytes::copy_from_slice(body)).ok()?;
    let mut texts = PostedTexts::of(posted);
    texts.method = Some(method.word());
    texts.keep("token", token.as_ref());
    Some(texts)
}
