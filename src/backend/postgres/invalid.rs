//! Why a URL does not name a database.

use std::fmt;
use std::path::PathBuf;

use crate::backend::fault::Fault;
use crate::kind::Kind;

/// Why a URL does not name a database. No value is repeated, because any could be a password in the
/// wrong place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadDatabase {
    /// It is not a URL of a database.
    #[error("the URL of the database {0}")]
    Malformed(&'static str),
    /// A password where others can see it.
    #[error("{0} holds a password; a password must not be there")]
    Password(Place),
    /// Something that may be a password with characters that were not encoded.
    #[error("the URL of the database has an `@` that does not end the user's name")]
    StrayAt,
    /// An option that hallpass does not know.
    #[error("{place} has an unknown option{}", quoted(name.as_deref()))]
    UnknownOption {
        /// Where.
        place: Place,
        /// Its name, if it is a word.
        name: Option<String>,
    },
    /// Something is given twice.
    #[error("{place} gives `{option}` twice")]
    Twice {
        /// Where.
        place: Place,
        /// What.
        option: &'static str,
    },
    /// A value that is not one of its option.
    #[error("{place}: `{option}` must be {expected}")]
    Value {
        /// Where.
        place: Place,
        /// Of which option.
        option: &'static str,
        /// What it could be.
        expected: &'static str,
    },
    /// There are several ports, and another number of hosts.
    #[error("there must be one port, or one for each host")]
    Ports,
    /// Nothing names a part that has no default.
    #[error("the URL of the database names no {0}")]
    Missing(&'static str),
    /// A client certificate without its key, or a key without its certificate.
    #[error("`sslcert` and `sslkey` belong together: give both or neither")]
    HalfCertificate,
    /// A service that is not defined.
    #[error("there is no service `{name}`{}", in_file(file.as_ref()))]
    NoService {
        /// Its name.
        name: String,
        /// Where it was looked for.
        file: Option<PathBuf>,
    },
    /// A line of a service that is neither empty nor an option.
    #[error("`{}`, line {line}: neither an option nor a section", file.display())]
    ServiceLine {
        /// The file.
        file: PathBuf,
        /// The number of the line.
        line: usize,
    },
    /// A connection over TCP that is weaker than is allowed.
    #[error("{0}")]
    Weak(&'static str),
    /// The file of services cannot be read, or others can change it.
    #[error(transparent)]
    File(#[from] Fault),
}

/// What something is wrong with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The URL.
    Url,
    /// A variable of the environment.
    Variable(&'static str),
    /// A service in a file.
    Service(String, PathBuf),
}

impl BadDatabase {
    /// The coarse kind of this error.
    pub fn kind(&self) -> Kind {
        match self {
            Self::File(fault) => fault.kind(),
            _ => Kind::Usage,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url => f.write_str("the URL of the database"),
            Self::Variable(name) => write!(f, "`{name}`"),
            Self::Service(name, file) => write!(f, "service `{name}` in `{}`", file.display()),
        }
    }
}

fn quoted(name: Option<&str>) -> String {
    name.map(|name| format!(" `{name}`")).unwrap_or_default()
}

fn in_file(file: Option<&PathBuf>) -> String {
    file.map(|file| format!(" in `{}`", file.display()))
        .unwrap_or_default()
}
