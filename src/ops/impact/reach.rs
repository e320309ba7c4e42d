//! Where a token is valid, before and after a change.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::addresses::{Addresses, addresses};
use super::changed::{ChangedRecords, Pair};
use super::shift::{Narrowing, Shift};
use super::side::{At, Side};
use crate::barrier::{List, Reader, Writer};
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::lookup;
use crate::ops::records::token::{each_session, of_profile, parent_of};

/// A connection before and after.
struct ConnectionPair {
    id: RecordId,
    before: Rc<Connection>,
    after: Rc<Connection>,
}

impl ConnectionPair {
    fn at(&self) -> (At<'_>, At<'_>) {
        (Some((self.id, &self.before)), Some((self.id, &self.after)))
    }
}

/// Compares where tokens are valid before and after.
pub(super) struct Comparison<'a> {
    changed: &'a ChangedRecords,
    clocks: Clocks,
    cache: ReferentCache,
    /// The changed connections for which a verdict may differ.
    connections: HashMap<RecordId, ConnectionPair>,
    /// All connections, if a profile changed: an open token may use any of them.
    all: Vec<ConnectionPair>,
    /// For each profile, whether its open tokens that are valid by themselves lose a connection,
    /// and whether they gain one.
    open: HashMap<RecordId, (bool, bool)>,
    profiles: HashMap<RecordId, &'a Pair<Profile>>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(r: &mut Reader<'_>, changed: &'a ChangedRecords, now: Time) -> Result<Self> {
        let connections = changed.judged_connections().map(|(id, pair)| {
            let before = Rc::new(pair.before.clone());
            let after = Rc::new(pair.after.clone());
            (id, ConnectionPair { id, before, after })
        });
        let mut comparison = Self {
            changed,
            clocks: Clocks::new(r, now),
            cache: ReferentCache::default(),
            connections: connections.collect(),
            all: Vec::new(),
            open: HashMap::new(),
            profiles: changed.judged_profiles().collect(),
        };
        if !comparison.profiles.is_empty() {
            comparison.all = comparison.every_connection(r)?;
        }
        Ok(comparison)
    }

    /// All current connections, and those that the change deletes.
    fn every_connection(&mut self, r: &mut Reader<'_>) -> Result<Vec<ConnectionPair>> {
        let mut all: HashMap<RecordId, ConnectionPair> = HashMap::new();
        for (id, connection) in lookup::all::<Connection>(r, List::Connections)? {
            // A connection that is new in this change was open to nobody before; that it is open
            // now is not an unexpected consequence.
            if !self.changed.added.contains(&id) {
                let connection = Rc::new(connection);
                all.insert(
                    id,
                    ConnectionPair {
                        id,
                        before: Rc::clone(&connection),
                        after: connection,
                    },
                );
            }
        }
        for (id, ConnectionPair { before, after, .. }) in &self.connections {
            let before = Rc::clone(before);
            let after = Rc::clone(after);
            all.insert(
                *id,
                ConnectionPair {
                    id: *id,
                    before,
                    after,
                },
            );
        }
        Ok(all.into_values().collect())
    }

    /// Visits every token whose validity the change shifts, with its address.
    pub(super) fn each(
        mut self,
        w: &mut Writer<'_>,
        visit: &mut dyn FnMut(&TokenRecord, &str, Shift),
    ) -> Result<()> {
        if !self.connections.is_empty() {
            // Tokens of any profile may be for it.
            return lookup::each::<TokenRecord>(w, |r, id, token| self.one(r, id, &token, visit));
        }
        let changed = self.changed;
        let mut seen = HashSet::new();
        let owners: Vec<_> = self
            .profiles
            .iter()
            .map(|(id, pair)| (*id, pair.after.tokens))
            .collect();
        for (owner, count) in owners {
            for (id, token) in of_profile(w, owner, count)? {
                seen.insert(id);
                self.one(w, id, &token, visit)?;
            }
        }
        for (id, pair) in &changed.tokens {
            if seen.insert(*id) {
                self.one(w, *id, &pair.after, visit)?;
            }
        }
        if changed.tokens.is_empty() {
            return Ok(());
        }
        let clocks = self.clocks;
        each_session(w, clocks, |r, id, token| {
            let made_from_changed = token
                .parent_token()
                .is_some_and(|parent| changed.tokens.contains_key(&parent));
            if made_from_changed && !seen.contains(&id) {
                self.one(r, id, &token, visit)
            } else {
                Ok(())
            }
        })
    }

    fn one(
        &mut self,
        r: &mut Reader<'_>,
        id: RecordId,
        token: &TokenRecord,
        visit: &mut dyn FnMut(&TokenRecord, &str, Shift),
    ) -> Result<()> {
        let own = self.changed.tokens.get(&id);
        let owner = self.profiles.get(&token.owner).copied();
        let by_connection = match token.connection {
            Some(bound) => self.connections.contains_key(&bound),
            None => !self.connections.is_empty(),
        };
        let from = token.parent_token();
        let parent = from.and_then(|id| self.changed.tokens.get(&id));
        let concerned = own.is_some() || owner.is_some() || parent.is_some() || by_connection;
        if !concerned || self.changed.added.contains(&id) {
            return Ok(());
        }
        let current = self.cache.profiles.open(r, token.owner)?;
        let tokens = own.map_or((token, token), |pair| (&pair.before, &pair.after));
        let owners = owner.map_or((&*current, &*current), |pair| (&pair.before, &pair.after));
        let unchanged;
        let parents = if let Some(pair) = parent {
            (Some(&pair.before), Some(&pair.after))
        } else {
            unchanged = parent_of(r, token)?;
            (unchanged.as_ref(), unchanged.as_ref())
        };
        let clocks = self.clocks;
        let before = Side {
            token: tokens.0,
            profile: owners.0,
            parent: parents.0,
            clocks,
        };
        let after = Side {
            token: tokens.1,
            profile: owners.1,
            parent: parents.1,
            clocks,
        };
        let shift = match token.connection {
            Some(bound) => self.of_bound(r, bound, before, after)?,
            None => self.of_open(token.owner, before, after),
        };
        let was_valid = shift.stops || shift.narrowing != Narrowing::default();
        if was_valid || shift.gains {
            visit(
                token,
                &if was_valid { before } else { after }.address(),
                shift,
            );
        }
        Ok(())
    }

    fn of_bound(
        &mut self,
        r: &mut Reader<'_>,
        bound: RecordId,
        before: Side<'_>,
        after: Side<'_>,
    ) -> Result<Shift> {
        let unchanged;
        let both = if let Some(both) = self.connections.get(&bound) {
            both
        } else {
            let connection = self.cache.connections.open(r, bound)?;
            unchanged = ConnectionPair {
                id: bound,
                before: Rc::clone(&connection),
                after: connection,
            };
            &unchanged
        };
        let (then, now) = both.at();
        Ok(
            match (before.is_valid(then, None), after.is_valid(now, None)) {
                (false, false) => Shift::default(),
                (true, false) => Shift {
                    stops: true,
                    ..Shift::default()
                },
                (false, true) => Shift {
                    gains: true,
                    ..Shift::default()
                },
                (true, true) => {
                    let Addresses {
                        lost,
                        gained,
                        emptied,
                    } = addresses((before, then), (after, now));
                    let narrowing = Narrowing {
                        addresses: lost,
                        connections: false,
                    };
                    Shift {
                        stops: emptied,
                        narrowing,
                        gains: gained,
                    }
                }
            },
        )
    }

    fn of_open(&mut self, owner: RecordId, before: Side<'_>, after: Side<'_>) -> Shift {
        match (before.is_valid(None, None), after.is_valid(None, None)) {
            (false, false) => return Shift::default(),
            (true, false) => {
                return Shift {
                    stops: true,
                    ..Shift::default()
                };
            }
            (false, true) => {
                return Shift {
                    gains: true,
                    ..Shift::default()
                };
            }
            (true, true) => {}
        }
        let (lost, gained) = self.moved(owner, before, after);
        let mut shift = Shift {
            gains: gained,
            ..Shift::default()
        };
        shift.narrowing.connections = lost;
        for both in self.connections.values() {
            let (then, now) = both.at();
            if before.is_valid(then, None) && after.is_valid(now, None) {
                let Addresses {
                    lost,
                    gained,
                    emptied,
                } = addresses((before, then), (after, now));
                shift.narrowing.connections |= emptied;
                shift.narrowing.addresses |= lost && !emptied;
                shift.gains |= gained;
            }
        }
        let Addresses {
            lost,
            gained,
            emptied,
        } = addresses((before, None), (after, None));
        shift.narrowing.addresses |= lost;
        Shift {
            stops: emptied,
            gains: shift.gains || gained,
            ..shift
        }
    }

    /// Whether an open token of a profile, valid by itself before and after, loses a connection,
    /// and whether it gains one. The result is the same for all such tokens of the profile.
    fn moved(&mut self, owner: RecordId, before: Side<'_>, after: Side<'_>) -> (bool, bool) {
        if let Some(known) = self.open.get(&owner) {
            return *known;
        }
        let mut lost = false;
        let mut gained = false;
        let mut judge = |both: &ConnectionPair| {
            let (then, now) = both.at();
            match (before.is_valid(then, None), after.is_valid(now, None)) {
                (true, false) => lost = true,
                (false, true) => gained = true,
                _ => {}
            }
        };
        if self.profiles.contains_key(&owner) {
            self.all.iter().for_each(&mut judge);
        } else {
            self.connections.values().for_each(&mut judge);
        }
        self.open.insert(owner, (lost, gained));
        (lost, gained)
    }
}
