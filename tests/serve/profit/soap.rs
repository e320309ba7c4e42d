//! `TokenConnector.asmx`.

use hallpass::model::token::{Encoding, Token};

use super::{Flow, mails};
use crate::serve::{Reply, Running};

const PATH: &str = "/profitservices/TokenConnector.asmx";

fn call(server: &Running, method: &str, parameters: &[(&str, &str)]) -> Reply {
    let parameters: Vec<_> = parameters
        .iter()
        .map(|(name, value)| format!("<{name}>{value}</{name}>"))
        .collect();
    let parameters = parameters.concat();
    let body = format!(
        r#"<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><{method} xmlns="urn:Afas.Profit.Services">{parameters}</{method}></soap:Body></soap:Envelope>"#
    );
    let action = format!("\"urn:Afas.Profit.Services/{method}\"");
    let head = [
        ("Content-Type", "text/xml; charset=utf-8"),
        ("SOAPAction", &action),
    ];
    server.post_body(PATH, &head, body.as_bytes())
}

impl Flow {
    fn call(&self, server: &Running, method: &str, more: &[(&str, &str)]) -> Reply {
        let keys = [
            ("userId", "ci"),
            ("apiKey", &*self.api_key),
            ("environmentKey", &*self.environment_key),
        ];
        call(server, method, &[&keys[..], more].concat())
    }
}

impl Reply {
    #[track_caller]
    fn is_fault(&self, status: u16, number: u16) {
        let text = self.text();
        assert_eq!(self.status, status, "{text}");
        assert_eq!(self.field("content-type"), Some("text/xml; charset=utf-8"));
        assert!(
            text.contains(&format!("<ErrorNumber>{number}</ErrorNumber>")),
            "{text}"
        );
        assert!(text.contains("<faultcode>soap:"), "{text}");
        assert_eq!(self.field("access-control-allow-origin"), Some("*"));
    }

    /// That it is the answer of a method without a result.
    #[track_caller]
    fn is_empty(&self, method: &str) {
        let text = self.text();
        assert_eq!(self.status, 200, "{text}");
        let expected = format!(r#"<{method}Response xmlns="urn:Afas.Profit.Services" />"#);
        assert!(text.contains(&expected), "{text}");
    }
}

#[test]
fn a_token_is_got_used_and_deleted() {
    let flow = Flow::new();
    let server = flow.start();
    let device = [("description", "Anna &amp; Ben")];
    flow.call(&server, "GenerateOTP", &device)
        .is_empty("GenerateOTP");
    server.line(|line| line["event"] == "mail");
    let code = mails::read(&flow.home).code();
    let got = flow.call(&server, "GetTokenFromOTP", &[("otp", &code)]);
    let text = got.text();
    let (_, rest) = text.split_once("<GetTokenFromOTPResult>").unwrap();
    let (escaped, _) = rest.split_once("</GetTokenFromOTPResult>").unwrap();
    assert!(text.ends_with("</soap:Envelope>"), "{text}");
    let token = escaped.replace("&lt;", "<").replace("&gt;", ">");
    let info = server.with_afas_token("/profitrestservices/metainfo", &token);
    assert_eq!(info.json()["info"]["appName"], "hr");
    let shown = flow.home.json(&["token", "show", "ci/Anna---Ben"]);
    assert_eq!(shown["device"], "Anna & Ben");
    let again = flow.call(&server, "GetTokenFromOTP", &[("otp", &code)]);
    again.is_fault(500, 401);
    let delete = || call(&server, "DeleteToken", &[("token", escaped)]);
    delete().is_empty("DeleteToken");
    let refused = server.with_afas_token("/profitrestservices/metainfo", &token);
    assert_eq!(refused.status, 401);
    let verified = server.with_afas_token("/verify", &token);
    assert_eq!(verified.status, 401);
    let log = server.end_quietly();
    assert!(
        !log.contains(&token[33..97]) && !log.contains(&code),
        "{log}"
    );
}

#[test]
fn only_the_whole_xml_is_deleted_and_the_log_says_so() {
    let flow = Flow::new();
    let server = flow.start();
    let xml = flow.token(&server);
    let shown = flow.home.json(&["token", "show", "ci/hr"]);
    let token = Token::parse(&xml).unwrap();
    let encoded = |form| token.encode(form).expose().to_owned();
    let header = encoded(Encoding::Header);
    let base64 = header.split_once(' ').unwrap().1.to_owned();
    for other in [
        encoded(Encoding::Native),
        encoded(Encoding::Hex),
        header,
        base64,
    ] {
        call(&server, "DeleteToken", &[("token", &other)]).is_fault(500, 401);
        let line = server.line(|line| line["status"] == 500);
        assert_eq!(line["reason"], "not_xml", "{line}");
    }
    let mistake = server.line(|line| line["event"] == "client_mistake");
    assert_eq!(mistake["mistake"], "not_xml");
    let advice = mistake["advice"].as_str().unwrap();
    assert!(
        advice.contains("the whole XML to `DeleteToken`"),
        "{advice}"
    );
    call(&server, "DeleteToken", &[("token", "x")]).is_fault(500, 401);
    let line = server.line(|line| line["status"] == 500);
    assert_eq!(line["reason"], "malformed");
    assert_eq!(flow.home.json(&["token", "show", "ci/hr"]), shown);
    let escaped = format!("\r\n{}\r\n", xml.replace('<', "&lt;"));
    call(&server, "DeleteToken", &[("token", &escaped)]).is_empty("DeleteToken");
    let refused = server.with_afas_token("/profitrestservices/metainfo", &xml);
    assert_eq!(refused.status, 401);
}

#[test]
fn a_holder_deletes_a_token_also_from_where_it_may_not_be_used() {
    let flow = Flow::new();
    let server = flow.start();
    let xml = flow.token(&server);
    let narrow = ["connection", "edit", "hr", "--add-allow-ip", "192.0.2.0/24"];
    flow.home.done(&[&narrow[..], &["--yes"]].concat());
    let refused = server.with_afas_token("/profitrestservices/metainfo", &xml);
    assert_eq!(refused.status, 403, "the premise");
    let escaped = xml.replace('<', "&lt;");
    call(&server, "DeleteToken", &[("token", &escaped)]).is_empty("DeleteToken");
    assert_eq!(flow.home.verdict(&xml, &[]).1, "revoked");
}

#[test]
fn faults_say_no_more_than_401() {
    let flow = Flow::new();
    let server = flow.start();
    let ask = |user: &str| {
        let fields = [
            ("userId", user),
            ("apiKey", &*flow.api_key),
            ("environmentKey", &*flow.environment_key),
            ("otp", "00000000"),
        ];
        call(&server, "GetTokenFromOTP", &fields).whole()
    };
    let known = ask("ci");
    assert_eq!(known, ask("nobody"));
    assert_eq!(known, ask(""));
    let asked = |user: &str| call(&server, "GenerateOTP", &[("userId", user)]).whole();
    assert_eq!(asked("ci"), asked("nobody"));
    for token in ["", "x", "&lt;token&gt;"] {
        call(&server, "DeleteToken", &[("token", token)]).is_fault(500, 401);
    }
    call(&server, "DeleteToken", &[]).is_fault(500, 401);
}

#[test]
fn without_a_store_there_is_a_fault() {
    let flow = Flow::new();
    let server = flow.start();
    std::fs::remove_file(flow.home.store()).unwrap();
    server.line(|line| line["event"] == "closed");
    for method in ["GenerateOTP", "GetTokenFromOTP", "DeleteToken"] {
        let reply = flow.call(&server, method, &[]);
        reply.is_fault(503, 503);
        assert_eq!(reply.field("retry-after"), Some("1"));
    }
}

#[test]
fn what_is_not_a_call_is_a_fault() {
    let flow = Flow::new();
    let server = flow.start();
    let post = |body: &[u8]| server.post_body(PATH, &[], body);
    call(&server, "Other", &[]).is_fault(500, 400);
    for body in [
        &b""[..],
        b"text",
        b"{}",
        b"<a/>",
        b"<!DOCTYPE a><a/>",
        b"\xff\xfe<\0",
    ] {
        post(body).is_fault(500, 400);
    }
    let bomb = r#"<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]><a>&d;</a>"#;
    post(bomb.as_bytes()).is_fault(500, 400);
    let deep = "<a>".repeat(10_000);
    post(deep.as_bytes()).is_fault(500, 400);
    let long = "a".repeat(10 * 1024 * 1024);
    assert_eq!(post(long.as_bytes()).status, 413);
    let action = [("SOAPAction", "urn:Afas.Profit.Services/DeleteToken")];
    let body = |namespace: &str| {
        format!(
            "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body>\
             <GenerateOTP xmlns='{namespace}'/></Body></Envelope>"
        )
    };
    let right = body("urn:Afas.Profit.Services");
    server
        .post_body(PATH, &action, right.as_bytes())
        .is_fault(500, 400);
    assert_eq!(post(right.as_bytes()).status, 200);
    post(body("urn:evil").as_bytes()).is_fault(500, 400);
}

#[test]
fn it_describes_itself_where_its_clients_see_it() {
    let flow = Flow::new();
    let server = flow.start();
    let ask = |server: &Running, path: &str, fields: &[(&str, &str)]| {
        let described = server.ask(&format!("GET {path}"), fields);
        assert_eq!(described.status, 200, "{path}");
        assert_eq!(
            described.field("content-type"),
            Some("text/xml; charset=utf-8")
        );
        let text = described.text().to_owned();
        let (_, rest) = text.split_once("location=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let forged = [
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "https"),
    ];
    let own = "http://localhost/profitservices/TokenConnector.asmx";
    assert_eq!(ask(&server, &format!("{PATH}?WSDL"), &forged), own);
    assert_eq!(
        ask(&server, "/ProfitServices/tokenconnector.asmx?wsdl", &[]),
        own
    );
    assert_eq!(server.ask(&format!("GET {PATH}"), &[]).status, 405);
    let options = [
        "--doors",
        "profit",
        "--public-url",
        "https://auth.example.com/x/",
    ];
    let public = Running::start(&flow.home, &options);
    assert_eq!(
        ask(&public, &format!("{PATH}?wsdl"), &forged),
        "https://auth.example.com/x/profitservices/TokenConnector.asmx"
    );
}
