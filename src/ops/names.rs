//! Names for shell completion, from a bounded number of records.

use crate::barrier::List;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::name::ProfileName;
use crate::model::profile::Profile;
use crate::ops::token::{self, Filter};
use crate::ops::{connection, environment};

/// The maximum number of records read: a larger store must not delay completion.
const MOST: u64 = 1_000;

/// The names of profiles, ascending.
///
/// # Errors
///
/// As [`Core::read`].
pub fn profiles(core: &mut Core) -> Result<Vec<String>> {
    core.read(|r| {
        let mut names = Vec::new();
        for n in 0..r.count(List::Profiles)?.min(MOST) {
            let id = r.at(List::Profiles, n)?;
            names.extend(r.require::<Profile>(id)?.name.map(|name| name.to_string()));
        }
        names.sort_unstable();
        Ok(names)
    })
}

/// The names of connections, ascending.
///
/// # Errors
///
/// As [`Core::read`].
pub fn connections(core: &mut Core) -> Result<Vec<String>> {
    Ok(connection::list(core)?
        .into_iter()
        .map(|connection| connection.name.to_string())
        .collect())
}

/// The names of environments, ascending.
///
/// # Errors
///
/// As [`Core::read`].
pub fn environments(core: &mut Core) -> Result<Vec<String>> {
    Ok(environment::list(core)?
        .into_iter()
        .map(|environment| environment.name.to_string())
        .collect())
}

/// The addresses of a profile's live tokens, ascending, each once: a replaced token and its
/// successor may both be live under one name.
///
/// If there are too many to read, some of them.
///
/// # Errors
///
/// There is no profile of that name.
pub fn tokens(core: &mut Core, profile: &ProfileName) -> Result<Vec<String>> {
    let filter = Filter {
        profile: Some(profile.clone()),
        ..Filter::default()
    };
    let mut names = Vec::new();
    let listed = token::list(core, &filter, &mut |token| {
        names.push(format!("{profile}/{}", token.name));
        if names.len() as u64 == MOST {
            Err(Error::Stopped)
        } else {
            Ok(())
        }
    });
    match listed {
        Ok(()) | Err(Error::Stopped) => {
            names.sort_unstable();
            names.dedup();
            Ok(names)
        }
        Err(error) => Err(error),
    }
}
