//! The steps of the tour, in order.

use super::step::{Flow, TourStep};

/// The steps. Each must end with the exit code that it names.
pub(super) const STEPS: &[TourStep] = &[
    step(
        "make a store; its key goes into a file, so nothing will be asked",
        "init --new-key-file KEY --no-recovery",
        0,
    ),
    step(
        "an integration that needs credentials",
        "connection add payroll --description 'payroll export'",
        0,
    ),
    step(
        "an API user that may use this connection and no other",
        "profile add acme --connection payroll --email ops@example.org",
        0,
    ),
    step(
        "a password, made up, shown this once",
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
        "is it good for that connection, on that device?",
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
        "a slip of the finger is told from a wrong token",
        "verify",
        10,
    ),
    step(
        "stop the profile: its tokens stop at once",
        "profile suspend acme --reason 'holiday' --yes",
        0,
    ),
    with(
        Flow::Fed,
        "suspended: 14",
        "verify --connection payroll",
        14,
    ),
    step("and let it go on", "profile resume acme", 0),
    with(Flow::Fed, "good again", "verify --connection payroll", 0),
    step(
        "take the token back, for good",
        "token revoke acme/laptop --reason 'laptop lost' --yes",
        0,
    ),
    with(Flow::Fed, "revoked: 12", "verify --connection payroll", 12),
    step("what there is, and was", "token list acme --all", 0),
    step(
        "nothing in the file can be changed unnoticed",
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
