//! How a command communicates with its caller.

mod caller;
mod delivered;
mod document;
mod listing;
mod reading;

pub(crate) use caller::{Consent, Ui, wanted};
pub(crate) use listing::Listing;
