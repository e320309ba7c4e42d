//! What `add` and `ensure` are told of a token, for the core.

use hallpass::ops::token::Draft;

use crate::cli::binding::{Spelling, Uses};
use crate::cli::token::{NewToken, What};

/// The draft of the token that was described on the command line.
pub(super) fn of(what: What) -> Draft {
    let What { token, uses, expires, allow_ip, spelling: Spelling { form } } = what;
    let Uses { connection, environment, device } = uses;
    let NewToken { profile, name } = token;
    Draft { connection, environment, device, expires, allow_ip, form, ..Draft::new(profile, name) }
}
