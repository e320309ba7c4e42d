//! Findings about connections.

use std::collections::HashMap;

use super::finding::{Finding, Flaw, Subject, few};
use super::index::{Index, admits};
use super::survey::Holder;
use crate::model::name::{Canonical, ConnectionName, GroupName};
use crate::model::severity::Severity;
use crate::ops::connection::{State, Summary};
use crate::ops::profile;
use crate::ops::records::token::Summary as Token;

pub(super) fn judge(index: &Index<'_>) -> Vec<Finding> {
    let uses = uses(index);
    let mut findings = Vec::new();
    for connection in &index.survey.connections {
        let used = uses
            .get(&connection.name.canonical())
            .copied()
            .unwrap_or_default();
        findings.extend(shared(index, connection));
        findings.extend(unused(index, connection, used));
        findings.extend(crowded(connection, used));
    }
    findings
}

/// The tokens that are valid for a connection.
#[derive(Debug, Clone, Copy, Default)]
struct ConnectionUse<'a> {
    /// The number bound to it, and open ones of profiles whose restriction names it.
    own: usize,
    /// The least recently used of these.
    idlest: Option<&'a Token>,
    /// Whether an open token of an unrestricted profile is valid for it, as for every other.
    reached: bool,
}

impl<'a> ConnectionUse<'a> {
    fn add(&mut self, tokens: &[&'a Token]) {
        self.own += tokens.len();
        let all = self.idlest.into_iter().chain(tokens.iter().copied());
        self.idlest = all.min_by_key(|token| (token.last_used_at, token.created_at, token.id));
    }
}

fn uses<'a>(index: &Index<'a>) -> HashMap<Canonical, ConnectionUse<'a>> {
    let mut uses: HashMap<_, ConnectionUse<'_>> = HashMap::new();
    for token in &index.tokens {
        if let Some(connection) = &token.connection {
            uses.entry(connection.canonical())
                .or_default()
                .add(&[token]);
        }
    }
    for holder in &index.survey.profiles {
        let open = index
            .tokens_of(holder)
            .iter()
            .copied()
            .filter(|token| token.connection.is_none());
        let open: Vec<_> = open.collect();
        if open.is_empty() {
            continue;
        }
        for connection in index.usable(holder) {
            let used = uses.entry(connection.name.canonical()).or_default();
            match holder.connections {
                Some(_) => used.add(&open),
                None => used.reached = true,
            }
        }
    }
    uses
}

fn shared(index: &Index<'_>, connection: &Summary) -> Option<Finding> {
    let group = connection.group.as_ref()?;
    let members = index.members(group);
    if members.len() < 2 {
        return None;
    }
    let names: Vec<_> = members.iter().map(|holder| &holder.name).collect();
    Some(Finding::new(
        Flaw::ConnectionGroupShared,
        Severity::Medium,
        Subject::new("connection", &connection.name),
        format!(
            "its group `{group}` has {} profiles ({}): use one group per integration",
            names.len(),
            few(&names)
        ),
        separation_command(index, connection, group, members),
    ))
}

/// Members that do not use the connection leave the group. If none uses it, the last one gets a
/// connection of its own first, so that nothing that works stops.
fn separation_command(
    index: &Index<'_>,
    connection: &Summary,
    group: &GroupName,
    members: &[&Holder],
) -> String {
    let leaves = |holder: &Holder| format!("profile edit {} --remove-group {group}", holder.name);
    if let Some(idle) = members
        .iter()
        .rfind(|holder| !index.has_use(holder, &connection.name))
    {
        return leaves(idle);
    }
    let Some(last) = members.last() else {
        return String::new();
    };
    let own = format!("{}-{}", connection.name, last.name)
        .parse::<ConnectionName>()
        .ok();
    if own
        .as_ref()
        .is_some_and(|own| index.connection(own).is_some())
    {
        return leaves(last);
    }
    let own = own.map_or_else(|| "NAME".to_owned(), |name| name.to_string());
    format!("connection add {own}")
}

fn unused(index: &Index<'_>, connection: &Summary, used: ConnectionUse<'_>) -> Option<Finding> {
    if used.own > 0 || used.reached {
        return None;
    }
    Some(Finding::new(
        Flaw::ConnectionWithoutToken,
        Severity::Low,
        Subject::new("connection", &connection.name),
        "no token is valid for it: issue one, or delete the connection if it is not needed",
        issue_command(index, connection),
    ))
}

/// The command that issues a token for a profile with access to the connection, or what has to come
/// before that. A connection that no profile names is deleted.
fn issue_command(index: &Index<'_>, connection: &Summary) -> String {
    let names = |holder: &&Holder| {
        let names = holder.connections.as_deref().unwrap_or_default();
        names.iter().any(|name| name.same_as(&connection.name))
    };
    let named: Vec<_> = index.survey.profiles.iter().filter(names).collect();
    let ready =
        |holder: &&&Holder| admits(connection, holder) && holder.state == profile::State::Active;
    let Some(holder) = named.iter().find(ready).or(named.first()) else {
        return format!("connection delete {}", connection.name);
    };
    let name = &holder.name;
    match &connection.group {
        _ if connection.state == State::Blocked => {
            format!("connection unblock {}", connection.name)
        }
        Some(group) if !admits(connection, holder) => {
            format!("profile edit {name} --add-group {group}")
        }
        _ if holder.state == profile::State::Suspended => {
            format!("profile resume {name}")
        }
        _ => format!("token add {name}/{0} --connection {0}", connection.name),
    }
}

fn crowded(connection: &Summary, used: ConnectionUse<'_>) -> Option<Finding> {
    let idlest = used.idlest.filter(|_| used.own > 1)?;
    Some(Finding::new(
        Flaw::ConnectionSeveralTokens,
        Severity::Low,
        Subject::new("connection", &connection.name),
        format!(
            "{} tokens are valid for it: revoke those that are not needed; this one was used least recently",
            used.own
        ),
        format!("token revoke {}", idlest.address()),
    ))
}
