//! A place that takes its time, as far as the core sees it.

use std::io;

use hallpass::model::token::Token;
use hallpass::ops::delivery::{DeferredSink, Delivery};
use hallpass::secret::SecretText;
use zeroize::Zeroizing;

/// What a sink does with the secret it is given.
type Act = Box<dyn FnMut(&str) -> io::Result<()>>;

/// A place that takes its time: a file, as far as the core sees it.
#[derive(Default)]
pub(crate) struct Slow {
    /// What it holds.
    pub(crate) content: Option<String>,
    /// What it does when it is given a secret, before it has it.
    pub(crate) meanwhile: Option<Act>,
    /// Whether it cannot give back what it held.
    pub(crate) stuck: bool,
    /// Whether it fails before anything is made.
    pub(crate) unready: bool,
    /// Whether anything may be replaced in it.
    pub(crate) overwrites: bool,
    /// What it held before it was given a secret.
    pub(crate) former: Vec<Option<String>>,
}

impl Slow {
    /// One that does something when it is given a secret.
    pub(crate) fn doing(act: impl FnMut(&str) -> io::Result<()> + 'static) -> Self {
        Self {
            meanwhile: Some(Box::new(act)),
            ..Self::default()
        }
    }

    /// One that fails when it is given a secret.
    pub(crate) fn failing() -> Self {
        Self::doing(|_| Err(io::Error::other("no room")))
    }

    /// Lets it hold something that may be replaced, whatever it is.
    pub(crate) fn hold(&mut self, text: &str) {
        (self.content, self.overwrites) = (Some(text.to_owned()), true);
    }

    pub(crate) fn delivery<New>(&mut self) -> Delivery<'_, New> {
        Delivery::Deferred(self)
    }

    pub(crate) fn token(&mut self) -> Token {
        DeferredSink::held_token(self).unwrap().unwrap()
    }
}

impl DeferredSink for Slow {
    fn timeout_seconds(&self) -> u32 {
        60
    }

    fn display_name(&self) -> String {
        "the sink".to_owned()
    }

    fn content(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        Ok(self
            .content
            .clone()
            .map(|text| Zeroizing::new(text.into_bytes())))
    }

    fn overwrites(&self) -> bool {
        self.overwrites
    }

    fn ready(&mut self) -> io::Result<()> {
        if self.unready {
            Err(io::ErrorKind::PermissionDenied.into())
        } else {
            Ok(())
        }
    }

    fn deliver(&mut self, secret: &SecretText, held: Option<&[u8]>) -> io::Result<()> {
        if self.content.as_ref().map(String::as_bytes) != held {
            return Err(io::Error::other(
                "it was changed by another program meanwhile",
            ));
        }
        if let Some(act) = &mut self.meanwhile {
            act(secret.expose())?;
        }
        self.former
            .push(self.content.replace(secret.expose().to_owned()));
        Ok(())
    }

    fn restore(&mut self) -> io::Result<()> {
        if self.stuck {
            return Err(io::Error::other("gone read-only"));
        }
        if let Some(former) = self.former.pop() {
            self.content = former;
        }
        Ok(())
    }
}
