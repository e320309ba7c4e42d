//! Child processes, each with a time limit.
//!
//! A child is the leader of its own process group, so that it is terminated together with
//! everything it has started. The exception is a child that may have to prompt on the terminal:
//! only the foreground group can read from it, so such a child stays in the caller's group and is
//! terminated alone.
//!
//! This module depends on nothing else in the crate. What a child inherits (signals, umask, pipes)
//! is set on the [`Command`] by the caller.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid,
};

/// How often to check whether the caller has stopped waiting for a child.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// The process group of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Its own: it is terminated with everything it has started, and cannot prompt on the terminal.
    Own,
    /// The caller's: it can prompt on the terminal, and is terminated alone.
    Callers,
}

/// Time limits of a child.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Time until SIGTERM.
    pub time: Duration,
    /// Time from SIGTERM to SIGKILL; zero kills at once.
    pub grace: Duration,
}

/// The result of waiting for a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It exited by itself.
    Exited(ExitStatus),
    /// It exceeded its time limit and was terminated.
    Late,
    /// The caller stopped waiting, and it was terminated.
    Stopped,
}

/// A running child. Dropping it kills the child.
#[derive(Debug)]
pub struct Running {
    child: Child,
    group: Group,
    /// Receives a message when the child has exited.
    ended: Receiver<()>,
    /// Whether its exit status was collected: its process id may be reused from then on.
    reaped: bool,
}

/// Starts a child.
///
/// # Errors
///
/// The program cannot be started, or no thread to watch it.
pub fn start(command: &mut Command, group: Group) -> io::Result<Running> {
    if group == Group::Own {
        command.process_group(0);
    }
    let child = command.spawn()?;
    let (tell, ended) = channel();
    let pid = Pid::from_child(&child);
    let running = Running {
        child,
        group,
        ended,
        reaped: false,
    };
    // `NOWAIT` keeps the status, and with it the process id, so that signals cannot reach another
    // process until `Child::wait` is called.
    thread::Builder::new().spawn(move || {
        let _ = waitid(
            WaitId::Pid(pid),
            WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
        );
        // The receiver is gone once the child was killed.
        let _ = tell.send(());
    })?;
    Ok(running)
}

impl Running {
    /// Takes its standard input, if it is a pipe.
    pub fn stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Takes its standard output, if it is a pipe.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Takes its standard error, if it is a pipe.
    pub fn stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Waits for the child. Terminates it when its time limit is exceeded, or when `stop`, which is
    /// called ten times a second, returns true.
    ///
    /// # Errors
    ///
    /// Its status cannot be collected.
    pub fn wait(&mut self, limit: Limit, stop: &dyn Fn() -> bool) -> io::Result<End> {
        let mut left = limit.time;
        loop {
            let look = left.min(POLL_INTERVAL);
            match self.ended.recv_timeout(look) {
                Ok(()) | Err(RecvTimeoutError::Disconnected) => {
                    return self.reap().map(End::Exited);
                }
                Err(RecvTimeoutError::Timeout) => left = left.saturating_sub(look),
            }
            let end = match (stop(), left.is_zero()) {
                (true, _) => End::Stopped,
                (_, true) => End::Late,
                _ => continue,
            };
            self.end(limit.grace)?;
            return Ok(end);
        }
    }

    /// Terminates the child: SIGTERM first, SIGKILL after `grace`.
    ///
    /// # Errors
    ///
    /// Its status cannot be collected.
    pub fn end(&mut self, grace: Duration) -> io::Result<ExitStatus> {
        if !self.reaped && !grace.is_zero() {
            self.signal(Signal::TERM);
            let _ = self.ended.recv_timeout(grace);
        }
        if !self.reaped {
            // In its own group, processes that the child has started may outlive it.
            self.signal(Signal::KILL);
        }
        self.reap()
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        // Fails if the process has already exited, which is fine.
        let _ = match self.group {
            Group::Own => kill_process_group(pid, signal),
            Group::Callers => kill_process(pid, signal),
        };
    }

    fn reap(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait()?;
        self.reaped = true;
        Ok(status)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.reaped {
            let _ = self.end(Duration::ZERO);
        }
    }
}

/// Runs `work` on its own thread: reading or feeding a pipe that a child may leave open
/// indefinitely.
///
/// # Errors
///
/// No thread can be started.
pub fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Receiver<T>> {
    let (tell, done) = channel();
    thread::Builder::new().spawn(move || {
        // The receiver is gone if the child exceeded its limit.
        let _ = tell.send(work());
    })?;
    Ok(done)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::process::Stdio;

    use rustix::process::{getpgid, getpgrp};

    use super::*;

    const SHORT: Limit = Limit {
        time: Duration::from_millis(50),
        grace: Duration::ZERO,
    };
    /// Longer than any test: waiting for it hits the harness's own limit.
    const LONG: Limit = Limit {
        time: Duration::from_mins(10),
        grace: Duration::ZERO,
    };

    fn shell(script: &str) -> Command {
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        shell
    }

    fn never() -> bool {
        false
    }

    #[test]
    fn a_child_that_ends_has_its_own_status() {
        let mut running = start(&mut shell("exit 3"), Group::Own).unwrap();
        let End::Exited(status) = running.wait(LONG, &never).unwrap() else {
            panic!("was ended")
        };
        assert_eq!(status.code(), Some(3));
    }

    #[test]
    fn a_child_that_never_ends_is_ended_with_all_that_it_started() {
        let mut running = start(&mut shell("sleep 1000 & sleep 1000"), Group::Own).unwrap();
        let mut out = running.stdout().unwrap();
        assert_eq!(running.wait(SHORT, &never).unwrap(), End::Late);
        // The pipe reaches its end when the last process that holds it has exited.
        assert_eq!(out.read_to_end(&mut Vec::new()).unwrap(), 0);
    }

    #[test]
    fn a_child_in_the_callers_group_is_ended_too() {
        let mut running = start(&mut shell("exec sleep 1000"), Group::Callers).unwrap();
        assert_eq!(
            getpgid(Some(Pid::from_child(&running.child))).unwrap(),
            getpgrp()
        );
        let mut out = running.stdout().unwrap();
        assert_eq!(running.wait(SHORT, &never).unwrap(), End::Late);
        assert_eq!(out.read_to_end(&mut Vec::new()).unwrap(), 0);
    }

    #[test]
    fn a_child_that_ignores_the_request_to_end_is_killed() {
        let mut running = start(&mut shell("trap '' TERM; echo; cat"), Group::Own).unwrap();
        let _open = running.stdin().unwrap();
        let mut out = running.stdout().unwrap();
        // Once it has printed, it ignores the signal.
        out.read_exact(&mut [0]).unwrap();
        let limit = Limit {
            grace: Duration::from_millis(50),
            ..SHORT
        };
        assert_eq!(running.wait(limit, &never).unwrap(), End::Late);
    }

    #[test]
    fn nobody_has_to_wait_for_the_limit() {
        let mut running = start(&mut shell("cat"), Group::Own).unwrap();
        let _open = running.stdin().unwrap();
        assert_eq!(running.wait(LONG, &|| true).unwrap(), End::Stopped);
    }

    #[test]
    fn one_that_is_dropped_is_killed() {
        let mut running = start(&mut shell("cat"), Group::Own).unwrap();
        let _open = running.stdin().unwrap();
        let mut out = running.stdout().unwrap();
        drop(running);
        assert_eq!(out.read_to_end(&mut Vec::new()).unwrap(), 0);
    }
}
