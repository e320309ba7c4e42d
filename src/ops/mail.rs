//! Mail settings: how mail is sent.
//!
//! ```
//! use hallpass::ops::{Core, mail};
//!
//! # fn example(core: &mut Core) -> hallpass::Result<()> {
//! let shown = mail::show(core)?;
//! println!("{} settings, {} mails queued", shown.settings.len(), shown.waiting);
//! # Ok(())
//! # }
//! ```

use serde::{Serialize, Serializer};

use crate::barrier::{List, Reader, Unique, Writer};
use crate::core::Core;
use crate::error::{Error, Refusal, Result};
use crate::mail::{Mailer, SPEAKS_SMTP, trial};
use crate::model::audit::{Action, Outcome};
use crate::model::email::EmailAddress;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::mail::{Authorities, MailPassword, MailSettings, Sender, Transport};
use crate::model::name::EnvironmentName;
use crate::model::time::Time;
use crate::ops::records::journal::{self, LogFacts};
use crate::ops::records::lookup;
use crate::ops::records::mail_settings::{own, remove_settings, settings_for};

/// New mail settings.
#[derive(Debug)]
pub struct Draft {
    /// The transport.
    pub transport: Transport,
    /// The sender.
    pub from: Sender,
    /// The password for the user in the transport's URL.
    pub password: Option<MailPassword>,
    /// The certificates that alone authenticate the server; the system's authorities if absent.
    pub authorities: Option<Authorities>,
}

impl Draft {
    /// The settings, not assigned to an environment yet.
    fn settings(self, updated_at: Time) -> MailSettings {
        let Self {
            transport,
            from,
            password,
            authorities,
        } = self;
        MailSettings {
            transport,
            from,
            password,
            authorities,
            environment: None,
            updated_at,
        }
    }
}

/// Mail settings, as displayed; never the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The environment they are for; `None` for all without settings of their own.
    pub environment: Option<EnvironmentName>,
    /// The transport.
    #[serde(serialize_with = "as_typed")]
    pub transport: Transport,
    /// The protection of the connection to a server.
    pub security: Option<&'static str>,
    /// The sender.
    pub from: Sender,
    /// Whether there is a password.
    pub has_password: bool,
    /// The number of certificates that alone authenticate the server; 0 for the system's
    /// authorities.
    pub authorities: usize,
    /// When they were last set.
    pub updated_at: Time,
}

/// All mail settings and the number of queued mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// All settings: the general ones first, then by environment.
    pub settings: Vec<Summary>,
    /// The number of queued mails.
    pub waiting: u64,
}

impl Shown {
    /// The general settings.
    pub fn general(&self) -> Option<&Summary> {
        self.settings
            .iter()
            .find(|summary| summary.environment.is_none())
    }

    /// The settings of this environment itself.
    pub fn of(&self, name: &EnvironmentName) -> Option<&Summary> {
        let is_its = |summary: &&Summary| {
            summary
                .environment
                .as_ref()
                .is_some_and(|own| own.canonical() == name.canonical())
        };
        self.settings.iter().find(is_its)
    }
}

/// The result of a test mail that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tested {
    /// The recipient.
    pub to: EmailAddress,
    /// The environment whose settings were used; `None` for the general ones.
    pub environment: Option<EnvironmentName>,
    /// The transport.
    #[serde(serialize_with = "as_typed")]
    pub transport: Transport,
    /// The server's answer, verbatim.
    pub answer: Option<String>,
}

/// Sets the mail transport, for one environment or for all without settings of their own. A
/// transport that does not work is refused.
///
/// # Errors
///
/// There is no environment of that name; the parts of the settings do not fit together; or the
/// transport does not work now.
pub fn set(
    core: &mut Core,
    mailer: &mut dyn Mailer,
    environment: Option<&EnvironmentName>,
    draft: Draft,
) -> Result<Summary> {
    let Draft {
        transport,
        from,
        password,
        authorities,
    } = draft;
    ensure_fitting(&transport, password.as_ref(), authorities.as_ref())?;
    // The transport may create a folder: not for an environment that does not exist, and not while
    // others wait for the store.
    core.read(|r| owner(r, environment))?;
    mailer
        .ready(&transport)
        .map_err(|error| Refusal::State(error.to_string()))?;
    let mut settings = Draft {
        transport,
        from,
        password,
        authorities,
    }
    .settings(core.now());
    core.write(|w| set_within(w, environment, &mut settings))
}

/// The settings as [`set`] would leave them. The transport is not tested: that may create a folder.
///
/// # Errors
///
/// As [`set`], except for the test of the transport.
pub fn preview_set(
    core: &mut Core,
    environment: Option<&EnvironmentName>,
    draft: Draft,
) -> Result<Summary> {
    ensure_fitting(
        &draft.transport,
        draft.password.as_ref(),
        draft.authorities.as_ref(),
    )?;
    let mut settings = draft.settings(core.now());
    core.rehearse(|w| set_within(w, environment, &mut settings))
}

fn set_within(
    w: &mut Writer<'_>,
    environment: Option<&EnvironmentName>,
    settings: &mut MailSettings,
) -> Result<Summary> {
    let owner = owner(w, environment)?;
    settings.environment = owner;
    settings.updated_at = w.now();
    let before = own(w, owner)?;
    let old = before.as_ref().map(|(_, settings)| settings);
    let facts = changes(old, settings);
    let id = if let Some((id, _)) = before {
        id
    } else {
        let id = w.fresh_id()?;
        w.index(Unique::Mail(owner), id)?;
        id
    };
    w.put(id, settings)?;
    w.audit(
        Action::MailSet,
        journal::mail(owner, environment),
        facts.into(),
    )?;
    Ok(summary(environment, settings))
}

/// The audit facts about new settings: their values before and after; of a password only that it is
/// set.
fn changes(old: Option<&MailSettings>, new: &MailSettings) -> LogFacts {
    let mut facts = LogFacts::new().with("password", new.password.as_ref().map(|_| "set"));
    facts.change(
        "transport",
        old.map(|settings| &settings.transport),
        Some(&new.transport),
    );
    facts.change(
        "security",
        old.and_then(|settings| security(&settings.transport)),
        security(&new.transport),
    );
    facts.change("from", old.map(|settings| &settings.from), Some(&new.from));
    let count = |authorities: Option<&Authorities>| authorities.map_or(0, Authorities::count);
    let trusted = old.map(|settings| count(settings.authorities.as_ref()));
    facts.change(
        "authorities",
        trusted,
        Some(count(new.authorities.as_ref())),
    );
    facts
}

/// Removes mail settings; returns what they were.
///
/// # Errors
///
/// There is no environment of that name.
pub fn clear(core: &mut Core, environment: Option<&EnvironmentName>) -> Result<Option<Summary>> {
    let there = core.read(|r| {
        let owner = owner(r, environment)?;
        Ok(own(r, owner)?.is_some())
    })?;
    if !there {
        return Ok(None);
    }
    core.write(|w| {
        let owner = owner(w, environment)?;
        let removed = remove_settings(w, owner, environment)?;
        Ok(removed.map(|settings| summary(environment, &settings)))
    })
}

/// All mail settings, and the number of queued mails.
///
/// # Errors
///
/// As [`Core::read`].
pub fn show(core: &mut Core) -> Result<Shown> {
    core.read(|r| {
        let mut named: Vec<_> = lookup::all::<Environment>(r, List::Environments)?
            .into_iter()
            .map(|(id, environment)| (Some(id), Some(environment.name)))
            .collect();
        named.sort_by_cached_key(|(_, name)| name.as_ref().map(EnvironmentName::canonical));
        let mut settings = Vec::new();
        for (owner, name) in std::iter::once((None, None)).chain(named) {
            let found = own(r, owner)?;
            settings.extend(found.map(|(_, settings)| summary(name.as_ref(), &settings)));
        }
        Ok(Shown {
            settings,
            waiting: r.count(List::Outbox)?,
        })
    })
}

/// Sends a test mail with the general settings, or with those that apply to an environment. Without
/// `to`, the sender's own address receives it. The outcome is logged.
///
/// # Errors
///
/// There is no environment of that name; no mail is configured; or the mail was not accepted, or
/// may not have been.
pub fn test(
    core: &mut Core,
    mailer: &mut dyn Mailer,
    environment: Option<&EnvironmentName>,
    to: Option<&EmailAddress>,
) -> Result<Tested> {
    // A write transaction, although nothing is written yet: mail that cannot be logged is not sent.
    let (message_id, to, settings) = core.write(|w| {
        let owner = owner(w, environment)?;
        let settings = match owner {
            Some(id) => settings_for(w, id)?,
            None => own(w, None)?.map(|(_, settings)| settings),
        };
        let none = || Refusal::NoMail {
            environment: environment.cloned(),
        };
        let settings = settings.ok_or_else(none)?;
        let to = to.unwrap_or(settings.from.address()).clone();
        Ok((RecordId::generate(w.entropy())?, to, settings))
    })?;
    let message = trial::message(message_id.to_string(), to, core.now());
    let tried = mailer.attempt(&settings, &message);
    let environment = settings.environment.and(environment);
    let (outcome, cause) = match &tried {
        Ok(_) => (Outcome::Done, None),
        Err(failure) => (Outcome::Failed, Some(failure.to_string())),
    };
    let facts = LogFacts::new()
        .with("to", Some(&message.to))
        .with("transport", Some(&settings.transport))
        .with("cause", cause);
    let object = journal::mail(settings.environment, environment);
    let logged = core.write(|w| {
        w.audit_outcome(
            Action::MailTest,
            outcome,
            object.clone(),
            facts.clone().into(),
        )
    });
    // The first error is reported.
    let answer = tried.map_err(Error::NotSent)?;
    logged?;
    Ok(Tested {
        to: message.to.clone(),
        environment: environment.cloned(),
        transport: settings.transport,
        answer,
    })
}

pub(in crate::ops) fn owner(
    r: &mut Reader<'_>,
    environment: Option<&EnvironmentName>,
) -> Result<Option<RecordId>> {
    environment
        .map(|name| Ok(lookup::named::<Environment>(r, name)?.0))
        .transpose()
}

/// A user requires a password and vice versa; certificates require TLS.
fn ensure_fitting(
    transport: &Transport,
    password: Option<&MailPassword>,
    authorities: Option<&Authorities>,
) -> Result<()> {
    let refuse = |why: &str| Err(Refusal::State(why.to_owned()).into());
    let server = transport.server();
    if server.is_some() && !SPEAKS_SMTP {
        return refuse("this hallpass was built without mail servers (feature `smtp`)");
    }
    match (server.and_then(|server| server.user.as_ref()), password) {
        (Some(_), None) => return refuse("a user name needs a password"),
        (None, Some(_)) => return refuse("a password needs a user name in the URL"),
        _ => {}
    }
    if authorities.is_some() && matches!(security(transport), None | Some("none")) {
        return refuse("certificates need an encrypted connection to a mail server");
    }
    Ok(())
}

pub(in crate::ops) fn summary(
    environment: Option<&EnvironmentName>,
    settings: &MailSettings,
) -> Summary {
    let MailSettings {
        transport,
        from,
        password,
        authorities,
        environment: _,
        updated_at,
    } = settings;
    Summary {
        environment: environment.cloned(),
        security: security(transport),
        transport: transport.clone(),
        from: from.clone(),
        has_password: password.is_some(),
        authorities: authorities.as_ref().map_or(0, Authorities::count),
        updated_at: *updated_at,
    }
}

fn security(transport: &Transport) -> Option<&'static str> {
    transport.server().map(|server| server.security.word())
}

fn as_typed<S: Serializer>(transport: &Transport, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(transport)
}
