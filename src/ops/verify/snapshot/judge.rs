//! The verdict from a snapshot.

use std::sync::Arc;

use super::packed::Unpacked;
use super::table::Table;
use crate::barrier::{Reader, TokenKeys};
use crate::crypto::Tag;
use crate::error::Result;
use crate::model::audit::LogHead;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::time::Time;
use crate::model::token::{Presenting, TokenRecord};
use crate::model::verdict::Reason;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::lookup::NamedRecord as _;
use crate::ops::records::token::TokenProof;
use crate::ops::verify::due::{RecordUse, UseKind};
use crate::ops::verify::facts::{KnownToken, NamedReferents, Referents};
use crate::ops::verify::judge::verdict_on;
use crate::ops::verify::verdict::{Asked, Verdict};

/// Everything that a verdict depends on, as of one epoch.
#[derive(Clone)]
pub struct Snapshot {
    table: Table,
    keys: TokenKeys,
    head: LogHead,
    epoch: u64,
    imports: u64,
    wall_max: Time,
    known_from: Time,
}

impl Snapshot {
    pub(super) fn new(table: Table, r: &Reader<'_>) -> Self {
        Self {
            table,
            keys: r.token_keys(),
            head: r.log_head(),
            epoch: r.epoch(),
            imports: r.imports(),
            wall_max: r.wall_max(),
            known_from: r.known_from(),
        }
    }

    /// The epoch of the store that it shows.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// How many tokens it has, tombstones included.
    pub fn tokens(&self) -> usize {
        self.table.tokens
    }

    /// Whether a snapshot of `r` would give the same verdicts.
    pub fn is_at(&self, r: &Reader<'_>) -> bool {
        // A change without an audit row may still advance the latest time, which expires tokens.
        self.head == r.log_head() && self.wall_max == r.wall_max()
    }

    /// Judges a presented token at `now`, by the rule and the steps of
    /// [`judge`](crate::ops::verify::judge()), and by the keys of the same epoch.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) if `asked` names what does not exist;
    /// [`Error::Integrity`](crate::Error::Integrity) if records contradict each other.
    pub fn judge<'a>(
        &self,
        now: Time,
        token: impl Into<Presenting<'a>>,
        asked: &Asked,
    ) -> Result<Verdict> {
        let proof = TokenProof::new(token);
        if matches!(proof, TokenProof::Import(_)) && self.imports == 0 {
            return Ok(Verdict::malformed());
        }
        let named = self.named(asked)?;
        let candidate = self.table.candidate(proof)?;
        let is_known = candidate.is_some();
        let kid = candidate.as_ref().map(|found| found.record.mac_kid);
        let (_, mac) = mac(&self.keys, proof, kid)?;
        let candidate = match candidate {
            Some(candidate) => Some(candidate),
            // The same steps for an unknown token, on another.
            None => self.table.decoy(elsewhere(&mac))?,
        };
        let Some(Unpacked {
            id,
            record,
            is_replaced,
        }) = candidate
        else {
            return Ok(Verdict::nothing(Reason::Unknown));
        };
        let is_right = mac.ct_eq(&record.mac);
        // Even if the MAC differs: the response time must not reveal that the id is known.
        let referents = self.referents(&record)?;
        if !is_known || !is_right {
            return Ok(Verdict::nothing(Reason::Unknown));
        }
        let known = KnownToken {
            record_id: id,
            record,
            referents,
        };
        let verdict = verdict_on(&known, &named, asked, self.clocks(now));
        let kind = if verdict.valid {
            Some(UseKind::Valid(renewed(&self.keys, proof, &known.record)?))
        } else {
            let is_over = matches!(verdict.reason, Reason::Expired | Reason::Revoked);
            (is_over && is_replaced).then_some(UseKind::Late(verdict.reason))
        };
        let due = kind.map(|kind| RecordUse {
            record: id,
            at: now,
            kind,
        });
        Ok(Verdict { due, ..verdict })
    }

    fn clocks(&self, now: Time) -> Clocks {
        Clocks {
            now,
            latest: now.max(self.wall_max),
            known_from: self.known_from,
        }
    }

    fn named(&self, asked: &Asked) -> Result<NamedReferents> {
        let mut named = NamedReferents {
            connection: None,
            environment: None,
        };
        if let Some(name) = &asked.connection {
            let id = self.table.connections.find(&name.canonical());
            let id = id.ok_or_else(|| Connection::missing(name))?;
            named.connection = Some((id, self.connection(id)?));
        }
        if let Some(name) = &asked.environment {
            let id = self.table.environments.find(&name.canonical());
            named.environment = Some(id.ok_or_else(|| Environment::missing(name))?);
        }
        Ok(named)
    }

    fn connection(&self, id: RecordId) -> Result<Arc<Connection>> {
        self.table.require(id).map(Arc::clone)
    }

    fn referents(&self, record: &TokenRecord) -> Result<Referents> {
        let mut connection = None;
        if let Some(id) = record.connection {
            connection = Some((id, self.connection(id)?));
        }
        let parent = match record.parent_token() {
            Some(id) => self.table.token(id)?,
            None => None,
        };
        Ok(Referents {
            profile: Arc::clone(self.table.require(record.owner)?),
            parent: parent.map(|parent| Arc::new(parent.record)),
            connection,
            environment: Arc::clone(self.table.require(record.environment)?),
        })
    }
}

/// The MAC of what is presented.
fn mac(keys: &TokenKeys, proof: TokenProof<'_>, kid: Option<u32>) -> Result<(u32, Tag)> {
    match proof {
        TokenProof::Own(token) => keys.token_mac(kid, token.bytes()),
        TokenProof::Import(digest) => keys.import_mac(kid, &digest.0),
    }
}

/// The MAC under the newest key, unless the record has it already.
fn renewed(
    keys: &TokenKeys,
    proof: TokenProof<'_>,
    record: &TokenRecord,
) -> Result<Option<(u32, [u8; 32])>> {
    if keys.active()? == record.mac_kid {
        return Ok(None);
    }
    let (kid, mac) = mac(keys, proof, None)?;
    Ok(Some((kid, *mac.bytes())))
}

/// The number of a bucket that no caller can choose: that takes the keys of the store.
fn elsewhere(mac: &Tag) -> u16 {
    let [first, second, ..] = *mac.bytes();
    u16::from_be_bytes([first, second])
}

#[cfg(test)]
mod tests;
