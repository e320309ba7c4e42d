//! What an environment is to be, and what is to change in one.

use crate::model::name::EnvironmentName;
use crate::model::text::FreeText;
use crate::ops::edit::Change;

/// What an environment is to be.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its name.
    pub name: EnvironmentName,
    /// What it is.
    pub description: Option<FreeText>,
}

/// What is to change in an environment.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// What it is.
    pub description: Change<FreeText>,
    /// Whether it becomes the default one.
    pub make_default: bool,
    /// Its new name.
    pub rename: Option<EnvironmentName>,
}
