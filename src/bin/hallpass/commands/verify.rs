//! `hallpass verify`.

use hallpass::ops::verify::{Asked, Verdict, judge, touch};

use crate::cli::top::Verify;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Judges a token. A text that is not a token of any system is refused before the store is looked
/// for.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Verify) -> Result<Exit, Failure> {
    let Verify {
        connection,
        environment,
        device,
        ip,
        token_file,
    } = args;
    let Ok(token) = ui.token(token_file.as_ref())? else {
        let verdict = Verdict::malformed();
        ui.show(&verdict)?;
        return Ok(Exit(verdict.exit));
    };
    let asked = Asked {
        connection,
        environment,
        device,
        caller: ip.into(),
    };
    let core = session.core(ui)?;
    let verdict = judge(core, &token, &asked)?;
    ui.show(&verdict)?;
    // The caller has the answer by now, and does not wait for this.
    touch(core, &verdict);
    Ok(Exit(verdict.exit))
}
