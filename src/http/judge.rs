//! Verdicts, for every door that needs one.

use std::sync::Arc;

use super::pool::Pool;
use crate::core::Request;
use crate::error::Result;
use crate::model::token::Presented;
use crate::ops::verify::{self, Asked, Verdict};

/// Judges tokens: never by a state that is older than the last commit before the call.
pub(super) struct Judge {
    pool: Arc<Pool>,
}

impl Judge {
    /// A judge of the tokens in the store of `pool`.
    pub(super) fn new(pool: Arc<Pool>) -> Self {
        Self { pool }
    }

    /// Judges a presented token, and notes its use.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) if `asked` names what does not exist; any other
    /// error means that no verdict is possible now.
    pub(super) async fn judge(
        &self,
        request: Request,
        presented: Presented,
        asked: Asked,
    ) -> Result<Verdict> {
        let judged = self.pool.run(request, move |core| {
            let verdict = verify::judge(core, &presented, &asked)?;
            verify::touch(core, &presented, &verdict);
            Ok(verdict)
        });
        judged.await
    }
}
