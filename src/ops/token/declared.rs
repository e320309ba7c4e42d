//! The desired state of a token.

use super::import::Preset;
use super::uses::Uses;
use crate::model::name::{ProfileName, TokenName};
use crate::model::time::{Expiry, Overlap, Span};
use crate::model::token::Encoding;
use crate::ops::delivery::DeferredSink;
use crate::ops::records::token::Draft;

/// The desired state of a token.
pub struct Declared {
    /// Its profile.
    pub profile: ProfileName,
    /// Its name within the profile.
    pub name: TokenName,
    /// Its scope.
    pub uses: Uses,
    /// Its expiry. Without one, a new token gets the default of `token add`, and a successor the
    /// lifetime of its predecessor.
    pub expires: Option<Expiry>,
    /// The encoding of its secret.
    pub form: Encoding,
    /// The minimum remaining lifetime, from now on.
    pub min_life: Span,
    /// The maximum overlap of a replaced token.
    pub overlap: Overlap,
    /// The origin or destination of its secret.
    pub source: Source,
}

impl Declared {
    /// Its address: `PROFILE/NAME`.
    pub fn address(&self) -> String {
        format!("{}/{}", self.profile, self.name)
    }

    /// The draft without the scope.
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

/// The origin or destination of a declared token's secret.
pub enum Source {
    /// It is generated and delivered to a sink.
    Sink {
        /// The sink.
        sink: Box<dyn DeferredSink>,
        /// The display name of the sink.
        display_name: String,
    },
    /// Another system issued it.
    Preset(Preset),
    /// Neither: the token has to exist already.
    Nowhere,
}
