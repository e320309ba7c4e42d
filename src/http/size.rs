//! Whether a store fits into the memory: what is done when that changes.

use std::sync::mpsc::Sender;

use serde_json::json;

use super::event;
use super::host::Host;
use super::judge::Judge;
use super::wish::Wish;

/// What was seen of the size of a store.
#[derive(Debug, Default)]
pub(super) struct Size {
    /// How many records it had when it was too large for the memory, if it is.
    too_large: Option<u64>,
    /// The same, when it was read again last because it may fit.
    reloaded_for: Option<u64>,
}

impl Size {
    /// Logs that a store of so many records is too large for the memory, and has it read again once it
    /// may fit.
    pub(super) fn follow(
        &mut self,
        records: u64,
        judge: &Judge,
        host: &dyn Host,
        keeper: &Sender<Wish>,
    ) {
        let too_large = judge.too_large();
        if too_large.is_some() && self.too_large.is_none() {
            let why = "there are more tokens than `table_limit`: each verdict reads the store";
            event::log(host, "too_large", json!({ "why": why }));
        }
        // Once for each size: after that it is loaded, or still too large.
        if judge.may_fit(records) && self.reloaded_for != too_large {
            // Without a keeper the server ends.
            let _ = keeper.send(Wish::Load);
            self.reloaded_for = too_large;
        }
        self.too_large = too_large;
    }
}
