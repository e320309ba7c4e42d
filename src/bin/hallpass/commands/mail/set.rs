//! `hallpass mail set`.

use hallpass::Kind;
use hallpass::files::trust::{INSTRUCTIONS, PASSPHRASE};
use hallpass::model::mail::{Authorities, MailPassword, Transport};
use hallpass::model::name::EnvironmentName;
use hallpass::ops::mail::{self, Draft};

use crate::cli::input::Input;
use crate::cli::mail::Set;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Configures outgoing mail.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Set) -> Result<(), Failure> {
    let Set {
        transport,
        from,
        password_file,
        ca_file,
        insecure_plain,
        environment,
        dry_run,
    } = args;
    let transport = if insecure_plain {
        transport.insecure_plain()?
    } else {
        transport
    };
    let core = session.core(ui)?;
    let password = password(ui, &transport, password_file.as_ref())?;
    let authorities = ca_file
        .as_ref()
        .map(|file| authorities(ui, file))
        .transpose()?;
    let draft = Draft {
        transport,
        from,
        password,
        authorities,
    };
    if dry_run {
        let previewed = mail::preview_set(core, environment.as_ref(), draft)?;
        ui.show(&previewed)?;
        ui.note("nothing was changed");
        return Ok(());
    }
    let set = mail::set(core, &mut ui.mailer(), environment.as_ref(), draft)?;
    let whose = match &environment {
        Some(name) => format!(" for environment `{name}`"),
        None => String::new(),
    };
    ui.note(format!("mail{whose} is sent by {}", set.transport));
    ui.note(format!(
        "test it: hallpass mail test{}",
        option(environment.as_ref())
    ));
    ui.record(&set)
}

fn option(environment: Option<&EnvironmentName>) -> String {
    environment
        .map(|name| format!(" --environment {name}"))
        .unwrap_or_default()
}

fn password(
    ui: &mut Ui,
    transport: &Transport,
    file: Option<&Input>,
) -> Result<Option<MailPassword>, Failure> {
    let user = transport.server().and_then(|server| server.user.as_ref());
    let text = match (file, user) {
        (Some(file), _) => ui.read(file, "the password", PASSPHRASE)?,
        (None, Some(user)) => ui.secret(
            &format!("Password of {user} on the mail server"),
            Kind::Usage,
            "`--password-file FILE`",
        )?,
        (None, None) => return Ok(None),
    };
    Ok(Some(text.expose().parse()?))
}

fn authorities(ui: &mut Ui, file: &Input) -> Result<Authorities, Failure> {
    Ok(ui
        .read(file, "the certificate file", INSTRUCTIONS)?
        .expose()
        .parse()?)
}
