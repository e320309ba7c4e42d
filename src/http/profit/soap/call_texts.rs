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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_is_shown() {
        let call = "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body>\
                    <DeleteToken xmlns='urn:Afas.Profit.Services'><userId>ci</userId>\
                    <token>x</token></DeleteToken></Body></Envelope>";
        let texts = read_soap(call.as_bytes()).unwrap();
        assert_eq!(texts.method, Some("DeleteToken"));
        let fields: Vec<_> = texts.fields.iter().collect();
        assert_eq!(
            fields,
            [(&"token", &"x".to_owned()), (&"userid", &"ci".to_owned())]
        );
        assert_eq!(read_soap(b"<a/>"), None);
    }
}
