//! A dummy record, for a token that is not in the store.

use crate::error::Result;
use crate::model::id::{RecordId, TokenId};
use crate::model::time::Time;
use crate::model::token::TokenRecord;

/// The record of a token that is not in the store: open and without expiry.
pub(in crate::ops) fn dummy_record(
    public: TokenId,
    environment: RecordId,
    mac_kid: u32,
) -> Result<TokenRecord> {
    Ok(TokenRecord {
        public,
        mac: [0; 32],
        mac_kid,
        imported: None,
        // Never looked up: no record has this id as its owner.
        owner: environment,
        name: "unknown".parse()?,
        connection: None,
        environment,
        device: None,
        allow_ip: Vec::new(),
        created_at: Time::from_seconds(0),
        expires_at: None,
        revoked: None,
        suspended: None,
        pending: None,
        last_used_at: None,
        predecessor: None,
        successor: None,
        session: None,
        position: 0,
    })
}
