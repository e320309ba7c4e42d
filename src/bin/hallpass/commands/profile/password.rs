//! The password of a new profile.

use hallpass::Error;
use hallpass::error::{Existing, Refusal, Subject};
use hallpass::model::name::ProfileName;
use hallpass::ops::edit::IfThere;
use hallpass::ops::profile;
use hallpass::secret::SecretText;

use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Asks for a password twice, but first checks that the name is free, so that nobody types in vain.
pub(super) fn ask(
    ui: &mut Ui,
    session: &mut Session,
    name: &ProfileName,
    if_there: IfThere,
) -> Result<Option<SecretText>, Failure> {
    match (profile::show(session.core(ui)?, name), if_there) {
        (Err(Error::NotFound(Subject::Profile(_))), _) => {}
        (Err(error), _) => return Err(error.into()),
        (Ok(_), IfThere::Compare) => return Ok(None),
        (Ok(_), IfThere::Refuse) => {
            return Err(Error::Exists(Existing::Profile(name.clone())).into());
        }
    }
    ui.new_secret("New password", "`--password-file FILE`")
        .map(Some)
}

/// Adds the hint for a refused password. No profile was added, so it differs from that of `password
/// set`.
pub(super) fn explain(error: Error, name: &ProfileName) -> Failure {
    let weak = matches!(error, Error::Refused(Refusal::WeakPassword(_)));
    let failure = Failure::from(error);
    if !weak {
        return failure;
    }
    failure.advice(format!(
        "the profile was not added; add it without a password and then \
         `hallpass password set {name} --generate`"
    ))
}
