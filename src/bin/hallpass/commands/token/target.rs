//! Which tokens are meant.

use hallpass::model::invalid::Invalid;
use hallpass::model::token::TokenAddress;
use hallpass::ops::token::Target;

use crate::cli::input::Input;
use crate::cli::token::{Listed, Which};
use crate::failure::Failure;
use crate::ui::Ui;

/// The one that is meant: by its address, or read as a whole.
pub(super) fn one(ui: &mut Ui, which: Which) -> Result<Target, Failure> {
    let Which { token, token_file } = which;
    match token {
        Some(address) => Ok(address.into()),
        None => whole(ui, token_file.as_ref()),
    }
}

/// All that are meant: by address, from a list, or one as a whole.
pub(super) fn several(
    ui: &mut Ui,
    tokens: Vec<Listed>,
    token_file: Option<&Input>,
) -> Result<Vec<Target>, Failure> {
    if token_file.is_some() {
        return Ok(vec![whole(ui, token_file)?]);
    }
    let mut targets = Vec::new();
    for token in tokens {
        match token {
            Listed::Token(address) => targets.push(address.into()),
            Listed::Stdin => targets.extend(listed(ui)?),
        }
    }
    Ok(targets)
}

fn whole(ui: &mut Ui, from: Option<&Input>) -> Result<Target, Failure> {
    match ui.token(from)? {
        Ok(token) => Ok(Target::Secret(token)),
        Err(_) => Err(Invalid::new("a token", "it has no spelling of one, or was mistyped").into()),
    }
}

/// The list on standard input; blank lines are none of it.
fn listed(ui: &mut Ui) -> Result<Vec<Target>, Failure> {
    let list = ui.lines("the list of tokens")?;
    let lines = list.expose().lines().map(str::trim).zip(1..).filter(|(line, _)| !line.is_empty());
    lines.map(|(line, number)| address(line, number)).collect()
}

fn address(line: &str, number: usize) -> Result<Target, Failure> {
    let address: Result<TokenAddress, Invalid> = line.parse();
    address.map(Target::from).map_err(|invalid| {
        let why = format!("line {number} of standard input: {}", invalid.why);
        Invalid { why, ..invalid }.into()
    })
}
