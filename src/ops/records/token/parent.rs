//! What session tokens were made from.

use crate::barrier::Reader;
use crate::error::Result;
use crate::model::profile::Profile;
use crate::model::token::{TokenRecord, TokenState};
use crate::ops::records::clocks::Clocks;

/// The token that a session token was made from, as far as it is there.
pub(in crate::ops) fn parent_of(
    r: &mut Reader<'_>,
    token: &TokenRecord,
) -> Result<Option<TokenRecord>> {
    match token.parent_token() {
        Some(id) => r.get(id),
        None => Ok(None),
    }
}

/// Whether a session token ended with what it was made from.
pub(in crate::ops) fn ended_with_parent(
    r: &mut Reader<'_>,
    token: &TokenRecord,
    profile: &Profile,
    clocks: Clocks,
) -> Result<bool> {
    let parent = parent_of(r, token)?;
    Ok(token.has_ended_parent(parent.as_ref(), profile, clocks.latest))
}

/// The state of a session token whose parent has ended is that of a revoked one.
pub(super) fn state_with_parent(state: TokenState, parent_ended: bool) -> TokenState {
    match state {
        TokenState::Active | TokenState::Suspended | TokenState::Expired if parent_ended => {
            TokenState::Revoked
        }
        state => state,
    }
}
