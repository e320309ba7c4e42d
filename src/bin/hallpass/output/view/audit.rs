//! Entries of the audit log, and what is proven of it.

use hallpass::model::audit::{Actor, Entry};
use hallpass::ops::audit::{Head, LogRecord, Proof};

use super::super::{Column, View, optional};

/// The longest value in a summary.
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
        Column::detail("uid", |it| it.entry.actor.uid.to_string()),
        Column::detail("login", |it| optional(it.entry.actor.login.as_ref())),
        Column::detail("sudo_user", |it| optional(it.entry.actor.sudo_user.as_ref())),
        Column::detail("tty", |it| optional(it.entry.actor.tty.as_ref())),
        Column::detail("host", |it| optional(it.entry.actor.host.as_ref())),
        Column::detail("pid", |it| it.entry.actor.pid.to_string()),
        Column::detail("kind", |it| it.entry.object.kind.clone()),
        Column::detail("id", |it| it.entry.object.id.clone()),
        Column::detail("name", |it| optional(it.entry.object.name.as_ref())),
        Column::detail("details", |it| details(&it.entry)),
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

/// The one who did it, and who it was before `sudo`.
fn actor(actor: &Actor) -> String {
    let who = actor.login.clone().unwrap_or_else(|| actor.uid.to_string());
    match &actor.sudo_user {
        Some(before) => format!("{who} (sudo: {before})"),
        None => who,
    }
}

/// Its name, a token's with that of its profile; the id of what has none, and the store has neither.
fn object(entry: &Entry) -> String {
    let object = &entry.object;
    let named = [object.name.as_ref(), Some(&object.id)].into_iter().flatten();
    let name = named.into_iter().find(|it| !it.is_empty()).unwrap_or(&object.kind);
    match entry.details.get("profile").filter(|_| object.kind == "token") {
        Some(profile) => format!("{profile}/{name}"),
        None => name.clone(),
    }
}

/// What else is known, in short: a change as `email: a -> b`. What the object says already is left
/// out.
fn summary(entry: &Entry) -> String {
    let is_token = entry.object.kind == "token";
    let told = |key: &str| key == "profile_id" || key == "profile" && is_token;
    let facts = entry.details.iter().filter(|(key, _)| !told(key)).filter_map(|(key, value)| {
        if let Some(name) = key.strip_suffix(".after") {
            let before = entry.details.get(&format!("{name}.before"));
            let (before, after) = (short(before.map_or("", |it| it)), short(value));
            return Some(format!("{name}: {before} -> {after}"));
        }
        let paired = key.strip_suffix(".before").map(|name| format!("{name}.after"));
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
    let facts = entry.details.iter().map(|(key, value)| format!("{key}={value}"));
    facts.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use hallpass::model::audit::{Object, Outcome};
    use hallpass::model::time::Time;

    use super::*;

    fn entry(kind: &str, details: &[(&str, &str)]) -> Entry {
        let details = details.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
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
        let told = summary(&entry(
            "profile",
            &[("email.before", ""), ("email.after", "a@x"), ("guide", "set"), ("reason", &long)],
        ));
        assert_eq!(told, format!("email: none -> a@x, guide: set, reason: {}…", "l".repeat(60)));
    }

    #[test]
    fn a_token_is_named_with_its_profile_and_no_owner_is_told_twice() {
        let entry = entry("token", &[("profile", "ci"), ("profile_id", "00"), ("device", "d")]);
        assert_eq!((object(&entry).as_str(), summary(&entry).as_str()), ("ci/n", "device: d"));
    }

    #[test]
    fn who_came_by_sudo_is_told() {
        let mut who = Actor { uid: 7, ..Actor::default() };
        assert_eq!(actor(&who), "7");
        who.login = Some("root".to_owned());
        who.sudo_user = Some("ann".to_owned());
        assert_eq!(actor(&who), "root (sudo: ann)");
    }
}
