//! `hallpass verify`.

use hallpass::ops::verify::{self, Asked, Explained, Verdict};

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
        explain,
    } = args;
    let Ok(token) = ui.token(token_file.as_ref())? else {
        let explained = Explained::malformed();
        return if explain {
            show_explained(ui, &explained)
        } else {
            show(ui, &explained.verdict)
        };
    };
    let asked = Asked {
        connection,
        environment,
        device,
        caller: ip.into(),
    };
    let core = session.core(ui)?;
    let (verdict, exit) = if explain {
        let explained = verify::explain(core, &token, &asked)?;
        let exit = show_explained(ui, &explained)?;
        (explained.verdict, exit)
    } else {
        let verdict = verify::judge(core, &token, &asked)?;
        let exit = show(ui, &verdict)?;
        (verdict, exit)
    };
    // The caller has the answer by now, and does not wait for this.
    verify::touch(core, &verdict);
    Ok(exit)
}

fn show(ui: &mut Ui, verdict: &Verdict) -> Result<Exit, Failure> {
    ui.show(verdict)?;
    Ok(Exit(verdict.exit))
}

fn show_explained(ui: &mut Ui, explained: &Explained) -> Result<Exit, Failure> {
    let Explained { verdict, checks } = explained;
    ui.show_with_rows(explained, verdict, checks)?;
    Ok(Exit(verdict.exit))
}
