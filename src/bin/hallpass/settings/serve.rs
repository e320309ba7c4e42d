//! The table `[serve]` of the settings file: the options of the server.

use std::str::FromStr as _;

use serde::{Deserialize, Deserializer, de};

use crate::cli::serve::MetricsAddress;

/// The options of the server, as the settings file has them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServeSettings {
    #[serde(deserialize_with = "address")]
    pub(crate) metrics_listen: Option<MetricsAddress>,
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<Option<MetricsAddress>, D::Error> {
    let text = String::deserialize(from)?;
    let address = MetricsAddress::from_str(&text).map_err(de::Error::custom)?;
    Ok(Some(address))
}
