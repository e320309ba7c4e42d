//! What is done to the store as a whole.

use hallpass::backend::memory::MemoryBackend;
use hallpass::backend::sqlite::OpenOptions;
use hallpass::backend::{Backend, Placement, Target};
use hallpass::barrier::{Acceptance, KdfLimits, NewSlot, Source, State};
use hallpass::crypto::Key;
use hallpass::ops::Core;
use hallpass::ops::store::{self, key};

use super::{Kit, Named, Said, said};
use crate::support::chance::Chance;

pub(super) const ALL: &[Named] = &[
    ("store::info", |mut core, _| {
        let info = store::info(&mut core, "store.db".into())?;
        said((info.census, info.keys))
    }),
    ("store::check", |mut core, _| {
        said(store::check(&mut core, &mut |_, _| ())?)
    }),
    ("store::clock_behind", |mut core, _| {
        said(store::clock_behind(&mut core)?)
    }),
    ("store::accept", |mut core, _| {
        said(store::accept(&mut core, Acceptance::Clock)?)
    }),
    ("store::back_up", |mut core, kit| {
        let path = kit.file("backup.db");
        said(store::back_up(
            &mut core,
            &path,
            &OpenOptions::default(),
            &mut |_| (),
        )?)
    }),
    ("store::remember_endings", |mut core, _| {
        let end = core.read(|r| Ok(r.log_head()))?;
        let after = core.read(|r| Ok(r.log_start()))?;
        assert_eq!(store::remember_endings(&mut core, &after)?, end);
        said(())
    }),
    ("store::preview_copy", |mut core, _| {
        let (target, state) = (MemoryBackend::new(), State::off());
        let target: Option<Box<dyn Backend>> = Some(Box::new(target));
        let what = elsewhere(Source::Moved, &state);
        said(store::preview_copy(
            &mut core,
            target,
            &what,
            &mut |_, _| (),
        )?)
    }),
    ("store::copy", |mut core, _| {
        let (target, state) = (Box::new(MemoryBackend::new()), State::off());
        let what = elsewhere(Source::Moved, &state);
        said(store::copy(&mut core, target, &what, &mut |_, _| ())?)
    }),
    ("store::copy kept", |mut core, _| {
        let (target, state) = (Box::new(MemoryBackend::new()), State::off());
        let what = elsewhere(Source::Kept, &state);
        said(store::copy(&mut core, target, &what, &mut |_, _| ())?)
    }),
    ("store::preview_acceptance", |mut core, _| {
        said(store::preview_acceptance(&mut core, Acceptance::Clock)?)
    }),
    ("store::preview", |core, kit| {
        drop(core);
        let (secret, limits) = (kit.past.secret(), KdfLimits::default());
        let backup = store::Backup {
            backend: (kit.again)()?,
            secret: &secret,
            limits,
        };
        let now = kit.past.context().clock.now();
        said(store::preview(backup, None, kit.state, now)?)
    }),
    ("store::restore", restored),
    ("store::key::list", |mut core, _| {
        said(key::list(&mut core)?)
    }),
    ("store::key::add", |mut core, _| {
        let new = Key::generate(&mut Chance::of(9)).unwrap();
        said(key::add(&mut core, &NewSlot::KeyFile(&new))?)
    }),
    ("store::key::remove", |mut core, _| {
        let slot = key::list(&mut core)?.pop().unwrap();
        said(key::remove(&mut core, &slot, None, &KdfLimits::default())?)
    }),
];

fn elsewhere(source: Source, state: &State) -> store::Copy<'_> {
    store::Copy {
        from: "here",
        to: "there",
        source,
        state,
    }
}

/// The file as a backup, put in the place of another store.
fn restored(core: Core, kit: &Kit<'_>) -> Said {
    drop(core);
    let (secret, path) = (kit.past.secret(), kit.file("restored.db"));
    let (options, limits) = (OpenOptions::default(), KdfLimits::default());
    let target = Target {
        path: &path,
        placement: Placement::Replace,
        options: &options,
    };
    let backup = store::Backup {
        backend: (kit.again)()?,
        secret: &secret,
        limits,
    };
    let context = kit.past.context();
    let done = store::restore(backup, None, &target, kit.state, context, &mut |_| ())?;
    said(done.1)
}
