//! Descriptors that another writer fills.

use std::io::{Read as _, Seek as _, Write as _, pipe};
use std::os::unix::net::UnixStream;

use rustix::fs::fcntl_setfl;

use super::*;

fn claimed(fd: impl Into<OwnedFd>) -> Descriptor {
    Descriptor::of(5, Some(fd.into())).unwrap()
}

/// Fills the pipe to the last byte, as another writer may at any moment; leaves its blocking mode
/// as it was.
fn fill(fd: impl AsFd) {
    let flags = fcntl_getfl(&fd).unwrap();
    fcntl_setfl(&fd, flags | OFlags::NONBLOCK).unwrap();
    for size in [4096, 1] {
        while rustix::io::write(&fd, &vec![b'x'; size]).is_ok() {}
    }
    fcntl_setfl(&fd, flags).unwrap();
}

/// A blocking write would make this test hang.
#[test]
fn what_is_full_is_not_waited_for_within_a_transaction() {
    for non_blocking in [false, true] {
        let (_reader, writer) = pipe().unwrap();
        let (_peer, stream) = UnixStream::pair().unwrap();
        let (writer, stream) = (OwnedFd::from(writer), OwnedFd::from(stream));
        for fd in [writer, stream] {
            if non_blocking {
                fcntl_setfl(&fd, OFlags::NONBLOCK).unwrap();
            }
            fill(&fd);
            let descriptor = claimed(fd);
            let failed = descriptor.write(b"secret").unwrap_err();
            assert_eq!(failed.kind(), io::ErrorKind::TimedOut);
            assert_eq!(failed.to_string(), "nothing is reading the descriptor");
        }
    }
}

/// A pipe that cannot be reopened, like that of another user.
#[test]
fn what_cannot_be_opened_again_is_looked_at_before_it_is_written_to() {
    let (_reader, writer) = pipe().unwrap();
    fill(&writer);
    let mut descriptor = claimed(writer);
    assert!(descriptor.ready.take().is_some(), "or this proves nothing");
    assert_eq!(
        descriptor.write(b"secret").unwrap_err().kind(),
        io::ErrorKind::TimedOut
    );
}

#[test]
fn a_secret_comes_whole_and_a_reader_that_left_is_told_of() {
    let (mut reader, writer) = pipe().unwrap();
    let descriptor = claimed(writer);
    descriptor.await_reader().unwrap();
    descriptor.write(b"secret").unwrap();
    descriptor.write_now(b"\n").unwrap();
    let mut line = [0; 7];
    reader.read_exact(&mut line).unwrap();
    assert_eq!(&line, b"secret\n");
    drop(reader);
    for failed in [
        descriptor.await_reader(),
        descriptor.write(b"secret"),
        descriptor.end(),
    ] {
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}

#[test]
fn the_end_is_offered_again_while_others_fill_the_pipe_and_given_up_in_the_end() {
    let (reader, writer) = pipe().unwrap();
    let mut other = writer.try_clone().unwrap();
    fill(&other);
    let descriptor = claimed(writer);
    let failed = descriptor.end().unwrap_err();
    assert_eq!(failed.kind(), io::ErrorKind::TimedOut);
    drop(reader);
    assert!(other.write(b"x").is_err());
}

#[test]
fn one_that_is_not_open_for_writing_is_refused() {
    let (reader, _writer) = pipe().unwrap();
    let refused = Descriptor::of(5, Some(reader.into())).err().unwrap();
    assert_eq!(refused.message(), "descriptor 5 is not open for writing");
    let refused = Descriptor::of(5, None).err().unwrap();
    assert_eq!(refused.message(), "descriptor 5 is not open");
}

#[test]
fn a_reader_that_leaves_a_secret_unread_is_told_of() {
    let (reader, writer) = pipe().unwrap();
    let descriptor = claimed(writer);
    descriptor.write(b"secret").unwrap();
    drop(reader);
    let failed = descriptor.taken().unwrap_err();
    assert_eq!(failed.kind(), io::ErrorKind::BrokenPipe);
}

#[test]
fn a_reader_that_is_slow_is_offered_the_end_again_and_trusted() {
    let (mut reader, writer) = pipe().unwrap();
    fill(&writer);
    let descriptor = claimed(writer);
    std::thread::scope(|scope| {
        let held = scope.spawn(move || {
            sleep(Duration::from_millis(1200));
            let mut page = [0; 4096];
            reader.read_exact(&mut page).unwrap();
            reader
        });
        descriptor.end().unwrap();
        drop(held.join().unwrap());
    });
}

#[test]
fn what_is_no_pipe_is_written_to_where_the_caller_has_come_to() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"head ").unwrap();
    let descriptor = claimed(file.try_clone().unwrap());
    descriptor.write(b"secret").unwrap();
    descriptor.end().unwrap();
    file.rewind().unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text, "head secret\n");
    let nowhere = std::fs::File::options().write(true).open("/dev/null");
    claimed(nowhere.unwrap()).end().unwrap();
}

#[test]
fn a_secret_is_shorter_than_what_a_pipe_takes_at_once() {
    let descriptor = claimed(tempfile::tempfile().unwrap());
    descriptor.write(&[b'x'; LONGEST - 1]).unwrap();
    let failed = descriptor.write(&[b'x'; LONGEST]).unwrap_err();
    assert_eq!(failed.kind(), io::ErrorKind::FileTooLarge);
}
