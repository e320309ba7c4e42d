//! Adopts a history that another machine accepted.

use crate::barrier::{Adoption, Tombstones, Writer};
use crate::error::{Error, History, Result};
use crate::ops::store::{Known, RestorePlan};

/// Makes what this machine knows to have ended, or to have been restricted, end in a history that
/// another machine accepted. What has been decided anew in that history is left as it is, except
/// that nothing that was revoked or deleted is valid again.
///
/// It is passed to [`Core::follow_accepted`](crate::ops::Core::follow_accepted).
///
/// # Errors
///
/// [`History::Fork`] if part of the tombstones is damaged: a person has to decide then. Those of every
/// read and write.
pub fn adopt(w: &mut Writer<'_>, tombstones: &Tombstones, adoption: Adoption) -> Result<()> {
    if tombstones.damaged() {
        let why = "another machine accepted it, but part of what this machine remembers is damaged";
        return Err(Error::History(History::Fork(why.into())));
    }
    let known = Known::followed(w, tombstones, adoption)?;
    let now = w.now();
    RestorePlan::of(w, &known, &[], now)?.apply_steps(w, &known)
}
