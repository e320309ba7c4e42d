//! Sockets that the service manager handed over, and questions about sockets.

use std::io;
use std::os::fd::{AsFd, AsRawFd as _, FromRawFd as _, OwnedFd};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
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

/// How far what was written to a socket has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transit {
    /// The peer has all of it.
    Arrived,
    /// Some of it is on its way, or waits to be read.
    UnderWay,
    /// The connection was reset: how much of it the peer has is not known.
    Lost,
}

/// Returns how far all that was written to a connected stream socket has got.
///
/// With TCP it has arrived once the system of the peer has acknowledged it, read or not. On a Unix
/// socket it has once the peer has read it. A peer that has only sent its last byte is no reason for
/// [`Transit::Lost`]. Do not ask about a socket that was shut down for writing: TCP says that it was
/// reset.
///
/// # Errors
///
/// It is not such a socket.
pub fn transit(socket: impl AsFd, family: Family) -> io::Result<Transit> {
    // Before the events: a Unix peer that is closed records the reset first, and then drops what it
    // has not read, after which nothing is left to wait for.
    let outstanding = outstanding(&socket)?;
    let mut asked = [PollFd::new(&socket, PollFlags::empty())];
    poll(&mut asked, Some(&Timespec::default()))?;
    let [answered] = asked;
    let reset = match family {
        // A socket that was not shut down hangs up when it was reset. The error is gone once
        // anybody has read it; this is not.
        Family::Tcp => PollFlags::ERR | PollFlags::HUP,
        // This one hangs up also when its peer has read everything and was closed.
        Family::Unix => PollFlags::ERR,
    };
    Ok(if answered.revents().intersects(reset) {
        Transit::Lost
    } else if outstanding == 0 {
        Transit::Arrived
    } else {
        Transit::UnderWay
    })
}

/// What the system keeps of what was written to a socket (`SIOCOUTQ`, of the same number as
/// `TIOCOUTQ`): with TCP the bytes that are not acknowledged (tcp(7)), on a Unix socket the memory
/// of those that are not read.
fn outstanding(socket: impl AsFd) -> io::Result<libc::c_int> {
    let mut count: libc::c_int = 0;
    let number = socket.as_fd().as_raw_fd();
    // SAFETY: the descriptor is open while it is borrowed, and the call writes one `int`, to where
    // `count` is.
    match unsafe { libc::ioctl(number, libc::TIOCOUTQ, &raw mut count) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(count),
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
    use std::io::{Read as _, Write as _};
    use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
    use std::os::unix::net::{UnixListener, UnixStream};

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

    fn tcp_pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, _) = listener.accept().unwrap();
        (client, server)
    }

    /// Looks until it is settled.
    fn settled(socket: impl AsFd, family: Family) -> Transit {
        loop {
            match transit(&socket, family).unwrap() {
                Transit::UnderWay => std::thread::yield_now(),
                settled => return settled,
            }
        }
    }

    #[test]
    fn what_a_tcp_client_acknowledges_has_arrived_unless_it_is_closed() {
        let (mut client, mut server) = tcp_pair();
        server.write_all(b"abc").unwrap();
        assert_eq!(settled(&server, Family::Tcp), Transit::Arrived);
        client.read_exact(&mut [0; 3]).unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        server.read_to_end(&mut Vec::new()).unwrap();
        server.write_all(b"d").unwrap();
        assert_eq!(settled(&server, Family::Tcp), Transit::Arrived);
        client.read_exact(&mut [0]).unwrap();
        drop(client);
        server.write_all(b"e").unwrap();
        assert_eq!(settled(&server, Family::Tcp), Transit::Lost);
        // Also after somebody has got the error.
        assert!(server.take_error().unwrap().is_some());
        assert_eq!(transit(&server, Family::Tcp).unwrap(), Transit::Lost);
    }

    #[test]
    fn what_a_unix_client_reads_has_arrived_also_when_it_is_closed_then() {
        for last in [&mut [0; 4][..], &mut [0; 3][..]] {
            let (mut client, mut server) = UnixStream::pair().unwrap();
            server.write_all(b"abcd").unwrap();
            assert_eq!(transit(&server, Family::Unix).unwrap(), Transit::UnderWay);
            client.read_exact(last).unwrap();
            drop(client);
            let expected = if last.len() == 4 {
                Transit::Arrived
            } else {
                Transit::Lost
            };
            assert_eq!(settled(&server, Family::Unix), expected);
        }
    }

    #[test]
    fn only_sockets_are_asked_what_has_arrived() {
        assert!(transit(tempfile::tempfile().unwrap(), Family::Tcp).is_err());
    }
}
