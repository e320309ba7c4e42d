//! The state of a token, and whether it keeps its name.

use crate::model::profile::Profile;
use crate::model::token::{TokenRecord, TokenState};
use crate::ops::records::clocks::Clocks;

/// The state of a token. The tokens of a deleted profile are revoked, although their records do not
/// show it.
pub(in crate::ops) fn state(token: &TokenRecord, profile: &Profile, clocks: Clocks) -> TokenState {
    match token.state(clocks.now, clocks.latest) {
        TokenState::Pending => TokenState::Pending,
        _ if profile.deleted_at.is_some() => TokenState::Revoked,
        state => state,
    }
}

/// Whether a token keeps its name: it is active, suspended, or pending within its deadline.
pub(in crate::ops) fn is_live(token: &TokenRecord, owner: &Profile, clocks: Clocks) -> bool {
    match state(token, owner, clocks) {
        TokenState::Pending => token
            .pending
            .is_some_and(|pending| clocks.now < pending.until),
        state => state.is_live(),
    }
}
