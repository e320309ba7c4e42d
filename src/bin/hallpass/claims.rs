//! Descriptors that the caller named by number. They are claimed before anything else is opened:
//! later the number could belong to a file of our own.

use std::os::fd::OwnedFd;

use crate::cli::Command;
use crate::cli::global::Global;
use crate::cli::sink::Destination;
use crate::failure::Failure;
use crate::protected::Protected;
use crate::stdio;

/// The claimed descriptors.
#[derive(Default)]
pub(crate) struct Claims {
    /// `--to fd:N`.
    pub(crate) sink: Option<OwnedFd>,
    /// `--passphrase-fd N`.
    pub(crate) passphrase: Option<OwnedFd>,
}

impl Claims {
    /// Claims the descriptors that the arguments name.
    pub(crate) fn take(global: &Global, command: &Command) -> Result<Self, Failure> {
        let sink = match command.sink().and_then(|sink| sink.to.as_ref()) {
            Some(Destination::Descriptor(number)) => Some(*number),
            _ => None,
        };
        // A number above `i32::MAX` cannot be an open descriptor.
        let passphrase = global
            .key
            .passphrase_fd
            .map(|number| number.try_into().unwrap_or(i32::MAX));
        let numbers: Vec<_> = sink.into_iter().chain(passphrase).collect();
        let mut taken = hallpass::sys::duplicate(&numbers).into_iter();
        let mut next = |number: Option<i32>, opened: &str| -> Result<Option<OwnedFd>, Failure> {
            let Some(number) = number else {
                return Ok(None);
            };
            let taken = taken.next().and_then(Result::ok);
            let refused = || {
                let hint =
                    format!("open it for the command, in a shell with `{number}{opened}FILE`");
                Failure::usage(format!("descriptor {number} is not open")).advice(hint)
            };
            taken.map(Some).ok_or_else(refused)
        };
        Ok(Self {
            sink: next(sink, ">")?,
            passphrase: next(passphrase, "<")?,
        })
    }

    /// Refuses a descriptor of a file that belongs to the store, whatever its number: writing to it
    /// would ruin the store, and closing it would release the store's locks.
    pub(crate) fn ensure_safe(&self, protected: &Protected) -> Result<(), Failure> {
        stdio::refuse_protected(&|fd| protected.has(fd))?;
        for (fd, called) in [
            (&self.sink, "the descriptor of `--to`"),
            (&self.passphrase, "the descriptor of `--passphrase-fd`"),
        ] {
            if let Some(fd) = fd {
                protected.refuse_descriptor(fd, called)?;
            }
        }
        Ok(())
    }
}
