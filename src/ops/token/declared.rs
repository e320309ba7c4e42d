//! What a token is declared to be.

use super::import::Preset;
use super::uses::Uses;
use crate::model::name::{ProfileName, TokenName};
use crate::model::time::{Expiry, Overlap, Span};
use crate::model::token::Encoding;
use crate::ops::delivery::DeferredSink;
use crate::ops::records::token::Draft;

/// A token as it is to be.
pub struct Declared {
    /// Whose it is.
    pub profile: ProfileName,
    /// Its name within the profile.
    pub name: TokenName,
    /// What it is for.
    pub uses: Uses,
    /// When it ends; without that, as `token add` has it for a new one, and one that takes the place of
    /// another lives as long as that was to live.
    pub expires: Option<Expiry>,
    /// How it is spelled.
    pub form: Encoding,
    /// How long it is to be good at least, from now on.
    pub min_life: Span,
    /// How long one that is replaced stays good, at most.
    pub overlap: Overlap,
    /// Where its secret comes from, or goes.
    pub source: Source,
}

impl Declared {
    /// How it is addressed: `PROFILE/NAME`.
    pub fn address(&self) -> String {
        format!("{}/{}", self.profile, self.name)
    }

    /// All but what it is for.
    pub(super) fn draft(&self) -> Draft {
        let Self {
            profile,
            name,
            expires,
            form,
            ..
        } = self;
        Draft {
            expires: *expires,
            form: *form,
            ..Draft::new(profile.clone(), name.clone())
        }
    }
}

/// Where the secret of a declared token comes from, or goes.
pub enum Source {
    /// It is made, and goes there.
    Sink {
        /// The sink.
        sink: Box<dyn DeferredSink>,
        /// What people call it.
        called: String,
    },
    /// Another system made it.
    Preset(Preset),
    /// It is there already.
    Nowhere,
}
