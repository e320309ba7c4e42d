//! System calls that safe Rust does not offer: locked memory, huge pages, signals, child setup, the
//! state before `main`, the kernel keyring, sockets, and `SQLite`'s shared memory. The only unsafe code of the crate.

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
#[cfg(feature = "server")]
pub mod sockets;
pub(crate) mod wal_index;

pub use descriptors::{duplicate, stdout_was_closed};

type Cell = [u8; 32];

/// Thirty-two bytes that are excluded from swap and core dumps, zero in a forked child, and wiped
/// on drop.
pub(crate) struct Locked(NonNull<Cell>);

// SAFETY: a `Locked` is the only owner of its cell, like a `Box`, and lends it by Rust's rules.
unsafe impl Send for Locked {}
// SAFETY: as above; through `&Locked` the cell is only read.
unsafe impl Sync for Locked {}

impl Locked {
    /// A cell of zeros.
    pub(crate) fn zeroed() -> Self {
        Self(arena().take())
    }

    /// The bytes, for reading.
    pub(crate) fn bytes(&self) -> &Cell {
        // SAFETY: the cell is in memory that is never unmapped, is initialised (zeros from the
        // kernel, or the zeros its last owner left), and has no other owner until `drop`.
        unsafe { self.0.as_ref() }
    }

    /// The bytes, for writing.
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

/// Whether every secret key so far is in memory that cannot be swapped out.
///
/// `false` once the system has refused to lock a page, which `RLIMIT_MEMLOCK` limits. Nothing else
/// depends on it: locking is best effort.
pub fn memory_is_locked() -> bool {
    arena().locked
}

/// Free cells, and whether all of their memory is locked. It grows by one page at a time, and
/// pages are never freed.
struct Arena {
    free: Vec<NonNull<Cell>>,
    locked: bool,
}

// SAFETY: the pointers are not tied to a thread, and each cell is in one list or has one owner.
unsafe impl Send for Arena {}

static ARENA: Mutex<Arena> = Mutex::new(Arena::new());

fn arena() -> MutexGuard<'static, Arena> {
    // A panic while locked happens only between complete steps: the list is intact.
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

    /// Wipes a cell and adds it to the free list.
    fn give(&mut self, mut cell: NonNull<Cell>) {
        // SAFETY: the caller owns the cell and passes it on.
        unsafe { cell.as_mut() }.zeroize();
        self.free.push(cell);
    }

    fn grow(&mut self) {
        let size = page_size();
        let page = map(size);
        self.locked &= protect(page, size);
        // In reverse, so that cells are handed out in ascending order.
        self.free
            .extend((0..size / size_of::<Cell>()).rev().map(|n| {
                // SAFETY: cell `n` is within the page, which holds a whole number of cells.
                unsafe { page.add(n) }
            }));
    }
}

/// Maps zeroed memory. Failure is handled like a failed allocation.
fn map(size: usize) -> NonNull<Cell> {
    // SAFETY: a new private mapping at an address chosen by the kernel touches no other memory.
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

/// Locks the page; returns whether that succeeded. The rest is best effort on old kernels.
fn protect(page: NonNull<Cell>, size: usize) -> bool {
    let start = page.as_ptr().cast();
    // SAFETY: the range is exactly one mapping of this module. The advice changes no byte in this
    // process, and in a forked child it zeroes plain bytes.
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

/// Requests huge pages for `memory`, which must not have been accessed yet to benefit.
///
/// Only a hint: for small memory, on other systems, or if refused, it has no effect.
pub(crate) fn huge_pages<T>(memory: &mut [T]) {
    let page = page_size();
    let range = memory.as_mut_ptr_range();
    let start = range.start.cast::<u8>();
    let skipped = start.align_offset(page);
    let whole = size_of_val(memory).saturating_sub(skipped) / page * page;
    if whole > 0 {
        // SAFETY: `skipped + whole` is within the slice, so the range is valid; the advice changes
        // how pages are backed, not their content.
        unsafe {
            let _ = madvise(start.add(skipped).cast(), whole, Advice::LinuxHugepage);
        }
    }
}

/// Hardens the process against what is allowed by default. Call it first, while there is only one
/// thread: `no_new_privs` applies to the calling thread and those it starts.
///
/// Refuses to run setuid or setgid. Ignores SIGXFSZ and SIGPIPE, so that a full quota and a closed
/// pipe are errors instead of ending the process. Disables core dumps and `ptrace` by the same
/// user. Unless `starts_programs` is set, neither the process nor anything it runs can gain
/// privileges (which would break `sudo` in a passphrase command, and setgid mailers).
///
/// # Errors
///
/// The process is setuid or setgid, or a system call fails.
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
    // Exactly as wide as the kernel reads them: variadic arguments are not converted.
    let on: libc::c_ulong = 1;
    let unused: libc::c_ulong = 0;
    // SAFETY: takes no pointers; the arguments are those that prctl(2) requires.
    match unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, on, unused, unused, unused) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Sets a disposition: `SIG_IGN` or `SIG_DFL`, never a handler.
fn set_signal(signal: libc::c_int, disposition: libc::sighandler_t) -> io::Result<()> {
    // SAFETY: neither disposition runs a handler.
    match unsafe { libc::signal(signal, disposition) } {
        libc::SIG_ERR => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Sets the umask so that new files are accessible to their owner only. Returns the caller's mask,
/// which [`child_defaults`] restores in children.
pub fn umask_077() -> Mode {
    umask(Mode::RWXG | Mode::RWXO)
}

/// Restores the caller's environment in a child: default signals and the caller's umask `mask`.
/// Core dumps stay disabled, because children receive secrets.
pub fn child_defaults(command: &mut Command, mask: Mode) {
    let restore = move || {
        set_signal(libc::SIGXFSZ, libc::SIG_DFL)?;
        set_signal(libc::SIGPIPE, libc::SIG_DFL)?;
        umask(mask);
        Ok(())
    };
    // SAFETY: between fork and exec, only async-signal-safe functions are called
    // (signal-safety(7)), and nothing is allocated, locked or freed: an OS error is a number.
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
                // SAFETY: taken from this test's own arena, and therefore not shared.
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
