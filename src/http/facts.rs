//! What a handler found out about a request, for the log and the metrics: never for the client.

use super::metrics::{Budget, Mistake, Route};
use crate::model::id::TokenId;
use crate::model::name::{ConnectionName, ProfileName};
use crate::ops::verify::Verdict;

/// What a handler found out: names are those of things that exist, never what a client sent. It is
/// attached to the answer, and taken off before that is sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// The route, where the router does not know it.
    pub(super) route: Option<Route>,
    /// Why the answer is what it is: the word of a verdict's reason, or another word of a closed set.
    pub(super) reason: Option<&'static str>,
    /// The token that was presented, if it is known.
    pub(super) token: Option<TokenId>,
    /// Its profile.
    pub(super) profile: Option<ProfileName>,
    /// The connection that it was judged for.
    pub(super) connection: Option<ConnectionName>,
    /// The budget that was used up, if that is why it was refused.
    pub(super) budget: Option<Budget>,
    /// The mistake of a proxy's configuration, if that is why it was refused.
    pub(super) mistake: Option<Mistake>,
}

impl Facts {
    /// The reason of an answer that left before anything was decided.
    pub(super) const ACCEPTED: &'static str = "accepted";

    /// An answer for this reason, about no token.
    pub(super) fn reason(reason: &'static str) -> Self {
        Self {
            reason: Some(reason),
            ..Self::default()
        }
    }

    /// What a verdict says.
    pub(super) fn of(verdict: &Verdict) -> Self {
        Self {
            route: None,
            reason: Some(verdict.reason.word()),
            token: verdict.token.as_ref().map(|token| token.id),
            profile: verdict.profile.clone(),
            connection: verdict.connection.clone(),
            budget: None,
            mistake: None,
        }
    }
}
