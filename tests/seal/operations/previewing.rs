//! What says what a change would come to, and changes nothing.

use hallpass::ops::edit::ListChange;
use hallpass::ops::{Suspend, connection, environment, mail, otp, password, profile, token};
use hallpass::secret::SecretText;

use super::{Named, Taker, binding, draft, p, said};

pub(super) const ALL: &[Named] = &[
    ("environment::preview_edit", |mut core, _| {
        let edits = environment::Edits {
            rename: Some(p("trial")),
            ..environment::Edits::default()
        };
        let (changed, impact) = environment::preview_edit(&mut core, &p("test"), &edits)?;
        said((changed.summary, impact))
    }),
    ("environment::preview_delete", |mut core, _| {
        said(environment::preview_delete(&mut core, &p("spare"))?)
    }),
    ("password::preview_change", |mut core, _| {
        said(password::preview_change(&mut core, &p("ci"))?)
    }),
    ("connection::preview_edit", |mut core, _| {
        let edits = connection::Edits {
            rename: Some(p("staff")),
            ..connection::Edits::default()
        };
        let (changed, impact) = connection::preview_edit(&mut core, &p("hr"), &edits)?;
        said((changed.summary, impact))
    }),
    ("connection::preview_block", |mut core, _| {
        let (changed, impact) = connection::preview_block(&mut core, &p("hr"), None)?;
        said((changed.summary, impact))
    }),
    ("connection::preview_unblock", |mut core, _| {
        let (changed, impact) = connection::preview_unblock(&mut core, &p("shut"))?;
        said((changed.summary, impact))
    }),
    ("connection::preview_delete", |mut core, _| {
        said(connection::preview_delete(&mut core, &p("idle"))?)
    }),
    ("profile::preview_edit", |mut core, _| {
        let edits = profile::Edits {
            connections: ListChange {
                add: vec![p("crm")],
                remove: Vec::new(),
            },
            ..profile::Edits::default()
        };
        let (changed, impact) = profile::preview_edit(&mut core, &p("batch"), &edits)?;
        said((changed.summary, impact))
    }),
    ("profile::preview_suspend", |mut core, _| {
        let how = Suspend::default();
        let (changed, impact) = profile::preview_suspend(&mut core, &p("sync"), &how)?;
        said((changed.summary, impact))
    }),
    ("profile::preview_resume", |mut core, _| {
        let (changed, impact) = profile::preview_resume(&mut core, &p("still"))?;
        said((changed.summary, impact))
    }),
    ("profile::preview_delete", |mut core, _| {
        said(profile::preview_delete(&mut core, &p("ci"))?)
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
    ("token::preview_ensure", |mut core, kit| {
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
        said(token::preview_ensure(&mut core, &ensuring, &mut taker)?)
    }),
    ("otp::preview_cancel", |mut core, _| {
        let (cancelled, impact) = otp::preview_cancel(&mut core, &binding())?;
        said((cancelled.map(|it| it.summary), impact))
    }),
    ("mail::preview_set", |mut core, _| {
        let way = mail::Draft {
            transport: p("smtp://other.example.com"),
            from: p("hallpass@example.com"),
            password: None,
            authorities: None,
        };
        said(mail::preview_set(&mut core, Some(&p("test")), way)?)
    }),
];
