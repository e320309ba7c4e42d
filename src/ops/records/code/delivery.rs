//! Where the mail of a code is, as far as that is written down.

use super::end::change;
use crate::barrier::{Reader, Writer};
use crate::error::Result;
use crate::model::id::{CodeId, RecordId};
use crate::model::otp::{Delivery, Exchange};

/// Writes down where the mail of a code is, if the code is still there.
pub(in crate::ops) fn delivered(
    w: &mut Writer<'_>,
    (exchange, code): (RecordId, CodeId),
    delivery: Delivery,
) -> Result<()> {
    change(w, exchange, code, |_, code| {
        code.delivery = delivery;
        Ok(())
    })
}

/// Where the mail of a code is, as far as that is written down.
pub(in crate::ops) fn delivery(
    r: &mut Reader<'_>,
    (exchange, code): (RecordId, CodeId),
) -> Result<Delivery> {
    let record = r.get::<Exchange>(exchange)?;
    let found = record.and_then(|record| record.codes.into_iter().find(|it| it.id == code));
    let gone = || Delivery::Failed("withdrawn while it was being sent".to_owned());
    Ok(found.map_or_else(gone, |code| code.delivery))
}
