//! Shows a recovery code, once, to a person who proves to have copied it.

use std::io::Write as _;

use hallpass::barrier::recovery::RecoveryCode;
use hallpass::entropy::Entropy;

use crate::failure::Failure;
use crate::stdio::Stdout;
use crate::ui::Ui;

const GROUPS: u8 = 9;
const ATTEMPTS: usize = 3;

/// Prints the code on standard output and asks for two of its groups.
pub(super) fn show_and_confirm(
    ui: &mut Ui,
    code: &RecoveryCode,
    entropy: &mut dyn Entropy,
) -> Result<(), Failure> {
    ui.warn("this recovery code opens the store if the key is lost; it is not shown again");
    let line = code.line();
    Stdout
        .write_all(line.expose().as_bytes())
        .map_err(|source| Failure::output(&source))?;
    for group in two(entropy)? {
        confirm(ui, code, group)?;
    }
    Ok(())
}

fn confirm(ui: &mut Ui, code: &RecoveryCode, group: u8) -> Result<(), Failure> {
    for _ in 0..ATTEMPTS {
        let typed = ui.recovery_group(group + 1)?;
        if code.has_group(usize::from(group), typed.expose()) {
            return Ok(());
        }
        ui.note("that does not match");
    }
    Err(Failure::usage(
        "the recovery code was not confirmed; nothing was changed",
    ))
}

/// Draws two different groups at random, so that a person cannot copy only those.
fn two(entropy: &mut dyn Entropy) -> Result<[u8; 2], Failure> {
    let mut random = [0; 2];
    entropy.fill(&mut random).map_err(hallpass::Error::from)?;
    let [a, b] = random.map(|byte| byte % GROUPS);
    Ok([a, if a == b { (b + 4) % GROUPS } else { b }])
}
