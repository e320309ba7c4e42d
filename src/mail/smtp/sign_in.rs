//! Signing in at a mail server: what PLAIN and LOGIN send.

use zeroize::Zeroizing;

use super::connection::{Connection, Fault};
use super::reply::Class;

/// User and password in one (RFC 4616), sent along. A server that does not look at that asks for it.
pub(super) fn by_plain(
    connection: &mut Connection,
    user: &str,
    password: &str,
) -> Result<(), Fault> {
    let both = initial(user, password);
    let at_once = joined(&["AUTH PLAIN ", &both]);
    let reply = match connection.command(&at_once, Class::Completion) {
        Err(Fault::Unexpected(reply)) if reply.class() == Class::Intermediate => {
            connection.command(&both, Class::Completion)
        }
        reply => reply,
    };
    reply.map(drop)
}

/// The user, and then the password, each when it is asked for.
pub(super) fn by_login(
    connection: &mut Connection,
    user: &str,
    password: &str,
) -> Result<(), Fault> {
    connection.command("AUTH LOGIN", Class::Intermediate)?;
    connection.command(&base64(user), Class::Intermediate)?;
    connection
        .command(&base64(password), Class::Completion)
        .map(drop)
}

/// What PLAIN says.
pub(super) fn initial(user: &str, password: &str) -> Zeroizing<String> {
    base64(&joined(&["\0", user, "\0", password]))
}

/// All of them in one text, which has room from the start: one that grows leaves copies of a secret.
fn joined(parts: &[&str]) -> Zeroizing<String> {
    let room = parts.iter().map(|part| part.len()).sum();
    let mut text = Zeroizing::new(String::with_capacity(room));
    text.extend(parts.iter().copied());
    text
}

pub(super) fn base64(text: &str) -> Zeroizing<String> {
    Zeroizing::new(data_encoding::BASE64.encode(text.as_bytes()))
}
