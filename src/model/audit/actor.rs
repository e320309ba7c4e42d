//! The actor of an audit log entry.

use std::net::IpAddr;

use serde::{Deserialize, Serialize, Serializer};

use crate::model::id::TokenId;
use crate::model::name::{ProfileName, RequestId};

/// The actor: a person on this machine, a caller over HTTP, or the server itself.
///
/// JSON is one object with the fields of all three variants (`docs/json.md`), null where they do
/// not apply. The store keeps the variant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub enum Actor {
    /// A person who runs the program.
    Operator(Operator),
    /// A caller of the HTTP server.
    Remote(Remote),
    /// The server, on its own initiative.
    Server(Server),
}

/// The person who runs the program, as the operating system knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// Real user id.
    pub uid: u32,
    /// Effective user id.
    pub euid: u32,
    /// Login name, where known.
    pub login: Option<String>,
    /// The user who called `sudo`, from `SUDO_USER`.
    pub sudo_user: Option<String>,
    /// The terminal.
    pub tty: Option<String>,
    /// The host's name.
    pub host: Option<String>,
    /// Process id.
    pub pid: u32,
}

/// A caller over HTTP, as far as the server knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// The client's address: the peer, or the client that a trusted proxy reported.
    pub address: IpAddr,
    /// The profile that was requested or signed in to.
    pub profile: Option<ProfileName>,
    /// The public id of the token that was presented.
    pub token: Option<TokenId>,
    /// The id of the request in the access log.
    pub request_id: Option<RequestId>,
}

/// A server that acts on its own: it sends mail that is due and removes what is overdue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// Real user id.
    pub uid: u32,
    /// The host's name.
    pub host: Option<String>,
    /// Process id.
    pub pid: u32,
}

impl Default for Actor {
    fn default() -> Self {
        Self::Operator(Operator::default())
    }
}

impl Actor {
    /// The kind of the actor, as a word in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Operator(_) => "operator",
            Self::Remote(_) => "remote",
            Self::Server(_) => "server",
        }
    }

    /// All known fields; `None` where a field does not apply.
    pub fn fields(&self) -> ActorFields<'_> {
        let mut fields = ActorFields {
            kind: self.kind(),
            ..ActorFields::default()
        };
        match self {
            Self::Operator(Operator {
                uid,
                euid,
                login,
                sudo_user,
                tty,
                host,
                pid,
            }) => {
                fields.uid = Some(*uid);
                fields.euid = Some(*euid);
                fields.login = login.as_deref();
                fields.sudo_user = sudo_user.as_deref();
                fields.tty = tty.as_deref();
                fields.host = host.as_deref();
                fields.pid = Some(*pid);
            }
            Self::Remote(Remote {
                address,
                profile,
                token,
                request_id,
            }) => {
                fields.address = Some(*address);
                fields.profile = profile.as_ref();
                fields.token = *token;
                fields.request_id = request_id.as_ref();
            }
            Self::Server(Server { uid, host, pid }) => {
                fields.uid = Some(*uid);
                fields.host = host.as_deref();
                fields.pid = Some(*pid);
            }
        }
        fields
    }
}

/// The fields of every kind of [`Actor`], in the order of `docs/json.md`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the variants")]
pub struct ActorFields<'a> {
    pub uid: Option<u32>,
    pub euid: Option<u32>,
    pub login: Option<&'a str>,
    pub sudo_user: Option<&'a str>,
    pub tty: Option<&'a str>,
    pub host: Option<&'a str>,
    pub pid: Option<u32>,
    pub kind: &'static str,
    pub address: Option<IpAddr>,
    pub profile: Option<&'a ProfileName>,
    pub token: Option<TokenId>,
    pub request_id: Option<&'a RequestId>,
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return self.fields().serialize(serializer);
        }
        // The layout that `derive` writes, which `Deserialize` reads.
        let (index, name) = match self {
            Self::Operator(_) => (0, "Operator"),
            Self::Remote(_) => (1, "Remote"),
            Self::Server(_) => (2, "Server"),
        };
        match self {
            Self::Operator(operator) => {
                serializer.serialize_newtype_variant("Actor", index, name, operator)
            }
            Self::Remote(remote) => {
                serializer.serialize_newtype_variant("Actor", index, name, remote)
            }
            Self::Server(server) => {
                serializer.serialize_newtype_variant("Actor", index, name, server)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> [Actor; 3] {
        let host = Some("build1".to_owned());
        [
            Actor::Operator(Operator {
                uid: 7,
                euid: 0,
                login: Some("root".to_owned()),
                sudo_user: Some("ann".to_owned()),
                tty: Some("/dev/pts/0".to_owned()),
                host: host.clone(),
                pid: 4711,
            }),
            Actor::Remote(Remote {
                address: "2001:db8::1".parse().unwrap(),
                profile: Some("github".parse().unwrap()),
                token: Some(TokenId::new(5)),
                request_id: Some("r-1".parse().unwrap()),
            }),
            Actor::Server(Server {
                uid: 33,
                host,
                pid: 12,
            }),
        ]
    }

    #[test]
    fn every_actor_is_stored_and_read_back() {
        for actor in all() {
            let bytes = postcard::to_allocvec(&actor).unwrap();
            assert_eq!(postcard::from_bytes::<Actor>(&bytes).unwrap(), actor);
        }
    }

    #[test]
    fn json_has_every_field_for_every_actor() {
        let json = all().map(|actor| serde_json::to_value(actor).unwrap());
        let keys = |value: &serde_json::Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(
            json.each_ref().map(keys)[1..],
            [keys(&json[0]), keys(&json[0])]
        );
        assert_eq!(
            json.each_ref().map(|value| value["kind"].clone()),
            ["operator", "remote", "server"]
        );
        assert_eq!(json[0]["sudo_user"], "ann");
        assert_eq!(json[1]["address"], "2001:db8::1");
        assert!(json[1]["uid"].is_null() && json[2]["login"].is_null());
    }
}
