//! `hallpass review`.

use hallpass::Kind;
use hallpass::ops::review::{self, Review};

use crate::cli::top::Review as Args;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::newfile::NewFile;
use crate::output::page;
use crate::session::Session;
use crate::ui::Ui;

/// Reports problems, most severe first.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Args) -> Result<Exit, Failure> {
    let Args { fail_on, html } = args;
    let file = html
        .as_deref()
        .map(|path| NewFile::at(path, ui.protected()))
        .transpose()?;
    let review = review::review(session.core(ui)?)?;
    let review = aimed(review, session.place());
    if let Some(file) = file {
        file.write(page::of(&review).as_bytes())?.keep();
    }
    ui.print_one_by_one(&review, &review.findings)?;
    if let Some(path) = html {
        ui.note(format!("wrote {}", path.display()));
    }
    let found = review.has(*fail_on);
    Ok(if found {
        Exit::from(Kind::Findings)
    } else {
        Exit::DONE
    })
}

/// Makes the commands to paste name the reviewed store.
fn aimed(mut review: Review, options: &str) -> Review {
    for finding in &mut review.findings {
        finding.command.set_options(options);
    }
    review
}
