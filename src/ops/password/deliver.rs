//! Delivers a generated password, or keeps the old one valid.

use std::io;

use super::budget;
use super::current::{is_set, still_there};
use super::generate::generate;
use super::set::{self, prepare_for};
use crate::barrier::Writer;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::audit::{Action, Outcome};
use crate::model::id::RecordId;
use crate::model::name::ProfileName;
use crate::model::password::Password;
use crate::model::profile::{Failures, Profile};
use crate::ops::delivery::{
    DeferredSink, Delivery, ImmediateSink, not_committed, prepare, restore_after, undelivered,
};
use crate::ops::records::generated_password::remember;
use crate::ops::records::journal::{self, LogFacts};
use crate::ops::records::lookup;
use crate::ops::records::occupant::{Occupant, SinkOwner};
use crate::secret::SecretText;

/// A generated password; its text is available only here.
#[derive(Debug)]
pub struct Generated {
    /// The profile.
    pub profile: ProfileName,
    /// The password.
    pub password: SecretText,
    /// The content of the sink that was replaced, if any.
    pub replaced: Option<Occupant>,
}

/// The state before a generated password was set.
struct Before {
    id: RecordId,
    password: Option<Password>,
    failures: Failures,
}

/// Sets a generated password and delivers it; after any failure, the old one stays valid.
///
/// A password cannot be pending. A deferred sink receives the new one before it is set; if it is
/// not set in the end, the sink is restored. That it was generated is recorded first, so that a
/// call which is repeated after a kill recognizes what the sink holds.
///
/// # Errors
///
/// There is no profile of that name, or the password could not be delivered: then the old one stays
/// valid. If it could not be restored, the error reports that.
pub fn set_generated<'a>(
    core: &mut Core,
    name: &ProfileName,
    to: impl Into<Delivery<'a, Generated>>,
) -> Result<Generated> {
    match to.into() {
        Delivery::Immediate(sink) => set_at_once(core, name, sink),
        Delivery::Deferred(sink) => set_afterwards(core, name, sink),
    }
}

/// What a generated password would replace in its sink. Changes nothing.
///
/// # Errors
///
/// There is no profile of that name; the sink cannot take a secret, or its content may not be
/// replaced.
pub fn replaces(
    core: &mut Core,
    name: &ProfileName,
    sink: &mut dyn DeferredSink,
) -> Result<Option<Occupant>> {
    core.read(|r| lookup::named::<Profile>(r, name).map(drop))?;
    Ok(prepare(core, sink, SinkOwner::Named(name))?.occupant)
}

fn set_afterwards(
    core: &mut Core,
    name: &ProfileName,
    sink: &mut dyn DeferredSink,
) -> Result<Generated> {
    core.read(|r| lookup::named::<Profile>(r, name).map(drop))?;
    let found = prepare(core, sink, SinkOwner::Named(name))?;
    let profile = name.clone();
    let replaced = found.occupant;
    let new = Generated {
        profile,
        password: generate(core)?,
        replaced,
    };
    let (id, prepared) = prepare_for(core, name, &new.password)?;
    core.write(|w| {
        let mut profile = still_there(w, id, name)?;
        remember(w, id, &mut profile, &new.password)?;
        w.put(id, &profile)?;
        w.audit(
            Action::PasswordGenerate,
            journal::profile(id, &profile),
            LogFacts::new().into(),
        )
    })?;
    if let Err(source) = sink.deliver(&new.password, found.content()) {
        return Err(restore_after(sink, source));
    }
    let written = core.write(|w| {
        let mut profile = still_there(w, id, name)?;
        profile.password = Some(Password {
            set_at: w.now(),
            ..prepared.clone()
        });
        set::store(w, id, &mut profile, Action::PasswordSet)
    });
    let Err(failure) = written else {
        return Ok(new);
    };
    // A failed commit may have taken effect after all. Where that cannot be determined, the sink
    // keeps the new password: it may be the only copy.
    match core.read(|r| r.require::<Profile>(id)) {
        Ok(profile) if is_set(&profile, &prepared) => Ok(new),
        Ok(_) => Err(restore_after(sink, io::Error::other(failure))),
        Err(_) => Err(failure),
    }
}

fn set_at_once(
    core: &mut Core,
    name: &ProfileName,
    sink: &mut dyn ImmediateSink<Generated>,
) -> Result<Generated> {
    sink.ready().map_err(|source| undelivered(None, source))?;
    let new = Generated {
        profile: name.clone(),
        password: generate(core)?,
        replaced: None,
    };
    let (id, prepared) = prepare_for(core, name, &new.password)?;
    let mut before = None;
    let change = |w: &mut Writer<'_>| {
        let mut profile = still_there(w, id, name)?;
        let password = profile.password.replace(Password {
            set_at: w.now(),
            ..prepared.clone()
        });
        before = Some(Before {
            id,
            password,
            failures: profile.failures,
        });
        remember(w, id, &mut profile, &new.password)?;
        set::store(w, id, &mut profile, Action::PasswordSet)
    };
    let written = core.write_then(change, |()| {
        sink.offer(&new).map_err(|source| undelivered(None, source))
    });
    match (written, before) {
        (Ok(()), Some(before)) => match sink.finish() {
            Ok(()) => Ok(new),
            Err(source) => Err(restore(core, name, before, &prepared, source)),
        },
        (Ok(()), None) => Err(Error::Bug("a password was set that took no place")),
        (Err(failure), Some(before)) => Err(after_failure(core, name, before, &prepared, failure)),
        (Err(failure), None) => Err(failure),
    }
}

/// A failed commit may have taken effect after all. If it has, the change is rolled back.
fn after_failure(
    core: &mut Core,
    name: &ProfileName,
    before: Before,
    new: &Password,
    failure: Error,
) -> Error {
    match core.read(|r| r.require::<Profile>(before.id)) {
        Ok(profile) if is_set(&profile, new) => {
            restore(core, name, before, new, io::Error::other(failure))
        }
        Ok(_) | Err(_) => not_committed(failure),
    }
}

/// Restores the old password, unless another one was set meanwhile.
fn restore(
    core: &mut Core,
    name: &ProfileName,
    before: Before,
    new: &Password,
    source: io::Error,
) -> Error {
    let Before {
        id,
        password,
        failures,
    } = before;
    let done = core.write(|w| {
        let mut profile: Profile = w.require(id)?;
        if !is_set(&profile, new) {
            return Ok(());
        }
        profile.password.clone_from(&password);
        profile.failures = budget::together(failures, profile.failures);
        profile.updated_at = w.now();
        w.put(id, &profile)?;
        let facts = LogFacts::new().with("reason", Some("could not be delivered"));
        let object = journal::profile(id, &profile);
        w.audit_outcome(
            Action::PasswordUndo,
            Outcome::Undelivered,
            object,
            facts.into(),
        )
    });
    match done {
        Ok(()) => undelivered(None, source),
        Err(failure) => Error::StillSet {
            profile: name.clone(),
            source: Box::new(failure),
        },
    }
}
