//! The stored record of a token; never the token itself.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::session::Session;
use crate::model::address::AddressRange;
use crate::model::id::{CodeId, RecordId, TokenId};
use crate::model::name::TokenName;
use crate::model::profile::Suspension;
use crate::model::text::{Device, FreeText};
use crate::model::time::{Span, Time};

/// The stored record of a token, or its tombstone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TokenRecord {
    /// The public id.
    pub public: TokenId,
    /// The keyed hash of the token's 32 bytes (`docs/file-format.md`).
    pub mac: [u8; 32],
    /// The id of the MAC key.
    pub mac_kid: u32,
    /// The SHA-256 of an imported token's text; `mac` is the keyed hash of that then.
    pub imported: Option<[u8; 32]>,
    /// Its profile.
    pub owner: RecordId,
    /// Its name. A tombstone keeps it, for display.
    pub name: TokenName,
    /// The connection it is bound to; `None` follows the profile's restriction.
    pub connection: Option<RecordId>,
    /// The environment it is for.
    pub environment: RecordId,
    /// The device it is bound to; `None` means any.
    pub device: Option<Device>,
    /// Addresses it may be used from; empty means any.
    pub allow_ip: Vec<AddressRange>,
    /// Time of creation.
    pub created_at: Time,
    /// The first moment at which it is no longer valid; `None` means never.
    pub expires_at: Option<Time>,
    /// Its permanent revocation, if it was revoked.
    pub revoked: Option<Revocation>,
    /// Its suspension, if it is suspended.
    pub suspended: Option<Suspension>,
    /// Its delivery, until that is complete. It is not valid before.
    pub pending: Option<Pending>,
    /// When it was last found valid, to the minute.
    pub last_used_at: Option<Time>,
    /// The token that this one replaced.
    pub predecessor: Option<TokenId>,
    /// The token that replaced this one.
    pub successor: Option<TokenId>,
    /// What makes it a session token, if it is one.
    pub session: Option<Session>,
    /// Its position in its profile's list.
    pub position: u32,
}

/// An incomplete delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The deadline.
    pub until: Time,
    /// The record and the id of the code that the token was exchanged for. The code is restored if
    /// the token is not delivered.
    pub code: Option<(RecordId, CodeId)>,
}

impl Pending {
    /// The delivery of a token that was not exchanged for a code.
    pub fn until(until: Time) -> Self {
        Self { until, code: None }
    }
}

/// The revocation of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// When.
    pub at: Time,
    /// Why.
    pub reason: Option<FreeText>,
}

/// What is known about the use of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// It was never found valid.
    Never,
    /// It may have been used where this store does not know it: in another system, or after the
    /// backup that was restored.
    Unknown,
    /// The time of its last use is known.
    Known,
}

impl Use {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Unknown => "unknown",
            Self::Known => "known",
        }
    }
}

/// The state of a token itself, regardless of its profile and connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// Valid.
    Active,
    /// Suspended, until it is resumed or the suspension expires.
    Suspended,
    /// Revoked for good.
    Revoked,
    /// Expired.
    Expired,
    /// Not valid yet: it is being delivered.
    Pending,
}

impl TokenState {
    /// All states.
    pub const ALL: [Self; 5] = [
        Self::Active,
        Self::Suspended,
        Self::Revoked,
        Self::Expired,
        Self::Pending,
    ];

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::Pending => "pending",
        }
    }

    /// Whether a token in this state keeps its name.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Active | Self::Suspended | Self::Pending)
    }
}

impl TokenRecord {
    /// A use is recorded if the last one that was recorded is this long ago.
    pub const USES_NOTED_EVERY: Span = Span::MINUTE;

    /// Whether it has expired. `latest` is the latest moment the store has seen, so that setting
    /// the clock back revives nothing.
    pub fn is_expired(&self, latest: Time) -> bool {
        self.expires_at.is_some_and(|end| latest >= end)
    }

    /// Whether it is suspended by itself at `now`, a moment of the real clock.
    pub fn is_suspended(&self, now: Time) -> bool {
        self.suspended
            .as_ref()
            .is_some_and(|suspension| suspension.holds(now))
    }

    /// What is known about its use, if uses before `known_from` may be missing.
    pub fn used(&self, known_from: Time) -> Use {
        match self.last_used_at {
            Some(_) => Use::Known,
            None if self.imported.is_some() || self.created_at <= known_from => Use::Unknown,
            None => Use::Never,
        }
    }

    /// Whether to record a use at `now`: at most once a minute, and never before the last one.
    pub fn is_use_new(&self, now: Time) -> bool {
        self.last_used_at
            .is_none_or(|last| last.plus(Self::USES_NOTED_EVERY) <= now)
    }

    /// Records a use if it is due; returns whether it did.
    pub fn note_use(&mut self, at: Time) -> bool {
        let is_new = self.is_use_new(at);
        if is_new {
            self.last_used_at = Some(at);
        }
        is_new
    }

    /// Whether it was not stopped or replaced since it was issued.
    pub fn is_untouched(&self) -> bool {
        self.revoked.is_none() && self.suspended.is_none() && self.successor.is_none()
    }

    /// Whether its own allow list permits `address`.
    pub fn is_allowed_from(&self, address: IpAddr) -> bool {
        AddressRange::allow(&self.allow_ip, address)
    }

    /// Its own state; `now` and `latest` as in [`Facts`](crate::model::verdict::Facts).
    pub fn state(&self, now: Time, latest: Time) -> TokenState {
        if self.pending.is_some() {
            TokenState::Pending
        } else if self.revoked.is_some() {
            TokenState::Revoked
        } else if self.is_expired(latest) {
            TokenState::Expired
        } else if self.is_suspended(now) {
            TokenState::Suspended
        } else {
            TokenState::Active
        }
    }
}
