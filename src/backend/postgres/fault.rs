//! Errors of the database as [`Fault`]s. Its messages are dropped: they may quote content.

use tokio_postgres::error::SqlState;

use crate::backend::Fault;

/// Why a flight failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The database refused a statement, with this `SQLSTATE`.
    Refused(String),
    /// The connection ended, or the database did not answer in time.
    Lost,
    /// An answer that does not fit.
    Unfit(String),
}

impl Failure {
    /// What the client reports.
    pub(super) fn of(error: &tokio_postgres::Error) -> Self {
        match error.code() {
            Some(code) if ends_connection(code) => Self::Lost,
            Some(code) => Self::Refused(code.code().to_owned()),
            None => Self::Lost,
        }
    }

    /// Whether the failure has this `SQLSTATE`.
    pub(super) fn is(&self, state: &SqlState) -> bool {
        matches!(self, Self::Refused(code) if code == state.code())
    }
}

/// Whether the server ends the connection after this error: it shuts down, or was told to.
fn ends_connection(code: &SqlState) -> bool {
    // Connection exceptions; a pooler that has lost its server reports one.
    if code.code().starts_with("08") {
        return true;
    }
    [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        SqlState::IDLE_SESSION_TIMEOUT,
    ]
    .contains(code)
}

/// What a failure means to a transaction. `who` names the role and the database.
pub(super) fn fault(failure: &Failure, who: &str) -> Fault {
    let code = match failure {
        Failure::Lost => return lost(who),
        Failure::Unfit(why) => return corrupt(why),
        Failure::Refused(code) => code.as_str(),
    };
    let class = code.get(..2).unwrap_or_default();
    match (class, code) {
        // Serialization failure, deadlock; a row that somebody else added, or removed.
        ("40", _) | (_, "23505" | "22012") => Fault::Conflict,
        (_, "55P03") => Fault::Busy,
        (_, "25006") => Fault::ReadOnly(format!("{who} takes no writes")),
        (_, "42501") => Fault::Storage(format!(
            "{who} refuses it: the role lacks a right that `hallpass store schema` grants"
        )),
        (_, "3D000") => Fault::NoDatabase(who.to_owned()),
        (_, "3F000" | "42P01" | "42703" | "42804") => {
            corrupt("its tables are not those of a store")
        }
        (_, "XX001" | "XX002") => corrupt("the database reports that its own data are corrupt"),
        ("28", _) => Fault::Storage(format!("{who} refuses the role or its password")),
        ("53", _) => Fault::Storage(format!(
            "{who} is out of space, memory or connections (SQLSTATE {code})"
        )),
        _ => Fault::Storage(format!("{who} reports SQLSTATE {code}")),
    }
}

/// The connection ended, or the database did not answer in time.
pub(super) fn lost(who: &str) -> Fault {
    Fault::Storage(format!("{who} does not answer"))
}

/// A value longer than a store can hold.
pub(super) fn too_long() -> Fault {
    Fault::Damaged("a row is longer than allowed".into())
}

pub(super) fn corrupt(why: &str) -> Fault {
    Fault::Corrupt(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;

    #[test]
    fn a_pooler_that_has_lost_its_server_has_lost_the_connection() {
        for code in ["08006", "08P01", "57P01", "25P03"] {
            assert!(ends_connection(&SqlState::from_code(code)), "{code}");
        }
        for code in ["40001", "42501", "57014"] {
            assert!(!ends_connection(&SqlState::from_code(code)), "{code}");
        }
    }

    #[test]
    fn each_state_has_its_kind_and_no_message_of_the_server_is_shown() {
        let kind = |code: &str| fault(&Failure::Refused(code.into()), "role r at h/d").kind();
        for (code, expected) in [
            ("40001", Kind::Busy),
            ("40P01", Kind::Busy),
            ("23505", Kind::Busy),
            ("22012", Kind::Busy),
            ("55P03", Kind::Busy),
            ("25006", Kind::ReadOnly),
            ("42501", Kind::Storage),
            ("28P01", Kind::Storage),
            ("53100", Kind::Storage),
            ("53300", Kind::Storage),
            ("58030", Kind::Storage),
            ("99999", Kind::Storage),
            ("3D000", Kind::NotFound),
            ("42P01", Kind::Corrupt),
            ("42703", Kind::Corrupt),
            ("XX001", Kind::Corrupt),
            ("XX002", Kind::Corrupt),
        ] {
            assert_eq!(kind(code), expected, "{code}");
        }
        assert_eq!(fault(&Failure::Lost, "role r at h/d").kind(), Kind::Storage);
        assert!(
            fault(&Failure::Lost, "role r at h/d")
                .to_string()
                .contains("role r at h/d")
        );
    }
}
