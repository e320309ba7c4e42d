//! What the store keeps of a token: never the token.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::model::address::AddressRange;
use crate::model::id::{CodeId, RecordId, TokenId};
use crate::model::name::TokenName;
use crate::model::profile::Suspension;
use crate::model::text::{Device, FreeText};
use crate::model::time::Time;

/// A token as it is kept, or the tombstone of one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TokenRecord {
    /// The public id.
    pub public: TokenId,
    /// The keyed hash of the 32 bytes (`docs/file-format.md`).
    pub mac: [u8; 32],
    /// Which key made it.
    pub mac_kid: u32,
    /// The SHA-256 of its text, if another system made it; then that is what `mac` is the keyed hash
    /// of.
    pub imported: Option<[u8; 32]>,
    /// Whose it is.
    pub owner: RecordId,
    /// Its name; kept by a tombstone, for display.
    pub name: TokenName,
    /// Which connection it is for; `None` follows the profile's restriction.
    pub connection: Option<RecordId>,
    /// Which environment it is for.
    pub environment: RecordId,
    /// Which device it is for; `None` is any.
    pub device: Option<Device>,
    /// Where it may be used from; empty is anywhere.
    pub allow_ip: Vec<AddressRange>,
    /// When it was made.
    pub created_at: Time,
    /// The first moment at which it is no longer good; `None` is never.
    pub expires_at: Option<Time>,
    /// When it was revoked, for ever.
    pub revoked: Option<Revocation>,
    /// When it was suspended, if it was.
    pub suspended: Option<Suspension>,
    /// Its delivery, until that is done; it is not good before.
    pub pending: Option<Pending>,
    /// When it was last found valid, to the minute.
    pub last_used_at: Option<Time>,
    /// The token that this one replaced.
    pub predecessor: Option<TokenId>,
    /// The token that replaced this one.
    pub successor: Option<TokenId>,
    /// Its place in its profile's list.
    pub position: u32,
}

/// A delivery that is not done yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Until when it may take.
    pub until: Time,
    /// The code that the token was exchanged for, and where that is kept: it is given back if the
    /// token is not delivered.
    pub code: Option<(RecordId, CodeId)>,
}

impl Pending {
    /// The delivery of a token that was exchanged for nothing.
    pub fn until(until: Time) -> Self {
        Self { until, code: None }
    }
}

/// The end of a token by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// When.
    pub at: Time,
    /// Why.
    pub reason: Option<FreeText>,
}

/// What is known of the use of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// It was never found valid.
    Never,
    /// It was not found valid as far as is known, but may have been before: by another system, or
    /// after the backup that was restored.
    Unknown,
    /// When it was last found valid is known.
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

/// What a token is by itself, whatever its profile and connection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// Good.
    Active,
    /// Not good for now.
    Suspended,
    /// Never good again.
    Revoked,
    /// No longer good.
    Expired,
    /// Not yet good: it is being delivered.
    Pending,
}

impl TokenState {
    /// All of them.
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

    /// Whether a token in this state holds its name.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Active | Self::Suspended | Self::Pending)
    }
}

impl TokenRecord {
    /// Whether its time is over. `latest` is the latest moment the store has seen, so that a clock
    /// that was set back revives nothing.
    pub fn is_expired(&self, latest: Time) -> bool {
        self.expires_at.is_some_and(|end| latest >= end)
    }

    /// What is known of its use, if what was before `known_from` may be missing.
    pub fn used(&self, known_from: Time) -> Use {
        match self.last_used_at {
            Some(_) => Use::Known,
            None if self.imported.is_some() || self.created_at <= known_from => Use::Unknown,
            None => Use::Never,
        }
    }

    /// Whether a use at `now` is to be noted: at most once a minute, and never before the last one.
    pub fn is_use_new(&self, now: Time) -> bool {
        const NOTED_EVERY: i64 = 60;
        self.last_used_at
            .is_none_or(|last| now.seconds() - last.seconds() >= NOTED_EVERY)
    }

    /// Notes a use if it is to be noted; says whether it was.
    pub fn note_use(&mut self, at: Time) -> bool {
        let is_new = self.is_use_new(at);
        if is_new {
            self.last_used_at = Some(at);
        }
        is_new
    }

    /// Whether nobody has stopped or replaced it since it was made.
    pub fn is_as_made(&self) -> bool {
        self.revoked.is_none() && self.suspended.is_none() && self.successor.is_none()
    }

    /// Whether its own list lets it be used from `address`.
    pub fn is_allowed_from(&self, address: IpAddr) -> bool {
        AddressRange::allow(&self.allow_ip, address)
    }

    /// What it is by itself; `now` and `latest` as in [`Facts`](crate::model::verdict::Facts).
    pub fn state(&self, now: Time, latest: Time) -> TokenState {
        if self.pending.is_some() {
            TokenState::Pending
        } else if self.revoked.is_some() {
            TokenState::Revoked
        } else if self.is_expired(latest) {
            TokenState::Expired
        } else if self
            .suspended
            .as_ref()
            .is_some_and(|suspension| suspension.holds(now))
        {
            TokenState::Suspended
        } else {
            TokenState::Active
        }
    }
}
