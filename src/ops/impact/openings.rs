//! Restrictions that a change lifts or loosens.

use serde::Serialize;

use super::changed::{ChangedRecords, Pair};
use crate::barrier::{List, Reader};
use crate::error::Result;
use crate::model::address::AddressRange;
use crate::model::connection::Connection;
use crate::model::id::RecordId;
use crate::model::name::GroupName;
use crate::model::profile::Profile;
use crate::model::time::Span;
use crate::ops::records::journal::listed;
use crate::ops::records::lookup;

/// A restriction that is lifted or loosened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Opening {
    /// The kind of the object: `profile`, `connection`, `token`.
    pub kind: &'static str,
    /// Its name; `PROFILE/NAME` for a token.
    pub name: String,
    /// What is allowed now: "may use any connection".
    pub what: String,
    /// Whether the restriction is lifted, not only loosened.
    #[serde(skip)]
    pub lifted: bool,
}

/// The restrictions of existing profiles and connections that the change lifts or loosens.
pub(super) fn of(r: &mut Reader<'_>, changed: &ChangedRecords) -> Result<Vec<Opening>> {
    let mut found = Vec::new();
    for (_, pair) in changed.judged_profiles() {
        let Some(name) = &pair.after.name else {
            continue;
        };
        for (what, lifted) in of_profile(r, pair)? {
            found.push(Opening {
                kind: "profile",
                name: name.to_string(),
                what,
                lifted,
            });
        }
    }
    for Pair { before, after } in changed.connections.values() {
        if after.deleted_at.is_none() {
            let name = &after.name;
            found.extend(
                of_connection(before, after)
                    .into_iter()
                    .map(|(what, lifted)| Opening {
                        kind: "connection",
                        name: name.to_string(),
                        what,
                        lifted,
                    }),
            );
        }
    }
    found.sort();
    Ok(found)
}

type OpeningText = (String, bool);

fn of_profile(r: &mut Reader<'_>, pair: &Pair<Profile>) -> Result<Vec<OpeningText>> {
    let Pair { before, after } = pair;
    let mut found = Vec::new();
    match (&before.restriction, &after.restriction) {
        (Some(_), None) => {
            found.push((
                "may use any connection, including those added later".to_owned(),
                true,
            ));
        }
        (Some(old), Some(new)) => {
            let gained = new.iter().filter(|id| !old.contains(id));
            let names = names(r, gained.copied())?;
            if !names.is_empty() {
                found.push((format!("may use {}", counted("connection", &names)), false));
            }
        }
        (None, _) => {}
    }
    for group in after
        .groups
        .iter()
        .filter(|group| !before.is_member_of(group))
    {
        let names = linked(r, group, after)?;
        if !names.is_empty() {
            let connections = counted("connection", &names);
            found.push((
                format!("may use {connections} as a member of `{group}`"),
                false,
            ));
        }
    }
    Ok(found)
}

/// The connections of a group that a profile may use.
fn linked(r: &mut Reader<'_>, group: &GroupName, profile: &Profile) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for (id, connection) in lookup::all::<Connection>(r, List::Connections)? {
        let is_linked = connection
            .group
            .as_ref()
            .is_some_and(|own| own.same_as(group));
        if is_linked && profile.may_use(id) {
            names.push(connection.name.to_string());
        }
    }
    names.sort();
    Ok(names)
}

fn names(r: &mut Reader<'_>, ids: impl Iterator<Item = RecordId>) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for id in ids {
        names.push(r.require::<Connection>(id)?.name.to_string());
    }
    names.sort();
    Ok(names)
}

/// Formats "connection `a`" or "connections `a`, `b`".
fn counted(noun: &str, names: &[String]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    let plural = if quoted.len() == 1 { "" } else { "s" };
    format!("{noun}{plural} {}", listed(&quoted))
}

fn of_connection(before: &Connection, after: &Connection) -> Vec<OpeningText> {
    let mut found = Vec::new();
    match (&before.group, &after.group) {
        (Some(old), None) => {
            found.push((
                format!("may be used by profiles that are not in group `{old}`"),
                true,
            ));
        }
        (Some(old), Some(new)) if !old.same_as(new) => {
            found.push((format!("may be used by members of `{new}`"), false));
        }
        _ => {}
    }
    if !before.allow_ip.is_empty() && after.allow_ip.is_empty() {
        found.push((
            "may be used from any address that is not denied".to_owned(),
            true,
        ));
    } else {
        let allows = |connection: &Connection, ip| AddressRange::allow(&connection.allow_ip, ip);
        let added = gained(before, after, &after.allow_ip, allows);
        if !added.is_empty() {
            found.push((format!("may be used from {}", listed(&added)), false));
        }
    }
    let admits =
        |connection: &Connection, ip| !connection.deny_ip.iter().any(|range| range.contains(ip));
    let freed = gained(before, after, &before.deny_ip, admits);
    if !freed.is_empty() {
        found.push((format!("is no longer denied to {}", listed(&freed)), true));
    }
    let longest =
        |connection: &Connection| connection.token_lifetime.map_or(i64::MAX, Span::seconds);
    if longest(after) > longest(before) {
        let lasting = after.token_lifetime.map_or_else(
            || "may have tokens of any lifetime".to_owned(),
            |span| format!("may have tokens with a lifetime of {span}"),
        );
        found.push((lasting, after.token_lifetime.is_none()));
    }
    found
}

/// The ranges of `list` with addresses that `passes` refuses before and accepts after.
fn gained(
    before: &Connection,
    after: &Connection,
    list: &[AddressRange],
    passes: impl Fn(&Connection, std::net::IpAddr) -> bool,
) -> Vec<AddressRange> {
    let sides = [before, after];
    let ranges = sides
        .into_iter()
        .flat_map(|connection| connection.allow_ip.iter().chain(&connection.deny_ip));
    let probes = AddressRange::probes(ranges);
    let newly = |ip| !passes(before, ip) && passes(after, ip);
    let freed: Vec<_> = probes.into_iter().filter(|ip| newly(*ip)).collect();
    list.iter()
        .filter(|range| freed.iter().any(|ip| range.contains(*ip)))
        .copied()
        .collect()
}
