//! An environment as it is shown.

use serde::Serialize;

use crate::model::environment::Environment;
use crate::model::id::EnvironmentKey;
use crate::model::name::EnvironmentName;
use crate::model::text::FreeText;
use crate::model::time::Time;

/// An environment, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its name.
    pub name: EnvironmentName,
    /// What it is.
    pub description: Option<FreeText>,
    /// The identifier that applications carry.
    pub key: EnvironmentKey,
    /// Whether tokens without an environment are for this one.
    pub default: bool,
    /// When it was made.
    pub created_at: Time,
}

pub(super) fn summary(environment: &Environment) -> Summary {
    Summary {
        name: environment.name.clone(),
        description: environment.description.clone(),
        key: environment.key,
        default: environment.default,
        created_at: environment.created_at,
    }
}
