//! The table `[serve]` of the settings file: the options of the server.

use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::str::FromStr;

use hallpass::http::{AccessLog, Address, Door, Grace, HeaderField, PublicUrl, TrustedPeer};
use hallpass::model::time::Span;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::cli::serve::{MetricsAddress, SocketGroup};

/// The longest lifetime of a session token.
const LONGEST: Span = Span::HOUR;

/// The options of the server, as the settings file has them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServeSettings {
    #[serde(deserialize_with = "many")]
    pub(crate) listen: Vec<Address>,
    #[serde(deserialize_with = "one")]
    pub(crate) metrics_listen: Option<MetricsAddress>,
    #[serde(deserialize_with = "many")]
    pub(crate) doors: Vec<Door>,
    #[serde(deserialize_with = "many")]
    pub(crate) trust_proxy: Vec<TrustedPeer>,
    #[serde(deserialize_with = "one")]
    pub(crate) client_ip_header: Option<HeaderField>,
    pub(crate) tls_cert: Option<PathBuf>,
    pub(crate) tls_key: Option<PathBuf>,
    pub(crate) plain_http: bool,
    #[serde(deserialize_with = "connections")]
    pub(crate) max_connections: Option<u32>,
    #[serde(deserialize_with = "one")]
    pub(crate) access_log: Option<AccessLog>,
    #[serde(deserialize_with = "one")]
    pub(crate) socket_group: Option<SocketGroup>,
    #[serde(deserialize_with = "one")]
    pub(crate) public_url: Option<PublicUrl>,
    pub(crate) metrics_per_token: bool,
    #[serde(deserialize_with = "lifetime")]
    pub(crate) token_lifetime: Option<Span>,
    pub(crate) table_limit: Option<u32>,
    #[serde(deserialize_with = "one")]
    pub(crate) database_grace: Option<Grace>,
}

impl ServeSettings {
    /// The paths in it.
    pub(super) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        let metrics = match &self.metrics_listen {
            Some(MetricsAddress::At(address)) => Some(address),
            _ => None,
        };
        let sockets = self.listen.iter().chain(metrics);
        let sockets = sockets.filter_map(Address::path);
        sockets.chain(&self.tls_cert).chain(&self.tls_key)
    }
}

fn one<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let text = String::deserialize(from)?;
    text.parse().map(Some).map_err(de::Error::custom)
}

/// Several in an array; one may stand alone.
fn many<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    from.deserialize_any(Many(PhantomData))
}

struct Many<T>(PhantomData<T>);

impl<'de, T: FromStr<Err: fmt::Display>> Visitor<'de> for Many<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or an array of texts")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        let one = text.parse().map_err(E::custom)?;
        Ok(vec![one])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Vec<T>, A::Error> {
        let mut all = Vec::new();
        while let Some(text) = array.next_element::<String>()? {
            all.push(text.parse().map_err(de::Error::custom)?);
        }
        Ok(all)
    }
}

fn connections<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    match u32::deserialize(from)? {
        most @ 1..=1_000_000 => Ok(Some(most)),
        _ => Err(de::Error::custom("not between 1 and 1000000")),
    }
}

fn lifetime<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Span>, D::Error> {
    let lifetime: Option<Span> = one(from)?;
    if lifetime.is_some_and(|lifetime| lifetime > LONGEST) {
        return Err(de::Error::custom(
            "a session token lives for an hour at most",
        ));
    }
    Ok(lifetime)
}
