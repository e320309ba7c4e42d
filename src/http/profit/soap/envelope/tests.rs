use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

fn call(text: &str) -> Result<Call, Malformed> {
    Call::read(Bytes::copy_from_slice(text.as_bytes()))
}

fn envelope(inner: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:Afas.Profit.Services"><s:Header><a><s:Body/></a></s:Header><Body/><s:Body>{inner}</s:Body></s:Envelope>"#
    )
}

fn text(value: Option<&SecretText>) -> &str {
    value.map_or("-", SecretText::expose)
}

/// So many attributes.
fn attributes(count: usize) -> String {
    let attribute = |n: usize| format!(" a{n}=''");
    let attributes: Vec<_> = (0..count).map(attribute).collect();
    attributes.concat()
}

#[test]
fn parameters_are_read_in_any_order_and_with_any_prefix() {
    for inner in [
        r#"<GenerateOTP xmlns="urn:Afas.Profit.Services"><userId>ci</userId><apiKey> K </apiKey><environmentKey>E</environmentKey><description>a &amp; &#98;</description></GenerateOTP>"#,
        r#"<x:GenerateOTP xmlns:x="urn:Afas.Profit.Services"><x:description><![CDATA[a & b]]></x:description><x:environmentKey>E</x:environmentKey><more><userId>no</userId></more><x:apiKey>K</x:apiKey><x:USERID>c<!-- - -->i</x:USERID></x:GenerateOTP>"#,
    ] {
        let call = call(&envelope(inner)).unwrap();
        assert_eq!(call.method, Method::GenerateOtp);
        let posted = &call.posted;
        assert_eq!(text(posted.user.as_ref()), "ci");
        assert_eq!(text(posted.api_key.as_ref()), "K");
        assert_eq!(text(posted.environment_key.as_ref()), "E");
        assert_eq!(text(posted.description.as_ref()), "a & b");
        assert_eq!(text(posted.otp.as_ref()), "-");
    }
}

/// XML 1.0, section 2.11: what is written by its number stays, whatever comes after it.
#[test]
fn line_ends_are_line_feeds() {
    for (written, read) in [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("<![CDATA[a\r\nb\rc]]>", "a\nb\nc"),
        ("a&#13;\rb&#xD;\nc", "a\r\nb\r\nc"),
        ("a\r<!-- -->\nb", "a\n\nb"),
    ] {
        let inner = format!("<GenerateOTP><description>{written}</description></GenerateOTP>");
        let call = call(&envelope(&inner)).unwrap();
        assert_eq!(text(call.posted.description.as_ref()), read, "{written:?}");
    }
}

#[test]
fn a_token_is_a_text() {
    let xml = "&lt;token&gt;&lt;version&gt;1&lt;/version&gt;&lt;/token&gt;";
    for token in [
        xml.to_owned(),
        format!("\r\n{xml}\r\n"),
        "<![CDATA[<token><version>1</version></token>]]>".to_owned(),
    ] {
        let inner = format!("<DeleteToken><token>{token}</token></DeleteToken>");
        let call = call(&envelope(&inner)).unwrap();
        assert_eq!(call.method, Method::DeleteToken);
        assert_eq!(
            text(call.token.as_ref()),
            "<token><version>1</version></token>"
        );
    }
    let raw = "<DeleteToken><token><token>no</token></token></DeleteToken>";
    assert_eq!(text(call(&envelope(raw)).unwrap().token.as_ref()), "-");
    let none = call(&envelope("<GetTokenFromOTP/>")).unwrap();
    assert_eq!(none.method, Method::GetTokenFromOtp);
}

#[test]
fn what_is_not_a_call_is_refused() {
    let long = format!(
        "<GenerateOTP><userId>{}</userId></GenerateOTP>",
        "a".repeat(1025)
    );
    let deep = format!(
        "<GenerateOTP>{}{}</GenerateOTP>",
        "<a>".repeat(14),
        "</a>".repeat(14)
    );
    let many = attributes(65);
    let many = format!("<GenerateOTP{many}/>");
    let inner = [
        "",
        "<Other/>",
        "<generateotp/>",
        "<GenerateOTP/><GenerateOTP/>",
        "<GenerateOTP/></s:Body><s:Body>",
        "<GenerateOTP><userId>a</userId><userID>a</userID></GenerateOTP>",
        "<GenerateOTP><userId>&other;</userId></GenerateOTP>",
        "<GenerateOTP><userId>&#0;</userId></GenerateOTP>",
        "<GenerateOTP><userId>&#xD800;</userId></GenerateOTP>",
        "<GenerateOTP><userId>a & b</userId></GenerateOTP>",
        "<GenerateOTP><?php x?></GenerateOTP>",
        "<GenerateOTP a='1' a='2'/>",
        "<GenerateOTP a/>",
        "<GenerateOTP a='&other;'/>",
        "<GenerateOTP a='&#1;'/>",
        "<GenerateOTP xmlns:a='urn:&#x7;'/>",
        "<GenerateOTP><userId a='&#xFFFF;'>a</userId></GenerateOTP>",
        "<GenerateOTP><userId>a\0</userId></GenerateOTP>",
        "<GenerateOTP><userId>&#1;</userId></GenerateOTP>",
        "<GenerateOTP><userId>\u{ffff}</userId></GenerateOTP>",
        "<GenerateOTP></Other>",
        &long,
        &deep,
        &many,
    ];
    for inner in inner {
        assert_eq!(call(&envelope(inner)).unwrap_err(), Malformed, "{inner}");
    }
}

#[test]
fn what_is_around_a_call_is_refused() {
    let right = envelope("<GenerateOTP/>");
    let whole = [
        String::new(),
        "text".to_owned(),
        right.replace("s:Envelope", "s:Other"),
        right.replace("</s:Envelope>", ""),
        format!("{right}{right}"),
        format!("{right}x"),
        format!("{right}<![CDATA[x]]>"),
        format!("{right}<![CDATA[ ]]>"),
        format!("{right}&#32;"),
        format!("{right}\u{a0}"),
        right.replace("?><s", "?>\u{a0}<s"),
        right.replace("?><s", "?>x<s"),
        right.replace("?><s", "?><!DOCTYPE a><s"),
        right.replace("?><s", r#"?><!DOCTYPE a [<!ENTITY b "c">]><s"#),
        right.replace("?><s", r#"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><s"#),
        right.replace("?><s", "?><?xml-stylesheet href='a'?><s"),
        right.replace("?><s", "?><?xml version='1.0'?><s"),
        right.replace("<GenerateOTP/>", "<?xml version='1.0'?><GenerateOTP/>"),
        format!("\n{right}"),
        format!("\u{feff}\u{feff}{right}"),
        right.replace("version", "ersion"),
        right.replace(r#" version="1.0""#, ""),
    ];
    for text in whole {
        assert_eq!(call(&text).unwrap_err(), Malformed, "{text}");
    }
    assert!(call(&right).is_ok());
    assert!(call(&format!("\u{feff}{right}\r\n")).is_ok());
}

#[test]
fn what_is_not_utf_8_is_refused() {
    let right = envelope("<GenerateOTP/>");
    let wide: Vec<u8> = right.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(Call::read(wide.into()).unwrap_err(), Malformed);
}

#[test]
fn names_count_in_their_namespace_only() {
    let right = envelope("<m:GenerateOTP xmlns:m='urn:Afas.Profit.Services'/>");
    assert!(call(&right).is_ok());
    let own = "http://schemas.xmlsoap.org/soap/envelope/";
    for (from, to) in [
        (own, "http://www.w3.org/2003/05/soap-envelope"),
        (own, "urn:evil"),
        ("xmlns:s=", "xmlns:other="),
        ("<s:Body>", "<s:Body xmlns:s='urn:evil'>"),
        ("<s:Body>", "<s:Body xmlns:m='urn:evil'><m:GenerateOTP/>"),
        ("<s:Body>", "<s:Body x:a='b'>"),
        ("<a>", "<x:a/><a>"),
        ("<a>", "<xmlns:a/><a>"),
        ("<a>", "<b xmlns:x=''/><a>"),
        ("<a>", "<b xmlns:xmlns='urn:x'/><a>"),
        ("<a>", "<b xmlns:xml='urn:x'/><a>"),
        ("<a>", "<b xmlns:x='http://www.w3.org/2000/xmlns/'/><a>"),
        (
            "<a>",
            "<b xmlns:x='http://www.w3.org/XML/1998/namespace'/><a>",
        ),
        ("<a>", "<b xmlns='http://www.w3.org/2000/xmlns/'/><a>"),
        (
            "<a>",
            "<b xmlns='http://www.w3.org/XML/1998/namespace'/><a>",
        ),
        (
            "<a>",
            "<b xmlns:x='urn:x' xmlns:y='urn:x' x:a='' y:a=''/><a>",
        ),
        ("<a>", "<b:c:d xmlns:b='urn:x'/><a>"),
        ("<a>", "<b xmlns:x='urn:x' x:y:z=''/><a>"),
        ("<a>", "<b xmlns:x='urn:x' x:=''/><a>"),
        ("<a>", "<:b/><a>"),
        ("<a>", "<b :x=''/><a>"),
        ("xmlns:m='urn:Afas.Profit.Services'", "xmlns:m='urn:evil'"),
        (
            "xmlns:m='urn:Afas.Profit.Services'",
            "xmlns:m='urn:afas.profit.services'",
        ),
        ("xmlns:m='urn:Afas.Profit.Services'", ""),
    ] {
        let wrong = right.replace(from, to);
        assert_ne!(wrong, right);
        assert_eq!(call(&wrong).unwrap_err(), Malformed, "{wrong}");
    }
    let bare = "<Envelope><Body><GenerateOTP/></Body></Envelope>";
    assert_eq!(call(bare).unwrap_err(), Malformed);
    let default = format!(
        "<Envelope xmlns='{own}'><Body><GenerateOTP xmlns='{NAMESPACE}'/></Body></Envelope>"
    );
    assert!(call(&default).is_ok());
    let foreign =
        "<GenerateOTP><userId xmlns='urn:evil'>a</userId><userId>b</userId></GenerateOTP>";
    assert_eq!(
        text(call(&envelope(foreign)).unwrap().posted.user.as_ref()),
        "b"
    );
}

#[test]
fn another_encoding_is_refused() {
    let right = envelope("<GenerateOTP/>");
    for encoding in ["UTF-16", "iso-8859-1", "utf-7", "", "utf8"] {
        let wrong = right.replace("utf-8", encoding);
        assert_eq!(call(&wrong).unwrap_err(), Malformed, "{encoding}");
    }
    assert!(call(&right.replace("utf-8", "UTF-8")).is_ok());
    assert!(call(&right.replace(r#" encoding="utf-8""#, "")).is_ok());
}

#[test]
fn limits_are_reached_exactly() {
    let fits = format!(
        "<GenerateOTP><userId>{}</userId></GenerateOTP>",
        "a".repeat(1024)
    );
    let deep = format!(
        "<GenerateOTP>{}{}</GenerateOTP>",
        "<a>".repeat(13),
        "</a>".repeat(13)
    );
    let many = attributes(64);
    for inner in [fits, deep, format!("<GenerateOTP{many}/>")] {
        assert!(call(&envelope(&inner)).is_ok(), "{inner}");
    }
}

/// What envelopes are made of, and what they must not be made of.
const PARTS: [&str; 24] = [
    "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>",
    "</s:Envelope>",
    "<s:Body>",
    "</s:Body>",
    "<GenerateOTP xmlns='urn:Afas.Profit.Services'>",
    "</GenerateOTP>",
    "<userId>",
    "</userId>",
    "<token/>",
    "<a b='c'>",
    "</a>",
    "text",
    "&lt;",
    "&#x41;",
    "&a;",
    "&",
    "<",
    ">",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<!DOCTYPE a [",
    "<?a?>",
];

proptest! {
    #[test]
    fn whatever_comes_is_read_or_refused(bytes in vec(any::<u8>(), 0..500)) {
        let _ = Call::read(bytes.into());
    }

    #[test]
    fn whatever_is_made_of_parts_is_read_or_refused(parts in vec(select(&PARTS[..]), 0..60)) {
        let text = parts.concat();
        let read = call(&text);
        let refuses = ["<!DOCTYPE", "<?a?>", "&a;"].iter().any(|it| text.contains(it));
        let hides = text.contains("<!--") || text.contains("<![CDATA[");
        prop_assert!(read.is_err() || !refuses || hides, "{text}");
    }
}
