//! The tokens that a command selects.

use hallpass::model::invalid::Invalid;
use hallpass::model::token::TokenAddress;
use hallpass::ops::token::{Filter, StateFilter as State, Target};

use crate::cli::input::Input;
use crate::cli::token::TokenArgument;
use crate::cli::token::selection::{Chosen, Listed, Picks};
use crate::failure::Failure;
use crate::ui::Ui;

/// Reads one token: an address, or the token itself.
pub(super) fn one(ui: &mut Ui, which: TokenArgument) -> Result<Target, Failure> {
    let TokenArgument { token, token_file } = which;
    match token {
        Some(address) => Ok(address.into()),
        None => whole(ui, token_file.as_ref()),
    }
}

/// The tokens that a command selects.
pub(super) struct Choice {
    /// The tokens that are named, if any.
    pub(super) named: Option<Vec<Target>>,
    /// The filter that they must match.
    pub(super) filter: Filter,
    /// Whether exactly one is named, and no filter is given.
    pub(super) is_one: bool,
}

/// Reads the selection. `unnamed` is the state that is assumed where no token is named.
pub(super) fn choice(ui: &mut Ui, chosen: Chosen, unnamed: State) -> Result<Choice, Failure> {
    let Chosen {
        tokens,
        token_file,
        profile,
        picks,
    } = chosen;
    let is_one = match (tokens.as_slice(), &token_file) {
        ([Listed::Token(_)], None) | ([], Some(_)) => profile.is_none() && picks.is_empty(),
        _ => false,
    };
    let named = match (tokens.as_slice(), &token_file) {
        ([], None) => None,
        (_, None) => Some(several(ui, tokens)?),
        (_, Some(file)) => Some(vec![whole(ui, Some(file))?]),
    };
    let which = if named.is_some() { State::All } else { unnamed };
    Ok(Choice {
        named,
        filter: Filter {
            profile,
            which,
            ..filter(picks)
        },
        is_one,
    })
}

/// Translates the flags of the filter.
pub(super) fn filter(picks: Picks) -> Filter {
    let Picks {
        connection,
        environment,
        issued_before,
        issued_after,
        unused_for,
        sessions,
    } = picks;
    Filter {
        connection,
        environment,
        issued_before,
        issued_after,
        unused_for,
        sessions,
        ..Filter::default()
    }
}

/// Resolves all that are named: by address, or in a list.
fn several(ui: &mut Ui, tokens: Vec<Listed>) -> Result<Vec<Target>, Failure> {
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
        Ok(token) => Ok(token.into()),
        Err(_) => Err(Invalid::new("a token", "its format is wrong, or it was mistyped").into()),
    }
}

/// Reads the list on standard input; blank lines are skipped.
fn listed(ui: &mut Ui) -> Result<Vec<Target>, Failure> {
    let list = ui.lines("the list of tokens")?;
    let lines = list
        .expose()
        .lines()
        .map(str::trim)
        .zip(1..)
        .filter(|(line, _)| !line.is_empty());
    lines.map(|(line, number)| address(line, number)).collect()
}

fn address(line: &str, number: usize) -> Result<Target, Failure> {
    let address: Result<TokenAddress, Invalid> = line.parse();
    address.map(Target::from).map_err(|invalid| {
        let why = format!("line {number} of standard input: {}", invalid.why);
        Invalid { why, ..invalid }.into()
    })
}
