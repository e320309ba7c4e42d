//! The records of one bucket, decoded.

use std::sync::Arc;

use super::referent::Referent;
use crate::barrier::BucketRecords;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;

/// The records that verdicts depend on whose ids start with the same two bytes.
pub(super) struct Decoded {
    /// These two bytes, big-endian.
    pub(super) number: u16,
    pub(super) tokens: Vec<(RecordId, TokenRecord)>,
    pub(super) others: Vec<(RecordId, Referent)>,
}

impl Decoded {
    /// Decodes the records of a bucket.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if one is damaged.
    pub(super) fn of(bucket: &BucketRecords<'_>) -> Result<Self> {
        let mut decoded = Self {
            number: bucket.number(),
            tokens: Vec::new(),
            others: Vec::new(),
        };
        for record in bucket.records() {
            let record = record?;
            let id = record.id;
            // Nearly all are tokens.
            if let Some(token) = record.decode::<TokenRecord>()? {
                decoded.tokens.push((id, token));
            } else if let Some(profile) = record.decode::<Profile>()? {
                decoded
                    .others
                    .push((id, Referent::Profile(Arc::new(profile))));
            } else if let Some(connection) = record.decode::<Connection>()? {
                let connection = Referent::Connection(Arc::new(connection));
                decoded.others.push((id, connection));
            } else if let Some(environment) = record.decode::<Environment>()? {
                let environment = Referent::Environment(Arc::new(environment));
                decoded.others.push((id, environment));
            }
        }
        Ok(decoded)
    }
}
