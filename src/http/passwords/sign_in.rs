//! Passwords that are exchanged for a session token.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::time::timeout;

use super::{Passwords, Unproven, Waiting, is_failure, told, unproven};
use crate::core::Request;
use crate::http::pool::Pool;
use crate::ops::session::{self, SessionOutcome, SessionRequest};
use crate::secret::SecretText;

impl Passwords {
    /// Makes a session token from a password, once it is its turn. Each time the password is hashed:
    /// that it was right before is remembered for no sign-in.
    ///
    /// A wrong password is an outcome. `source` is the address that it comes from, if failures from
    /// there are counted.
    pub(in crate::http) async fn sign_in(
        &self,
        pool: &Arc<Pool>,
        request: Request,
        source: Option<IpAddr>,
        asked: SessionRequest,
        password: SecretText,
    ) -> Result<SessionOutcome, Unproven> {
        self.ensure_open(source)?;
        let waiting = Waiting::begin(&self.waiting)?;
        let turn = timeout(self.patience, Arc::clone(&self.slots).acquire_owned()).await;
        drop(waiting);
        let Ok(Ok(slot)) = turn else {
            return Err(Unproven::Busy);
        };
        let counted = self.count(source)?;
        let strangers = Arc::clone(&self.strangers);
        let signed = pool.run(request, move |core| {
            // Until the hash is computed, also if the client goes away meanwhile.
            let _slot = slot;
            let signed = session::from_password(core, &asked, &password, &strangers);
            told(core.now(), signed)
        });
        let signed = signed.await;
        let failed = matches!(
            &signed,
            Ok((_, Ok(SessionOutcome::WrongPassword(verdict)))) if is_failure(verdict)
        );
        if !failed {
            counted.refund();
        }
        let (now, signed) = signed.map_err(Unproven::Failed)?;
        signed.map_err(|error| unproven(error, now))
    }
}
