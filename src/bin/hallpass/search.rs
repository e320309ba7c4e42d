//! Searches files and folders for tokens, on every core.

use std::fs::{self, File};
use std::io::{self, Read};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use hallpass::scan::{Binary, Hit, Scanner, Seen};
use rustix::fs::{Mode, OFlags, open};

/// Where a token was found.
pub(crate) struct TokenMatch {
    /// The file; `None` is standard input.
    pub(crate) path: Option<PathBuf>,
    /// The position in it, and the token.
    pub(crate) hit: Hit,
}

/// The result of a search.
#[derive(Default)]
pub(crate) struct Search {
    /// The matches, by path and position.
    pub(crate) found: Vec<TokenMatch>,
    /// How many files were searched.
    pub(crate) files: u64,
    /// How many were skipped as binary.
    pub(crate) binary: u64,
    /// What could not be read, and why.
    pub(crate) unread: Vec<(PathBuf, io::Error)>,
}

impl Search {
    /// Searches a stream without a name; returns its length.
    pub(crate) fn text(&mut self, from: &mut dyn Read) -> io::Result<u64> {
        let found = &mut self.found;
        let mut keep = |hit| found.push(TokenMatch { path: None, hit });
        let seen = Scanner::default().search(from, Binary::Searched, &mut keep)?;
        self.files += 1;
        Ok(match seen {
            Seen::Searched(length) => length,
            Seen::Skipped => 0,
        })
    }

    /// Searches files, binary or not, and everything below folders.
    pub(crate) fn paths(&mut self, paths: Vec<PathBuf>) {
        let work = Work::new(paths.into_iter().map(Job::Named).collect());
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let parts = thread::scope(|scope| {
            let workers: Vec<_> = (0..cores).map(|_| scope.spawn(|| work.share())).collect();
            workers
                .into_iter()
                .filter_map(|it| it.join().ok())
                .collect::<Vec<_>>()
        });
        for part in parts {
            self.found.extend(part.found);
            self.files += part.files;
            self.binary += part.binary;
            self.unread.extend(part.unread);
        }
        let place = |it: &TokenMatch| (it.path.clone(), it.hit.line, it.hit.column);
        self.found.sort_by_cached_key(place);
        self.unread.sort_by(|a, b| a.0.cmp(&b.0));
    }

    fn file(&mut self, path: PathBuf, scanner: &mut Scanner, binary: Binary) {
        let found = &mut self.found;
        let mut keep = |hit| {
            found.push(TokenMatch {
                path: Some(path.clone()),
                hit,
            });
        };
        let done = match binary {
            // A named path may be anything, even a pipe, which can be read once.
            Binary::Searched => {
                File::open(&path).and_then(|mut file| scanner.search(&mut file, binary, &mut keep))
            }
            Binary::Skipped => regular(&path)
                .and_then(|mut file| scanner.search_again(&mut file, binary, &mut keep)),
        };
        match done {
            Ok(Seen::Searched(_)) => self.files += 1,
            Ok(Seen::Skipped) => self.binary += 1,
            Err(error) => self.unread.push((path, error)),
        }
    }
}

/// The remaining jobs, shared by the workers.
struct Work {
    queue: Mutex<Queue>,
    more: Condvar,
}

struct Queue {
    jobs: Vec<Job>,
    /// How many workers may still add jobs.
    busy: usize,
}

enum Job {
    /// A path that was named: a file is searched even if it is binary.
    Named(PathBuf),
    /// A file found below a folder.
    File(PathBuf),
    Folder(PathBuf),
}

impl Work {
    fn new(jobs: Vec<Job>) -> Self {
        Self {
            queue: Mutex::new(Queue { jobs, busy: 0 }),
            more: Condvar::new(),
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on jobs until there are none and no worker can add more.
    fn share(&self) -> Search {
        let mut search = Search::default();
        let mut scanner = Scanner::default();
        while let Some(job) = self.next() {
            let more = match job {
                Job::Named(path) if path.is_dir() => children(path, &mut search),
                Job::Folder(path) => children(path, &mut search),
                Job::Named(path) => {
                    search.file(path, &mut scanner, Binary::Searched);
                    Vec::new()
                }
                Job::File(path) => {
                    search.file(path, &mut scanner, Binary::Skipped);
                    Vec::new()
                }
            };
            self.done(more);
        }
        search
    }

    fn next(&self) -> Option<Job> {
        let mut queue = self.queue();
        loop {
            if let Some(job) = queue.jobs.pop() {
                queue.busy += 1;
                return Some(job);
            }
            if queue.busy == 0 {
                return None;
            }
            queue = self
                .more
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done(&self, more: Vec<Job>) {
        let mut queue = self.queue();
        queue.busy -= 1;
        queue.jobs.extend(more);
        // A waiting worker wakes up for more jobs, or because no more can come.
        if !queue.jobs.is_empty() || queue.busy == 0 {
            self.more.notify_all();
        }
    }
}

/// Lists the files and folders in a folder. Links are not followed; special files are skipped.
fn children(folder: PathBuf, search: &mut Search) -> Vec<Job> {
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) => {
            search.unread.push((folder, error));
            return Vec::new();
        }
    };
    let mut jobs = Vec::new();
    for entry in entries {
        match entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))) {
            Ok((path, kind)) if kind.is_file() => jobs.push(Job::File(path)),
            Ok((path, kind)) if kind.is_dir() && !is_of_git(&path) => jobs.push(Job::Folder(path)),
            Ok(_) => {}
            Err(error) => search.unread.push((folder.clone(), error)),
        }
    }
    jobs
}

/// Whether a folder holds git's objects: they are compressed, so nothing would be found.
fn is_of_git(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name == "objects")
        && folder.with_file_name("HEAD").is_file()
        && folder.with_file_name("refs").is_dir()
}

/// Opens a regular file only: since the folder was listed, another kind of file may have replaced
/// it.
fn regular(path: &Path) -> io::Result<File> {
    let flags =
        OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = File::from(open(path, flags, Mode::empty())?);
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        "it is no longer a regular file",
    ))
}
