//! A call by SOAP, compared with what another parser makes of it.
#![no_main]

use std::collections::BTreeMap;

use hallpass::http::{PostedTexts, read_soap};
use libfuzzer_sys::fuzz_target;
use roxmltree::{Document, Error, Node, ParsingOptions};

const ENVELOPES: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const METHODS: &str = "urn:Afas.Profit.Services";

const FIELDS: [&str; 7] = [
    "apikey",
    "apitoken",
    "environmentkey",
    "userid",
    "description",
    "otp",
    "token",
];

const DEEPEST: usize = 16;
const MOST_ATTRIBUTES: usize = 64;
const LONGEST_TEXT: usize = 1024;

fuzz_target!(|body: &[u8]| {
    let Some(read) = read_soap(body) else {
        return;
    };
    let text = std::str::from_utf8(body).expect("it is no UTF-8");
    // Line ends as XML has them (XML 1.0, section 2.11): the other parser leaves a carriage return before
    // an entity as it is.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    // No document type, no entity, and whatever else is no XML.
    let options = ParsingOptions {
        allow_dtd: false,
        ..ParsingOptions::default()
    };
    let document = match Document::parse_with_options(&text, options) {
        Ok(document) => document,
        Err(error) if is_punctuation(&error) => return,
        Err(error) => panic!("another parser refuses it: {error}"),
    };
    ensure_within_limits(&document);
    assert_eq!(plain(read), plain(expected(&document)));
});

/// Whether a parser is only stricter about the characters of names and between attributes, which mean
/// nothing here.
fn is_punctuation(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidName(_)
            | Error::InvalidChar(..)
            | Error::InvalidChar2(..)
            | Error::InvalidString(..)
            | Error::InvalidComment(_)
            | Error::InvalidCharacterData(_)
    )
}

fn ensure_within_limits(document: &Document<'_>) {
    for node in document.descendants() {
        assert!(
            !node.is_pi() || is_declaration(&node),
            "a processing instruction"
        );
        if node.is_element() {
            let depth = node.ancestors().filter(Node::is_element).count();
            assert!(depth <= DEEPEST, "{depth} levels");
            assert!(node.attributes().len() <= MOST_ATTRIBUTES);
        }
    }
}

/// Whether it is the XML declaration, which is no processing instruction. The other parser takes it for one
/// unless a blank comes after `<?xml`.
fn is_declaration(node: &Node<'_, '_>) -> bool {
    let is_named = node.pi().is_some_and(|it| it.target == "xml");
    let before = node.document().input_text().get(..node.range().start);
    is_named && before.is_some_and(|text| text.is_empty() || text == "\u{feff}")
}

fn expected(document: &Document<'_>) -> PostedTexts {
    let only = |parent: Node<'_, '_>, namespace: &'static str, name: &str| {
        let is = |node: &Node<'_, '_>| node.has_tag_name((namespace, name));
        let mut found = parent.children().filter(is);
        let first = found.next().unwrap_or_else(|| panic!("no {name}")).id();
        assert!(found.next().is_none(), "{name} is there twice");
        first
    };
    let envelope = document
        .get_node(only(document.root(), ENVELOPES, "Envelope"))
        .unwrap();
    let body = document
        .get_node(only(envelope, ENVELOPES, "Body"))
        .unwrap();
    let calls: Vec<_> = body.children().filter(Node::is_element).collect();
    let [call] = calls[..] else {
        panic!("{} calls", calls.len());
    };
    assert_eq!(call.tag_name().namespace(), Some(METHODS));
    let names = ["GenerateOTP", "GetTokenFromOTP", "DeleteToken"];
    let method = names
        .into_iter()
        .find(|name| *name == call.tag_name().name());
    let mut fields = BTreeMap::new();
    for parameter in call.children().filter(Node::is_element) {
        if parameter.tag_name().namespace() != Some(METHODS) {
            continue;
        }
        let name = parameter.tag_name().name().to_ascii_lowercase();
        let Some(name) = FIELDS.into_iter().find(|own| *own == name) else {
            continue;
        };
        let texts = parameter.children().filter(Node::is_text);
        let text: String = texts.filter_map(|node| node.text()).collect();
        assert!(text.len() <= LONGEST_TEXT, "{} bytes", text.len());
        assert!(fields.insert(name, text).is_none(), "{name} is there twice");
    }
    PostedTexts { method, fields }
}

/// Without what only tells how a text was written: white space around it.
fn plain(mut reading: PostedTexts) -> PostedTexts {
    for text in reading.fields.values_mut() {
        *text = text.trim().to_owned();
    }
    reading.fields.retain(|_, text| !text.is_empty());
    reading
}
