//! The checks: the one rule behind verdicts and their explanations.

use std::cmp::Ordering;

use serde::{Serialize, Serializer};

use super::facts::Facts;
use super::parts::{AddressParts, ConnectionParts};
use super::reason::Reason;

/// What one check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckResult {
    /// Nothing is wrong.
    Pass,
    /// The token is not valid for this reason.
    Fail,
    /// There is nothing to check: the caller did not pass what it compares, or it is about a
    /// connection and there is none.
    NotChecked,
}

impl CheckResult {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotChecked => "not_checked",
        }
    }

    fn fails_if(failed: bool) -> Self {
        if failed { Self::Fail } else { Self::Pass }
    }

    fn fails_unless(passed: bool) -> Self {
        Self::fails_if(!passed)
    }
}

impl Serialize for CheckResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// Judges a token whose secret was verified; never returns [`Reason::Malformed`].
pub fn judge(facts: &Facts<'_>) -> Reason {
    Reason::ALL
        .into_iter()
        .find(|reason| outcome(*reason, facts) == CheckResult::Fail)
        .unwrap_or(Reason::Valid)
}

/// The outcome of every check on a token whose secret was verified, in their order, also after the
/// first that fails. The last, [`Reason::Valid`], passes if no other fails. Of a token that counts
/// as unknown nothing more is checked.
pub fn outcomes(facts: &Facts<'_>) -> [(Reason, CheckResult); 13] {
    let verdict = judge(facts);
    if verdict == Reason::Unknown {
        return outcomes_until(verdict);
    }
    Reason::ALL.map(|reason| {
        let outcome = match reason {
            Reason::Valid => CheckResult::fails_if(verdict != Reason::Valid),
            _ => outcome(reason, facts),
        };
        (reason, outcome)
    })
}

/// The outcomes where `reason` fails and leaves nothing to check: there is no token to judge.
pub(super) fn outcomes_until(reason: Reason) -> [(Reason, CheckResult); 13] {
    Reason::ALL.map(|check| {
        let outcome = match check.cmp(&reason) {
            Ordering::Less => CheckResult::Pass,
            Ordering::Equal => CheckResult::Fail,
            Ordering::Greater => CheckResult::NotChecked,
        };
        (check, outcome)
    })
}

/// Makes one check, whatever the others find. It allocates nothing: a server judges every request.
#[inline]
fn outcome(reason: Reason, facts: &Facts<'_>) -> CheckResult {
    let Facts {
        token,
        profile,
        parent,
        now,
        latest,
        ..
    } = *facts;
    match reason {
        // That it is a token was found out by whoever verified its secret, and that no check before
        // the last has failed by whoever comes to it.
        Reason::Malformed | Reason::Valid => CheckResult::Pass,
        Reason::Unknown => CheckResult::fails_if(token.pending.is_some()),
        Reason::Revoked => {
            let own = token.revoked.is_some() || profile.deleted_at.is_some();
            CheckResult::fails_if(own || token.has_ended_parent(parent, profile, latest))
        }
        Reason::Expired => CheckResult::fails_if(token.is_expired(latest)),
        Reason::TokenSuspended => {
            let with_parent = token.has_suspended_parent(parent, now);
            CheckResult::fails_if(token.is_suspended(now) || with_parent)
        }
        Reason::ProfileSuspended => CheckResult::fails_if(profile.is_suspended(now)),
        Reason::WrongConnection => ConnectionParts::of(facts)
            .map_or(CheckResult::NotChecked, |parts| {
                CheckResult::fails_unless(parts.all_hold())
            }),
        Reason::NotAMember => facts
            .judged_connection()
            .map_or(CheckResult::NotChecked, |connection| {
                CheckResult::fails_unless(connection.admits(profile))
            }),
        Reason::WrongEnvironment => facts.environment.map_or(CheckResult::NotChecked, |named| {
            CheckResult::fails_unless(named == token.environment)
        }),
        Reason::WrongDevice => facts.device.map_or(CheckResult::NotChecked, |named| {
            let own = token.device.as_ref();
            CheckResult::fails_unless(own.is_none_or(|own| own.same_as(named)))
        }),
        Reason::ConnectionBlocked => facts
            .connection
            .map_or(CheckResult::NotChecked, |connection| {
                CheckResult::fails_if(connection.blocked.is_some())
            }),
        Reason::AddressNotAllowed => AddressParts::of(facts)
            .map_or(CheckResult::NotChecked, |parts| {
                CheckResult::fails_unless(parts.all_hold())
            }),
    }
}
