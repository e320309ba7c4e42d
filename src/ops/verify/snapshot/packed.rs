//! Tokens as a snapshot keeps them: what a verdict depends on, in few bytes.

use serde::{Deserialize, Serialize};

use super::handles::{self, Handle};
use crate::error::{Error, Result};
use crate::model::address::AddressRange;
use crate::model::id::{RecordId, TokenId};
use crate::model::name::TokenName;
use crate::model::profile::Suspension;
use crate::model::text::Device;
use crate::model::time::Time;
use crate::model::token::{Parent, Pending, Revocation, Session, TokenRecord};

/// How many bytes a packed token usually has at most.
const USUAL: usize = 160;

/// Numbers for record ids, which are longer.
pub(super) trait Numbers {
    /// The number of an id.
    fn number(&mut self, id: RecordId) -> u32;
}

/// The tokens of one bucket: each as its length (four bytes), its handle (eight), its record id
/// and its [`Fields`].
#[derive(Default)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Packed(Box<[u8]>);

/// Everything of a token that a verdict, or its answer, depends on, but for the handle.
#[derive(Serialize, Deserialize)]
struct Fields {
    /// `None` if the handle is the public id.
    public: Option<TokenId>,
    mac: [u8; 32],
    mac_kid: u32,
    imported: Option<[u8; 32]>,
    owner: u32,
    name: TokenName,
    connection: Option<u32>,
    environment: u32,
    device: Option<Device>,
    allow_ip: Vec<AddressRange>,
    expires_at: Option<Time>,
    is_revoked: bool,
    suspended: Option<Suspended>,
    pending_until: Option<Time>,
    is_replaced: bool,
    parent: Option<Parent>,
}

/// A suspension, which may end by itself.
#[derive(Serialize, Deserialize)]
struct Suspended {
    until: Option<Time>,
}

/// A token, unpacked.
pub(super) struct Unpacked {
    pub(super) id: RecordId,
    /// With what a verdict depends on; the rest is empty.
    pub(super) record: TokenRecord,
    /// Whether another token has replaced it.
    pub(super) is_replaced: bool,
}

impl Packed {
    /// Packs the tokens of a bucket.
    pub(super) fn of(
        tokens: &[(RecordId, TokenRecord)],
        numbers: &mut dyn Numbers,
    ) -> Result<Self> {
        let mut packed = Vec::with_capacity(tokens.len() * USUAL);
        for (id, record) in tokens {
            let length_at = packed.len();
            packed.extend_from_slice(&[0; 4]);
            packed.extend_from_slice(&handles::stored(record).to_le_bytes());
            packed.extend_from_slice(id.bytes());
            let fields_at = packed.len();
            let packing = postcard::to_extend(&Fields::of(record, numbers), packed);
            packed = packing.map_err(|_| Error::Bug("a token cannot be packed"))?;
            let length = u32::try_from(packed.len() - fields_at)
                .map_err(|_| Error::Bug("a token is too long to be packed"))?;
            if let Some(place) = packed.get_mut(length_at..length_at + 4) {
                place.copy_from_slice(&length.to_le_bytes());
            }
        }
        Ok(Self(packed.into_boxed_slice()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The handle of each token.
    pub(super) fn handles(&self) -> impl Iterator<Item = Handle> + '_ {
        self.entries().map(|entry| entry.handle)
    }

    /// Unpacks the token with this handle that `is_meant`.
    pub(super) fn find(
        &self,
        handle: Handle,
        ids: &[RecordId],
        is_meant: impl Fn(&TokenRecord) -> bool,
    ) -> Result<Option<Unpacked>> {
        for entry in self.entries().filter(|entry| entry.handle == handle) {
            let unpacked = entry.unpack(ids)?;
            if is_meant(&unpacked.record) {
                return Ok(Some(unpacked));
            }
        }
        Ok(None)
    }

    /// Unpacks the token with this record id.
    pub(super) fn with_id(&self, id: RecordId, ids: &[RecordId]) -> Result<Option<Unpacked>> {
        let found = self.entries().find(|entry| entry.id == id);
        found.map(|it| it.unpack(ids)).transpose()
    }

    /// Unpacks the first token.
    pub(super) fn first(&self, ids: &[RecordId]) -> Result<Option<Unpacked>> {
        self.entries().next().map(|it| it.unpack(ids)).transpose()
    }

    fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut rest: &[u8] = &self.0;
        std::iter::from_fn(move || {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
            let (handle, after) = after.split_first_chunk::<8>()?;
            let (id, after) = after.split_first_chunk::<16>()?;
            let (fields, after) = after.split_at_checked(length)?;
            rest = after;
            Some(Entry {
                handle: u64::from_le_bytes(*handle),
                id: RecordId::from_bytes(*id),
                fields,
            })
        })
    }
}

struct Entry<'a> {
    handle: Handle,
    id: RecordId,
    fields: &'a [u8],
}

impl Entry<'_> {
    fn unpack(&self, ids: &[RecordId]) -> Result<Unpacked> {
        let fields: Fields = postcard::from_bytes(self.fields)
            .map_err(|_| Error::Bug("a packed token cannot be unpacked"))?;
        fields.unpack(self, ids)
    }
}

impl Fields {
    fn of(record: &TokenRecord, numbers: &mut dyn Numbers) -> Self {
        // Destructured whole, so that a new field has to be classified.
        let TokenRecord {
            public,
            mac,
            mac_kid,
            imported,
            owner,
            name,
            connection,
            environment,
            device,
            allow_ip,
            created_at: _,
            expires_at,
            revoked,
            suspended,
            pending,
            last_used_at: _,
            predecessor: _,
            successor,
            session,
            position: _,
        } = record;
        Self {
            public: imported.is_some().then_some(*public),
            mac: *mac,
            mac_kid: *mac_kid,
            imported: *imported,
            owner: numbers.number(*owner),
            name: name.clone(),
            connection: connection.map(|id| numbers.number(id)),
            environment: numbers.number(*environment),
            device: device.clone(),
            allow_ip: allow_ip.clone(),
            expires_at: *expires_at,
            is_revoked: revoked.is_some(),
            suspended: suspended.as_ref().map(|suspension| Suspended {
                until: suspension.until,
            }),
            pending_until: pending.map(|pending| pending.until),
            is_replaced: successor.is_some(),
            parent: session.map(|session| session.parent),
        }
    }

    fn unpack(self, entry: &Entry<'_>, ids: &[RecordId]) -> Result<Unpacked> {
        let Self {
            public,
            mac,
            mac_kid,
            imported,
            owner,
            name,
            connection,
            environment,
            device,
            allow_ip,
            expires_at,
            is_revoked,
            suspended,
            pending_until,
            is_replaced,
            parent,
        } = self;
        let id_of = |number: u32| {
            let index = usize::try_from(number).unwrap_or(usize::MAX);
            let id = ids.get(index).copied();
            id.ok_or(Error::Bug("a packed token refers to nothing"))
        };
        let record = TokenRecord {
            public: public.unwrap_or(TokenId::new(entry.handle)),
            mac,
            mac_kid,
            imported,
            owner: id_of(owner)?,
            name,
            connection: connection.map(id_of).transpose()?,
            environment: id_of(environment)?,
            device,
            allow_ip,
            created_at: UNKNOWN,
            expires_at,
            revoked: is_revoked.then_some(Revocation {
                at: UNKNOWN,
                reason: None,
            }),
            suspended: suspended.map(|Suspended { until }| Suspension {
                at: UNKNOWN,
                reason: None,
                until,
            }),
            pending: pending_until.map(Pending::until),
            last_used_at: None,
            predecessor: None,
            successor: None,
            session: parent.map(|parent| Session { parent, number: 0 }),
            position: 0,
        };
        Ok(Unpacked {
            id: entry.id,
            record,
            is_replaced,
        })
    }
}

/// A time that no verdict depends on.
const UNKNOWN: Time = Time::from_seconds(0);
