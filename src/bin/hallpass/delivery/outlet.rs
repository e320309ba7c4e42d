//! The sink of a command's secret.
//!
//! A descriptor gets the secret within the transaction that makes it. A sink that may be slow gets
//! it between two transactions. The core decides the order.

use std::io;
use std::os::fd::OwnedFd;

use hallpass::ops::delivery::{DeferredSink, Delivery, ImmediateSink};
use hallpass::ops::otp::Requested;
use hallpass::ops::password::Generated;
use hallpass::ops::token::Issued;
use rustix::fs::Mode;

use super::command::Program;
use super::descriptor::Descriptor;
use super::dotenv::Variable;
use super::file::WholeFile;
use super::folder::SinkFile;
use super::terms::Terms;
use crate::cli::global::Format;
use crate::cli::sink::{self, Destination};
use crate::failure::Failure;
use crate::output::secret::{NewSecret, compose};
use crate::output::view::{CodeOf, PasswordOf};
use crate::protected::Protected;

/// What the sinks of a run share.
pub(crate) struct Outlets {
    /// The caller's descriptor that `--to` names.
    pub(crate) claimed: Option<OwnedFd>,
    /// The files that nothing may overwrite.
    pub(crate) protected: Protected,
}

/// Where the secret of a command goes.
pub(crate) enum Outlet {
    /// Standard output, in this format, or another descriptor, which gets the secret alone.
    Descriptor {
        /// The descriptor.
        out: Descriptor,
        /// The format.
        format: Format,
        /// The sink as `--to` names it; `None` for standard output.
        named: Option<Destination>,
    },
    /// A sink that may be slow.
    Sink {
        /// The sink.
        sink: Box<dyn DeferredSink>,
        /// The sink as `--to` names it.
        named: Destination,
    },
}

impl Outlet {
    /// Returns standard output.
    pub(crate) fn stdout(format: Format) -> Self {
        Self::Descriptor {
            out: Descriptor::stdout(),
            format,
            named: None,
        }
    }

    /// Opens the sink that the flags name, and checks it. `umask` is the caller's, for programs
    /// that are started.
    pub(crate) fn open(
        sink: &sink::SinkFlags,
        format: Format,
        umask: Mode,
        outlets: &mut Outlets,
    ) -> Result<Self, Failure> {
        let sink::SinkFlags {
            to,
            timeout,
            overwrite,
        } = sink;
        let Some(named) = to.clone() else {
            return Ok(Self::stdout(format));
        };
        let Outlets { claimed, protected } = outlets;
        let sink = match &named {
            Destination::Descriptor(number) => {
                let out = Descriptor::of(*number, claimed.take())?;
                return Ok(Self::Descriptor {
                    out,
                    format: Format::Table,
                    named: Some(named),
                });
            }
            other => {
                let terms = Terms::new(other, *timeout, *overwrite);
                open_deferred(other, terms, umask, protected)?
            }
        };
        Ok(Self::Sink { sink, named })
    }

    /// Returns how the core delivers a secret there.
    pub(crate) fn delivery<New>(&mut self) -> Delivery<'_, New>
    where
        Self: ImmediateSink<New>,
    {
        match self {
            Self::Sink { sink, .. } => Delivery::Deferred(&mut **sink),
            Self::Descriptor { .. } => Delivery::Immediate(self),
        }
    }

    /// Returns the sink as a deferred one. Errors: a descriptor is none.
    pub(crate) fn sink(&mut self) -> Result<&mut dyn DeferredSink, Failure> {
        match self {
            Self::Sink { sink, .. } => Ok(&mut **sink),
            Self::Descriptor { .. } => Err(Failure::usage("a descriptor cannot be read back")),
        }
    }

    /// Returns the sink as it was named, if it is not standard output.
    pub(crate) fn elsewhere(&self) -> Option<&Destination> {
        match self {
            Self::Descriptor { named, .. } => named.as_ref(),
            Self::Sink { named, .. } => Some(named),
        }
    }

    fn offer<V: crate::output::View>(&self, new: NewSecret<'_>, value: &V) -> io::Result<()> {
        match self {
            Self::Descriptor { out, format, .. } => out.write(&compose(*format, new, value)?),
            Self::Sink { .. } => Err(not_a_descriptor()),
        }
    }

    fn descriptor(&self) -> io::Result<&Descriptor> {
        match self {
            Self::Descriptor { out, .. } => Ok(out),
            Self::Sink { .. } => Err(not_a_descriptor()),
        }
    }
}

/// Opens a deferred sink and checks it.
pub(crate) fn open_deferred(
    named: &Destination,
    terms: Terms,
    umask: Mode,
    protected: &Protected,
) -> Result<Box<dyn DeferredSink>, Failure> {
    let at = |path| SinkFile::open(path, terms.patience, protected);
    match named {
        Destination::File(path) => Ok(Box::new(WholeFile::open(at(path)?, terms)?)),
        Destination::Env { file, key } => Ok(Box::new(Variable::open(at(file)?, key, terms)?)),
        Destination::Command(command) => Ok(Box::new(Program::new(command, terms, umask))),
        Destination::Descriptor(_) => Err(Failure::usage("a descriptor has no time limit")),
    }
}

fn not_a_descriptor() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "this is not a descriptor")
}

impl ImmediateSink for Outlet {
    fn ready(&mut self) -> io::Result<()> {
        self.descriptor()?.await_reader()
    }

    fn offer(&mut self, issued: &Issued) -> io::Result<()> {
        let new = NewSecret {
            field: "token",
            secret: Some(&issued.secret),
        };
        Self::offer(self, new, &issued.summary)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.descriptor()?.end()
    }
}

impl ImmediateSink<Generated> for Outlet {
    fn ready(&mut self) -> io::Result<()> {
        self.descriptor()?.await_reader()
    }

    fn offer(&mut self, new: &Generated) -> io::Result<()> {
        let named = NewSecret {
            field: "password",
            secret: Some(&new.password),
        };
        Self::offer(self, named, &PasswordOf::from(new))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.descriptor()?.end()
    }
}

impl ImmediateSink<Requested> for Outlet {
    fn ready(&mut self) -> io::Result<()> {
        self.descriptor()?.await_reader()
    }

    fn offer(&mut self, new: &Requested) -> io::Result<()> {
        let named = NewSecret {
            field: "code",
            secret: Some(new.code.text()),
        };
        Self::offer(self, named, &CodeOf::from(new))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.descriptor()?.end()
    }
}
