//! The two clocks by which a verification code expires.

use crate::barrier::{CLOCK_SLACK, Reader};
use crate::clock::BootTime;
use crate::error::{Error, Result};
use crate::model::otp::{CodeRecord, CodeState, Exchange};
use crate::model::time::Time;
use crate::ops::records::clocks::Clocks;

/// The two clocks by which a code expires.
#[derive(Debug, Clone, Copy)]
pub(in crate::ops) struct CodeClocks {
    pub(in crate::ops) wall: Clocks,
    pub(in crate::ops) boot: BootTime,
}

impl CodeClocks {
    pub(in crate::ops) fn new(r: &Reader<'_>, now: Time, boot: BootTime) -> Self {
        Self {
            wall: Clocks::new(r, now),
            boot,
        }
    }

    /// Refuses to issue or accept codes while the clock is behind the store: a clock that was set
    /// back would extend a code's lifetime.
    pub(in crate::ops) fn ensure_sound(r: &Reader<'_>, now: Time) -> Result<()> {
        let behind = r.wall_max().seconds().saturating_sub(now.seconds());
        if behind > CLOCK_SLACK {
            Err(Error::Clock { behind })
        } else {
            Ok(())
        }
    }

    pub(in crate::ops) fn state(self, code: &CodeRecord) -> CodeState {
        code.state(self.wall.latest, self.boot)
    }
}

/// Whether the newest code of a binding is still pending.
pub(in crate::ops) fn is_pending(exchange: &Exchange, wall: Clocks, boot: BootTime) -> bool {
    let newest = exchange.codes.last();
    newest.is_some_and(|code| CodeClocks { wall, boot }.state(code) == CodeState::Pending)
}
