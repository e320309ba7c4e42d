//! What must hold of any XML: its characters, the names of elements, and attributes, which mean nothing
//! here.
//!
//! Namespaces in XML 1.0 (third edition) is strict about names, and so are other parsers. A call that
//! only one of two readers takes can be taken for two things.

use std::collections::BTreeSet;

use quick_xml::escape::unescape;
use quick_xml::events::BytesStart;
use quick_xml::events::attributes::Attribute;
use quick_xml::name::{Namespace, NamespaceResolver, QName, ResolveResult};

/// How many attributes an element may have.
const MOST_ATTRIBUTES: usize = 64;

/// The namespaces of the prefixes `xml` and `xmlns`, which no other prefix, and no element without one,
/// may have (section 3).
const RESERVED: [&str; 2] = [
    "http://www.w3.org/XML/1998/namespace",
    "http://www.w3.org/2000/xmlns/",
];

/// What is not an envelope with a call in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// Whether a character may be in XML at all.
pub(super) fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// Fails unless the names and the attributes of an element are XML.
pub(super) fn ensure_element(
    element: &BytesStart<'_>,
    resolver: &NamespaceResolver,
) -> Result<(), Malformed> {
    let mut names = BTreeSet::new();
    for (count, attribute) in element.attributes().enumerate() {
        let attribute = attribute.map_err(|_| Malformed)?;
        ensure_value(&attribute)?;
        ensure_qualified(attribute.key)?;
        let (namespace, name) = resolver.resolve_attribute(attribute.key);
        ensure_bound(&namespace)?;
        let namespace = match namespace {
            ResolveResult::Bound(Namespace(namespace)) => Some(namespace),
            _ => None,
        };
        // Two prefixes may stand for one namespace (section 6.3).
        let is_new = names.insert((namespace, name.into_inner()));
        if !is_new || count >= MOST_ATTRIBUTES {
            return Err(Malformed);
        }
    }
    ensure_qualified(element.name())?;
    // Reserved for declarations.
    if element.name().prefix().is_some_and(|it| it.is_xmlns()) {
        return Err(Malformed);
    }
    ensure_bound(&resolver.resolve_element(element.name()).0)
}

/// An entity that there is not is refused, a character that there must not be, and a declaration that
/// takes a namespace away, or takes one that is reserved.
fn ensure_value(attribute: &Attribute<'_>) -> Result<(), Malformed> {
    let value = unescape(&attribute.value).map_err(|_| Malformed)?;
    let name = attribute.key.as_ref();
    let undeclares = name.starts_with("xmlns:") && value.is_empty();
    let is_reserved = name == "xmlns" && RESERVED.contains(&&*value);
    if undeclares || is_reserved || !value.chars().all(is_xml) {
        return Err(Malformed);
    }
    Ok(())
}

/// Fails if a name has more than one prefix, or nothing behind it. An empty prefix stands for nothing.
fn ensure_qualified(name: QName<'_>) -> Result<(), Malformed> {
    let name = name.as_ref();
    let (_, local) = name.split_once(':').unwrap_or(("", name));
    if local.is_empty() || local.contains(':') {
        return Err(Malformed);
    }
    Ok(())
}

/// Fails if a prefix stands for nothing.
fn ensure_bound(namespace: &ResolveResult<'_>) -> Result<(), Malformed> {
    match namespace {
        ResolveResult::Unknown(_) => Err(Malformed),
        ResolveResult::Unbound | ResolveResult::Bound(_) => Ok(()),
    }
}
