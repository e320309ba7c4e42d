//! Faults: errors of SOAP. They say no more than the statuses of the REST flow.

use axum::body::Body;
use axum::http::{Response, StatusCode};

use super::envelope::NAMESPACE;
use super::written::{HEAD, TAIL, xml};
use crate::http::facts::Facts;

/// Why a call has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http::profit) enum Fault {
    /// It is not a call of a method that there is.
    Malformed,
    /// The code or the token is not valid.
    Unauthorized,
    /// Something went wrong here.
    Internal,
    /// There is no answer now.
    Unavailable,
}

impl Fault {
    fn parts(self) -> (StatusCode, &'static str, u16, &'static str) {
        let error = StatusCode::INTERNAL_SERVER_ERROR;
        match self {
            Self::Malformed => (error, "soap:Client", 400, "the call cannot be read"),
            Self::Unauthorized => (error, "soap:Client", 401, "not authorized"),
            Self::Internal => (error, "soap:Server", 500, "internal error"),
            Self::Unavailable => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                (status, "soap:Server", 503, "try again later")
            }
        }
    }

    /// The answer.
    pub(in crate::http::profit) fn answer(self, facts: Facts) -> Response<Body> {
        let (status, code, number, message) = self.parts();
        let text = format!(
            "{HEAD}<soap:Fault><faultcode>{code}</faultcode><faultstring>{message}</faultstring>\
             <detail><ProfitApplicationException xmlns=\"{NAMESPACE}\"><ErrorNumber>{number}\
             </ErrorNumber><Message>{message}</Message><Detail></Detail>\
             </ProfitApplicationException></detail></soap:Fault>{TAIL}"
        );
        xml(status, text, facts)
    }
}

/// There is no answer now.
pub(in crate::http::profit) fn unavailable() -> Response<Body> {
    Fault::Unavailable.answer(Facts::default())
}
