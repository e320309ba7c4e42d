//! The steps of the tour, in order.

use super::step::{Flow, TourStep};

/// The steps. Each must end with the exit code that it names.
pub(super) const STEPS: &[TourStep] = &[
    step(
        "create a store; its key is in a file, so nothing is asked",
        "init --new-key-file KEY --no-recovery",
        0,
    ),
    step(
        "an integration that needs credentials",
        "connection add payroll --description 'payroll export'",
        0,
    ),
    step(
        "a profile, an API user, that may use only this connection",
        "profile add acme --connection payroll --email ops@example.org",
        0,
    ),
    step(
        "a generated password, shown once",
        "password set acme --generate",
        0,
    ),
    with(
        Flow::Token,
        "a token for one device, shown once: the shell keeps it in T",
        "token add acme/laptop --device 'laptop 7' --expires 90d",
        0,
    ),
    with(
        Flow::Fed,
        "is it valid for that connection, on that device?",
        "verify --connection payroll --device 'laptop 7'",
        0,
    ),
    with(
        Flow::Fed,
        "on another device it is not; the exit code is 16",
        "verify --connection payroll --device 'phone'",
        16,
    ),
    with(
        Flow::Mistyped,
        "a typo is distinguished from an unknown token",
        "verify",
        10,
    ),
    step(
        "suspend the profile: its tokens stop working at once",
        "profile suspend acme --reason 'holiday' --yes",
        0,
    ),
    with(
        Flow::Fed,
        "suspended: 14",
        "verify --connection payroll",
        14,
    ),
    step("resume the profile", "profile resume acme", 0),
    with(Flow::Fed, "valid again", "verify --connection payroll", 0),
    step(
        "revoke the token, permanently",
        "token revoke acme/laptop --reason 'laptop lost' --yes",
        0,
    ),
    with(Flow::Fed, "revoked: 12", "verify --connection payroll", 12),
    step(
        "list all tokens, revoked ones too",
        "token list acme --all",
        0,
    ),
    step(
        "check the store: no change to the file goes unnoticed",
        "store check",
        0,
    ),
];

const fn step(why: &'static str, command: &'static str, exit: i32) -> TourStep {
    with(Flow::Plain, why, command, exit)
}

const fn with(flow: Flow, why: &'static str, command: &'static str, exit: i32) -> TourStep {
    TourStep {
        why,
        command,
        flow,
        exit,
    }
}
