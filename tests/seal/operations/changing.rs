//! What changes something.

use hallpass::ops::delivery::Delivery;
use hallpass::ops::edit::{Change, IfThere, ListChange};
use hallpass::ops::login::{self, Login};
use hallpass::ops::otp::{self, Binding, Request, Submission};
use hallpass::ops::password::Strangers;
use hallpass::ops::session::{self, SessionOutcome, SessionRequest};
use hallpass::ops::token::{
    self, Draft, EnsureRequest, Filter, RotateRequest, StateFilter, SuccessorLifetime,
};
use hallpass::ops::verify::{self, Asked};
use hallpass::ops::{
    Core, Suspend, apply, connection, environment, mail, outbox, password, profile,
};
use hallpass::secret::SecretText;
use hallpass::{
    Error,
    model::otp::Code,
    model::token::{Encoding, Presented},
};

use super::{Named, Nobody, Said, Taker, at, binding, draft, p, said};
use crate::seal::past::{FORMER, PASSWORD};

pub(super) const ALL: &[Named] = &[
    ("environment::add", |mut core, _| {
        let draft = environment::Draft {
            name: p("new"),
            description: None,
        };
        said(environment::add(&mut core, &draft, IfThere::Refuse)?.summary())
    }),
    ("environment::edit", |mut core, _| {
        let edits = environment::Edits {
            rename: Some(p("trial")),
            ..environment::Edits::default()
        };
        said(environment::edit(&mut core, &p("test"), &edits)?.summary)
    }),
    ("environment::rotate_key", |mut core, _| {
        said(environment::rotate_key(&mut core, &p("production"))?)
    }),
    ("environment::delete", |mut core, _| {
        said(environment::delete(&mut core, &p("spare"))?)
    }),
    ("connection::add", |mut core, _| {
        let draft = connection::Draft::new(p("new"));
        said(connection::add(&mut core, &draft, IfThere::Refuse)?.summary())
    }),
    ("connection::edit", |mut core, _| {
        let edits = connection::Edits {
            description: Change::Set(p("people")),
            rename: Some(p("staff")),
            ..connection::Edits::default()
        };
        said(connection::edit(&mut core, &p("hr"), &edits)?.summary)
    }),
    ("connection::rotate_key", |mut core, _| {
        said(connection::rotate_key(&mut core, &p("hr"))?)
    }),
    ("connection::block", |mut core, _| {
        said(connection::block(&mut core, &p("hr"), None)?.summary)
    }),
    ("connection::unblock", |mut core, _| {
        said(connection::unblock(&mut core, &p("shut"))?.summary)
    }),
    ("connection::delete", |mut core, _| {
        said(connection::delete(&mut core, &p("idle"))?)
    }),
    ("profile::add", |mut core, _| {
        let draft = profile::Draft {
            email: Some(p("ci@example.org")),
            ..profile::Draft::new(p("new"))
        };
        said(profile::add(&mut core, &draft, IfThere::Refuse)?.summary())
    }),
    ("profile::add_with_token", |mut core, _| {
        let (new, mut taker) = (profile::Draft::new(p("new")), Taker::default());
        let to = Delivery::Immediate(&mut taker);
        let (profile, issued) = profile::add_with_token(&mut core, &new, &draft("new/first"), to)?;
        said((profile, issued.summary, taker.said))
    }),
    ("profile::edit", |mut core, _| {
        let edits = profile::Edits {
            connections: ListChange {
                add: vec![p("crm")],
                remove: Vec::new(),
            },
            rename: Some(p("bots")),
            ..profile::Edits::default()
        };
        said(profile::edit(&mut core, &p("batch"), &edits)?.summary)
    }),
    ("profile::suspend", |mut core, _| {
        said(profile::suspend(&mut core, &p("sync"), &Suspend::default())?.summary)
    }),
    ("profile::resume", |mut core, _| {
        said(profile::resume(&mut core, &p("still"))?.summary)
    }),
    ("profile::delete", |mut core, _| {
        said(profile::delete(&mut core, &p("ci"))?)
    }),
    ("token::issue", |mut core, _| {
        let mut taker = Taker::default();
        token::issue(&mut core, &draft("ci/new"), Delivery::Immediate(&mut taker))?;
        Ok(taker.said)
    }),
    ("token::issue pending", |mut core, _| {
        let mut taker = Taker::default();
        token::issue(
            &mut core,
            &draft("ci/runner"),
            Delivery::Deferred(&mut taker),
        )?;
        Ok(taker.said)
    }),
    ("token::issue_many", |mut core, _| {
        let drafts: Vec<_> = (0..40).map(|n| draft(&format!("sync/t{n}"))).collect();
        let issued = token::issue_many(&mut core, &drafts)?;
        said(issued.iter().map(|it| &it.summary).collect::<Vec<_>>())
    }),
    ("token::import", |mut core, _| {
        let preset =
            token::Preset::Value(SecretText::new("sk-live-9f8e7d6c5b4a39281706f5e4d3".into()));
        said(token::import(&mut core, &draft("ci/foreign"), &preset)?.summary)
    }),
    ("token::ensure", |mut core, kit| {
        let mut taker = Taker {
            held: Some(kit.past.token("ci/old").expose().to_owned()),
            ..Taker::default()
        };
        let draft = Draft {
            environment: Some(p("production")),
            ..draft("ci/old")
        };
        let ensuring = EnsureRequest {
            draft,
            min_life: p("1d"),
            overlap: p("0"),
        };
        let ensured = token::ensure(&mut core, &ensuring, &mut taker)?;
        said((ensured, taker.said))
    }),
    ("token::rotate", |mut core, _| {
        let mut taker = Taker::default();
        let rotating = RotateRequest {
            target: at("ci/laptop"),
            overlap: p("24h"),
            life: SuccessorLifetime::Inherited,
            at_least: None,
            form: Encoding::Native,
            request: None,
        };
        token::rotate(&mut core, &rotating, Delivery::Immediate(&mut taker))?;
        Ok(taker.said)
    }),
    ("token::revoke", |mut core, _| {
        said(token::revoke(&mut core, &[at("ci/laptop")], None)?)
    }),
    ("token::revoke_own", |mut core, kit| {
        let presented = Presented::Own(kit.token("ci/laptop"));
        said(token::revoke_own(&mut core, &presented)?)
    }),
    ("session::from_token", |mut core, kit| {
        let presented = Presented::Own(kit.token("ci/laptop"));
        let request = SessionRequest::new(p("ci"));
        made(session::from_token(&mut core, &request, &presented)?)
    }),
    ("session::from_password", |mut core, _| {
        let request = SessionRequest::new(p("ci"));
        let password = SecretText::new(PASSWORD.to_owned());
        let strangers = Strangers::default();
        let outcome = session::from_password(&mut core, &request, &password, &strangers);
        made(outcome?)
    }),
    ("token::suspend", |mut core, _| {
        said(token::suspend(
            &mut core,
            &[at("ci/laptop")],
            &Suspend::default(),
        )?)
    }),
    ("token::resume", |mut core, _| {
        said(token::resume(&mut core, &[at("ci/laptop")])?)
    }),
    ("token::prune", |mut core, _| {
        let filter = Filter {
            which: StateFilter::Ended,
            ended_for: Some(p("1h")),
            ..Filter::default()
        };
        said(token::prune(&mut core, &filter)?)
    }),
    ("verify::touch", |mut core, kit| {
        let token = kit.token("ci/laptop");
        let verdict = verify::judge(&mut core, &token, &Asked::default())?;
        verify::touch(&mut core, &verdict);
        said(verdict)
    }),
    ("verify::note", |mut core, kit| {
        let token = kit.token("ci/laptop");
        let verdict = verify::judge(&mut core, &token, &Asked::default())?;
        let uses: Vec<_> = verdict.record_use().cloned().into_iter().collect();
        verify::note(&mut core, &uses)?;
        said(verdict)
    }),
    ("password::prove", |mut core, _| {
        let strangers = Strangers::default();
        let password = SecretText::new(PASSWORD.to_owned());
        said(password::prove(&mut core, &p("ci"), &password, &strangers)?)
    }),
    ("password::set", |mut core, _| {
        said(password::set(
            &mut core,
            &p("ci"),
            &SecretText::new("amber lantern quiet otter".into()),
        )?)
    }),
    ("password::set_generated", |mut core, _| {
        let mut taker = Taker::default();
        let generated =
            password::set_generated(&mut core, &p("sync"), Delivery::Immediate(&mut taker))?;
        Ok(generated.password.expose().to_owned())
    }),
    ("password::generate", |mut core, _| {
        Ok(password::generate(&mut core)?.expose().to_owned())
    }),
    ("password::clear", |mut core, _| {
        said(password::clear(&mut core, &p("ci"))?)
    }),
    ("password::verify", |mut core, _| tried(&mut core, PASSWORD)),
    ("password::verify former", |mut core, _| {
        tried(&mut core, FORMER)
    }),
    ("login::login", |mut core, _| signed_in(&mut core, PASSWORD)),
    ("login::login former", |mut core, _| {
        signed_in(&mut core, FORMER)
    }),
    ("otp::request", |mut core, _| {
        let binding = Binding {
            profile: p("batch"),
            ..binding()
        };
        let request = Request {
            binding,
            device: None,
            asked_from: None,
        };
        said(otp::request(&mut core, &request)?.summary)
    }),
    ("otp::validate", |mut core, kit| {
        exchanged(&mut core, &kit.past.code)
    }),
    ("otp::validate wrong", |mut core, _| {
        exchanged(&mut core, "00000000")
    }),
    ("otp::cancel", |mut core, _| {
        said(otp::cancel(&mut core, &binding())?.map(|it| it.summary))
    }),
    ("mail::set", |mut core, _| {
        let way = mail::Draft {
            transport: p("smtp://other.example.com"),
            from: p("hallpass@example.com"),
            password: None,
            authorities: None,
        };
        said(mail::set(&mut core, &mut Nobody, Some(&p("test")), way)?)
    }),
    ("mail::clear", |mut core, _| {
        said(mail::clear(&mut core, None)?)
    }),
    ("mail::test", |mut core, _| {
        said(mail::test(
            &mut core,
            &mut Nobody,
            None,
            Some(&p("ops@example.org")),
        )?)
    }),
    ("outbox::send_due", |mut core, _| {
        said(outbox::send_due(&mut core, &mut Nobody)?)
    }),
    ("outbox::send_one", |mut core, _| {
        let binding = Binding {
            profile: p("batch"),
            ..binding()
        };
        let request = Request {
            binding,
            device: None,
            asked_from: None,
        };
        let message = otp::request(&mut core, &request)?.message;
        said(outbox::send_one(
            &mut core,
            message,
            &mut Nobody,
            &mut |_| (),
        )?)
    }),
    ("apply::plan", |mut core, _| declared(&mut core)),
];

fn tried(core: &mut Core, text: &str) -> Said {
    said(password::verify(
        core,
        &p("ci"),
        &SecretText::new(text.to_owned()),
    )?)
}

fn signed_in(core: &mut Core, text: &str) -> Said {
    let (mut taker, secret) = (Taker::default(), SecretText::new(text.to_owned()));
    let outcome = login::login(
        core,
        &Login::new(p("ci")),
        &secret,
        Delivery::Immediate(&mut taker),
    )?;
    match outcome {
        login::LoginOutcome::Issued(_) => Ok(taker.said),
        login::LoginOutcome::Refused(verdict) => said(verdict),
    }
}

fn made(outcome: SessionOutcome) -> Said {
    match outcome {
        SessionOutcome::Issued(issued) => said(issued.summary),
        other => Ok(format!("{other:?}")),
    }
}

fn exchanged(core: &mut Core, digits: &str) -> Said {
    let code = Code::parse(digits).unwrap();
    let submission = Submission {
        binding: binding(),
        code,
        form: Encoding::Native,
    };
    let mut taker = Taker::default();
    match otp::validate(core, &submission, Delivery::Immediate(&mut taker))? {
        otp::Answer::Exchanged(_) => Ok(taker.said),
        otp::Answer::Refused(refused) => said(refused),
    }
}

/// A plan, and what it says once it is brought about.
fn declared(core: &mut Core) -> Result<String, Error> {
    let environment = apply::Environment {
        name: p("new"),
        description: Change::Keep,
        default: None,
    };
    let profile = apply::Profile {
        name: p("ci"),
        email: Change::Keep,
        description: Change::Set(p("builds")),
        access: Some(apply::Access::Only(vec![p("hr"), p("crm")])),
        groups: apply::Membership::Exactly(vec![p("staff")]),
        suspension: Change::Keep,
    };
    let mut declaration = apply::Declaration {
        environments: vec![environment],
        profiles: vec![profile],
        ..apply::Declaration::default()
    };
    let plan = apply::plan(core, &mut declaration, apply::Undeclared::Keep)?;
    apply::apply(core, &mut declaration, &plan, &mut |_, _| Ok(()))?;
    said(plan.changes)
}
