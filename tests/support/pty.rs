//! A program on a terminal of its own.

use std::ffi::CStr;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

const PATIENCE: Duration = Duration::from_secs(20);

/// A program on a terminal. Echo starts on, as it does for a person.
pub(crate) struct Terminal {
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    line: OwnedFd,
    child: Child,
    seen: String,
}

impl Terminal {
    /// Starts `command` with the terminal as standard input, output and error.
    pub(crate) fn spawn(command: Command) -> Self {
        Self::spawn_on(pair(), command)
    }

    /// As [`Self::spawn`], on a terminal of so many columns.
    pub(crate) fn spawn_in(columns: u16, command: Command) -> Self {
        let (keyboard, line) = pair();
        let size = Winsize {
            ws_row: 24,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&line, size).unwrap();
        Self::spawn_on((keyboard, line), command)
    }

    fn spawn_on((keyboard, line): (File, OwnedFd), mut command: Command) -> Self {
        let end = || line.try_clone().unwrap();
        let child = command
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .unwrap();
        drop(command);
        let screen = watch(keyboard.try_clone().unwrap());
        Self {
            keyboard,
            screen,
            line,
            child,
            seen: String::new(),
        }
    }

    /// Waits for `prompt` and for echo to go off (what is typed before that is thrown away by the
    /// prompt), then types `text` and Enter.
    pub(crate) fn answer(&mut self, prompt: &str, text: &str) {
        self.wait_for_hidden(prompt);
        self.type_line(text);
    }

    /// Waits for a question that shows what is typed, then presses `key` (a menu reads no Enter).
    pub(crate) fn press(&mut self, question: &str, key: &str) {
        self.wait_for(question, |_| true);
        self.keyboard.write_all(key.as_bytes()).unwrap();
    }

    /// As [`Self::press`]; returns what was shown until then, the question included.
    pub(crate) fn press_and_look(&mut self, question: &str, key: &str) -> String {
        self.wait_until(question, |_| true);
        self.keyboard.write_all(key.as_bytes()).unwrap();
        std::mem::take(&mut self.seen)
    }

    pub(crate) fn type_line(&mut self, text: &str) {
        writeln!(self.keyboard, "{text}").unwrap();
    }

    /// Ends what is typed, as Ctrl-D does at the beginning of a line.
    pub(crate) fn type_end(&mut self) {
        self.keyboard.write_all(b"\x04").unwrap();
    }

    pub(crate) fn wait_for_hidden(&mut self, prompt: &str) {
        self.wait_for(prompt, |terminal| !terminal.echo());
    }

    /// As [`Self::wait_for_hidden`]; returns what was shown until then, the prompt included.
    pub(crate) fn wait_for_hidden_and_look(&mut self, prompt: &str) -> String {
        self.wait_until(prompt, |terminal| !terminal.echo());
        std::mem::take(&mut self.seen)
    }

    /// Sends SIGINT to the program, as another process would.
    pub(crate) fn interrupt(&mut self) {
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
    }

    /// Waits for the end; returns the status, everything shown since the last prompt, and whether
    /// the terminal shows again what is typed.
    pub(crate) fn finish(mut self) -> (ExitStatus, String, bool) {
        let status = self.child.wait().unwrap();
        let echo = self.echo();
        // Once nobody has the line, the screen ends with the last that was written to it.
        drop(self.line);
        while let Ok(chunk) = self.screen.recv_timeout(PATIENCE) {
            self.seen.push_str(&String::from_utf8_lossy(&chunk));
        }
        (status, self.seen, echo)
    }

    pub(crate) fn echo(&self) -> bool {
        tcgetattr(&self.line)
            .unwrap()
            .local_modes
            .contains(LocalModes::ECHO)
    }

    /// What was shown since the last prompt.
    pub(crate) fn screen(&mut self) -> &str {
        self.look(Duration::from_millis(50));
        &self.seen
    }

    fn wait_for(&mut self, text: &str, ready: impl Fn(&Self) -> bool) {
        self.wait_until(text, ready);
        self.seen.clear();
    }

    fn wait_until(&mut self, text: &str, ready: impl Fn(&Self) -> bool) {
        #[expect(clippy::disallowed_methods, reason = "a test waits in real time")]
        let end = Instant::now() + PATIENCE;
        while !self.seen.contains(text) || !ready(self) {
            #[expect(clippy::disallowed_methods, reason = "a test waits in real time")]
            let now = Instant::now();
            assert!(now < end, "no prompt `{text}` in:\n{}", self.seen);
            self.look(Duration::from_millis(5));
        }
    }

    fn look(&mut self, patience: Duration) {
        while let Ok(chunk) = self.screen.recv_timeout(patience) {
            self.seen.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}

/// Both ends of a new terminal: where its keyboard and screen are, and the line for the program.
fn pair() -> (File, OwnedFd) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name: &CStr = &ptsname(&ours, Vec::new()).unwrap();
    let line = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    let modes = tcgetattr(&line).unwrap().local_modes;
    assert!(
        modes.contains(LocalModes::ECHO),
        "no test of hiding means anything without echo"
    );
    (File::from(ours), line)
}

fn watch(mut reader: File) -> Receiver<Vec<u8>> {
    let (send, screen) = channel::<Vec<u8>>();
    thread::spawn(move || {
        let mut chunk = [0; 1024];
        while let Ok(n @ 1..) = reader.read(&mut chunk) {
            if send.send(chunk.iter().take(n).copied().collect()).is_err() {
                break;
            }
        }
    });
    screen
}
