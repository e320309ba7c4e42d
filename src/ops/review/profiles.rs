//! Findings about profiles.

use super::finding::{Finding, Flaw, Subject, few};
use super::index::Index;
use super::survey::{Holder, PasswordUse};
use crate::model::name::{ConnectionName, ProfileName};
use crate::model::severity::Severity;

pub(super) fn judge(index: &Index<'_>, holder: &Holder) -> Vec<Finding> {
    [reach(index, holder), password(index, holder)]
        .into_iter()
        .flatten()
        .collect()
}

/// Suggests one profile for each integration.
fn reach(index: &Index<'_>, holder: &Holder) -> Option<Finding> {
    let subject = Subject::new("profile", &holder.name);
    match holder.connections.as_deref() {
        None => Some(Finding::new(
            Flaw::ProfileUnrestricted,
            Severity::High,
            subject,
            "it may use any connection, including those added later: restrict it to the one it needs",
            connection_options(index, holder),
        )),
        Some(names) if names.len() > 1 => Some(Finding::new(
            Flaw::ProfileSeveralConnections,
            Severity::Medium,
            subject,
            format!(
                "it may use {} connections ({}): add a profile for each",
                names.len(),
                few(names)
            ),
            narrowing_command(index, holder, names),
        )),
        Some(_) => None,
    }
}

/// The options that name the connections of its tokens, or the only existing one.
fn connection_options(index: &Index<'_>, holder: &Holder) -> String {
    let mut names: Vec<_> = index
        .tokens_of(holder)
        .iter()
        .filter_map(|token| token.connection.as_ref())
        .collect();
    names.sort_by_cached_key(|name| name.canonical());
    names.dedup_by(|a, b| a.same_as(b));
    if let ([], [only]) = (names.as_slice(), index.survey.connections.as_slice()) {
        names.push(&only.name);
    }
    let mut command = format!("profile edit {}", holder.name);
    if names.is_empty() {
        command.push_str(" --add-connection CONNECTION");
    }
    for name in names {
        command.extend([" --add-connection ", name.as_str()]);
    }
    command
}

/// The command that removes connections none of its tokens is for. If all are used, it adds a
/// profile for the last one, so that nothing that works stops.
fn narrowing_command(index: &Index<'_>, holder: &Holder, names: &[ConnectionName]) -> String {
    let Holder { name, .. } = holder;
    let unused = names
        .iter()
        .filter(|name| !index.has_use(holder, name))
        .rev();
    let unused: Vec<_> = unused.take(names.len() - 1).collect();
    if !unused.is_empty() {
        let options = unused.iter().map(|it| format!(" --remove-connection {it}"));
        return format!("profile edit {name}{}", options.collect::<String>());
    }
    let Some(last) = names.last() else {
        return String::new();
    };
    let own = format!("{name}-{last}").parse::<ProfileName>().ok();
    let made = own.as_ref().is_some_and(|own| {
        index
            .survey
            .profiles
            .iter()
            .any(|profile| profile.name.same_as(own))
    });
    if made {
        return format!("profile edit {name} --remove-connection {last}");
    }
    let own = own.map_or_else(|| "NAME".to_owned(), |name| name.to_string());
    let group = index
        .connection(last)
        .and_then(|connection| connection.group.as_ref());
    let group = group.map(|it| format!(" --group {it}")).unwrap_or_default();
    format!("profile add {own} --connection {last}{group}")
}

fn password(index: &Index<'_>, holder: &Holder) -> Option<Finding> {
    let PasswordUse { set_at, used_at } = holder.password?;
    let old = index.is_long_ago(used_at.unwrap_or(set_at));
    let message = match used_at {
        None => "its password was never used: remove it if tokens are enough",
        Some(_) if old => "its password was not used for three months: remove it",
        Some(_) => return None,
    };
    Some(Finding::new(
        Flaw::PasswordUnused,
        if old { Severity::Medium } else { Severity::Low },
        Subject::new("profile", &holder.name),
        message,
        format!("password clear {}", holder.name),
    ))
}
