//! Paths, names, schemes and keys in any case.

use data_encoding::BASE64;

use super::Flow;

/// Changes the case of letters, another way for each number.
fn spelled(text: &str, number: u64) -> String {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut letter = |c: char| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        if state.is_multiple_of(2) {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    text.chars().map(&mut letter).collect()
}

#[test]
fn two_hundred_spellings_are_one() {
    let flow = Flow::new();
    let server = flow.start();
    let token = flow.token(&server);
    let encoded = BASE64.encode(format!("{token}\r\n").as_bytes());
    let mut paths = std::collections::BTreeSet::new();
    for number in 0..200 {
        let path = spelled("/profitrestservices/metainfo", number);
        let name = spelled("authorization", number);
        let scheme = spelled("afastoken", number + 1000);
        let value = format!("{scheme} {encoded}");
        let reply = server.ask(&format!("GET {path}"), &[(&name, &value)]);
        assert_eq!(reply.status, 200, "{path} {scheme}");
        paths.insert(path);
    }
    assert!(paths.len() > 190, "{}", paths.len());
}

#[test]
fn names_in_json_are_spelled_in_any_case() {
    let flow = Flow::new();
    let names: Vec<_> = (0..8).map(|n| format!("p{n}")).collect();
    for name in &names {
        flow.profile(name);
    }
    let codes: Vec<_> = names.iter().map(|name| flow.code_of(name)).collect();
    let server = flow.start();
    for (number, (name, code)) in (0..).zip(names.iter().zip(&codes)) {
        let key = |text: &str| spelled(text, number);
        let body = format!(
            r#"{{"{}":"{}","{}":"{}","{}":"{name}","{}":"{code}"}}"#,
            key("apikey"),
            key(&flow.api_key.to_lowercase()).replace(' ', ""),
            key("environmentkey"),
            flow.environment_key,
            key("userid"),
            key("otp"),
        );
        server.profit("otpvalidation", &body).profit_token();
    }
}

#[test]
fn a_token_is_good_at_every_door_until_it_is_deleted() {
    let flow = Flow::new();
    let options = ["--doors", "profit,verify,token"];
    let server = crate::serve::Running::start(&flow.home, &options);
    let token = flow.token(&server);
    let paths = [
        "/verify?connection=hr&environment=production",
        "/authz/hr/production/any",
        "/self",
        "/profitrestservices/metainfo",
        "/profitrestservices/profitversion",
    ];
    for path in paths {
        let status = server.with_afas_token(path, &token).status;
        assert!(status == 200 || status == 204, "{path}: {status}");
    }
    let escaped = token.replace('<', "&lt;").replace('>', "&gt;");
    let body = format!(
        "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body>\
         <DeleteToken xmlns='urn:Afas.Profit.Services'><token>{escaped}</token></DeleteToken>\
         </Body></Envelope>"
    );
    let path = "/profitservices/tokenconnector.asmx";
    assert_eq!(server.post_body(path, &[], body.as_bytes()).status, 200);
    for path in paths {
        assert_eq!(server.with_afas_token(path, &token).status, 401, "{path}");
    }
}
