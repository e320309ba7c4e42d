//! What somebody may have meant who named what is not there.

use hallpass::Error;
use hallpass::error::Subject;
use hallpass::model::name::ProfileName;
use hallpass::model::token::TokenAddress;
use hallpass::ops::{Core, names};
use strsim::osa_distance;

use crate::hint::Hint;

/// So many are suggested.
const MOST: usize = 3;

/// What was named and is not there.
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
    /// What the error says is missing, if it has a name.
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

    /// A question, if there is anything of nearly that name. What cannot be read is not suggested:
    /// the error itself is told in any case.
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

/// The names that could be `wanted` with a letter wrong, or one of four, the nearest
/// first.
fn near(wanted: &str, there: Vec<String>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    // What stands before the `/` is right already.
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
