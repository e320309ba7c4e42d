//! What the operating system does for us and safe Rust cannot ask for: locked memory, huge pages,
//! signals, the state of a child, what was there before `main`, the kernel's keyring. The only
//! unsafe code there is.

use std::alloc::{Layout, handle_alloc_error};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::ptr::{NonNull, null_mut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::Mode;
use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mlock, mmap_anonymous};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getegid, geteuid, getgid, getuid, set_dumpable_behavior,
    setrlimit, umask,
};
use zeroize::Zeroize;

mod descriptors;
pub mod keyring;

pub use descriptors::{duplicate, stdout_was_closed};

type Cell = [u8; 32];

/// Thirty-two bytes that are kept out of swap and core dumps, are zero in a forked child, and are
/// wiped when dropped.
pub(crate) struct Locked(NonNull<Cell>);

// SAFETY: a `Locked` alone owns its cell, as a `Box` does, and hands it out by Rust's rules.
unsafe impl Send for Locked {}
// SAFETY: as above; through `&Locked` the cell is only read.
unsafe impl Sync for Locked {}

impl Locked {
    /// A cell of zeros.
    pub(crate) fn zeroed() -> Self {
        Self(arena().take())
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &Cell {
        // SAFETY: the cell lies in memory that is never unmapped, is initialised (zeros from the
        // kernel, or what its last owner left), and nobody else has it until `drop`.
        unsafe { self.0.as_ref() }
    }

    /// The bytes, to be written.
    pub(crate) fn bytes_mut(&mut self) -> &mut Cell {
        // SAFETY: as in `bytes`, and `&mut self` makes the access unique.
        unsafe { self.0.as_mut() }
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        arena().give(self.0);
    }
}

/// Whether every secret key made so far lies in memory that cannot be swapped out.
///
/// `false` once the system has refused to lock a page, which `RLIMIT_MEMLOCK` bounds. Nothing else
/// depends on it: locking is best effort.
pub fn memory_is_locked() -> bool {
    arena().locked
}

/// Cells that are free, and whether all memory they came from is locked. It grows by a page at a
/// time, which is never given back.
struct Arena {
    free: Vec<NonNull<Cell>>,
    locked: bool,
}

// SAFETY: the pointers are not bound to a thread, and each cell is in one list or with one owner.
unsafe impl Send for Arena {}

static ARENA: Mutex<Arena> = Mutex::new(Arena::new());

fn arena() -> MutexGuard<'static, Arena> {
    // Whoever panicked did so between whole steps: the list is sound.
    ARENA.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Arena {
    const fn new() -> Self {
        Self {
            free: Vec::new(),
            locked: true,
        }
    }

    fn take(&mut self) -> NonNull<Cell> {
        loop {
            match self.free.pop() {
                Some(cell) => return cell,
                None => self.grow(),
            }
        }
    }

    /// Wipes a cell and takes it back.
    fn give(&mut self, mut cell: NonNull<Cell>) {
        // SAFETY: the caller owns the cell, and gives it up.
        unsafe { cell.as_mut() }.zeroize();
        self.free.push(cell);
    }

    fn grow(&mut self) {
        let size = page_size();
        let page = map(size);
        self.locked &= protect(page, size);
        // Backwards, so that cells are handed out in ascending order.
        self.free
            .extend((0..size / size_of::<Cell>()).rev().map(|n| {
                // SAFETY: cell `n` lies within the page, whose cells are whole.
                unsafe { page.add(n) }
            }));
    }
}

/// Fresh zeros. That there are none is met as a failing allocation is anywhere.
fn map(size: usize) -> NonNull<Cell> {
    // SAFETY: a new private mapping at a place of the kernel's choosing touches no other memory.
    let mapped = unsafe {
        mmap_anonymous(
            null_mut(),
            size,
            ProtFlags::READ | ProtFlags::WRITE,
            MapFlags::PRIVATE,
        )
    };
    match mapped.ok().and_then(|start| NonNull::new(start.cast())) {
        Some(page) => page,
        None => handle_alloc_error(Layout::new::<Cell>()),
    }
}

/// Says whether the page is locked. The rest is best effort: an old kernel may know less.
fn protect(page: NonNull<Cell>, size: usize) -> bool {
    let start = page.as_ptr().cast();
    // SAFETY: the range is one whole mapping of ours. The advice changes no byte in this process,
    // and what it zeroes in a forked child are plain bytes.
    unsafe {
        let _ = madvise(start, size, Advice::LinuxDontDump);
        let _ = madvise(start, size, Advice::LinuxWipeOnFork);
        mlock(start, size).is_ok()
    }
}

fn page_size() -> usize {
    // SAFETY: reads a constant of the process.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(size).unwrap_or(4096)
}

/// Asks for huge pages under `memory`, which must not have been touched yet to profit.
///
/// A hint: small memory, another system or a refusal change nothing.
pub(crate) fn huge_pages<T>(memory: &mut [T]) {
    let page = page_size();
    let range = memory.as_mut_ptr_range();
    let start = range.start.cast::<u8>();
    let skipped = start.align_offset(page);
    let whole = size_of_val(memory).saturating_sub(skipped) / page * page;
    if whole > 0 {
        // SAFETY: `skipped + whole` is within the slice, so the range is ours; the advice changes
        // how pages are backed and not what they hold.
        unsafe {
            let _ = madvise(start.add(skipped).cast(), whole, Advice::LinuxHugepage);
        }
    }
}

/// Closes what a process that holds secrets leaves open by default. To be called first, while there
/// is one thread: the ban on privileges binds the calling thread and those it starts.
///
/// Refuses to run setuid or setgid; ignores SIGXFSZ and SIGPIPE, so that a full quota and a closed
/// pipe are errors and not the end; allows no core dump and no `ptrace` by the same user. Unless it
/// starts programs, neither it nor what it might be tricked into starting can gain privileges
/// (that would break `sudo` in a passphrase command, and setgid mailers).
pub fn harden(starts_programs: bool) -> io::Result<()> {
    if getuid() != geteuid() || getgid() != getegid() {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "refusing to run setuid or setgid",
        ));
    }
    set_signal(libc::SIGXFSZ, libc::SIG_IGN)?;
    set_signal(libc::SIGPIPE, libc::SIG_IGN)?;
    setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    )?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    if starts_programs {
        Ok(())
    } else {
        no_new_privileges()
    }
}

fn no_new_privileges() -> io::Result<()> {
    // As wide as the kernel reads them: what is passed on is not converted.
    let (on, unused): (libc::c_ulong, libc::c_ulong) = (1, 0);
    // SAFETY: takes no pointers; the arguments are those that prctl(2) asks for.
    match unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, on, unused, unused, unused) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Sets a disposition: `SIG_IGN` or `SIG_DFL`, never a handler.
fn set_signal(signal: libc::c_int, disposition: libc::sighandler_t) -> io::Result<()> {
    // SAFETY: neither disposition runs code of ours.
    match unsafe { libc::signal(signal, disposition) } {
        libc::SIG_ERR => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Lets the files made from now on be read by their owner alone; returns the caller's mask, which
/// [`child_defaults`] gives back to children.
pub fn umask_077() -> Mode {
    umask(Mode::RWXG | Mode::RWXO)
}

/// Makes a program start as if hallpass had not been between: default signals and the caller's
/// `mask`. The ban on core dumps stays, since what is started is given secrets.
pub fn child_defaults(command: &mut Command, mask: Mode) {
    let restore = move || {
        set_signal(libc::SIGXFSZ, libc::SIG_DFL)?;
        set_signal(libc::SIGPIPE, libc::SIG_DFL)?;
        umask(mask);
        Ok(())
    };
    // SAFETY: between fork and exec only async-signal-safe calls (signal-safety(7)) are made, and
    // nothing is allocated, locked or freed: an OS error is a number.
    unsafe {
        command.pre_exec(restore);
    }
}

#[cfg(test)]
mod tests {
    use std::mem::MaybeUninit;

    use super::{Arena, Cell, huge_pages, page_size};

    #[test]
    fn a_cell_is_wiped_when_given_back_and_used_again() {
        let mut arena = Arena::new();
        let cells = page_size() / size_of::<Cell>();
        for _ in 0..2 {
            let taken: Vec<_> = (0..cells).map(|_| arena.take()).collect();
            for mut cell in taken {
                // SAFETY: taken from an arena of this test's own, hence unshared.
                let bytes = unsafe { cell.as_mut() };
                assert_eq!(*bytes, [0; 32]);
                bytes.fill(0xA5);
                arena.give(cell);
            }
        }
        assert_eq!(arena.free.len(), cells, "a second page was taken");
    }

    #[test]
    fn huge_pages_leave_the_bytes_alone() {
        let mut memory = vec![7_u8; 3 * 4096 + 5];
        huge_pages(&mut memory);
        huge_pages(&mut memory[1..3]);
        huge_pages::<MaybeUninit<u8>>(&mut []);
        assert!(memory.iter().all(|&byte| byte == 7));
    }
}
