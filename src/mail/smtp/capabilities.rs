//! The capabilities of a mail server, from its reply to EHLO.

use super::reply::Reply;

/// A mechanism of AUTH.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mechanism {
    /// PLAIN (RFC 4616): user and password at once.
    Plain,
    /// LOGIN, which is older and was never standardized: one after the other.
    Login,
}

/// The capabilities that matter here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Capabilities {
    /// STARTTLS.
    pub(super) starttls: bool,
    plain: bool,
    login: bool,
}

impl Capabilities {
    /// Parses the reply to EHLO. Its first line is a greeting; each other line begins with a
    /// keyword in any case (RFC 5321, 4.1.1.1).
    pub(super) fn of(answer: &Reply) -> Self {
        let mut all = Self::default();
        for line in answer.lines().skip(1) {
            let line = line.to_ascii_uppercase();
            // Servers wrote `AUTH=PLAIN` before there was a standard, and some still do.
            let mut words = line
                .split(|c| matches!(c, b' ' | b'\t' | b'='))
                .filter(|word| !word.is_empty());
            match words.next() {
                Some(b"STARTTLS") => all.starttls = true,
                Some(b"AUTH") => words.for_each(|word| all.add(word)),
                _ => {}
            }
        }
        all
    }

    fn add(&mut self, mechanism: &[u8]) {
        match mechanism {
            b"PLAIN" => self.plain = true,
            b"LOGIN" => self.login = true,
            _ => {}
        }
    }

    /// Returns the mechanism to use: the one with fewer steps if there is a choice.
    pub(super) fn mechanism(self) -> Option<Mechanism> {
        match self {
            Self { plain: true, .. } => Some(Mechanism::Plain),
            Self { login: true, .. } => Some(Mechanism::Login),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reply::Line;
    use super::*;

    fn of(lines: &[&[u8]]) -> Capabilities {
        let mut reply = None;
        for line in lines {
            reply = Reply::with(reply, &Line::parse(line).unwrap());
        }
        Capabilities::of(&reply.unwrap())
    }

    #[test]
    fn keywords_count_in_any_case_and_in_the_old_form() {
        for (line, mechanism) in [
            (&b"250 AUTH PLAIN LOGIN"[..], Some(Mechanism::Plain)),
            (b"250 auth login cram-md5", Some(Mechanism::Login)),
            (b"250 Auth=Login", Some(Mechanism::Login)),
            (b"250 AUTH  XOAUTH2\tplain ", Some(Mechanism::Plain)),
            (b"250 AUTH CRAM-MD5", None),
            (b"250 AUTHPLAIN", None),
            (b"250 XAUTH PLAIN", None),
        ] {
            let all = of(&[b"250-mail.example.com AUTH PLAIN", line]);
            assert_eq!(
                (all.mechanism(), all.starttls),
                (mechanism, false),
                "{line:?}"
            );
        }
        assert!(of(&[b"250-mail", b"250-size 1000", b"250 starttls"]).starttls);
        assert!(!of(&[b"250-STARTTLS", b"250 NOSTARTTLS"]).starttls);
        assert_eq!(of(&[b"250"]), Capabilities::default());
    }
}
