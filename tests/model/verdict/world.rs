//! What a verdict is made from, in a state in which nothing is wrong.

use std::net::IpAddr;

use hallpass::model::connection::Connection;
use hallpass::model::id::{ApiKey, RecordId, TokenId};
use hallpass::model::profile::{Failures, Profile, Suspension};
use hallpass::model::text::Device;
use hallpass::model::time::Time;
use hallpass::model::token::{SessionBudget, TokenRecord};
use hallpass::model::verdict::{Facts, Reason, judge};

use super::{OTHER, OWN, PRODUCTION, at, id};

/// The facts, owned, so that a test can spoil them.
pub(super) struct World {
    pub(super) token: TokenRecord,
    pub(super) profile: Profile,
    pub(super) parent: Option<TokenRecord>,
    pub(super) connection: Connection,
    pub(super) named: Option<RecordId>,
    pub(super) environment: Option<RecordId>,
    pub(super) device: Option<Device>,
    pub(super) ip: Option<IpAddr>,
    pub(super) now: Time,
    pub(super) latest: Time,
}

impl World {
    /// A token bound to connection, environment and device, used where it is good; everything
    /// that can be checked is set and checked.
    pub(super) fn bound() -> Self {
        Self {
            token: token(),
            profile: profile(),
            parent: None,
            connection: connection(),
            named: Some(OWN),
            environment: Some(PRODUCTION),
            device: Some("LAPTOP".parse().unwrap()),
            ip: Some("10.1.2.3".parse().unwrap()),
            now: at(1_000),
            latest: at(2_000),
        }
    }

    /// The same with a token that is bound to no connection and no device.
    pub(super) fn open() -> Self {
        let mut world = Self::bound();
        world.token.connection = None;
        world.token.device = None;
        world
    }

    /// The same with a caller who names nothing.
    pub(super) fn unnamed(self) -> Self {
        Self {
            named: None,
            environment: None,
            device: None,
            ip: None,
            ..self
        }
    }

    pub(super) fn judge(&self) -> Reason {
        judge(&self.facts())
    }

    pub(super) fn facts(&self) -> Facts<'_> {
        let id = self.token.connection.or(self.named);
        Facts {
            token: &self.token,
            profile: &self.profile,
            parent: self.parent.as_ref(),
            connection: id.map(|_| &self.connection),
            connection_id: id,
            named_connection: self.named,
            environment: self.environment,
            device: self.device.as_ref(),
            caller: self.ip.into(),
            now: self.now,
            latest: self.latest,
        }
    }
}

pub(super) fn token() -> TokenRecord {
    TokenRecord {
        public: TokenId::new(7),
        mac: [0; 32],
        imported: None,
        mac_kid: 1,
        owner: id(9),
        name: "ci".parse().unwrap(),
        connection: Some(OWN),
        environment: PRODUCTION,
        device: Some("laptop".parse().unwrap()),
        allow_ip: vec!["10.0.0.0/8".parse().unwrap()],
        created_at: at(0),
        expires_at: Some(at(2_001)),
        revoked: None,
        suspended: Some(suspension(Some(1_000))),
        pending: None,
        last_used_at: None,
        predecessor: None,
        successor: None,
        session: None,
        position: 0,
    }
}

fn profile() -> Profile {
    Profile {
        name: Some("anna".parse().unwrap()),
        email: None,
        description: None,
        groups: vec!["Sales".parse().unwrap()],
        restriction: Some(vec![OTHER, OWN]),
        suspended: Some(suspension(Some(1_000))),
        password: None,
        failures: Failures::default(),
        created_at: at(0),
        updated_at: at(0),
        deleted_at: None,
        tokens: 1,
        position: 0,
        address: None,
        generated: Vec::new(),
        sessions: SessionBudget::default(),
    }
}

fn connection() -> Connection {
    Connection {
        name: "crm".parse().unwrap(),
        description: None,
        api_key: ApiKey::from_bytes([0; 16]),
        group: Some("SALES".parse().unwrap()),
        token_lifetime: None,
        allow_ip: vec!["10.1.0.0/16".parse().unwrap()],
        deny_ip: vec!["10.1.9.0/24".parse().unwrap()],
        guide: None,
        blocked: None,
        created_at: at(0),
        deleted_at: None,
        position: 0,
    }
}

pub(super) fn suspension(until: Option<i64>) -> Suspension {
    Suspension {
        at: at(0),
        reason: None,
        until: until.map(at),
    }
}
