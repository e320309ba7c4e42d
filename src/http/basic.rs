//! Basic: the password is a token, or the profile's password.

use std::sync::Arc;

use super::app::App;
use super::credential::Basic;
use super::facts::Facts;
use super::passwords::{Attempt, Unproven};
use super::question::Question;
use super::refusal::Refusal;
use super::ruling::{Ruling, Standing};
use crate::model::name::ProfileName;
use crate::model::token::{Presented, Token};
use crate::model::verdict::Reason;
use crate::ops::verify::{ProfileVerdict, judge_profile};
use crate::secret::SecretText;

/// The user name for a token whose profile is not named; so is an empty one.
pub(super) const ANY_USER: &str = "token";

/// Judges a user name and a password.
///
/// A token as a password is judged as anywhere else; nothing is hashed for it. What cannot be a token
/// of hallpass may be one of another system, or a password: it is looked up as the first, and hashed
/// only if it is not one.
pub(super) async fn judge(app: &App, basic: Basic, question: &Question) -> Result<Ruling, Refusal> {
    let Basic { user, password } = basic;
    match Presented::parse_remote(password.expose()) {
        Ok(presented) => {
            let is_own = matches!(presented, Presented::Own(_));
            let ruling = question.judge(app, presented).await?;
            let is_token = !matches!(ruling.reason, Reason::Unknown | Reason::Malformed);
            if is_own || is_token || user.is_empty() {
                return of_user(&user, ruling);
            }
        }
        // A mistyped token is told by its checksum; it is not worth a hash.
        Err(_) if user.is_empty() || Token::has_checksum(password.expose()) => {
            return Err(Refusal::credential(Reason::Malformed.word()));
        }
        Err(_) => (),
    }
    // What is not a name is no profile's.
    let name = user.parse();
    let name = name.map_err(|_| Refusal::credential(WRONG_PASSWORD))?;
    of_password(app, name, password, question).await
}

const WRONG_PASSWORD: &str = "wrong_password";

/// Refuses a token of another profile than the one that is named. Only after the verdict: before it,
/// the profile is not known.
fn of_user(user: &str, ruling: Ruling) -> Result<Ruling, Refusal> {
    let profile = ruling.identity.profile.as_ref();
    let is_theirs = user.is_empty()
        || user.eq_ignore_ascii_case(ANY_USER)
        || profile.is_some_and(|profile| profile.as_str().eq_ignore_ascii_case(user));
    if is_theirs || Standing::of(ruling.reason) == Standing::Unauthorized {
        return Ok(ruling);
    }
    let facts = ruling.identity.into_facts(WRONG_PASSWORD);
    Err(Refusal::Credential(facts))
}

/// Judges the profile whose password is sent. What it is valid for is read from the store each time;
/// only that the password was right is remembered, for as long as it is the one that is stored.
async fn of_password(
    app: &App,
    name: ProfileName,
    password: SecretText,
    question: &Question,
) -> Result<Ruling, Refusal> {
    let password = Arc::new(password);
    let mark = |account: Option<&ProfileVerdict>| {
        let stamp = account.and_then(|account| account.password.as_ref());
        app.passwords.proven.mark(&name, &password, stamp)
    };
    let account = read(app, &name, question).await?;
    let before = mark(account.as_ref());
    if !app.passwords.proven.holds(before) {
        let attempt = Attempt {
            name: name.clone(),
            password: Arc::clone(&password),
            mark: before,
            source: question.source(app),
        };
        let known = account.as_ref().map(|account| account.profile.clone());
        let request = known.map_or_else(
            || question.request(),
            |profile| question.request_about(profile),
        );
        let proving = app.passwords.prove(&app.pool, request, attempt);
        if let Err(unproven) = proving.await {
            return Err(refusal(unproven, account));
        }
    } else if let Some(account) = account {
        return Ok(Ruling::on_profile(account, &question.parameters));
    }
    // It may have been suspended, or have got another password, while this one was hashed.
    let account = read(app, &name, question).await?;
    let is_proven = app.passwords.proven.holds(mark(account.as_ref()));
    match account.filter(|_| is_proven) {
        Some(account) => Ok(Ruling::on_profile(account, &question.parameters)),
        None => Err(Refusal::credential(WRONG_PASSWORD)),
    }
}

async fn read(
    app: &App,
    name: &ProfileName,
    question: &Question,
) -> Result<Option<ProfileVerdict>, Refusal> {
    // Again: a password may have waited for its hash since the request came.
    if !app.judge.gate.is_open() {
        return Err(Refusal::unavailable("unavailable"));
    }
    let (name, asked) = (name.clone(), question.asked());
    let account = app.pool.run(question.request(), move |core| {
        judge_profile(core, &name, &asked)
    });
    account.await.map_err(|error| Refusal::no_verdict(&error))
}

fn refusal(unproven: Unproven, account: Option<ProfileVerdict>) -> Refusal {
    // Only a name that exists is logged: what is typed for another could be anything.
    let facts = |reason| Facts {
        profile: account.map(|account| account.profile),
        ..Facts::reason(reason)
    };
    match unproven {
        Unproven::Refused(reason) => Refusal::Credential(facts(reason)),
        Unproven::TooMany(reason, wait) => Refusal::TooMany(facts(reason), wait),
        Unproven::Busy => Refusal::unavailable("busy"),
        Unproven::Failed(error) => Refusal::no_verdict(&error),
    }
}

#[cfg(test)]
mod tests;
