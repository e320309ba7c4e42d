//! Findings on profiles.

use super::finding::{Finding, Flaw, Subject, few};
use super::survey::{Holder, PasswordUse};
use super::web::Web;
use crate::model::name::{ConnectionName, ProfileName};
use crate::model::severity::Severity;

pub(super) fn judge(web: &Web<'_>, holder: &Holder) -> Vec<Finding> {
    [reach(web, holder), password(web, holder)]
        .into_iter()
        .flatten()
        .collect()
}

/// One profile for each integration.
fn reach(web: &Web<'_>, holder: &Holder) -> Option<Finding> {
    let subject = Subject::new("profile", &holder.name);
    match holder.connections.as_deref() {
        None => Some(Finding::new(
            Flaw::ProfileUnrestricted,
            Severity::High,
            subject,
            "it may use any connection, including those added later: restrict it to the one it needs",
            naming(web, holder),
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
            splitting(web, holder, names),
        )),
        Some(_) => None,
    }
}

/// Names the connections that its tokens are for, or the only one there is.
fn naming(web: &Web<'_>, holder: &Holder) -> String {
    let mut names: Vec<_> = web
        .tokens_of(holder)
        .iter()
        .filter_map(|it| it.connection.as_ref())
        .collect();
    names.sort_by_cached_key(|it| it.canonical());
    names.dedup_by(|a, b| a.same_as(b));
    if let ([], [only]) = (names.as_slice(), web.survey.connections.as_slice()) {
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

/// What none of its tokens is for goes; then a profile is made for the last one that is in use, so
/// that nothing stops that works.
fn splitting(web: &Web<'_>, holder: &Holder, names: &[ConnectionName]) -> String {
    let Holder { name, .. } = holder;
    let unused = names.iter().filter(|it| !web.has_use(holder, it)).rev();
    let unused: Vec<_> = unused.take(names.len() - 1).collect();
    if !unused.is_empty() {
        let options = unused.iter().map(|it| format!(" --remove-connection {it}"));
        return format!("profile edit {name}{}", options.collect::<String>());
    }
    let Some(last) = names.last() else {
        return String::new();
    };
    let own = format!("{name}-{last}").parse::<ProfileName>().ok();
    let made = own
        .as_ref()
        .is_some_and(|own| web.survey.profiles.iter().any(|it| it.name.same_as(own)));
    if made {
        return format!("profile edit {name} --remove-connection {last}");
    }
    let own = own.map_or_else(|| "NAME".to_owned(), |it| it.to_string());
    let group = web.connection(last).and_then(|it| it.group.as_ref());
    let group = group.map(|it| format!(" --group {it}")).unwrap_or_default();
    format!("profile add {own} --connection {last}{group}")
}

fn password(web: &Web<'_>, holder: &Holder) -> Option<Finding> {
    let PasswordUse { set_at, used_at } = holder.password?;
    let old = web.is_long_ago(used_at.unwrap_or(set_at));
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
