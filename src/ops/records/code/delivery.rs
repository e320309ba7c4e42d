//! The recorded delivery state of a code's mail.

use super::end::change;
use crate::barrier::{Reader, Writer};
use crate::error::Result;
use crate::model::id::{CodeId, RecordId};
use crate::model::otp::{Delivery, Exchange};

/// Records the delivery state of a code's mail, if the code still exists.
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

/// The recorded delivery state of a code's mail.
pub(in crate::ops) fn delivery(
    r: &mut Reader<'_>,
    (exchange, code): (RecordId, CodeId),
) -> Result<Delivery> {
    let record = r.get::<Exchange>(exchange)?;
    let found = record.and_then(|record| record.codes.into_iter().find(|it| it.id == code));
    let gone = || Delivery::Failed("withdrawn while it was being sent".to_owned());
    Ok(found.map_or_else(gone, |code| code.delivery))
}
