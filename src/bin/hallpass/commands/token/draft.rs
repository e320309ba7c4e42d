//! What `add` and `ensure` are told of a token, for the core.

use hallpass::ops::token::Draft;

use crate::cli::binding::{BindingFlags, EncodingFlags};
use crate::cli::token::{NewToken, NewTokenFlags};

/// The draft of the token that was described on the command line.
pub(super) fn of(what: NewTokenFlags) -> Draft {
    let NewTokenFlags {
        token,
        uses,
        expires,
        allow_ip,
        spelling: EncodingFlags { form },
    } = what;
    let BindingFlags {
        connection,
        environment,
        device,
    } = uses;
    let NewToken { profile, name } = token;
    Draft {
        connection,
        environment,
        device,
        expires,
        allow_ip,
        form,
        ..Draft::new(profile, name)
    }
}
