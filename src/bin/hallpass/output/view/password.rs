//! Passwords: that one was set, and whether one is correct.

use hallpass::model::name::ProfileName;
use hallpass::ops::password::{Cause, Generated, PasswordVerdict};
use serde::Serialize;

use super::super::{Column, View};

/// A password was set that the caller knows, or removed.
#[derive(Serialize)]
pub(crate) struct PasswordSet {
    profile: ProfileName,
    /// Always `null`: a generated password is delivered with [`PasswordOf`].
    password: (),
}

impl PasswordSet {
    /// Describes the password of that profile.
    pub(crate) fn new(profile: ProfileName) -> Self {
        Self {
            profile,
            password: (),
        }
    }
}

impl View for PasswordSet {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("profile", |it| it.profile.to_string()),
        Column::listed("password", |_| String::new()),
    ];
    const NONE: &'static str = "no passwords";
}

/// The fields that accompany a generated password.
#[derive(Serialize)]
pub(crate) struct PasswordOf {
    profile: ProfileName,
}

impl PasswordOf {
    /// Describes the password of that profile.
    pub(crate) fn new(profile: ProfileName) -> Self {
        Self { profile }
    }
}

impl From<&Generated> for PasswordOf {
    fn from(new: &Generated) -> Self {
        Self::new(new.profile.clone())
    }
}

impl View for PasswordOf {
    const COLUMNS: &'static [Column<Self>] =
        &[Column::listed("profile", |it| it.profile.to_string())];
    const NONE: &'static str = "no passwords";
}

impl View for PasswordVerdict {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("valid", |it| it.valid.to_string()),
        Column::listed("reason", |it| it.reason.to_owned()),
        Column::listed("exit", |it| it.exit.to_string()),
        Column::listed("profile", |it| it.profile.to_string()),
    ];
    const NONE: &'static str = "no verdict";

    fn sentence(&self) -> Option<String> {
        Some(format!("{}: {}", self.reason, explanation(self)))
    }
}

/// Explains more than the documents do: only an operator reads this.
fn explanation(verdict: &PasswordVerdict) -> String {
    let profile = &verdict.profile;
    match verdict.cause {
        Cause::Right => format!("correct password of {profile}"),
        Cause::Suspended => format!("correct password of {profile}, which is suspended"),
        Cause::NoPassword => format!("profile `{profile}` has no password"),
        Cause::NoProfile => format!("there is no profile `{profile}`"),
        _ => format!("wrong password of {profile}"),
    }
}
