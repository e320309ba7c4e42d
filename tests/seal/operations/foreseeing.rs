//! What says what a change would come to, and changes nothing.

use hallpass::ops::edit::ListChange;
use hallpass::ops::{Suspend, connection, environment, mail, otp, password, profile, token};
use hallpass::secret::SecretText;

use super::{Named, Taker, binding, draft, p, said};

pub(super) const ALL: &[Named] = &[
    ("environment::foresee_edit", |mut core, _| {
        let edits = environment::Edits {
            rename: Some(p("trial")),
            ..environment::Edits::default()
        };
        let (changed, impact) = environment::foresee_edit(&mut core, &p("test"), &edits)?;
        said((changed.summary, impact))
    }),
    ("environment::foresee_delete", |mut core, _| {
        said(environment::foresee_delete(&mut core, &p("spare"))?)
    }),
    ("connection::foresee_edit", |mut core, _| {
        let edits = connection::Edits {
            rename: Some(p("staff")),
            ..connection::Edits::default()
        };
        let (changed, impact) = connection::foresee_edit(&mut core, &p("hr"), &edits)?;
        said((changed.summary, impact))
    }),
    ("connection::foresee_block", |mut core, _| {
        let (changed, impact) = connection::foresee_block(&mut core, &p("hr"), None)?;
        said((changed.summary, impact))
    }),
    ("connection::foresee_unblock", |mut core, _| {
        let (changed, impact) = connection::foresee_unblock(&mut core, &p("shut"))?;
        said((changed.summary, impact))
    }),
    ("connection::foresee_delete", |mut core, _| {
        said(connection::foresee_delete(&mut core, &p("idle"))?)
    }),
    ("profile::foresee_edit", |mut core, _| {
        let edits = profile::Edits {
            connections: ListChange {
                add: vec![p("crm")],
                remove: Vec::new(),
            },
            ..profile::Edits::default()
        };
        let (changed, impact) = profile::foresee_edit(&mut core, &p("batch"), &edits)?;
        said((changed.summary, impact))
    }),
    ("profile::foresee_suspend", |mut core, _| {
        let how = Suspend::default();
        let (changed, impact) = profile::foresee_suspend(&mut core, &p("sync"), &how)?;
        said((changed.summary, impact))
    }),
    ("profile::foresee_resume", |mut core, _| {
        let (changed, impact) = profile::foresee_resume(&mut core, &p("still"))?;
        said((changed.summary, impact))
    }),
    ("profile::foresee_delete", |mut core, _| {
        said(profile::foresee_delete(&mut core, &p("ci"))?)
    }),
    ("password::ensure_settable", |mut core, _| {
        let new = SecretText::new("amber lantern quiet otter".into());
        said(password::ensure_settable(&mut core, &p("ci"), &new)?)
    }),
    ("password::replaces", |mut core, kit| {
        let held = kit.past.token("ci/old").expose().to_owned();
        let mut taker = Taker {
            held: Some(held),
            ..Taker::default()
        };
        said(password::replaces(&mut core, &p("ci"), &mut taker)?)
    }),
    ("token::foresee_ensure", |mut core, kit| {
        let held = kit.past.token("ci/old").expose().to_owned();
        let mut taker = Taker {
            held: Some(held),
            ..Taker::default()
        };
        let draft = token::Draft {
            environment: Some(p("production")),
            ..draft("ci/old")
        };
        let ensuring = token::EnsureRequest {
            draft,
            min_life: p("1d"),
            overlap: p("0"),
        };
        said(token::foresee_ensure(&mut core, &ensuring, &mut taker)?)
    }),
    ("otp::foresee_cancel", |mut core, _| {
        let (cancelled, impact) = otp::foresee_cancel(&mut core, &binding())?;
        said((cancelled.map(|it| it.summary), impact))
    }),
    ("mail::foresee_set", |mut core, _| {
        let way = mail::Draft {
            transport: p("smtp://other.example.com"),
            from: p("hallpass@example.com"),
            password: None,
            authorities: None,
        };
        said(mail::foresee_set(&mut core, Some(&p("test")), way)?)
    }),
];
