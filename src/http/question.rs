//! What a proxy asks about one request.

use std::net::IpAddr;

use super::app::App;
use super::client;
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::ruling::Ruling;
use crate::core::Request;
use crate::model::name::ProfileName;
use crate::model::token::{Presented, Token};
use crate::model::verdict::Caller;
use crate::ops::verify::Asked;

/// What a proxy asks about one request.
#[derive(Debug)]
pub(super) struct Question {
    /// What its configuration asks about.
    pub(super) parameters: Parameters,
    /// Where the client is.
    pub(super) caller: Caller,
}

impl Question {
    /// The use to judge a credential for.
    pub(super) fn asked(&self) -> Asked {
        let Parameters {
            connection,
            environment,
            device,
            ..
        } = &self.parameters;
        Asked {
            connection: connection.clone(),
            environment: environment.clone(),
            device: device.clone(),
            caller: self.caller,
        }
    }

    /// The call to the core.
    pub(super) fn request(&self) -> Request {
        Request::from(client::actor(self.caller, None))
    }

    /// The call to the core about a profile that exists.
    pub(super) fn request_about(&self, profile: ProfileName) -> Request {
        Request::from(client::actor(self.caller, Some(profile)))
    }

    /// The address whose failures are counted, if any is ([`client::source`]).
    pub(super) fn source(&self, app: &App) -> Option<IpAddr> {
        client::source(self.caller, &app.options.trust_proxy)
    }

    /// Fails if the configuration names a connection or an environment that does not exist.
    pub(super) async fn ensure_named(&self, app: &App) -> Result<(), Refusal> {
        if self.parameters.connection.is_none() && self.parameters.environment.is_none() {
            return Ok(());
        }
        // Any token: what is named is looked up before it.
        let nobody = Presented::Own(Token::zero());
        self.judge(app, nobody).await.map(drop)
    }

    /// Judges a token.
    pub(super) async fn judge(&self, app: &App, presented: Presented) -> Result<Ruling, Refusal> {
        let judged = app.judge.judge(self.request(), presented, self.asked());
        match judged.await {
            Ok(verdict) => Ok(Ruling::on_token(verdict, &self.parameters)),
            Err(error) => Err(Refusal::no_verdict(&error)),
        }
    }
}
