//! Calls: what is read of an envelope, and what is refused.
//!
//! Events only. There is no document type, no processing instruction, and no entity but the five
//! that XML has; any prefix will do, and elements that are not known are skipped: also those that
//! have the name of a parameter in another namespace.

use std::borrow::Cow;

use axum::body::Bytes;
use quick_xml::NsReader;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, NamespaceResolver, ResolveResult};
use zeroize::{Zeroize as _, Zeroizing};

use super::well_formed::{Malformed, ensure_element, is_xml};
use crate::http::profit::posted::Posted;
use crate::secret::SecretText;

/// The namespace of the methods.
pub(super) const NAMESPACE: &str = "urn:Afas.Profit.Services";

/// The namespace of envelopes.
const ENVELOPES: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// How deep elements may be nested.
const DEEPEST: usize = 16;

/// The longest text of a parameter, in bytes: any of them is shorter, and a string that grows
/// leaves copies of a secret behind.
const LONGEST_TEXT: usize = 1024;

/// A method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Asks for a code.
    GenerateOtp,
    /// Exchanges a code for a token.
    GetTokenFromOtp,
    /// The holder ends a token.
    DeleteToken,
}

impl Method {
    /// All methods.
    pub(super) const ALL: [Self; 3] = [Self::GenerateOtp, Self::GetTokenFromOtp, Self::DeleteToken];

    /// Its name.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::GenerateOtp => "GenerateOTP",
            Self::GetTokenFromOtp => "GetTokenFromOTP",
            Self::DeleteToken => "DeleteToken",
        }
    }
}

/// A call of a method.
#[derive(Debug)]
pub(super) struct Call {
    /// The method.
    pub(super) method: Method,
    /// Its parameters about a code.
    pub(super) posted: Posted,
    /// Its parameter `token`.
    pub(super) token: Option<SecretText>,
}

impl Call {
    /// Reads an envelope in UTF-8, and wipes it if nobody else refers to its bytes.
    pub(super) fn read(body: Bytes) -> Result<Self, Malformed> {
        let read = match str::from_utf8(&body) {
            Ok(text) => read(text),
            Err(_) => Err(Malformed),
        };
        if let Ok(mut bytes) = body.try_into_mut() {
            bytes.as_mut().zeroize();
        }
        read
    }
}

/// Where in an envelope the reading is.
#[derive(Default)]
struct Reading {
    /// How many elements are open.
    depth: usize,
    /// How many of them are on the way to a parameter: envelope, body, method, parameter.
    on_way: usize,
    /// Each of these is there once.
    envelope: bool,
    body: bool,
    method: Option<Method>,
    /// The parameter that is open, and its text.
    open: Option<(String, Zeroizing<String>)>,
    /// The parameters that were there.
    seen: Vec<String>,
    posted: Posted,
    token: Option<SecretText>,
}

fn read(text: &str) -> Result<Call, Malformed> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // The parser would drop another mark.
    if text.starts_with('\u{feff}') || !text.chars().all(is_xml) {
        return Err(Malformed);
    }
    let mut reader = NsReader::from_str(text);
    let mut reading = Reading::default();
    // A declaration anywhere else would be a processing instruction, were its name not reserved.
    let mut is_start = true;
    loop {
        match reader.read_event().map_err(|_| Malformed)? {
            Event::Start(element) => reading.begin(&element, reader.resolver())?,
            Event::End(_) => reading.end()?,
            Event::Empty(element) => {
                reading.begin(&element, reader.resolver())?;
                reading.end()?;
            }
            Event::Text(text) => reading.text(&wiped(text.xml10_content()))?,
            Event::CData(text) => reading.marked_text(&wiped(text.xml10_content()))?,
            Event::GeneralRef(entity) => reading.marked_text(&resolved(&entity)?)?,
            Event::Decl(declaration) if is_start => ensure_plain(&declaration)?,
            Event::Comment(_) => (),
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) => return Err(Malformed),
            Event::Eof => return reading.finish(),
        }
        is_start = false;
    }
}

/// A text as XML has it: each line end as a line feed (XML 1.0, section 2.11). It may be a secret.
fn wiped(text: Cow<'_, str>) -> Zeroizing<String> {
    Zeroizing::new(text.into_owned())
}

/// Whether it is white space to XML, to which most of what Unicode calls that is text.
fn is_xml_space(byte: u8) -> bool {
    b" \t\r\n".contains(&byte)
}

/// A declaration begins with its version. Bytes that are read in another encoding than they were written
/// in may mean something else.
fn ensure_plain(declaration: &BytesDecl<'_>) -> Result<(), Malformed> {
    declaration.version().map_err(|_| Malformed)?;
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(_) => Err(Malformed),
    }
}

/// One of the five entities of XML, or a character by its number.
fn resolved(entity: &BytesRef<'_>) -> Result<String, Malformed> {
    if entity.is_char_ref() {
        let character = entity.resolve_char_ref().map_err(|_| Malformed)?;
        let character = character.filter(|it| is_xml(*it));
        return character.map(String::from).ok_or(Malformed);
    }
    let name = entity.borrow().into_inner();
    let known = quick_xml::escape::resolve_predefined_entity(&name);
    known.map(str::to_owned).ok_or(Malformed)
}

impl Reading {
    fn begin(
        &mut self,
        element: &BytesStart<'_>,
        resolver: &NamespaceResolver,
    ) -> Result<(), Malformed> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Malformed);
        }
        ensure_element(element, resolver)?;
        let (namespace, name) = resolver.resolve_element(element.name());
        // Below a parameter, or beside the way, nothing counts.
        if self.open.is_some() || self.on_way + 1 != self.depth {
            return Ok(());
        }
        // Envelope and body are SOAP's; the method and its parameters are not.
        let own = if self.on_way < 2 {
            ENVELOPES
        } else {
            NAMESPACE
        };
        if namespace != ResolveResult::Bound(Namespace(own)) {
            return match self.on_way {
                0 | 2 => Err(Malformed),
                _ => Ok(()),
            };
        }
        if self.enters(name.as_ref())? {
            self.on_way += 1;
        }
        Ok(())
    }

    /// Whether an element is the next on the way.
    fn enters(&mut self, name: &str) -> Result<bool, Malformed> {
        match self.on_way {
            0 if name != "Envelope" || self.envelope => Err(Malformed),
            0 => {
                self.envelope = true;
                Ok(true)
            }
            1 if name != "Body" => Ok(false),
            1 if self.body => Err(Malformed),
            1 => {
                self.body = true;
                Ok(true)
            }
            2 => {
                let method = Method::ALL.into_iter().find(|it| it.word() == name);
                let method = method.ok_or(Malformed)?;
                match self.method.replace(method) {
                    None => Ok(true),
                    Some(_) => Err(Malformed),
                }
            }
            _ => {
                let name = name.to_ascii_lowercase();
                if name != "token" && self.posted.field(&name).is_none() {
                    return Ok(false);
                }
                if self.seen.contains(&name) {
                    return Err(Malformed);
                }
                self.seen.push(name.clone());
                self.open = Some((name, String::with_capacity(LONGEST_TEXT).into()));
                Ok(true)
            }
        }
    }

    /// A text that is not written as it is. Outside of the envelope there is none, however it reads.
    fn marked_text(&mut self, text: &str) -> Result<(), Malformed> {
        if self.depth == 0 {
            return Err(Malformed);
        }
        self.text(text)
    }

    fn text(&mut self, text: &str) -> Result<(), Malformed> {
        if self.depth == 0 && !text.bytes().all(is_xml_space) {
            return Err(Malformed);
        }
        // The text of elements in a parameter is not its text.
        if self.on_way != self.depth {
            return Ok(());
        }
        let Some((_, value)) = &mut self.open else {
            return Ok(());
        };
        if value.len() + text.len() > LONGEST_TEXT {
            return Err(Malformed);
        }
        value.push_str(text);
        Ok(())
    }

    fn end(&mut self) -> Result<(), Malformed> {
        if self.on_way == self.depth {
            self.on_way = self.on_way.checked_sub(1).ok_or(Malformed)?;
            if let Some((name, value)) = self.open.take() {
                self.keep(&name, &value);
            }
        }
        self.depth = self.depth.checked_sub(1).ok_or(Malformed)?;
        Ok(())
    }

    fn keep(&mut self, name: &str, value: &str) {
        // White space around a text is how it was written, not what was meant.
        let text = SecretText::new(value.trim().to_owned());
        let text = Some(text).filter(|text| !text.expose().is_empty());
        if name == "token" {
            self.token = text;
        } else if let Some(field) = self.posted.field(name) {
            *field = text;
        }
    }

    fn finish(self) -> Result<Call, Malformed> {
        let Self {
            depth,
            method,
            posted,
            token,
            ..
        } = self;
        if depth != 0 {
            return Err(Malformed);
        }
        Ok(Call {
            method: method.ok_or(Malformed)?,
            posted,
            token,
        })
    }
}

#[cfg(test)]
mod tests;
