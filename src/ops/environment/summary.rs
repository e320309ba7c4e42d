//! Summaries of environments.

use serde::Serialize;

use crate::model::environment::Environment;
use crate::model::id::EnvironmentKey;
use crate::model::name::EnvironmentName;
use crate::model::text::FreeText;
use crate::model::time::Time;

/// An environment, as displayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its name.
    pub name: EnvironmentName,
    /// Description.
    pub description: Option<FreeText>,
    /// The identifier that applications send.
    pub key: EnvironmentKey,
    /// Whether it is the default for tokens without an environment.
    pub default: bool,
    /// Time of creation.
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
