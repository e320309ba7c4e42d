//! `TokenConnector.asmx`: the same flow by SOAP 1.1, document/literal.

#[cfg(feature = "testing")]
pub(super) mod call_texts;
mod envelope;
pub(super) mod fault;
mod well_formed;
mod written;
mod wsdl;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method as HttpMethod, Response, StatusCode};
use zeroize::Zeroizing;

use super::codes::{self, Exchange};
use super::delivery::{self, Parcel};
use super::errors;
use super::holder;
use super::place::{Methods, Place};
use super::posted::LONGEST;
use crate::error::Error;
use crate::http::app::App;
use crate::http::body::{self, PATIENCE};
use crate::http::caller::Client;
use crate::http::facts::Facts;
use crate::model::token::{Presented, Token};
use crate::model::verdict::Reason;
use crate::ops::token::revoke_own;
use crate::secret::SecretText;
use envelope::{Call, Method, NAMESPACE};
use fault::Fault;
use written::{HEAD, TAIL, XML, xml};

/// That a token is in another encoding than the XML.
const NOT_XML: &str = "not_xml";

/// What an application is told by way of the log that wants to delete such a token.
const ADVICE: &str =
    "send the whole XML to `DeleteToken`, `<token>` to `</token>`, escaped as a text";

/// Answers a call, or describes the calls that there are.
pub(super) async fn answer(app: &Arc<App>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    if head.method != HttpMethod::POST {
        let query = head.uri.query().unwrap_or_default();
        if query.eq_ignore_ascii_case("wsdl") {
            return wsdl::answer(app, &head);
        }
        return errors::not_allowed(Methods::Post);
    }
    let body = match body::read(body, LONGEST, PATIENCE).await {
        Ok(body) => body,
        Err(unreadable) => return errors::unreadable(unreadable),
    };
    let call = Call::read(body);
    match call {
        Ok(call) if is_action(&head.headers, call.method) => run(app, &head, call).await,
        Ok(_) => Fault::Malformed.answer(Facts::reason("wrong_action")),
        Err(_) => Fault::Malformed.answer(Facts::reason("malformed")),
    }
}

/// Whether `SOAPAction`, if a client sends one, names the method that is called.
fn is_action(headers: &HeaderMap, method: Method) -> bool {
    let mut values = headers.get_all("soapaction").iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return headers.get("soapaction").is_none();
    };
    let action = value.to_str().unwrap_or("?").trim().trim_matches('"');
    let named = action
        .strip_prefix(NAMESPACE)
        .and_then(|it| it.strip_prefix('/'));
    action.is_empty() || named == Some(method.word())
}

async fn run(app: &Arc<App>, head: &Parts, call: Call) -> Response<Body> {
    let Call {
        method,
        posted,
        token,
    } = call;
    match method {
        Method::GenerateOtp => match codes::request(app, head, posted).await {
            Ok(facts) => empty(method, facts),
            Err(error) => failed(&error),
        },
        Method::GetTokenFromOtp => match codes::exchange(app, head, posted).await {
            Ok(Exchange::Refused(facts)) => Fault::Unauthorized.answer(facts),
            Ok(Exchange::Pending(issued, receipt, facts)) => {
                let parcel = Parcel {
                    text: result(&issued.secret),
                    media: XML,
                    receipt,
                    facts,
                };
                delivery::answer(app, head, parcel)
            }
            Err(error) => failed(&error),
        },
        Method::DeleteToken => delete(app, head, token).await,
    }
}

/// The holder of a token ends it, from wherever they are: as at `/revoke`, whoever has a token may
/// take it out of use, also where they may not use it.
async fn delete(app: &App, head: &Parts, token: Option<SecretText>) -> Response<Body> {
    let presented = match whole(token.as_ref()) {
        Ok(token) => Presented::Own(token),
        Err(reason) => {
            if reason == NOT_XML {
                holder::advise(app, reason, ADVICE);
            }
            return Fault::Unauthorized.answer(Facts::reason(reason));
        }
    };
    drop(token);
    let request = Client::of(app, head).request_in(head, None);
    let revoked = app
        .pool
        .run(request, move |core| revoke_own(core, &presented));
    match revoked.await {
        Ok(Some(token)) => empty(
            Method::DeleteToken,
            Facts {
                reason: Some("revoked"),
                token: Some(token.id),
                profile: token.profile,
                connection: token.connection,
                ..Facts::default()
            },
        ),
        Ok(None) => Fault::Unauthorized.answer(Facts::reason(Reason::Unknown.word())),
        Err(error) => failed(&error),
    }
}

/// The token whose whole XML it is, or why not.
fn whole(text: Option<&SecretText>) -> Result<Token, &'static str> {
    let text = text.map_or("", SecretText::expose);
    Token::parse_xml(text).map_err(|_| {
        if Token::parse(text).is_ok() {
            NOT_XML
        } else {
            Reason::Malformed.word()
        }
    })
}

fn failed(error: &Error) -> Response<Body> {
    if errors::is_fault(error) {
        return Fault::Internal.answer(Facts::reason("error"));
    }
    errors::unavailable(Place::Soap)
}

/// A result that says nothing.
fn empty(method: Method, facts: Facts) -> Response<Body> {
    let word = method.word();
    let text = format!(r#"{HEAD}<{word}Response xmlns="{NAMESPACE}" />{TAIL}"#);
    xml(StatusCode::OK, text, facts)
}

/// The result with a token, whose XML is a text there.
fn result(token: &SecretText) -> Zeroizing<Vec<u8>> {
    const BEFORE: &str = "<GetTokenFromOTPResponse xmlns=\"";
    const OPEN: &str = "\"><GetTokenFromOTPResult>";
    const CLOSE: &str = "</GetTokenFromOTPResult></GetTokenFromOTPResponse>";
    // At full size: growing would leave a copy in freed memory. Each character becomes four at
    // most.
    let fixed = [HEAD, BEFORE, NAMESPACE, OPEN, CLOSE, TAIL];
    let fixed: usize = fixed.iter().map(|part| part.len()).sum();
    let length = fixed + 4 * token.expose().len();
    let mut text = Zeroizing::new(Vec::with_capacity(length));
    for part in [HEAD, BEFORE, NAMESPACE, OPEN] {
        text.extend_from_slice(part.as_bytes());
    }
    for byte in token.expose().bytes() {
        match byte {
            b'<' => text.extend_from_slice(b"&lt;"),
            b'>' => text.extend_from_slice(b"&gt;"),
            byte => text.push(byte),
        }
    }
    for part in [CLOSE, TAIL] {
        text.extend_from_slice(part.as_bytes());
    }
    text
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_action_is_that_of_the_method_quoted_or_not_or_not_there() {
        let is = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("SOAPAction", HeaderValue::from_str(value).unwrap());
            }
            is_action(&headers, Method::GenerateOtp)
        };
        let right = "urn:Afas.Profit.Services/GenerateOTP";
        for values in [
            &[][..],
            &[""],
            &["\"\""],
            &[right],
            &[&format!("\"{right}\"")],
        ] {
            assert!(is(values), "{values:?}");
        }
        for values in [
            &["GenerateOTP"][..],
            &["urn:Afas.Profit.Services/DeleteToken"],
            &["urn:Afas.Profit.Services"],
            &[right, right],
        ] {
            assert!(!is(values), "{values:?}");
        }
    }

    #[test]
    fn a_fault_of_this_program_is_another_than_one_of_its_store() {
        let bug = failed(&Error::Bug("a bug"));
        assert_eq!(bug.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let busy = failed(&Error::Integrity("row 7".to_owned()));
        assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
    }

    /// A text that grows leaves a copy of what it was.
    #[test]
    fn the_longest_result_fits() {
        let result = result(&SecretText::new("<".repeat(50)));
        assert_eq!(result.capacity(), result.len());
    }

    #[test]
    fn the_result_is_a_text() {
        let token = "<token><version>1</version><data>00</data></token>";
        let result = result(&SecretText::new(token.to_owned()));
        let result = str::from_utf8(&result).unwrap();
        let inside = "<GetTokenFromOTPResult>&lt;token&gt;&lt;version&gt;1&lt;/version&gt;&lt;data&gt;00\
                      &lt;/data&gt;&lt;/token&gt;</GetTokenFromOTPResult>";
        assert!(result.contains(inside), "{result}");
    }
}
