//! What a check compared, in words. They name names, times, addresses and networks, never a secret
//! or a hash of one.

use std::fmt::Display;

use super::check::CheckResult;
use super::facts::Facts;
use super::names::FactNames;
use super::parts::{AddressParts, ConnectionParts};
use super::reason::Reason;
use crate::model::profile::Suspension;
use crate::model::text::FreeText;
use crate::model::time::Time;

const A_TOKEN: &str = "a whole token";
const OF_STORE: &str = "a token of this store";

/// What was compared, in words.
#[derive(Default)]
pub(super) struct CheckWords {
    pub(super) expected: Option<String>,
    pub(super) found: Option<String>,
}

impl CheckWords {
    fn new(expected: impl Into<String>, found: impl Into<Option<String>>) -> Self {
        Self {
            expected: Some(expected.into()),
            found: found.into(),
        }
    }

    /// Describes a presented text whose token is not in the store.
    pub(super) fn on_shape(result: CheckResult) -> Self {
        let found = match result {
            CheckResult::Fail => "not a token, or mistyped",
            CheckResult::Pass | CheckResult::NotChecked => "a well-formed token",
        };
        Self::new(A_TOKEN, found.to_owned())
    }

    /// Describes a token that is not in the store.
    pub(super) fn on_unknown() -> Self {
        Self::new(OF_STORE, "no such token".to_owned())
    }

    /// Describes all checks together.
    pub(super) fn on_all(outcomes: &[(Reason, CheckResult)]) -> Self {
        let with = |wanted: CheckResult| {
            let all = outcomes
                .iter()
                .filter(move |(_, outcome)| *outcome == wanted);
            all.map(|(reason, _)| *reason)
                .filter(|reason| *reason != Reason::Valid)
                .collect::<Vec<_>>()
        };
        let failed = with(CheckResult::Fail);
        let found = match failed.len() {
            0 => "none".to_owned(),
            several => format!("{several}: {}", joined(failed)),
        };
        let skipped = match with(CheckResult::NotChecked).len() {
            0 => String::new(),
            several => format!("; {several} not checked"),
        };
        Self::new("no failed check", found + &skipped)
    }

    /// Describes one check on a token of the store.
    pub(super) fn on(check: Reason, facts: &Facts<'_>, names: &FactNames<'_>) -> Self {
        let Facts {
            token,
            profile,
            parent,
            device,
            now,
            ..
        } = *facts;
        match check {
            Reason::Malformed => Self::new(A_TOKEN, kind(facts).to_owned()),
            Reason::Unknown => Self::new(OF_STORE, known(facts)),
            Reason::Revoked => Self::new("not revoked", revoked(facts)),
            Reason::Expired => Self::new(lifetime(facts), expiry(facts)),
            Reason::TokenSuspended => {
                let own = token.suspended.as_ref();
                match parent.filter(|_| !token.is_suspended(now)) {
                    Some(parent) if token.has_suspended_parent(Some(parent), now) => {
                        let what = "token that it was made from";
                        Self::on_suspension(what, parent.suspended.as_ref(), now)
                    }
                    _ => Self::on_suspension("token", own, now),
                }
            }
            Reason::ProfileSuspended => {
                Self::on_suspension("profile", profile.suspended.as_ref(), now)
            }
            Reason::WrongConnection => Self::on_connection(facts, names),
            Reason::NotAMember => Self::on_group(facts),
            Reason::WrongEnvironment => Self::new(
                quoted(names.environment),
                names.named_environment.map(quoted),
            ),
            Reason::WrongDevice => {
                let own = token.device.as_ref().map(quoted);
                Self::new(
                    own.unwrap_or_else(|| "any device".to_owned()),
                    device.map(quoted),
                )
            }
            Reason::ConnectionBlocked => Self::on_block(facts),
            Reason::AddressNotAllowed => Self::on_address(facts),
            Reason::Valid => Self::default(),
        }
    }

    fn on_suspension(what: &str, suspension: Option<&Suspension>, now: Time) -> Self {
        const FREE: &str = "not suspended";
        let Some(suspension) = suspension else {
            return Self::new(FREE, FREE.to_owned());
        };
        let Suspension { at, reason, until } = suspension;
        let expected = match until {
            // The real clock's time: it may be behind the one that expiry is judged by.
            Some(_) => format!("{FREE} at {now}"),
            None => FREE.to_owned(),
        };
        let found = match until {
            Some(until) if suspension.holds(now) => {
                format!(
                    "{what} suspended {at}, until {until}{}",
                    because(reason.as_ref())
                )
            }
            Some(until) => format!("{what} was suspended until {until}"),
            None => format!(
                "{what} suspended {at}, until it is resumed{}",
                because(reason.as_ref())
            ),
        };
        Self::new(expected, found)
    }

    fn on_connection(facts: &Facts<'_>, names: &FactNames<'_>) -> Self {
        let own = facts.token.connection.and(facts.connection);
        let usable = match (&facts.profile.restriction, names.restriction) {
            (None, _) => "the profile may use any".to_owned(),
            (Some(_), []) => "the profile may use none".to_owned(),
            (Some(_), some) => format!("the profile may use {}", listed(some.iter().map(quoted))),
        };
        let expected = match own {
            Some(own) => format!("`{}`, the token's own; {usable}", own.name),
            None => usable,
        };
        let Some(parts) = ConnectionParts::of(facts) else {
            return Self::new(expected, None);
        };
        let judged = own.map(|own| &own.name).or(names.named_connection);
        let judged = judged.map_or_else(|| "the connection".to_owned(), quoted);
        let mut found = vec![match names.named_connection {
            Some(named) => quoted(named),
            None => format!("none named, so {judged}"),
        }];
        let ConnectionParts {
            is_its_own: _,
            exists,
            may_be_used,
        } = parts;
        if !exists {
            found.push(format!("{judged} does not exist any more"));
        }
        if !may_be_used {
            found.push(format!("the profile may not use {judged}"));
        }
        Self::new(expected, found.join("; "))
    }

    fn on_group(facts: &Facts<'_>) -> Self {
        let Some(connection) = facts.judged_connection() else {
            return Self::new("in the group of the connection", None);
        };
        let name = &connection.name;
        let expected = match &connection.group {
            Some(group) => format!("in `{group}`, the group of `{name}`"),
            None => format!("any profile: `{name}` has no group"),
        };
        let groups = &facts.profile.groups;
        let found = if groups.is_empty() {
            "in no group".to_owned()
        } else {
            format!("in {}", listed(groups.iter().map(quoted)))
        };
        Self::new(expected, found)
    }

    fn on_block(facts: &Facts<'_>) -> Self {
        let found = facts.connection.map(|connection| {
            let name = &connection.name;
            match &connection.blocked {
                Some(block) => format!(
                    "`{name}` blocked {}{}",
                    block.at,
                    because(block.reason.as_ref())
                ),
                None => format!("`{name}` is not blocked"),
            }
        });
        Self::new("not blocked", found)
    }

    fn on_address(facts: &Facts<'_>) -> Self {
        let own = &facts.token.allow_ip;
        let mut rules = Vec::new();
        if !own.is_empty() {
            rules.push(format!("the token allows {}", listed(own)));
        }
        let name = facts.connection.map(|connection| quoted(&connection.name));
        let name = name.unwrap_or_default();
        if let Some(connection) = facts.connection {
            let lists = [
                ("allows", &connection.allow_ip),
                ("denies", &connection.deny_ip),
            ];
            let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
            rules.extend(lists.map(|(verb, list)| format!("{name} {verb} {}", listed(list))));
        }
        let expected = if rules.is_empty() {
            "any address".to_owned()
        } else {
            rules.join("; ")
        };
        let found = AddressParts::of(facts).map(|parts| {
            let AddressParts {
                token_allows,
                connection_allows,
                denied_by,
            } = parts;
            // As it is compared: an IPv4-mapped address counts as the IPv4 address.
            let address = facts.caller.address();
            let address = address.map(|ip| ip.to_canonical().to_string());
            let mut found = vec![address.unwrap_or_else(|| "an unknown address".to_owned())];
            if !token_allows {
                found.push("not allowed by the token".to_owned());
            }
            if !connection_allows {
                found.push(format!("not allowed by {name}"));
            }
            if let Some(range) = denied_by {
                found.push(format!("denied by {range} of {name}"));
            }
            found.join("; ")
        });
        Self::new(expected, found)
    }
}

fn kind(facts: &Facts<'_>) -> &'static str {
    match facts.token.imported {
        Some(_) => "a token of another system",
        None => "a token of hallpass",
    }
}

fn known(facts: &Facts<'_>) -> String {
    let Facts { token, profile, .. } = facts;
    match (&token.pending, &profile.name) {
        (Some(pending), _) => {
            let until = pending.until;
            format!("one whose delivery is not complete; it has until {until}")
        }
        (None, Some(profile)) => format!("`{profile}/{}`", token.name),
        (None, None) => format!("`{}`, {}", token.name, token.public),
    }
}

fn revoked(facts: &Facts<'_>) -> String {
    let Facts {
        token,
        profile,
        parent,
        latest,
        ..
    } = *facts;
    let own = token.revoked.as_ref().map(|revocation| {
        let reason = because(revocation.reason.as_ref());
        format!("token revoked {}{reason}", revocation.at)
    });
    let with_profile = profile.deleted_at.map(|at| format!("profile deleted {at}"));
    let has_ended = token.has_ended_parent(parent, profile, latest);
    let with_parent = has_ended.then(|| parent_end(facts));
    let found: Vec<_> = own
        .into_iter()
        .chain(with_profile)
        .chain(with_parent)
        .collect();
    if found.is_empty() {
        "not revoked".to_owned()
    } else {
        found.join("; ")
    }
}

/// How what a session token was made from has ended.
fn parent_end(facts: &Facts<'_>) -> String {
    if facts.token.parent_token().is_none() {
        return "the password that it was made from was changed or removed".to_owned();
    }
    let Some(parent) = facts.parent else {
        return "the token that it was made from is gone".to_owned();
    };
    let name = &parent.name;
    match (&parent.revoked, parent.expires_at) {
        (Some(revocation), _) => {
            let reason = because(revocation.reason.as_ref());
            format!(
                "token `{name}` that it was made from revoked {}{reason}",
                revocation.at
            )
        }
        (None, Some(end)) => format!("token `{name}` that it was made from expired {end}"),
        (None, None) => format!("token `{name}` that it was made from is not delivered"),
    }
}

fn lifetime(facts: &Facts<'_>) -> String {
    let Facts { now, latest, .. } = facts;
    if now < latest {
        format!(
            "after {latest}, the latest time that the store has seen: the clock is \
             behind, at {now}"
        )
    } else {
        format!("after {latest}")
    }
}

fn expiry(facts: &Facts<'_>) -> String {
    let end = facts.token.expires_at;
    end.map_or_else(|| "never".to_owned(), |end| end.to_string())
}

fn because(reason: Option<&FreeText>) -> String {
    reason
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default()
}

fn quoted(name: &impl Display) -> String {
    format!("`{name}`")
}

fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(", ")
}

/// Some items, and how many more there are: a list may have thousands.
fn listed<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    const SHOWN: usize = 8;
    let mut items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    let more = items.len().saturating_sub(SHOWN);
    if more > 0 {
        items.truncate(SHOWN);
        items.push(format!("and {more} more"));
    }
    joined(items)
}
