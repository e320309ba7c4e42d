//! The description of the methods (WSDL 1.1).

use axum::body::Body;
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};

use super::envelope::{Method, NAMESPACE};
use super::written::xml;
use crate::http::app::App;
use crate::http::facts::Facts;
use crate::http::peer::Peer;
use crate::http::possible_secret::may_be_secret;

/// The path as it is described.
const PATH: &str = "/profitservices/TokenConnector.asmx";

/// Describes the methods, at the address where the client sees them.
pub(super) fn answer(app: &App, head: &Parts) -> Response<Body> {
    let address = address(app, head);
    xml(StatusCode::OK, text(&address), Facts::default())
}

/// `--public-url`, or else what the client calls this server. What a proxy says of that is not believed.
fn address(app: &App, head: &Parts) -> String {
    if let Some(url) = &app.options.public_url {
        return format!("{url}{PATH}");
    }
    // Unix sockets are never encrypted.
    let is_local = head.extensions.get::<Peer>() == Some(&Peer::Unix);
    let scheme = if app.options.tls.is_some() && !is_local {
        "https"
    } else {
        "http"
    };
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.filter(|host| is_host(host)).unwrap_or("localhost");
    format!("{scheme}://{host}{PATH}")
}

/// A name or an address, and a port: nothing that means something in XML, and no secret.
fn is_host(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte);
    let is_fitting = !text.is_empty() && text.len() <= 255 && text.bytes().all(is_part);
    is_fitting && !may_be_secret(text)
}

/// The parameters of a method.
fn parameters(method: Method) -> &'static [&'static str] {
    match method {
        Method::GenerateOtp => &["userId", "apiKey", "environmentKey", "description"],
        Method::GetTokenFromOtp => &["userId", "apiKey", "environmentKey", "otp"],
        Method::DeleteToken => &["token"],
    }
}

/// The results of a method.
fn results(method: Method) -> &'static [&'static str] {
    match method {
        Method::GetTokenFromOtp => &["GetTokenFromOTPResult"],
        Method::GenerateOtp | Method::DeleteToken => &[],
    }
}

fn text(address: &str) -> String {
    let each = |write: fn(&str, Method) -> String| {
        let written = Method::ALL.map(|method| write(method.word(), method));
        written.concat()
    };
    let types = each(|word, method| {
        let called = element(word, parameters(method));
        let answered = element(&format!("{word}Response"), results(method));
        format!("{called}{answered}")
    });
    let messages = each(|word, _| {
        format!(
            r#"<wsdl:message name="{word}SoapIn"><wsdl:part name="parameters" element="tns:{word}" /></wsdl:message><wsdl:message name="{word}SoapOut"><wsdl:part name="parameters" element="tns:{word}Response" /></wsdl:message>"#
        )
    });
    let operations = each(|word, _| {
        format!(
            r#"<wsdl:operation name="{word}"><wsdl:input message="tns:{word}SoapIn" /><wsdl:output message="tns:{word}SoapOut" /></wsdl:operation>"#
        )
    });
    let bindings = each(|word, _| {
        format!(
            r#"<wsdl:operation name="{word}"><soap:operation soapAction="{NAMESPACE}/{word}" style="document" /><wsdl:input><soap:body use="literal" /></wsdl:input><wsdl:output><soap:body use="literal" /></wsdl:output></wsdl:operation>"#
        )
    });
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:tns="{NAMESPACE}" targetNamespace="{NAMESPACE}">
<wsdl:types><s:schema elementFormDefault="qualified" targetNamespace="{NAMESPACE}">{types}</s:schema></wsdl:types>
{messages}
<wsdl:portType name="TokenConnectorSoap">{operations}</wsdl:portType>
<wsdl:binding name="TokenConnectorSoap" type="tns:TokenConnectorSoap"><soap:binding transport="http://schemas.xmlsoap.org/soap/http" />{bindings}</wsdl:binding>
<wsdl:service name="TokenConnector"><wsdl:port name="TokenConnectorSoap" binding="tns:TokenConnectorSoap"><soap:address location="{address}" /></wsdl:port></wsdl:service>
</wsdl:definitions>
"#
    )
}

/// An element of texts, each of which may be left out.
fn element(name: &str, texts: &[&str]) -> String {
    let text = |name: &&str| {
        format!(r#"<s:element minOccurs="0" maxOccurs="1" name="{name}" type="s:string" />"#)
    };
    let texts: String = texts.iter().map(text).collect();
    format!(
        r#"<s:element name="{name}"><s:complexType><s:sequence>{texts}</s:sequence></s:complexType></s:element>"#
    )
}

#[cfg(test)]
mod tests {
    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::*;
    use crate::http::monitoring::tests::server;
    use crate::http::options::{AccessLog, TlsFiles};

    #[test]
    fn the_scheme_is_that_of_the_connection() {
        let (app, _, _folder) = server(AccessLog::Off);
        let mut encrypted = App::clone(&app);
        encrypted.options.tls = Some(TlsFiles {
            certificate: "certificate".into(),
            key: "key".into(),
        });
        let local = Peer::Address([127, 0, 0, 1].into());
        for (app, peer, scheme) in [
            (&*app, local, "http"),
            (&*app, Peer::Unix, "http"),
            (&encrypted, local, "https"),
            (&encrypted, Peer::Unix, "http"),
        ] {
            let mut request = axum::http::Request::get("/").body(()).unwrap();
            request.extensions_mut().insert(peer);
            let (head, ()) = request.into_parts();
            let address = address(app, &head);
            assert_eq!(address, format!("{scheme}://localhost{PATH}"));
        }
    }

    #[test]
    fn a_host_cannot_mean_anything_in_xml() {
        let longest = "a.".repeat(127) + "a";
        for host in [
            "localhost:8787",
            "[::1]:1",
            "a.example",
            "192.0.2.7",
            &longest,
        ] {
            assert!(is_host(host), "{host}");
        }
        for host in ["", "a\"b", "a<b", "a&b", "a/b", "a b", &"a.".repeat(128)] {
            assert!(!is_host(host), "{host}");
        }
    }

    #[test]
    fn a_secret_is_not_a_host() {
        let hex = "0123456789abcdef".repeat(4);
        for host in [
            &format!("{hex}.example"),
            "hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez",
            "5F0E6A9E3B7C4D2F8A1B0C9D8E7F6A5B.example:8787",
        ] {
            assert!(!is_host(host), "{host}");
        }
    }

    #[test]
    fn the_description_is_well_formed() {
        let text = text("http://a.example/x");
        let mut reader = Reader::from_str(&text);
        let mut elements = 0;
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => break,
                Event::Start(_) | Event::Empty(_) => elements += 1,
                _ => (),
            }
        }
        assert!(elements > 50, "{elements}");
    }
}
