//! Applies declared environments, connections and profiles within a transaction.

use super::declaration::{Access, Connection, Environment, Membership, Profile};
use crate::barrier::{Reader, Writer};
use crate::error::{Refusal, Result};
use crate::model::address::AddressRange;
use crate::model::connection::Connection as KeptConnection;
use crate::model::environment::Environment as KeptEnvironment;
use crate::model::name::{ConnectionName, GroupName};
use crate::model::profile::Profile as KeptProfile;
use crate::ops::edit::{Change, ListChange};
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::lookup;
use crate::ops::{connection, environment, profile};

/// Creates or changes an environment. The new default is applied before the others.
pub(super) fn environment(w: &mut Writer<'_>, environment: &Environment) -> Result<()> {
    let Environment {
        name,
        description,
        default,
    } = environment;
    if lookup::find::<KeptEnvironment>(w, name)?.is_none() {
        let description = description.applied(None);
        environment::insert(
            w,
            &environment::Draft {
                name: name.clone(),
                description,
            },
        )?;
    }
    let description = description.clone();
    let make_default = *default == Some(true);
    let (_, there) = lookup::named::<KeptEnvironment>(w, name)?;
    if there.default && *default == Some(false) {
        return Err(Refusal::DefaultEnvironment(there.name).into());
    }
    let edits = environment::Edits {
        description,
        make_default,
        rename: None,
    };
    environment::edit_within(w, name, &edits).map(drop)
}

/// Creates or changes a connection, and unblocks it if the declaration has no block.
pub(super) fn connection(w: &mut Writer<'_>, connection: &Connection) -> Result<()> {
    let Connection {
        name,
        description,
        group,
        token_lifetime,
        allow_ip,
        deny_ip,
        guide,
        block,
    } = connection;
    let Some((_, there)) = lookup::find::<KeptConnection>(w, name)? else {
        let draft = connection::Draft {
            name: name.clone(),
            description: description.applied(None),
            group: group.applied(None),
            token_lifetime: token_lifetime.applied(None),
            allow_ip: allow_ip.applied(None).unwrap_or_default(),
            deny_ip: deny_ip.applied(None).unwrap_or_default(),
            guide: guide.applied(None),
        };
        return connection::insert(w, &draft).map(drop);
    };
    let edits = connection::Edits {
        description: description.clone(),
        group: regrouped(group, there.group.as_ref()),
        token_lifetime: token_lifetime.clone(),
        any_ip: *allow_ip == Change::Clear,
        allow_ip: ranges(&there.allow_ip, allow_ip),
        deny_ip: ranges(&there.deny_ip, deny_ip),
        guide: guide.clone(),
        rename: None,
    };
    connection::edit_within(w, name, &edits)?;
    match block {
        Change::Clear => connection::unblock_within(w, name).map(drop),
        Change::Keep | Change::Set(_) => Ok(()),
    }
}

/// Another spelling of the same group is not a change.
fn regrouped(wanted: &Change<GroupName>, there: Option<&GroupName>) -> Change<GroupName> {
    match (wanted, there) {
        (Change::Set(wanted), Some(there)) if wanted.same_as(there) => Change::Keep,
        (wanted, _) => wanted.clone(),
    }
}

fn ranges(before: &[AddressRange], to: &Change<Vec<AddressRange>>) -> ListChange<AddressRange> {
    let towards = |after: &[AddressRange]| ListChange::towards(before, after, AddressRange::eq);
    match to {
        Change::Keep => ListChange::default(),
        Change::Set(after) => towards(after),
        Change::Clear => towards(&[]),
    }
}

/// Creates or changes a profile, and resumes it if it is declared active.
pub(super) fn profile(w: &mut Writer<'_>, profile: &Profile) -> Result<()> {
    let Profile {
        name,
        email,
        description,
        access,
        groups,
        suspension,
    } = profile;
    let Some((_, there)) = lookup::find::<KeptProfile>(w, name)? else {
        let draft = profile::Draft {
            email: email.applied(None),
            description: description.applied(None),
            connections: match access {
                Some(Access::Only(names)) => names.clone(),
                Some(Access::Any) | None => Vec::new(),
            },
            groups: match groups {
                Membership::Exactly(groups) => groups.clone(),
                Membership::Change(change) => change.add.clone(),
            },
            ..profile::Draft::new(name.clone())
        };
        return profile::insert(w, &draft, None).map(drop);
    };
    let edits = profile::Edits {
        email: email.clone(),
        description: description.clone(),
        any_connection: access == &Some(Access::Any) && there.restriction.is_some(),
        connections: restriction(w, &there, access.as_ref())?,
        groups: match groups {
            Membership::Exactly(groups) => {
                ListChange::towards(&there.groups, groups, GroupName::same_as)
            }
            Membership::Change(change) => change.clone(),
        },
        rename: None,
        unlock: false,
    };
    profile::edit_within(w, name, &edits)?;
    match suspension {
        Change::Clear => profile::resume_within(w, name).map(drop),
        // Suspended after its tokens are issued: a suspended profile is issued none.
        Change::Keep | Change::Set(_) => Ok(()),
    }
}

fn restriction(
    r: &mut Reader<'_>,
    there: &KeptProfile,
    access: Option<&Access>,
) -> Result<ListChange<ConnectionName>> {
    let Some(Access::Only(wanted)) = access else {
        return Ok(ListChange::default());
    };
    let ids = there.restriction.as_deref().unwrap_or_default();
    let before = ReferentCache::default().connection_names(r, ids)?;
    Ok(ListChange::towards(
        &before,
        wanted,
        ConnectionName::same_as,
    ))
}

/// Suspends a declared profile. A suspension whose expiry is in the past is ignored.
pub(super) fn suspend(w: &mut Writer<'_>, profile: &Profile) -> Result<()> {
    let Change::Set(how) = &profile.suspension else {
        return Ok(());
    };
    let now = w.now();
    let end = how.until.and_then(|until| until.resolve(now));
    if end.is_some_and(|end| end <= now) {
        return Ok(());
    }
    profile::suspend_within(w, &profile.name, how).map(drop)
}
