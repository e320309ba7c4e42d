//! A store in one file: opening, copying, publishing.

use std::path::Path;

use rusqlite::backup::{Backup, StepResult};

use super::draft::{Draft, after_rename, lock};
use super::fault::sqlite;
use super::identity::Identity;
use super::link::{Link, Use};
use super::schema;
use super::store_file::StoreFile;
use super::transaction::SqliteTransaction;
use crate::backend::options::{Journal, OpenOptions};
use crate::backend::{
    Backend, Claim, Fault, FileStore, Mode, Placement, Progress, Target, Transaction, Version,
};

/// Pages copied between two progress reports: 1 MiB.
const PAGES_PER_STEP: i32 = 256;

/// A store in one `SQLite` file.
pub struct SqliteBackend {
    // Closed before the draft removes its file.
    link: Link,
    store_file: StoreFile,
    identity: Identity,
    options: OpenOptions,
    draft: Option<Draft>,
}

impl SqliteBackend {
    /// Opens the store `path` after checking the folder, the file and its sidecars.
    ///
    /// Nothing is read from it yet. Each transaction compares the schema first; the first one must
    /// call [`Transaction::check_shape`].
    ///
    /// # Errors
    ///
    /// [`Fault::Missing`] if there is no store, and every reason why it is unsafe or unusable.
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Self, Fault> {
        let store_file = StoreFile::find(path, options)?;
        let checked = store_file.check()?;
        let link = Link::open(&store_file.path(), Use::Store(checked.access), options)?;
        store_file.ensure_same(checked.identity)?;
        Ok(Self {
            link,
            store_file,
            identity: checked.identity,
            options: options.clone(),
            draft: None,
        })
    }

    /// Creates a store as a draft with empty tables; [`Backend::publish`] makes it visible at
    /// `path`. Missing folders are created for the owner only.
    ///
    /// # Errors
    ///
    /// [`Fault::Unsafe`] if the folder is not private, and those of the storage.
    pub fn create(path: &Path, options: &OpenOptions) -> Result<Self, Fault> {
        let draft = Draft::start(path, Placement::New, options)?;
        let link = Link::open(&draft.store_file().path(), Use::Draft, options)?;
        schema::create(&link.connection)?;
        Self::drafted(link, draft, options)
    }

    fn drafted(link: Link, draft: Draft, options: &OpenOptions) -> Result<Self, Fault> {
        let store_file = StoreFile::find(&draft.store_file().path(), options)?;
        let identity = store_file.check()?.identity;
        Ok(Self {
            link,
            store_file,
            identity,
            options: options.clone(),
            draft: Some(draft),
        })
    }

    /// Copies page by page within one snapshot, so that other writers do not wait and do not
    /// restart the copy.
    fn copy_pages(
        &mut self,
        copy: &mut Link,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), Fault> {
        let snapshot = SqliteTransaction::begin(&mut self.link, &self.store_file, Mode::Read)?;
        snapshot.check_shape()?;
        let backup = Backup::new(snapshot.connection(), &mut copy.connection).map_err(sqlite)?;
        loop {
            let step = backup.step(PAGES_PER_STEP).map_err(sqlite)?;
            let now = backup.progress();
            let done = now.pagecount.saturating_sub(now.remaining);
            progress(Progress {
                done: natural(done),
                total: natural(now.pagecount),
            });
            match step {
                StepResult::More => {}
                StepResult::Done => return Ok(()),
                _ => return Err(Fault::Busy),
            }
        }
    }
}

impl Backend for SqliteBackend {
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Transaction + '_>, Fault> {
        // A server that outlives a restore must not keep answering from the old file.
        self.store_file.ensure_same(self.identity)?;
        Ok(Box::new(SqliteTransaction::begin(
            &mut self.link,
            &self.store_file,
            mode,
        )?))
    }

    fn version(&mut self) -> Result<Version, Fault> {
        if let Some(newest) = self.link.newest_commit()? {
            return Ok(newest);
        }
        self.store_file.ensure_same(self.identity)?;
        self.link.version()
    }

    fn writable(&self) -> bool {
        self.link.writable()
    }

    fn claim(&mut self) -> Result<Claim, Fault> {
        Ok(Claim(Box::new(lock(&self.store_file)?)))
    }

    fn files(&mut self) -> Option<&mut dyn FileStore> {
        Some(self)
    }

    fn publish(self: Box<Self>) -> Result<Box<dyn Backend>, Fault> {
        let Self {
            mut link,
            store_file,
            identity,
            options,
            draft,
        } = *self;
        let Some(draft) = draft else {
            return Ok(Box::new(Self {
                link,
                store_file,
                identity,
                options,
                draft,
            }));
        };
        link.set_journal(match options.journal {
            Journal::Wal => "wal",
            Journal::Portable => "delete",
        })?;
        drop(link);
        let path = draft.publish(&options)?;
        let opened = Self::open(&path, &options);
        Ok(Box::new(
            opened.map_err(|fault| after_rename(&path, &fault))?,
        ))
    }
}

impl FileStore for SqliteBackend {
    fn bulk(&mut self, on: bool) -> Result<(), Fault> {
        self.link.bulk(on)
    }

    fn checkpoint(&mut self) -> Result<(), Fault> {
        self.link.checkpoint()
    }

    fn compact(&mut self) -> Result<(), Fault> {
        if !self.writable() {
            return Err(Fault::ReadOnly(
                "the file or its folder is read-only".into(),
            ));
        }
        self.link.tune()?;
        self.link.run("VACUUM")?;
        self.link.checkpoint()
    }

    fn copy_to(
        &mut self,
        target: &Target<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Box<dyn Backend>, Fault> {
        let Target {
            path,
            placement,
            options,
        } = *target;
        let draft = Draft::start(path, placement, options)?;
        let mut link = Link::open(&draft.store_file().path(), Use::Draft, options)?;
        self.copy_pages(&mut link, progress)?;
        // The copied header may say WAL; a draft does not need sidecars.
        link.set_journal("delete")?;
        Ok(Box::new(Self::drafted(link, draft, options)?))
    }
}

fn natural(pages: i32) -> u64 {
    u64::try_from(pages).unwrap_or(0)
}
