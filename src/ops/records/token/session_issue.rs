//! Issues session tokens: never wider than what they are made from, and never outliving it.

use data_encoding::HEXLOWER;

use super::draft::Draft;
use super::issued::{Assumed, Issued};
use super::issuer::{Issuer, Origin};
use super::made_from::MadeFrom;
use crate::barrier::{Reader, Writer};
use crate::error::{Refusal, Result};
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::TokenId;
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use crate::model::token::{Encoding, Token};

/// What a session token is asked for.
#[derive(Debug, Clone, Default)]
pub(in crate::ops) struct SessionTerms {
    /// The connection that it is bound to; without one, that of the token it is made from.
    pub(in crate::ops) connection: Option<ConnectionName>,
    /// The environment that it is for, if it is made from a password; without one, the default.
    pub(in crate::ops) environment: Option<EnvironmentName>,
}

impl Issuer {
    /// Issues a session token; it is complete once [`Self::finish`] is called.
    ///
    /// Its lifetime is that of this issuer, or less. A token that is bound to a connection makes
    /// tokens for that one only.
    pub(in crate::ops) fn issue_session(
        &mut self,
        w: &mut Writer<'_>,
        profile: &ProfileName,
        from: MadeFrom<'_>,
        asked: &SessionTerms,
    ) -> Result<Issued> {
        let secret = Token::generate(w.entropy())?;
        let draft = Draft {
            form: Encoding::Native,
            ..session_draft(w, profile, session_name(secret.id())?, from, asked)?
        };
        let mut owner = self.owner(w, profile)?;
        let mut assumed = Assumed::default();
        let mut terms = self.terms(w, &owner.profile, &draft, &mut assumed)?;
        let parent_end = from.token().and_then(|parent| parent.expires_at);
        terms.expires_at = terms.expires_at.into_iter().chain(parent_end).min();
        owner.ensure_name_free(w, &draft.name, self.clocks)?;
        let origin = Origin {
            secret: Some(&secret),
            session: Some(from),
            ..Origin::default()
        };
        let issued = self.build(w, &mut owner, &draft, &terms, assumed, origin)?;
        owner.profile.sessions = owner.profile.sessions.spent(self.clocks.now);
        self.owners.insert(profile.canonical(), owner);
        Ok(issued)
    }
}

/// The draft of a session token: what its parent is for, or less.
fn session_draft(
    r: &mut Reader<'_>,
    profile: &ProfileName,
    name: TokenName,
    from: MadeFrom<'_>,
    asked: &SessionTerms,
) -> Result<Draft> {
    let SessionTerms {
        connection,
        environment,
    } = asked.clone();
    let draft = Draft::new(profile.clone(), name);
    let MadeFrom::Token(_, parent) = from else {
        return Ok(Draft {
            connection,
            environment,
            ..draft
        });
    };
    let own: Option<Connection> = match parent.connection {
        Some(id) => Some(r.require(id)?),
        None => None,
    };
    let is_own = |named: &ConnectionName| own.as_ref().is_none_or(|it| it.name.same_as(named));
    if !connection.as_ref().is_none_or(is_own) {
        let other = "the token is bound to another connection";
        return Err(Refusal::State(other.to_owned()).into());
    }
    let environment: Environment = r.require(parent.environment)?;
    Ok(Draft {
        connection: own.map(|own| own.name).or(connection),
        environment: Some(environment.name),
        device: parent.device.clone(),
        allow_ip: parent.allow_ip.clone(),
        ..draft
    })
}

/// The name of a session token, unique like its id.
fn session_name(id: TokenId) -> Result<TokenName> {
    let digits = HEXLOWER.encode(&id.bytes());
    Ok(format!("session-{digits}").parse()?)
}
