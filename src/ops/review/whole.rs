//! Findings about the store itself: its keys and its mail settings.

use std::collections::BTreeMap;

use super::finding::{Finding, Flaw, Subject, few};
use super::index::Index;
use super::survey;
use crate::barrier::{SlotKind, SlotSummary};
use crate::model::severity::Severity;
use crate::ops::{connection, profile};

pub(super) fn judge(index: &Index<'_>) -> Vec<Finding> {
    let keys = &index.survey.keys;
    let weak = keys
        .iter()
        .filter(|slot| slot.weak)
        .map(|slot| weak(keys, slot));
    weak.chain(recovery(index)).chain(mail(index)).collect()
}

fn weak(keys: &[SlotSummary], key: &SlotSummary) -> Finding {
    // A sole passphrase can only be removed after another one is added.
    let another = keys
        .iter()
        .any(|slot| slot.kind == SlotKind::Passphrase && !slot.weak);
    let command = if another {
        format!("store key remove {}", key.id)
    } else {
        "store key add".to_owned()
    };
    let message = "guessing this passphrase costs less than for a key added today: \
                   add it again, then remove this key";
    Finding::new(
        Flaw::KeyWeak,
        Severity::High,
        Subject::new("key", &key.id),
        message,
        command,
    )
}

fn recovery(index: &Index<'_>) -> Option<Finding> {
    if index
        .survey
        .keys
        .iter()
        .any(|slot| slot.kind == SlotKind::Recovery)
    {
        return None;
    }
    Some(Finding::new(
        Flaw::StoreWithoutRecovery,
        Severity::Medium,
        Subject::new("store", &index.survey.store),
        "there is no recovery code: if the key is lost, so is the store",
        "store key add --recovery-file recovery.txt",
    ))
}

/// E-mail addresses of profiles are used for codes only, so a connection such a profile may use
/// relies on mail.
fn mail(index: &Index<'_>) -> Option<Finding> {
    let environment = index.survey.without_mail.as_ref()?;
    let mut relying = BTreeMap::new();
    let active =
        |holder: &&survey::Holder| holder.email.is_some() && holder.state == profile::State::Active;
    for holder in index.survey.profiles.iter().filter(active) {
        for connection in index.usable(holder) {
            if connection.state == connection::State::Active {
                relying.insert(connection.name.canonical(), &connection.name);
            }
        }
        if relying.len() == index.survey.connections.len() {
            break;
        }
    }
    let names: Vec<_> = relying.into_values().collect();
    if names.is_empty() {
        return None;
    }
    Some(Finding::new(
        Flaw::MailNotSet,
        Severity::Medium,
        Subject::new("mail", environment),
        format!(
            "no verification code can be sent, but profiles have an e-mail address for one: {}",
            few(&names)
        ),
        "mail set smtp://USER@HOST --from ADDRESS",
    ))
}
