//! Removes what is not declared: tokens, profiles, connections and environments. The order matters,
//! because each of them refers to the next.

use std::collections::{HashMap, HashSet};

use super::declaration::Declaration;
use super::wrong::Wrong;
use crate::barrier::{List, Writer};
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::name::Canonical;
use crate::model::profile::Profile;
use crate::model::text::FreeText;
use crate::ops::records::lookup;
use crate::ops::{connection, environment, profile, token};

/// The reason recorded in a token.
const WHY: &str = "not declared";

/// Removes what is not declared, except the default environment: a store always has one.
pub(super) fn prune(w: &mut Writer<'_>, declared: &Declaration, wrong: &mut Wrong) -> Result<()> {
    let why: FreeText = WHY.parse()?;
    let mut named: HashMap<Canonical, HashSet<Canonical>> = HashMap::new();
    for profile in &declared.profiles {
        named.entry(profile.name.canonical()).or_default();
    }
    for token in &declared.tokens {
        named
            .entry(token.profile.canonical())
            .or_default()
            .insert(token.name.canonical());
    }
    for (id, profile) in lookup::all::<Profile>(w, List::Profiles)? {
        let Some(name) = profile.name else { continue };
        match named.get(&name.canonical()) {
            Some(tokens) => token::revoke_undeclared(w, id, tokens, &why)?,
            None => profile::delete_within(w, &name).map(drop)?,
        }
    }
    // The scan for users of a connection or an environment has to see the removals above.
    let connections: HashSet<_> = declared
        .connections
        .iter()
        .map(|connection| connection.name.canonical())
        .collect();
    for (_, connection) in lookup::all::<Connection>(w, List::Connections)? {
        if !connections.contains(&connection.name.canonical()) {
            w.flush()?;
            let gone = connection::delete_within(w, &connection.name);
            wrong.note(
                "connection",
                &connection.name,
                connection.name.canonical(),
                gone,
            )?;
        }
    }
    let environments: HashSet<_> = declared
        .environments
        .iter()
        .map(|environment| environment.name.canonical())
        .collect();
    for (_, environment) in lookup::all::<Environment>(w, List::Environments)? {
        if !environments.contains(&environment.name.canonical()) && !environment.default {
            w.flush()?;
            let gone = environment::delete_within(w, &environment.name);
            wrong.note(
                "environment",
                &environment.name,
                environment.name.canonical(),
                gone,
            )?;
        }
    }
    Ok(())
}
