//! The draft of a token from the flags of `add` and `ensure`.

use hallpass::ops::token::Draft;

use crate::cli::binding::{BindingFlags, EncodingFlags};
use crate::cli::token::{NewToken, NewTokenFlags};

/// Builds the draft of the token that the command line describes.
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
