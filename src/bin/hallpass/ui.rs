//! What every command is handed to speak with its caller.

mod caller;
mod delivered;
mod document;
mod listing;
mod reading;

pub(crate) use caller::{Consent, Ui, wanted};
pub(crate) use listing::Listing;
