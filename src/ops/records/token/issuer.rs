//! The rules for issuing tokens, and a cache for a transaction that issues many.

use std::collections::HashMap;
use std::rc::Rc;

use super::draft::{Draft, Unnamed};
use super::issued::{Assumed, How, Imported, Issued};
use super::made_from::MadeFrom;
use super::owner::TokenOwner;
use super::summary::{Summary, summarise};
use super::term::{self, DefaultLifetime};
use super::usable::ensure_usable;
use crate::barrier::{Lookup, Reader, Unique, Writer};
use crate::crypto::Tag;
use crate::error::{Error, Existing, Result};
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::{RecordId, TokenId};
use crate::model::name::{Canonical, ConnectionName, EnvironmentName, ProfileName};
use crate::model::profile::Profile;
use crate::model::time::Time;
use crate::model::token::{Digest, Pending, Token, TokenRecord};
use crate::ops::records::cache::RecordCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::lookup;

/// How many connections of a profile are announced together.
const AT_ONCE: usize = 64;

/// Issues tokens. Records read for one are kept for the next.
pub(in crate::ops) struct Issuer {
    pub(super) usual: DefaultLifetime,
    pub(super) clocks: Clocks,
    pub(super) owners: HashMap<Canonical, TokenOwner>,
    pub(super) connections: RecordCache<Connection>,
    pub(super) connection_ids: HashMap<Canonical, RecordId>,
    pub(super) environments: HashMap<Option<Canonical>, (RecordId, Rc<Environment>)>,
}

impl Issuer {
    pub(in crate::ops) fn new(w: &Writer<'_>, usual: DefaultLifetime) -> Self {
        Self {
            usual,
            clocks: Clocks::new(w, w.now()),
            owners: HashMap::new(),
            connections: RecordCache::default(),
            connection_ids: HashMap::new(),
            environments: HashMap::new(),
        }
    }

    /// Issues one token; it is complete once [`Self::finish`] is called.
    pub(in crate::ops) fn make(
        &mut self,
        w: &mut Writer<'_>,
        draft: &Draft,
        origin: Origin<'_>,
    ) -> Result<Issued> {
        let mut owner = self.owner(w, &draft.profile)?;
        let issued = self.make_for(w, &mut owner, draft, origin);
        // Even after an error: a plan continues, and must count the tokens before for the next one.
        self.owners.insert(draft.profile.canonical(), owner);
        issued
    }

    /// Stores how many tokens each profile has now.
    pub(in crate::ops) fn finish(self, w: &mut Writer<'_>) -> Result<()> {
        self.owners
            .into_values()
            .try_for_each(|owner| w.put(owner.id, &owner.profile))
    }

    fn make_for(
        &mut self,
        w: &mut Writer<'_>,
        owner: &mut TokenOwner,
        draft: &Draft,
        origin: Origin<'_>,
    ) -> Result<Issued> {
        let mut assumed = Assumed::default();
        let terms = self.allowed(w, owner, draft, &mut assumed)?;
        self.build(w, owner, draft, &terms, assumed, origin)
    }

    /// As [`Self::make`], for a token of another system; also returns its owner.
    pub(in crate::ops) fn import(
        &mut self,
        w: &mut Writer<'_>,
        draft: &Draft,
        digest: Digest,
    ) -> Result<(Imported, RecordId)> {
        if let Some(existing) = w.find(Unique::Import(&digest.0))? {
            let imported: TokenRecord = w.require(existing)?;
            return Err(Error::Exists(Existing::Import(imported.public)));
        }
        let mut owner = self.owner(w, &draft.profile)?;
        let imported = self.import_for(w, &mut owner, draft, digest);
        let whose = owner.id;
        self.owners.insert(draft.profile.canonical(), owner);
        Ok((imported?, whose))
    }

    fn import_for(
        &mut self,
        w: &mut Writer<'_>,
        owner: &mut TokenOwner,
        draft: &Draft,
        digest: Digest,
    ) -> Result<Imported> {
        let mut assumed = Assumed::default();
        let terms = self.allowed(w, owner, draft, &mut assumed)?;
        // Its id is generated here, so that nothing of its text is visible in it.
        let public = Token::generate(w.entropy())?.id();
        let (mac_kid, mac) = w.import_mac(None, &digest.0)?;
        let made = TokenIdentity {
            public,
            mac,
            mac_kid,
            imported: Some(digest.0),
        };
        let record = self.record(owner, draft, &terms, &made);
        let id = owner.keep(w, &record)?;
        w.index(Unique::Import(&digest.0), id)?;
        w.count_import();
        let summary = self.shown(&record, None, owner, &terms);
        Ok(Imported { summary, assumed })
    }

    /// The terms of a token, if its name and its device are free.
    fn allowed(
        &mut self,
        r: &mut Reader<'_>,
        owner: &TokenOwner,
        draft: &Draft,
        assumed: &mut Assumed,
    ) -> Result<TokenTerms> {
        let name = draft.name.canonical();
        let mut lookups = vec![Lookup::Named(Unique::TokenName(owner.id, &name))];
        if draft.connection.is_none() {
            let restriction = owner.profile.restriction.iter().flatten();
            lookups.extend(restriction.take(AT_ONCE).copied().map(Lookup::Record));
        }
        r.announce(&lookups)?;
        let terms = self.terms(r, &owner.profile, draft, assumed)?;
        owner.ensure_name_free(r, &draft.name, self.clocks)?;
        let connection = terms.connection_id();
        let device = draft.device.as_ref();
        owner.ensure_device_free(r, connection, device, self.clocks)?;
        Ok(terms)
    }

    fn shown(
        &self,
        record: &TokenRecord,
        parent: Option<&TokenRecord>,
        owner: &TokenOwner,
        terms: &TokenTerms,
    ) -> Summary {
        let connection = terms.bound.as_ref().map(|(_, connection)| &**connection);
        summarise(
            record,
            parent,
            &owner.profile,
            connection,
            &terms.environment.1,
            self.clocks,
        )
    }

    /// Generates a new secret and builds its record.
    pub(super) fn build(
        &self,
        w: &mut Writer<'_>,
        owner: &mut TokenOwner,
        draft: &Draft,
        terms: &TokenTerms,
        assumed: Assumed,
        origin: Origin<'_>,
    ) -> Result<Issued> {
        let fresh = match origin.secret {
            Some(_) => None,
            None => Some(Token::generate(w.entropy())?),
        };
        let token = origin
            .secret
            .or(fresh.as_ref())
            .ok_or(Error::Bug("a token has no secret"))?;
        let (mac_kid, mac) = w.token_mac(None, token.bytes())?;
        let made = TokenIdentity {
            public: token.id(),
            mac,
            mac_kid,
            imported: None,
        };
        let mut record = self.record(owner, draft, terms, &made);
        record.pending = origin.pending;
        record.predecessor = origin.predecessor;
        record.session = match origin.session {
            Some(from) => Some(from.session(w)?),
            None => None,
        };
        owner.keep(w, &record)?;
        let parent = origin.session.and_then(MadeFrom::token);
        Ok(Issued {
            summary: self.shown(&record, parent, owner, terms),
            secret: token.encode(draft.form),
            assumed,
            how: How::Made,
            replaced: None,
            owner: owner.id,
        })
    }

    /// The scope and the expiry of the token, from the draft and the rules.
    pub(super) fn terms(
        &mut self,
        r: &mut Reader<'_>,
        profile: &Profile,
        draft: &Draft,
        assumed: &mut Assumed,
    ) -> Result<TokenTerms> {
        let environment = self.environment(r, draft.environment.as_ref())?;
        if draft.environment.is_none() {
            assumed.environment = Some(environment.1.name.clone());
        }
        let bound = self.bound(r, profile, draft, assumed)?;
        let usable = bound.as_ref().map(|(id, _)| std::slice::from_ref(id));
        let usable = usable
            .or(profile.restriction.as_deref())
            .unwrap_or_default();
        let limit = term::limit(r, &mut self.connections, usable)?;
        let expires_at = term::end(draft.expires, limit, self.usual, self.clocks, assumed)?;
        Ok(TokenTerms {
            environment,
            bound,
            expires_at,
        })
    }

    fn record(
        &self,
        owner: &TokenOwner,
        draft: &Draft,
        terms: &TokenTerms,
        made: &TokenIdentity,
    ) -> TokenRecord {
        // The rest of the draft is in `owner` and `terms`; the encoding only concerns the secret.
        let Draft {
            name,
            device,
            allow_ip,
            ..
        } = draft;
        let TokenIdentity {
            public,
            mac,
            mac_kid,
            imported,
        } = made;
        TokenRecord {
            public: *public,
            mac: *mac.bytes(),
            mac_kid: *mac_kid,
            imported: *imported,
            owner: owner.id,
            name: name.clone(),
            connection: terms.connection_id(),
            environment: terms.environment.0,
            device: device.clone(),
            allow_ip: allow_ip.clone(),
            created_at: self.clocks.now,
            expires_at: terms.expires_at,
            revoked: None,
            suspended: None,
            pending: None,
            last_used_at: None,
            predecessor: None,
            successor: None,
            session: None,
            position: owner.profile.tokens,
        }
    }

    /// Removes the profile from the map while a token is issued for it.
    pub(in crate::ops) fn owner(
        &mut self,
        r: &mut Reader<'_>,
        name: &ProfileName,
    ) -> Result<TokenOwner> {
        match self.owners.remove(&name.canonical()) {
            Some(owner) => Ok(owner),
            None => TokenOwner::load(r, name, self.clocks),
        }
    }

    fn environment(
        &mut self,
        r: &mut Reader<'_>,
        name: Option<&EnvironmentName>,
    ) -> Result<(RecordId, Rc<Environment>)> {
        let key = name.map(EnvironmentName::canonical);
        if let Some(known) = self.environments.get(&key) {
            return Ok(known.clone());
        }
        let (id, environment) = match name {
            Some(name) => lookup::named::<Environment>(r, name)?,
            None => lookup::default_environment(r)?,
        };
        let known = (id, Rc::new(environment));
        self.environments.insert(key, known.clone());
        Ok(known)
    }

    /// The connection a token is bound to: the named one, or the only one the profile may use.
    fn bound(
        &mut self,
        r: &mut Reader<'_>,
        profile: &Profile,
        draft: &Draft,
        assumed: &mut Assumed,
    ) -> Result<Option<BoundConnection>> {
        let name = draft.connection.as_ref();
        let id = match (name, profile.restriction.as_deref()) {
            (Some(name), _) => self.connection_id(r, name)?,
            (None, Some([only])) if draft.unnamed == Unnamed::TheOnly => *only,
            (None, _) => return Ok(None),
        };
        let connection = self.connections.open(r, id)?;
        if name.is_none() {
            assumed.connection = Some(connection.name.clone());
        }
        ensure_usable(profile, id, &connection)?;
        Ok(Some((id, connection)))
    }

    fn connection_id(&mut self, r: &mut Reader<'_>, name: &ConnectionName) -> Result<RecordId> {
        if let Some(id) = self.connection_ids.get(&name.canonical()) {
            return Ok(*id);
        }
        let (id, _) = lookup::named::<Connection>(r, name)?;
        self.connection_ids.insert(name.canonical(), id);
        Ok(id)
    }
}

/// The origin of a token, apart from its draft.
#[derive(Clone, Copy, Default)]
pub(in crate::ops) struct Origin<'a> {
    /// Its delivery; without one the token is valid at once.
    pub(in crate::ops) pending: Option<Pending>,
    /// The token it replaces, which keeps the name until then.
    pub(in crate::ops) predecessor: Option<TokenId>,
    /// An existing secret that is already in its sink.
    pub(in crate::ops) secret: Option<&'a Token>,
    /// What a session token is made from.
    pub(in crate::ops) session: Option<MadeFrom<'a>>,
}

/// The values that identify a token.
struct TokenIdentity {
    public: TokenId,
    mac: Tag,
    mac_kid: u32,
    imported: Option<[u8; 32]>,
}

/// A connection a token is bound to.
type BoundConnection = (RecordId, Rc<Connection>);

/// The scope and the expiry of a token.
pub(super) struct TokenTerms {
    pub(super) environment: (RecordId, Rc<Environment>),
    pub(super) bound: Option<BoundConnection>,
    pub(super) expires_at: Option<Time>,
}

impl TokenTerms {
    pub(in crate::ops) fn connection_id(&self) -> Option<RecordId> {
        self.bound.as_ref().map(|(id, _)| *id)
    }
}
