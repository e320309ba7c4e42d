//! Whose tokens these are.

use super::target::find_secret;
use super::{Summary, summary};
use crate::error::Result;
use crate::model::token::Token;
use crate::ops::Core;
use crate::ops::lookup::{Moment, Opened};

/// What the store knows of each of these tokens; `None` of one that is not its own. One that has only
/// the id of a token in common with the store is not.
pub fn identify(core: &mut Core, tokens: &[&Token]) -> Result<Vec<Option<Summary>>> {
    let now = core.now();
    core.read(|r| {
        let (moment, mut opened) = (Moment::new(r, now), Opened::default());
        let mut known = Vec::with_capacity(tokens.len());
        for token in tokens {
            known.push(match find_secret(r, *token)? {
                Some((_, record)) => Some(summary(r, &mut opened, moment, &record)?),
                None => None,
            });
        }
        Ok(known)
    })
}
