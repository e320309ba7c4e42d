//! The Profit flow over HTTP, as applications use it.

mod afterwards;
mod arrival;
mod delivery;
mod mails;
mod oauth;
mod refusals;
mod soap;
mod spellings;
mod strangers;

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{Reply, Running};
use crate::support::test_home::TestHome;

/// A store with connection `hr`, and profile `ci`, who reads `anna@example.com`.
pub(crate) struct Flow {
    pub(crate) home: TestHome,
    pub(crate) api_key: String,
    pub(crate) environment_key: String,
}

impl Flow {
    pub(crate) fn new() -> Self {
        let home = TestHome::new();
        let folder = format!("outbox:{}", home.file("mails").display());
        home.done(&["mail", "set", &folder, "--from", "noreply@example.com"]);
        home.done(&["connection", "add", "hr", "--group", "staff"]);
        let email = ["--email", "anna@example.com", "--group", "staff"];
        let add = ["profile", "add", "ci", "--connection", "hr"];
        home.done(&[&add[..], &email].concat());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let api_key = text(&home.json(&["connection", "show", "hr"])["api_key"]);
        let environment = home.json(&["environment", "show", "production"]);
        Self {
            home,
            api_key,
            environment_key: text(&environment["key"]),
        }
    }

    /// Another profile that may use `hr`.
    pub(crate) fn profile(&self, name: &str) {
        let email = format!("{name}@example.com");
        let add = ["profile", "add", name, "--connection", "hr", "--group"];
        self.home
            .done(&[&add[..], &["staff", "--email", &email]].concat());
    }

    pub(crate) fn start(&self) -> Running {
        Running::start(&self.home, &["--doors", "profit,verify"])
    }

    /// What an application sends about `user`, with `more`.
    pub(crate) fn about(&self, user: &str, more: &[(&str, &str)]) -> String {
        let mut document = json!({
            "apiKey": self.api_key, "apiToken": self.environment_key, "userid": user,
        });
        for (name, value) in more {
            document[*name] = Value::from(*value);
        }
        document.to_string()
    }

    /// A code for `ci`, asked for on the command line.
    pub(crate) fn code(&self) -> String {
        self.code_of("ci")
    }

    pub(crate) fn code_of(&self, profile: &str) -> String {
        let ask = ["otp", "request", profile, "--connection", "hr"];
        let asked = self.home.done(&[&ask[..], &["--print-code"]].concat());
        asked.out.trim().to_owned()
    }

    pub(crate) fn validate(&self, server: &Running, user: &str, code: &str) -> Reply {
        server.profit("otpvalidation", &self.about(user, &[("otp", code)]))
    }

    /// A token, by way of a code.
    pub(crate) fn token(&self, server: &Running) -> String {
        let code = self.code();
        self.validate(server, "ci", &code).profit_token()
    }
}

impl Running {
    /// Posts as clients do that exist: with a content type of their own.
    #[track_caller]
    pub(crate) fn profit(&self, name: &str, body: &str) -> Reply {
        let path = format!("/profitrestservices/{name}");
        let head = [("Content-Type", "text/plain; charset=utf-8")];
        self.post_body(&path, &head, body.as_bytes())
    }

    /// Gets something with a token, as clients do that exist.
    #[track_caller]
    pub(crate) fn with_afas_token(&self, path: &str, token: &str) -> Reply {
        self.ask(
            &format!("GET {path}"),
            &[("Authorization", &afas_token(token))],
        )
    }
}

/// The value of `Authorization`.
pub(crate) fn afas_token(xml: &str) -> String {
    format!("AfasToken {}", BASE64.encode(xml.as_bytes()))
}

impl Reply {
    /// The token of an answer that has one: the XML without its line break.
    #[track_caller]
    pub(crate) fn profit_token(&self) -> String {
        assert_eq!(self.status, 200, "{self:?}");
        assert_eq!(self.field("content-type"), Some("application/json"));
        let text = self.text();
        let xml = text.strip_prefix(r#"{"token":""#).unwrap();
        let xml = xml.strip_suffix(r#"\r\n"}"#).unwrap();
        let data = xml.strip_prefix("<token><version>1</version><data>");
        let data = data.and_then(|data| data.strip_suffix("</data></token>"));
        let is_hex = |c: char| c.is_ascii_digit() || ('A'..='F').contains(&c);
        let data = data.unwrap();
        assert!(data.len() == 64 && data.chars().all(is_hex), "{text}");
        xml.to_owned()
    }

    /// The values of a field that may be there several times.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        let fields = self.fields.iter().filter(|(own, _)| own == name);
        fields.map(|(_, value)| value.as_str()).collect()
    }

    /// That it is 401 without a body, and for whoever asks what scheme it is.
    #[track_caller]
    pub(crate) fn is_refused(&self, bearer: &str) {
        assert_eq!((self.status, self.text()), (401, ""), "{self:?}");
        assert_eq!(self.values("www-authenticate"), ["AfasToken", bearer]);
        assert_eq!(self.field("access-control-allow-origin"), Some("*"));
        assert_eq!(self.field("content-length"), Some("0"));
    }
}

#[test]
fn an_application_asks_exchanges_uses_and_is_refused_afterwards() {
    let flow = Flow::new();
    let server = flow.start();
    let about = flow.about("ci", &[("description", "Anna's phone")]);
    let asked = server.profit("otprequest", &about);
    assert_eq!((asked.status, asked.text()), (201, ""));
    assert_eq!(asked.field("content-length"), Some("0"));
    let sent = server.line(|line| line["event"] == "mail");
    assert_eq!(sent["delivery"], "outbox");
    let code = mails::read(&flow.home).code();
    let spaced = format!(" {}-{} ", &code[..4], &code[4..]);
    let token = flow.validate(&server, "CI", &spaced).profit_token();
    let shown = flow.home.json(&["token", "show", "ci/Anna-s-phone"]);
    assert_eq!(shown["device"], "Anna's phone");
    assert_eq!(shown["state"], "active");
    let line = server.line(|line| line["reason"] == "issued");
    assert_eq!(line["door"], "profit");
    assert_eq!(line["route"], "/profitrestservices/otpvalidation");
    assert_eq!(
        (&line["token"], &line["profile"]),
        (&shown["id"], &"ci".into())
    );
    let info = server.with_afas_token("/profitrestservices/metainfo", &token);
    let expiry = shown["expires_at"].clone();
    let start =
        r#"{"updateConnectors":[],"getConnectors":[],"info":{"envid":"production","appName""#;
    assert!(info.text().starts_with(start), "{info:?}");
    assert_eq!(
        info.json(),
        json!({
            "updateConnectors": [], "getConnectors": [],
            "info": {"envid": "production", "appName": "hr", "group": "staff",
                     "tokenExpiry": expiry},
        })
    );
    let used = server.line(|line| line["route"] == "/profitrestservices/metainfo");
    assert_eq!(
        [&used["reason"], &used["token"], &used["profile"]],
        [&"valid".into(), &shown["id"], &"ci".into()]
    );
    // What the audit log has of it leads to the access log.
    let rows = flow.home.json(&["audit", "list", "--all"]);
    let rows = rows.as_array().unwrap();
    let made = |action: &str| rows.iter().rfind(|row| row["action"] == action).unwrap();
    assert_eq!(made("otp.request")["actor"]["profile"], "ci");
    for action in ["otp.validate", "token.activate"] {
        let actor = &made(action)["actor"];
        assert_eq!(actor["request_id"], line["request_id"], "{action}");
        assert_eq!(actor["profile"], "ci");
    }
    // The same code is not exchanged again.
    let again = flow.validate(&server, "ci", &code);
    again.is_refused("Bearer");
    let verified = server.with_afas_token("/verify?connection=hr", &token);
    assert_eq!(verified.status, 204);
    flow.home
        .done(&["token", "revoke", "ci/Anna-s-phone", "--yes"]);
    let refused = server.with_afas_token("/profitrestservices/metainfo", &token);
    refused.is_refused(r#"Bearer error="invalid_token""#);
}

#[test]
fn a_code_outlives_a_restart_and_other_spellings() {
    let flow = Flow::new();
    let code = flow.code();
    let body = flow.about("anna@EXAMPLE.com", &[("otp", &code)]);
    let body = body
        .replace("apiKey", "APIKEY")
        .replace("apiToken", "environmentkey")
        .replace("userid", "UserId")
        .replace("otp", "OTP");
    let server = flow.start();
    let path = "/PROFITRESTSERVICES//OtpValidation/";
    let head = [("Connection", "close")];
    let reply = server.post_body(path, &head, body.as_bytes());
    assert_eq!(reply.field("connection"), Some("close"));
    let token = reply.profit_token();
    for path in [
        "/profitrestservices/metainfo",
        "/ProfitRestServices/METAINFO",
        "/profitrestservices/metainfo/",
    ] {
        let head = [
            ("Authorization", &*afas_token(&format!("{token}\r\n"))),
            ("Content-Length", "4"),
        ];
        // One client sends a body with GET.
        assert_eq!(server.ask(&format!("GET {path}"), &head).status, 200);
    }
}

#[test]
fn a_token_is_taken_in_the_encodings_of_the_flow_and_the_log_says_which() {
    let flow = Flow::new();
    let server = flow.start();
    let xml = flow.token(&server);
    let data = &xml[33..97];
    let ask = |value: &str| {
        let fields = [("Authorization", value)];
        server.ask("GET /profitrestservices/ProfitVersion", &fields)
    };
    let version = json!({ "version": env!("CARGO_PKG_VERSION") });
    let encoded = BASE64.encode(xml.as_bytes());
    for value in [
        format!("AfasToken {encoded}"),
        format!("afastoken {encoded}"),
        format!("Bearer {encoded}"),
        format!("Bearer {xml}"),
    ] {
        let told = ask(&value);
        assert_eq!(
            (told.status, told.json()),
            (200, version.clone()),
            "{value}"
        );
    }
    for (value, reason) in [
        (xml.clone(), "raw_xml"),
        (format!("AfasToken {xml}"), "raw_xml"),
        (data.to_owned(), "no_scheme"),
        (format!("AfasToken {data}"), "not_base64_of_xml"),
        (format!("Basic {}", BASE64.encode(b"ci:x")), "malformed"),
    ] {
        ask(&value).is_refused(r#"Bearer error="invalid_token""#);
        let line = server.line(|line| line["status"] == 401);
        assert_eq!(line["reason"], reason, "{value}");
    }
    let advice = server.line(|line| line["event"] == "client_mistake");
    assert!(
        advice["advice"]
            .as_str()
            .unwrap()
            .contains("base64 of the whole XML")
    );
    let value = format!("AfasToken {encoded}");
    let twice = [("Authorization", value.as_str()); 2];
    let twice = server.ask("GET /profitrestservices/metainfo", &twice);
    twice.is_refused(r#"Bearer error="invalid_token""#);
    let line = server.line(|line| line["status"] == 401);
    assert_eq!(line["reason"], "two_credentials");
    let nothing = server.ask("GET /profitrestservices/metainfo", &[]);
    nothing.is_refused("Bearer");
    // A good token from a wrong address.
    let narrow = ["connection", "edit", "hr", "--add-allow-ip", "192.0.2.0/24"];
    flow.home.done(&[&narrow[..], &["--yes"]].concat());
    let refused = ask(&format!("AfasToken {encoded}"));
    assert_eq!((refused.status, refused.text()), (403, ""));
    let log = server.end_quietly();
    assert!(!log.contains(data), "{log}");
}

#[test]
fn what_is_no_token_at_all_is_no_mistake_of_an_application() {
    let flow = Flow::new();
    let server = flow.start();
    let soap = "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body>\
                <DeleteToken xmlns='urn:Afas.Profit.Services'><token>x</token></DeleteToken>\
                </Body></Envelope>";
    let path = "/profitservices/tokenconnector.asmx";
    assert_eq!(server.post_body(path, &[], soap.as_bytes()).status, 500);
    let metainfo = "GET /profitrestservices/metainfo";
    let refused = server.ask(metainfo, &[("Authorization", "AfasToken x")]);
    assert_eq!(refused.status, 401);
    let log = server.end_quietly();
    assert_eq!(log.matches("\"malformed\"").count(), 2, "{log}");
    assert!(!log.contains("client_mistake"), "{log}");
}

#[test]
fn pages_of_other_origins_may_use_it() {
    let flow = Flow::new();
    let server = flow.start();
    let preflight = [
        ("Origin", "https://app.example"),
        ("Access-Control-Request-Method", "POST"),
    ];
    for path in [
        "/profitrestservices/otprequest",
        "/ProfitRestServices/metainfo",
        "/profitrestservices/nothing",
        "/profitservices/tokenconnector.asmx",
    ] {
        let allowed = server.ask(&format!("OPTIONS {path}"), &preflight);
        assert_eq!((allowed.status, allowed.text()), (204, ""), "{path}");
        for (name, value) in [
            ("access-control-allow-origin", "*"),
            (
                "access-control-allow-methods",
                "GET, POST, PUT, DELETE, OPTIONS",
            ),
            (
                "access-control-allow-headers",
                "Content-Type, Accept, Authorization, OnlineSessionId, Accept-Language",
            ),
            ("access-control-max-age", "1728000"),
            ("x-frame-options", "deny"),
        ] {
            assert_eq!(allowed.field(name), Some(value), "{path}");
        }
    }
    for (request, status) in [
        ("GET /profitrestservices/nothing", 404),
        ("GET /profitrestservices/otprequest", 405),
        ("PUT /profitrestservices/metainfo", 405),
        ("GET /profitrestservices/metainfo", 401),
        ("HEAD /profitrestservices/metainfo", 401),
    ] {
        let reply = server.ask(request, &preflight);
        assert_eq!(reply.status, status, "{request}");
        assert_eq!(reply.field("access-control-allow-origin"), Some("*"));
    }
}

#[test]
fn a_connector_is_not_there_for_whoever_may_ask() {
    let flow = Flow::new();
    let server = flow.start();
    let token = flow.token(&server);
    for path in ["get/Profit_Employees", "Update/KnEmployee", "get/a%20b"] {
        let path = format!("/profitrestservices/metainfo/{path}");
        let reply = server.with_afas_token(&path, &token);
        assert_eq!(reply.status, 404);
        let error = reply.json();
        assert_eq!(error["errorNumber"], 404);
        let line = server.line(|line| line["status"] == 404);
        assert_eq!(error["profitLogReference"], line["request_id"]);
        assert_eq!(server.ask(&format!("GET {path}"), &[]).status, 401);
    }
}
