//! Where new secrets go, and the order in which they get there (store.md 10).

use std::io;

use zeroize::Zeroizing;

use super::handover::{Handover, UNDELIVERED, deliver_undoing, undelivered};
use super::occupant::{Owner, prepare};
use super::pending::{activate, deadline, standing, undo};
use super::revoke::revoke_undelivered;
use super::target::by_id;
use super::{Issued, Summary};
use crate::barrier::Writer;
use crate::error::{Error, Result};
use crate::model::id::{RecordId, TokenId};
use crate::model::name::ProfileName;
use crate::model::time::Time;
use crate::model::token::{Token, TokenRecord, TokenState};
use crate::ops::Core;
use crate::secret::SecretText;

/// A place that takes its time: a file, a program. What it is given is good only once it has it.
pub trait Sink {
    /// How long a delivery may take, in seconds.
    fn patience(&self) -> u32;

    /// What people call it: "`token.txt`".
    fn called(&self) -> String;

    /// What it holds now where the secret is to go, and nothing beside it; `None` if there is
    /// nothing, or nothing that can be read.
    fn content(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>>;

    /// The token it holds now, if it can be read and holds one.
    fn held(&mut self) -> io::Result<Option<Token>> {
        let content = self.content()?;
        let text = content.as_ref().and_then(|it| std::str::from_utf8(unmarked(it)).ok());
        Ok(text.and_then(|text| Token::parse(text).ok()))
    }

    /// Whether the caller has said that whatever it holds may be replaced.
    fn overwrites(&self) -> bool {
        false
    }

    /// Whether it can be seen what it holds.
    fn can_be_read(&self) -> bool {
        true
    }

    /// Sees whether it could take a secret. Nothing is made yet.
    fn ready(&mut self) -> io::Result<()>;

    /// Delivers a secret in the place of `held`, which is what [`Self::content`] has returned; if it
    /// holds something else by now, that stays, and is an error. No lock of the store is held: it may
    /// use the store itself.
    fn deliver(&mut self, secret: &SecretText, held: Option<&[u8]>) -> io::Result<()>;

    /// Gives it back what it held before, after a delivery that came to nothing, or to half.
    fn put_back(&mut self) -> io::Result<()>;
}

/// What a sink holds without the byte order mark that an editor may have put before it.
pub(super) fn unmarked(content: &[u8]) -> &[u8] {
    content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(content)
}

/// How a new secret is delivered.
pub enum Delivery<'a, New = Issued> {
    /// In the transaction that makes it: to standard output, or a descriptor.
    AtOnce(&'a mut dyn Handover<New>),
    /// In between two: to whatever may be slow.
    Pending(&'a mut dyn Sink),
}

impl<New> Delivery<'_, New> {
    /// Sees whether a secret of that profile could be delivered.
    pub(in crate::ops) fn ready(&mut self, core: &mut Core, owner: &ProfileName) -> Result<()> {
        match self {
            Self::AtOnce(handover) => handover.ready().map_err(|source| undelivered(None, source)),
            Self::Pending(sink) => prepare(core, &mut **sink, Owner::Named(owner)).map(drop),
        }
    }
}

impl<'a, New, H: Handover<New>> From<&'a mut H> for Delivery<'a, New> {
    fn from(handover: &'a mut H) -> Self {
        Self::AtOnce(handover)
    }
}

/// What a pending token brings with it, step by step; each is part of a transaction.
pub(in crate::ops) trait Course {
    /// Whose it is.
    fn owner(&self) -> Owner<'_>;

    /// Makes it, pending until then.
    fn make(&mut self, w: &mut Writer<'_>, until: Time) -> Result<Issued>;

    /// What else happens when it becomes good.
    fn switch(&mut self, _: &mut Writer<'_>, _: RecordId, _: &TokenRecord) -> Result<()> {
        Ok(())
    }

    /// What else goes when it was not delivered.
    fn undo(&mut self, _: &mut Writer<'_>) -> Result<()> {
        Ok(())
    }
}

/// Makes a token that comes with a change of something else, and delivers it. `make` is told until
/// when it is pending, if it is, and lets its record name what goes back with it; `undo` is what goes
/// back with a token that was good already and is revoked again; it is told how that one was.
pub(in crate::ops) fn deliver_with(
    core: &mut Core,
    to: Delivery<'_>,
    owner: &ProfileName,
    mut make: impl FnMut(&mut Writer<'_>, Option<Time>) -> Result<Issued>,
    undo: impl FnOnce(&mut Writer<'_>, &TokenRecord) -> Result<()>,
) -> Result<Issued> {
    match to {
        Delivery::AtOnce(handover) => {
            let undo = |w: &mut Writer<'_>, id| {
                let Some((_, token)) = by_id(w, id)? else { return Ok(()) };
                revoke_undelivered(w, id)?;
                undo(w, &token)
            };
            deliver_undoing(core, handover, |w| Ok(((), make(w, None)?)), undo).map(|it| it.1)
        }
        Delivery::Pending(sink) => deliver_pending(core, sink, &mut Made { owner, make }),
    }
}

/// A token that is made so, and with which nothing else comes.
struct Made<'a, M> {
    owner: &'a ProfileName,
    make: M,
}

impl<M> Course for Made<'_, M>
where
    M: FnMut(&mut Writer<'_>, Option<Time>) -> Result<Issued>,
{
    fn owner(&self) -> Owner<'_> {
        Owner::Named(self.owner)
    }

    fn make(&mut self, w: &mut Writer<'_>, until: Time) -> Result<Issued> {
        (self.make)(w, Some(until))
    }
}

/// Makes a pending token, delivers it, and lets it be good; whatever fails, it never is.
pub(in crate::ops) fn deliver_pending(
    core: &mut Core,
    sink: &mut dyn Sink,
    course: &mut dyn Course,
) -> Result<Issued> {
    let found = prepare(core, sink, course.owner())?;
    let until = deadline(core.now(), sink.patience());
    let mut issued = core.write(|w| course.make(w, until))?;
    issued.replaced = found.occupant;
    let id = issued.summary.id;
    if let Err(source) = sink.deliver(&issued.secret, found.content()) {
        discard(core, id, course);
        return Err(put_back(sink, source));
    }
    match core.write(|w| activate(w, id, |w, place, token| course.switch(w, place, token))) {
        Ok(Some(summary)) => issued.summary = summary,
        Ok(None) => {
            discard(core, id, course);
            let meanwhile = "it took too long, or was taken back meanwhile";
            return Err(put_back(sink, io::Error::other(meanwhile)));
        }
        Err(failure) => issued.summary = after_failure(core, sink, course, id, failure)?,
    }
    Ok(issued)
}

/// A commit that failed may have taken effect all the same: then the token is good, and its sink has
/// it. Where that cannot be seen, the sink keeps it too: what is pending there never becomes good,
/// unless the call is repeated.
fn after_failure(
    core: &mut Core,
    sink: &mut dyn Sink,
    course: &mut dyn Course,
    id: TokenId,
    failure: Error,
) -> Result<Summary> {
    let now = core.now();
    match core.read(|r| standing(r, id, now)) {
        Ok(Some(token)) if token.state != TokenState::Pending => Ok(token),
        Ok(_) => {
            discard(core, id, course);
            Err(match failure {
                refused @ Error::Refused(_) => put_back_refused(sink, refused),
                failure => put_back(sink, io::Error::other(failure)),
            })
        }
        Err(_) => Err(failure),
    }
}

/// Takes back what was not delivered.
pub(super) fn discard(core: &mut Core, id: TokenId, course: &mut dyn Course) {
    let done = core.write(|w| {
        let pending = match by_id(w, id)? {
            Some((place, token)) if token.pending.is_some() => {
                undo(w, place, UNDELIVERED)?;
                true
            }
            found => found.is_none(),
        };
        if pending {
            course.undo(w)?;
        }
        Ok(pending)
    });
    if let Ok(false) = done {
        // A second call has found it in the sink before the sink failed.
        drop(core.write(|w| revoke_undelivered(w, id)));
    }
    // What could not be removed is not good either, and is swept when its time is over.
}

/// Gives a sink back what it held; says why that was needed.
pub(in crate::ops) fn put_back(sink: &mut dyn Sink, source: io::Error) -> Error {
    match sink.put_back() {
        Ok(()) => undelivered(None, source),
        Err(again) => not_back(&source, &again),
    }
}

/// As [`put_back`], of a secret that a rule forbids by now: the rule is the error.
fn put_back_refused(sink: &mut dyn Sink, refused: Error) -> Error {
    match sink.put_back() {
        Ok(()) => refused,
        // Somebody has to see to the place, whatever it was that went wrong first.
        Err(again) => not_back(&io::Error::other(refused), &again),
    }
}

fn not_back(source: &io::Error, again: &io::Error) -> Error {
    let both = format!("{source}; and what was there before is not back: {again}");
    undelivered(None, io::Error::new(source.kind(), both))
}
