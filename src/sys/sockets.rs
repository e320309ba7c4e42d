//! Sockets that the service manager handed over, and questions about sockets.

use std::io;
use std::os::fd::{AsFd, FromRawFd as _, OwnedFd};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::io::Errno;
use rustix::net::sockopt::{socket_acceptconn, socket_domain, socket_type};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The number of the first descriptor (`sd_listen_fds(3)`).
const FIRST: i32 = 3;

/// Takes over the descriptors that the service manager handed to this process: `count` of them, from
/// number 3. Children do not get them. The second call returns none.
///
/// Call it before anything else is opened: what the numbers mean is known at the start only.
///
/// # Errors
///
/// One of them is not open.
pub fn take_inherited(count: u16) -> io::Result<Vec<OwnedFd>> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Ordering::SeqCst) {
        return Ok(Vec::new());
    }
    let numbers = FIRST..FIRST.saturating_add(count.into());
    for number in numbers.clone() {
        // SAFETY: takes no pointers; a number that is not open returns an error.
        if unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) } == -1 {
            return Err(io::Error::last_os_error());
        }
    }
    // SAFETY: each is open, and was handed to this process, in which nothing else owns it; the flag
    // above keeps a second call from owning it too.
    let own = |number| unsafe { OwnedFd::from_raw_fd(number) };
    Ok(numbers.map(own).collect())
}

/// The family of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// TCP, version 4 or 6 of the protocol below.
    Tcp,
    /// A socket of this machine.
    Unix,
}

/// Returns the family of a stream socket that listens.
///
/// # Errors
///
/// `InvalidInput` if it is anything else.
pub fn family_of_listener(socket: impl AsFd) -> io::Result<Family> {
    let refused = |why| io::Error::new(io::ErrorKind::InvalidInput, why);
    let kind = socket_type(&socket).map_err(|_| refused("the descriptor is not a socket"))?;
    if kind != SocketType::STREAM || !socket_acceptconn(&socket)? {
        return Err(refused("the socket does not listen for connections"));
    }
    match socket_domain(&socket)? {
        AddressFamily::INET | AddressFamily::INET6 => Ok(Family::Tcp),
        AddressFamily::UNIX => Ok(Family::Unix),
        _ => Err(refused("the socket is neither TCP nor Unix")),
    }
}

/// Whether a process listens on a Unix socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listening {
    /// Connections are accepted, or wait.
    Somebody,
    /// The socket was left behind.
    Nobody,
}

/// Returns whether a process listens on the Unix socket at `path`, without waiting for it.
///
/// # Errors
///
/// It cannot be connected to for another reason, such as its permissions.
pub fn is_listening(path: &Path) -> io::Result<Listening> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    match connect(&socket, &SocketAddrUnix::new(path)?) {
        // Its queue is full.
        Ok(()) | Err(Errno::AGAIN) => Ok(Listening::Somebody),
        Err(Errno::CONNREFUSED | Errno::NOENT) => Ok(Listening::Nobody),
        Err(errno) => Err(errno.into()),
    }
}

/// Raises the limit of open descriptors to `wanted`, as far as the system allows; returns the limit.
pub fn allow_descriptors(wanted: u64) -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let Some(now) = current else {
        return u64::MAX;
    };
    let raised = wanted.min(maximum.unwrap_or(u64::MAX)).max(now);
    let limit = Rlimit {
        current: Some(raised),
        maximum,
    };
    match setrlimit(Resource::Nofile, limit) {
        Ok(()) => raised,
        Err(_) => now,
    }
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn only_a_stream_socket_that_listens_has_a_family() {
        let folder = tempfile::tempdir().unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let path = folder.path().join("s");
        let unix = UnixListener::bind(&path).unwrap();
        assert_eq!(family_of_listener(&tcp).unwrap(), Family::Tcp);
        assert_eq!(family_of_listener(&unix).unwrap(), Family::Unix);
        assert_eq!(is_listening(&path).unwrap(), Listening::Somebody);
        drop(unix);
        assert_eq!(is_listening(&path).unwrap(), Listening::Nobody);
        let client = TcpStream::connect(tcp.local_addr().unwrap()).unwrap();
        let datagrams = UdpSocket::bind("127.0.0.1:0").unwrap();
        let file = tempfile::tempfile().unwrap();
        assert!(family_of_listener(&client).is_err());
        assert!(family_of_listener(&datagrams).is_err());
        assert!(family_of_listener(&file).is_err());
    }

    #[test]
    fn the_limit_of_descriptors_never_falls() {
        let before = allow_descriptors(0);
        assert_eq!(allow_descriptors(1), before);
    }
}
