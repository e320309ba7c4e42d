//! Describes what is carried over into an older state of a store, and what may become valid again.

use hallpass::ops::store::{Carried, Doubt, MayRevive};

/// How many of each kind are named.
const NAMED: usize = 10;

/// Describes it for a confirmation, in lines.
pub(super) fn words(carried: &Carried) -> String {
    let Carried {
        revoked_again,
        ended_again,
        passwords_cleared,
        may_revive,
    } = carried;
    let mut lines = vec![format!(
        "as far as it is known, what has ended since stays so: revoked or deleted: {revoked_again}; \
         suspended, blocked, replaced or restricted: {ended_again}; passwords cleared: \
         {passwords_cleared}"
    )];
    if !may_revive.is_empty() {
        lines.push(
            "the following may be valid again, as their later state is not known here:".to_owned(),
        );
    }
    let same = |a: &MayRevive, b: &MayRevive| a.doubt == b.doubt;
    for items in may_revive.chunk_by(same) {
        lines.extend(items.first().map(|first| line(first.doubt, items)));
    }
    lines.join("\n")
}

fn line(doubt: Doubt, items: &[MayRevive]) -> String {
    let named = items
        .iter()
        .map(|it| it.name.as_str())
        .filter(|name| !name.is_empty());
    let named: Vec<_> = named.take(NAMED).collect();
    let named = named.join(", ");
    let more = match items.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let colon = if named.is_empty() { "" } else { ": " };
    format!("  {}{colon}{named}{more}", sort(doubt))
}

fn sort(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Rules => {
            "whatever was revoked, suspended, blocked or deleted since, except what this machine \
             remembers; and access that restrictions, groups, address rules, e-mail addresses and \
             keys set since would refuse"
        }
        Doubt::Tombstones => "entries in a damaged part of this machine's records",
        Doubt::Mail => "mail configuration that has changed (`hallpass mail show`)",
        Doubt::Key => "keys that may have been removed (`hallpass store key list` shows them)",
        Doubt::Password => "profiles whose password may have been changed",
        Doubt::Email => "profiles whose codes go to an earlier e-mail address",
        Doubt::ProfileSuspension => "profiles that may have been suspended",
        Doubt::Profile => "profiles that may have been deleted",
        Doubt::TokenSuspension => "tokens that may have been suspended",
        Doubt::TokenEnd => "tokens that may have been replaced",
        Doubt::Token => "tokens that may have been revoked",
        Doubt::Block => "connections that may have been blocked",
        Doubt::ApiKey => "connections with an earlier API key",
        Doubt::Connection => "connections that may have been deleted",
        Doubt::EnvironmentKey => "environments with an earlier key",
        Doubt::Environment => "environments that may have been deleted",
        Doubt::DefaultEnvironment => {
            "a deleted environment, as there must be one; its tokens are revoked"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(doubt: Doubt, name: &str) -> MayRevive {
        MayRevive {
            doubt,
            name: name.to_owned(),
        }
    }

    #[test]
    fn what_may_be_valid_again_is_named_by_sort() {
        let mut may_revive = vec![item(Doubt::Rules, ""), item(Doubt::Key, "1f0c")];
        may_revive.extend((10..22).map(|n| item(Doubt::Password, &format!("p{n}"))));
        let carried = Carried {
            revoked_again: 1,
            ended_again: 2,
            passwords_cleared: 3,
            may_revive,
        };
        let words = words(&carried);
        let lines: Vec<_> = words.lines().collect();
        assert_eq!(lines.len(), 5, "{words}");
        assert!(
            lines[0].ends_with("restricted: 2; passwords cleared: 3"),
            "{words}"
        );
        assert!(lines[0].contains("deleted: 1;"), "{words}");
        assert!(lines[2].ends_with("would refuse"), "{words}");
        assert!(lines[3].ends_with(": 1f0c"), "{words}");
        assert!(
            lines[4].ends_with(
                "profiles whose password may have been changed: p10, p11, p12, p13, p14, p15, p16, p17, p18, p19 and 2 more"
            ),
            "{words}"
        );
    }

    #[test]
    fn nothing_is_said_of_what_cannot_be_valid_again() {
        assert_eq!(words(&Carried::default()).lines().count(), 1);
    }
}
