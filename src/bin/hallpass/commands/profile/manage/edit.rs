//! The submenu that edits a profile, one property at a time.

use hallpass::model::email::EmailAddress;
use hallpass::model::name::{ConnectionName, GroupName, ProfileName};
use hallpass::model::text::FreeText;
use hallpass::ops::connection;
use hallpass::ops::profile::{self, Summary};

use super::menu::Menu;
use crate::failure::Failure;
use crate::prompt;

const THINGS: [&str; 7] = [
    "E-mail address",
    "Description",
    "Allowed connections",
    "Allow any connection",
    "Groups",
    "Name",
    "Reset failed password attempts",
];

/// Asks which property to change and how, and changes it.
pub(super) fn choose(menu: &mut Menu<'_>, name: &mut ProfileName) -> Result<(), Failure> {
    let Some(thing) = prompt::choose("Edit what?", &THINGS.map(str::to_owned))? else {
        return Ok(());
    };
    let now = profile::show(menu.session.core(menu.ui)?, name)?;
    let mut renamed = None;
    let options = match thing {
        0 => clearable::<EmailAddress>("--email", "New e-mail address")?,
        1 => clearable::<FreeText>("--description", "New description")?,
        2 => connections(menu, &now)?,
        3 => vec!["--any-connection".to_owned()],
        4 => groups(&now)?,
        5 => {
            renamed = prompt::line("New name (Enter to keep it)")?;
            renamed
                .iter()
                .map(|new| format!("--rename={new}"))
                .collect()
        }
        _ => vec!["--unlock".to_owned()],
    };
    if options.is_empty() {
        menu.ui.note("nothing was changed");
        return Ok(());
    }
    let words = ["profile", "edit", name.as_str()].into_iter();
    let words: Vec<_> = words.chain(options.iter().map(String::as_str)).collect();
    menu.command(&words)?;
    if let Some(new) = renamed {
        *name = new.parse()?;
    }
    Ok(())
}

/// Asks for a new text, or `-` to clear it.
fn clearable<T: std::str::FromStr<Err = hallpass::model::invalid::Invalid>>(
    name: &str,
    what: &str,
) -> Result<Vec<String>, Failure> {
    let question = format!("{what} (Enter to keep it, - to remove it)");
    let Some(text) = prompt::line(&question)? else {
        return Ok(Vec::new());
    };
    if text == "-" {
        return Ok(vec![format!("{name}=")]);
    }
    text.parse::<T>()?;
    Ok(vec![format!("{name}={text}")])
}

fn connections(menu: &mut Menu<'_>, now: &Summary) -> Result<Vec<String>, Failure> {
    let all = connection::list(menu.session.core(menu.ui)?)?;
    if all.is_empty() {
        let none = Failure::usage("there are no connections yet");
        return Err(none.command("connection add NAME"));
    }
    let allowed: &[ConnectionName] = now.connections.as_deref().unwrap_or_default();
    let is_allowed = |name: &ConnectionName| allowed.iter().any(|it| it.same_as(name));
    let items: Vec<_> = all
        .iter()
        .map(|it| (it.name.to_string(), is_allowed(&it.name)))
        .collect();
    let question = "Allowed connections";
    let Some(chosen) = prompt::choose_several(question, &items)? else {
        return Ok(Vec::new());
    };
    let changes = items.iter().enumerate().filter_map(|(at, (name, is_so))| {
        match (chosen.contains(&at), is_so) {
            (true, false) => Some(format!("--add-connection={name}")),
            (false, true) => Some(format!("--remove-connection={name}")),
            _ => None,
        }
    });
    Ok(changes.collect())
}

fn groups(now: &Summary) -> Result<Vec<String>, Failure> {
    let question = match now.groups.as_slice() {
        [] => "Groups, separated by spaces (Enter for none)".to_owned(),
        groups => {
            let names: Vec<_> = groups.iter().map(ToString::to_string).collect();
            let names = names.join(" ");
            format!("Groups, separated by spaces, now {names} (Enter to keep them, - for none)")
        }
    };
    let Some(text) = prompt::line(&question)? else {
        return Ok(Vec::new());
    };
    let words = text.split_whitespace().filter(|word| *word != "-");
    let wanted = words
        .map(str::parse)
        .collect::<Result<Vec<GroupName>, _>>()?;
    let lacks = |list: &[GroupName], name: &GroupName| !list.iter().any(|it| it.same_as(name));
    let added = wanted.iter().filter(|it| lacks(&now.groups, it));
    let removed = now.groups.iter().filter(|it| lacks(&wanted, it));
    let added = added.map(|name| format!("--add-group={name}"));
    Ok(added
        .chain(removed.map(|name| format!("--remove-group={name}")))
        .collect())
}
