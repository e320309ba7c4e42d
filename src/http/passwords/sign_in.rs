//! Passwords that are exchanged for a session token.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::{Passwords, Unproven, Waiting, told};
use crate::core::Request;
use crate::error::Error;
use crate::http::pool::Pool;
use crate::ops::password::Cause;
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
        let over = source.and_then(|source| self.sources.wait(source, Instant::now()));
        if let Some(wait) = over {
            return Err(Unproven::TooMany("throttled", wait));
        }
        let waiting = Waiting::begin(&self.waiting)?;
        let turn = timeout(self.patience, Arc::clone(&self.slots).acquire_owned()).await;
        drop(waiting);
        let Ok(Ok(slot)) = turn else {
            return Err(Unproven::Busy);
        };
        let strangers = Arc::clone(&self.strangers);
        let signed = pool.run(request, move |core| {
            // Until the hash is computed, also if the client goes away meanwhile.
            let _slot = slot;
            let signed = session::from_password(core, &asked, &password, &strangers);
            told(core.now(), signed)
        });
        let (now, signed) = signed.await.map_err(Unproven::Failed)?;
        match signed {
            Ok(outcome) => {
                if let (Some(source), SessionOutcome::WrongPassword(verdict)) = (source, &outcome)
                    && verdict.cause != Cause::Suspended
                {
                    self.sources.fail(source, Instant::now());
                }
                Ok(outcome)
            }
            Err(Error::Throttled(until)) => {
                let wait = until.seconds().saturating_sub(now.seconds());
                let wait = Duration::from_secs(u64::try_from(wait).unwrap_or(0));
                Err(Unproven::TooMany("throttled", wait))
            }
            Err(error) => Err(Unproven::Failed(error)),
        }
    }
}
