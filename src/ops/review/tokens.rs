//! Findings about tokens.

use super::finding::{Finding, Flaw, Subject};
use super::index::Index;
use crate::model::severity::Severity;
use crate::model::time::Span;
use crate::model::verdict::Reason;
use crate::ops::connection;
use crate::ops::records::token::Summary as Token;

pub(super) fn judge(index: &Index<'_>, token: &Token) -> Vec<Finding> {
    let found = [
        endless(index, token),
        old(index, token),
        idle(index, token),
        expiring(index, token),
        anywhere(index, token),
    ];
    found.into_iter().flatten().collect()
}

fn finding(token: &Token, id: Flaw, severity: Severity, message: &str, command: String) -> Finding {
    Finding::new(
        id,
        severity,
        Subject::new("token", token.address()),
        message,
        command,
    )
}

fn endless(index: &Index<'_>, token: &Token) -> Option<Finding> {
    if token.expires_at.is_some() {
        return None;
    }
    let span = limit(index, token).unwrap_or(Span::YEAR);
    let message = "it never expires: replace it by one that does";
    let command = replacement_command(token, &format!(" --expires {span}"));
    Some(finding(
        token,
        Flaw::TokenWithoutExpiry,
        Severity::High,
        message,
        command,
    ))
}

fn old(index: &Index<'_>, token: &Token) -> Option<Finding> {
    if token.created_at.plus(Span::YEAR) >= index.survey.at {
        return None;
    }
    let message = "it is older than a year: replace it";
    Some(finding(
        token,
        Flaw::TokenOld,
        Severity::Medium,
        message,
        replacement_command(token, ""),
    ))
}

fn idle(index: &Index<'_>, token: &Token) -> Option<Finding> {
    let command = format!("token revoke {}", token.address());
    let Some(last) = token.last_used_at else {
        let old = index.is_long_ago(token.created_at);
        let severity = if old { Severity::Medium } else { Severity::Low };
        let message = "it was never used: use it, or revoke it";
        return Some(finding(
            token,
            Flaw::TokenNeverUsed,
            severity,
            message,
            command,
        ));
    };
    let message = "it was not used for three months: revoke it";
    let unused = index.is_long_ago(last);
    unused.then(|| finding(token, Flaw::TokenUnused, Severity::Medium, message, command))
}

/// Tokens with a lifetime of at most a day, such as sign-ins, are expected to expire.
fn expiring(index: &Index<'_>, token: &Token) -> Option<Finding> {
    let end = token.expires_at?;
    if end > index.survey.at.plus(Span::FORTNIGHT) || end <= token.created_at.plus(Span::DAY) {
        return None;
    }
    // A successor has the old token's lifetime, and would be found here at once.
    let short = end <= token.created_at.plus(Span::FORTNIGHT);
    let longer = limit(index, token).unwrap_or(Span::YEAR);
    let options = if short {
        format!(" --expires {longer}")
    } else {
        String::new()
    };
    let message = format!("it expires {end}: replace it before that");
    let command = replacement_command(token, &options);
    Some(finding(
        token,
        Flaw::TokenExpiring,
        Severity::Medium,
        &message,
        command,
    ))
}

fn anywhere(index: &Index<'_>, token: &Token) -> Option<Finding> {
    if !token.allow_ip.is_empty() {
        return None;
    }
    let usable_connections = usable_connections(index, token);
    let command = match usable_connections
        .iter()
        .find(|connection| connection.allow_ip.is_empty())
    {
        Some(connection) => {
            format!("connection edit {} --add-allow-ip CIDR", connection.name)
        }
        None if usable_connections.is_empty() => {
            format!("token add {}/NAME --allow-ip CIDR", token.profile.as_ref()?)
        }
        None => return None,
    };
    let message = "it may be used from any address: restrict the addresses of its connection";
    Some(finding(
        token,
        Flaw::TokenWithoutAddress,
        Severity::Low,
        message,
        command,
    ))
}

/// The command that replaces a token; one that is not valid cannot be replaced, and is revoked.
fn replacement_command(token: &Token, options: &str) -> String {
    let address = token.address();
    if token.effective == Reason::Valid {
        format!("token rotate {address}{options}")
    } else {
        format!("token revoke {address}")
    }
}

/// The connections that a token may be used for.
fn usable_connections<'a>(index: &Index<'a>, token: &Token) -> Vec<&'a connection::Summary> {
    match &token.connection {
        Some(name) => index.connection(name).into_iter().collect(),
        None => index
            .holder(token)
            .map(|holder| index.usable(holder))
            .unwrap_or_default(),
    }
}

/// The maximum lifetime of a token: the shortest of the connections that it or its profile is bound
/// to.
fn limit(index: &Index<'_>, token: &Token) -> Option<Span> {
    let bound = match &token.connection {
        Some(name) => std::slice::from_ref(name),
        None => index.holder(token)?.connections.as_deref()?,
    };
    bound
        .iter()
        .filter_map(|name| index.connection(name)?.token_lifetime)
        .min()
}
