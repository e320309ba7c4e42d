//! Drafts of new environments, and edits of existing ones.

use crate::model::name::EnvironmentName;
use crate::model::text::FreeText;
use crate::ops::edit::Change;

/// The properties of a new environment.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its name.
    pub name: EnvironmentName,
    /// Description.
    pub description: Option<FreeText>,
}

/// Changes to an environment.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// Description.
    pub description: Change<FreeText>,
    /// Whether it becomes the default.
    pub make_default: bool,
    /// Its new name.
    pub rename: Option<EnvironmentName>,
}
