//! Suggestions for a name that does not exist.

use hallpass::Error;
use hallpass::error::Subject;
use hallpass::model::name::ProfileName;
use hallpass::model::token::TokenAddress;
use hallpass::ops::{Core, names};
use strsim::osa_distance;

use crate::hint::Hint;

/// How many names a suggestion lists.
const MOST: usize = 3;

/// A name that does not exist.
#[derive(Debug)]
pub(crate) struct MissingName {
    among: Among,
    name: String,
}

#[derive(Debug)]
enum Among {
    Profiles,
    Connections,
    Environments,
    TokensOf(ProfileName),
}

impl MissingName {
    /// Returns the missing name of the error, if it has one.
    pub(crate) fn of(error: &Error) -> Option<Self> {
        let (among, name) = match error {
            Error::NotFound(Subject::Profile(name)) => (Among::Profiles, name.to_string()),
            Error::NotFound(Subject::Connection(name)) => (Among::Connections, name.to_string()),
            Error::NotFound(Subject::Environment(name)) => (Among::Environments, name.to_string()),
            Error::NotFound(Subject::Token(TokenAddress::Named { profile, name })) => (
                Among::TokensOf(profile.clone()),
                format!("{profile}/{name}"),
            ),
            _ => return None,
        };
        Some(Self { among, name })
    }

    /// Suggests similar names, if there are any. A store that cannot be read suggests nothing: the
    /// error itself is reported in any case.
    pub(crate) fn suggestion(&self, core: &mut Core) -> Option<Hint> {
        let there = match &self.among {
            Among::Profiles => names::profiles(core),
            Among::Connections => names::connections(core),
            Among::Environments => names::environments(core),
            Among::TokensOf(profile) => names::tokens(core, profile),
        };
        let near = near(&self.name, there.ok()?);
        (!near.is_empty()).then(|| Hint::advice(format!("did you mean {}?", near.join(" or "))))
    }
}

/// Returns the names that differ from `wanted` in one character, or one in four, the nearest first.
fn near(wanted: &str, there: Vec<String>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    // The part before the `/` is right already.
    let own = wanted.rsplit('/').next().unwrap_or_default();
    let bound = (own.chars().count() / 4).max(1);
    let distance = |name: &String| osa_distance(&wanted, &name.to_lowercase());
    let mut near: Vec<_> = there
        .into_iter()
        .map(|name| (distance(&name), name))
        .collect();
    near.retain(|(distance, _)| *distance <= bound);
    near.sort();
    near.into_iter()
        .take(MOST)
        .map(|(_, name)| format!("`{name}`"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        let near = |wanted, there: &[&str]| {
            near(wanted, there.iter().map(|it| (*it).to_owned()).collect()).join(" ")
        };
        assert_eq!(near("githbu", &["gitlab", "github", "hub"]), "`github`");
        assert_eq!(near("PRODUCTON", &["production", "test"]), "`production`");
        assert_eq!(near("hr", &["h", "crm"]), "`h`");
        assert_eq!(near("test", &["production", "best", "toast"]), "`best`");
        assert_eq!(
            near(
                "a-long-profile/lap",
                &["a-long-profile/top", "a-long-profile/lpa"]
            ),
            "`a-long-profile/lpa`"
        );
        assert_eq!(
            near("aaaa", &["aaab", "aaac", "aaad", "aaae"]),
            "`aaab` `aaac` `aaad`"
        );
    }
}
