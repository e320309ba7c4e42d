//! A thread that runs a connection: the rest of hallpass is synchronous.
//!
//! The connection lives on a runtime of its own, so that it can be used from any thread, also from one
//! of another runtime, and keeps being read while nobody waits for an answer.

use std::future::Future;
use std::io;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// The thread of one connection. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Driver {
    handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Driver {
    /// Starts the thread.
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || {
                let _ = runtime.block_on(stopped);
            })?;
        Ok(Self {
            handle,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Runs `task` on the thread and waits for its result; `None` if the thread has ended.
    pub(super) fn run<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        // Not a channel of tokio: waiting for one is a panic on a thread of another runtime.
        let (result, received) = mpsc::sync_channel(1);
        self.spawn(async move {
            let _ = result.send(task.await);
        });
        received.recv().ok()
    }

    /// Runs `task` on the thread, without waiting.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        drop(self.handle.spawn(task));
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_used_and_dropped_on_a_thread_of_another_runtime() {
        let outer = Builder::new_current_thread().build().unwrap();
        outer.block_on(async {
            let driver = Driver::start().unwrap();
            assert_eq!(driver.run(async { 7 }), Some(7));
        });
    }
}
