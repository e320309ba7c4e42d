//! `otprequest` and `otpvalidation`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use zeroize::Zeroizing;

use super::codes::{self, Exchange};
use super::delivery::{self, Parcel};
use super::posted::{LONGEST, Posted};
use super::{errors, holder};
use crate::http::app::App;
use crate::http::body::{self, PATIENCE};
use crate::http::refusal::with;
use crate::secret::SecretText;

/// Asks for a code: 201, whoever asks for whom.
pub(super) async fn request(app: &Arc<App>, request: Request) -> Response<Body> {
    let (head, posted) = match read(request).await {
        Ok(read) => read,
        Err(refused) => return *refused,
    };
    match codes::request(app, &head, posted).await {
        Ok(facts) => with(StatusCode::CREATED, facts),
        Err(error) => errors::of(&error, &head),
    }
}

/// Exchanges a code for a token.
pub(super) async fn validation(app: &Arc<App>, request: Request) -> Response<Body> {
    let (head, posted) = match read(request).await {
        Ok(read) => read,
        Err(refused) => return *refused,
    };
    match codes::exchange(app, &head, posted).await {
        Ok(Exchange::Refused(facts)) => holder::unauthorized(facts, holder::Sent::Nothing),
        Ok(Exchange::Pending(issued, receipt, facts)) => {
            let parcel = Parcel {
                text: document(&issued.secret),
                media: "application/json",
                receipt,
                facts,
            };
            delivery::answer(app, &head, parcel)
        }
        Err(error) => errors::of(&error, &head),
    }
}

/// Reads what is posted, whatever its content type is.
async fn read(request: Request) -> Result<(Parts, Posted), Box<Response<Body>>> {
    let (head, body) = request.into_parts();
    let body = body::read(body, LONGEST, PATIENCE).await;
    let body = body.map_err(|unreadable| Box::new(errors::unreadable(unreadable)))?;
    let posted = Posted::read(body).map_err(|_| Box::new(errors::invalid_json()))?;
    Ok((head, posted))
}

/// `{"token":"…\r\n"}`: the line break is a part of the token that clients know.
fn document(token: &SecretText) -> Zeroizing<Vec<u8>> {
    // No character of a token's XML is escaped in JSON.
    let parts = [r#"{"token":""#, token.expose(), r#"\r\n"}"#];
    let length = parts.iter().map(|part| part.len()).sum();
    // At full size: growing would leave a copy in freed memory.
    let mut text = Zeroizing::new(Vec::with_capacity(length));
    for part in parts {
        text.extend_from_slice(part.as_bytes());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_what_clients_know() {
        let token = "<token><version>1</version><data>00</data></token>";
        let document = document(&SecretText::new(token.to_owned()));
        assert_eq!(
            str::from_utf8(&document).unwrap(),
            r#"{"token":"<token><version>1</version><data>00</data></token>\r\n"}"#
        );
        let parsed: serde_json::Value = serde_json::from_slice(&document).unwrap();
        assert_eq!(parsed["token"], format!("{token}\r\n"));
    }
}
