//! Entries of the audit log, and the result of verifying it.

use hallpass::model::audit::{Actor, Entry, Operator, Remote};
use hallpass::ops::audit::{Head, LogRecord, Proof};

use super::super::{Column, View, optional};

/// The longest value in a summary, in characters.
const LONGEST: usize = 60;

impl View for LogRecord {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::detail("seq", |it| it.seq.to_string()),
        Column::listed("at", |it: &Self| it.entry.at.to_string()).whole(),
        Column::listed("actor", |it| actor(&it.entry.actor)),
        Column::listed("action", |it: &Self| it.entry.action.clone()).whole(),
        Column::listed("object", |it| object(&it.entry)),
        Column::listed("outcome", |it| it.entry.outcome.word().to_owned()),
        Column::listed("summary", |it| summary(&it.entry)),
        Column::detail("epoch", |it| it.entry.epoch.to_string()),
        Column::detail("uid", |it| optional(it.entry.actor.fields().uid.as_ref())),
        Column::detail("login", |it| {
            optional(it.entry.actor.fields().login.as_ref())
        }),
        Column::detail("sudo_user", |it| {
            optional(it.entry.actor.fields().sudo_user.as_ref())
        }),
        Column::detail("tty", |it| optional(it.entry.actor.fields().tty.as_ref())),
        Column::detail("host", |it| optional(it.entry.actor.fields().host.as_ref())),
        Column::detail("pid", |it| optional(it.entry.actor.fields().pid.as_ref())),
        Column::detail("kind", |it| it.entry.object.kind.clone()),
        Column::detail("id", |it| it.entry.object.id.clone()),
        Column::detail("name", |it| optional(it.entry.object.name.as_ref())),
        Column::detail("details", |it| details(&it.entry)),
        Column::detail("actor_kind", |it| it.entry.actor.kind().to_owned()),
        Column::detail("address", |it| {
            optional(it.entry.actor.fields().address.as_ref())
        }),
        Column::detail("actor_profile", |it| {
            optional(it.entry.actor.fields().profile.as_ref())
        }),
        Column::detail("actor_token", |it| {
            optional(it.entry.actor.fields().token.as_ref())
        }),
        Column::detail("request_id", |it| {
            optional(it.entry.actor.fields().request_id.as_ref())
        }),
    ];
    const NONE: &'static str = "no entries";
}

impl View for Proof {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("first", |it| it.first.to_string()),
        Column::listed("last", |it| it.last.to_string()),
        Column::listed("rows", |it| it.rows.to_string()),
        Column::listed("head", |it| it.head.to_string()),
        Column::listed("anchor", |it| it.anchor.to_owned()),
        Column::listed("witnesses", |it| it.witnesses.to_string()),
    ];
    const NONE: &'static str = "nothing verified";
}

impl View for Head {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("seq", |it| it.seq.to_string()),
        Column::listed("head", |it| it.head.to_string()),
    ];
    const NONE: &'static str = "no head";

    fn sentence(&self) -> Option<String> {
        Some(self.head.to_string())
    }
}

/// Formats who acted, in short: an operator and their user before `sudo`, a remote caller's profile
/// and address, or the server.
fn actor(actor: &Actor) -> String {
    match actor {
        Actor::Operator(Operator {
            uid,
            login,
            sudo_user,
            ..
        }) => {
            let who = login.clone().unwrap_or_else(|| uid.to_string());
            match sudo_user {
                Some(before) => format!("{who} (sudo: {before})"),
                None => who,
            }
        }
        Actor::Remote(Remote {
            address,
            profile: Some(profile),
            ..
        }) => {
            format!("{profile} ({address})")
        }
        Actor::Remote(Remote { address, .. }) => address.to_string(),
        other => other.kind().to_owned(),
    }
}

/// Formats the object's name, a token's with that of its profile; or the id of one without a name.
/// The store has neither.
fn object(entry: &Entry) -> String {
    let object = &entry.object;
    let named = [object.name.as_ref(), Some(&object.id)]
        .into_iter()
        .flatten();
    let name = named
        .into_iter()
        .find(|it| !it.is_empty())
        .unwrap_or(&object.kind);
    match entry
        .details
        .get("profile")
        .filter(|_| object.kind == "token")
    {
        Some(profile) => format!("{profile}/{name}"),
        None => name.clone(),
    }
}

/// Formats the other details in short: a change as `email: a -> b`. Leaves out what the object
/// column shows.
fn summary(entry: &Entry) -> String {
    let is_token = entry.object.kind == "token";
    let is_in_object = |key: &str| key == "profile_id" || key == "profile" && is_token;
    let facts = entry
        .details
        .iter()
        .filter(|(key, _)| !is_in_object(key))
        .filter_map(|(key, value)| {
            if let Some(name) = key.strip_suffix(".after") {
                let before = entry.details.get(&format!("{name}.before"));
                let before = short(before.map_or("", |it| it));
                let after = short(value);
                return Some(format!("{name}: {before} -> {after}"));
            }
            let paired = key
                .strip_suffix(".before")
                .map(|name| format!("{name}.after"));
            let alone = paired.is_none_or(|after| !entry.details.contains_key(&after));
            alone.then(|| format!("{key}: {}", short(value)))
        });
    facts.collect::<Vec<_>>().join(", ")
}

fn short(value: &str) -> String {
    match value.char_indices().nth(LONGEST) {
        _ if value.is_empty() => "none".to_owned(),
        None => value.to_owned(),
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
    }
}

fn details(entry: &Entry) -> String {
    let facts = entry
        .details
        .iter()
        .map(|(key, value)| format!("{key}={value}"));
    facts.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use hallpass::model::audit::{Object, Outcome};
    use hallpass::model::time::Time;

    use super::*;

    fn entry(kind: &str, details: &[(&str, &str)]) -> Entry {
        let details = details
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Entry {
            at: Time::from_seconds(0),
            epoch: 1,
            actor: Actor::default(),
            action: format!("{kind}.edit"),
            object: Object {
                kind: kind.to_owned(),
                id: "x".to_owned(),
                name: Some("n".to_owned()),
            },
            outcome: Outcome::Done,
            details: details.collect::<BTreeMap<_, _>>(),
        }
    }

    #[test]
    fn a_change_is_told_before_and_after() {
        let long = "l".repeat(70);
        let shown = summary(&entry(
            "profile",
            &[
                ("email.before", ""),
                ("email.after", "a@x"),
                ("guide", "set"),
                ("reason", &long),
            ],
        ));
        assert_eq!(
            shown,
            format!(
                "email: none -> a@x, guide: set, reason: {}…",
                "l".repeat(60)
            )
        );
    }

    #[test]
    fn a_token_is_named_with_its_profile_and_no_owner_is_told_twice() {
        let entry = entry(
            "token",
            &[("profile", "ci"), ("profile_id", "00"), ("device", "d")],
        );
        assert_eq!(
            (object(&entry).as_str(), summary(&entry).as_str()),
            ("ci/n", "device: d")
        );
    }

    #[test]
    fn who_came_by_sudo_is_told() {
        let mut who = Operator {
            uid: 7,
            ..Operator::default()
        };
        assert_eq!(actor(&Actor::Operator(who.clone())), "7");
        who.login = Some("root".to_owned());
        who.sudo_user = Some("ann".to_owned());
        assert_eq!(actor(&Actor::Operator(who)), "root (sudo: ann)");
    }

    #[test]
    fn who_called_a_server_is_named_with_their_address() {
        let mut who = Remote {
            address: "192.0.2.7".parse().unwrap(),
            profile: None,
            token: None,
            request_id: None,
        };
        assert_eq!(actor(&Actor::Remote(who.clone())), "192.0.2.7");
        who.profile = Some("github".parse().unwrap());
        assert_eq!(actor(&Actor::Remote(who)), "github (192.0.2.7)");
    }
}
