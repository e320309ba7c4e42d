//! What answers and changes nothing that anybody was told of.

use hallpass::model::otp::CodeState;
use hallpass::model::token::Presented;
use hallpass::ops::connection::{Names, Wanted};
use hallpass::ops::otp::{self};
use hallpass::ops::token::{Filter, StateFilter};
use hallpass::ops::verify::{self, Asked};
use hallpass::ops::{
    Core, audit, connection, environment, export, mail, names, outbox, profile, review, store,
    token,
};

use super::{Kit, Named, Said, at, p, said};
use crate::seal::past::FOREIGN;

pub(super) const ALL: &[Named] = &[
    ("environment::list", |mut core, _| {
        said(environment::list(&mut core)?)
    }),
    ("environment::show", |mut core, _| {
        said(environment::show(&mut core, &p("production"))?)
    }),
    ("environment::default", |mut core, _| {
        said(environment::default(&mut core)?)
    }),
    ("environment::users", |mut core, _| {
        said(environment::users(&mut core, &p("production"))?)
    }),
    ("connection::list", |mut core, _| {
        said(connection::list(&mut core)?)
    }),
    ("connection::list_in", |mut core, _| {
        said(connection::list_in(
            &mut core,
            Some(connection::State::Blocked),
        )?)
    }),
    ("connection::show", |mut core, _| {
        said(connection::show(&mut core, &p("hr"))?)
    }),
    ("connection::show blocked", |mut core, _| {
        said(connection::show(&mut core, &p("shut"))?)
    }),
    ("connection::guide", |mut core, _| {
        said(connection::guide(&mut core, &p("hr"))?)
    }),
    ("connection::walkthrough", |mut core, _| {
        said(connection::walkthrough(&mut core, &wanted())?)
    }),
    ("connection::users", |mut core, _| {
        said(connection::users(&mut core, &p("hr"))?)
    }),
    ("profile::list", |mut core, _| {
        said(profile::list(&mut core)?)
    }),
    ("profile::list_in", |mut core, _| {
        said(profile::list_in(
            &mut core,
            Some(profile::State::Suspended),
        )?)
    }),
    ("profile::show", |mut core, _| {
        said(profile::show(&mut core, &p("ci"))?)
    }),
    ("profile::show suspended", |mut core, _| {
        said(profile::show(&mut core, &p("still"))?)
    }),
    ("profile::show again", |mut core, _| {
        said(profile::show(&mut core, &p("gone"))?)
    }),
    ("profile::with_email", |mut core, _| {
        said(profile::with_email(&mut core, &p("ci@example.org"))?)
    }),
    ("profile::addresses", |mut core, _| {
        said(profile::addresses(&mut core, &p("sync"))?)
    }),
    ("token::list", |mut core, _| {
        listed(&mut core, StateFilter::All)
    }),
    ("token::list active", |mut core, _| {
        listed(&mut core, StateFilter::Live)
    }),
    ("token::show", |mut core, _| {
        said(token::show(&mut core, &at("ci/laptop"))?)
    }),
    ("token::show revoked", |mut core, kit| {
        said(token::show(&mut core, &kit.token("ci/runner").into())?)
    }),
    ("token::preview", |mut core, _| {
        let mut seen = Vec::new();
        let mut show = |token| {
            seen.push(token);
            Ok(())
        };
        let previewed = token::preview(&mut core, &Filter::default(), &mut show)?;
        said((previewed.impact, seen))
    }),
    ("token::identify", |mut core, kit| {
        let held: Vec<_> = kit
            .past
            .tokens
            .iter()
            .map(|(name, _)| kit.token(name))
            .collect();
        let held: Vec<_> = held.iter().collect();
        said(token::identify(&mut core, &held)?)
    }),
    ("verify::judge", |mut core, kit| {
        judged(&mut core, kit, "ci/laptop", &Asked::default())
    }),
    ("verify::judge remembered", |mut core, kit| {
        core.store.remember(1 << 20);
        let first = judged(&mut core, kit, "ci/laptop", &Asked::default())?;
        let again = judged(&mut core, kit, "ci/laptop", &Asked::default())?;
        said((first, again))
    }),
    #[cfg(feature = "server")]
    ("verify::judge snapshot", |mut core, kit| {
        let mut memory = verify::snapshot::Memory::new(usize::MAX);
        let snapshot = core.read(|r| memory.refresh(r))?;
        let now = core.now();
        let token = kit.token("ci/laptop");
        let judged = snapshot.map(|it| it.judge(now, &token, &Asked::default()));
        said(judged.transpose()?)
    }),
    ("verify::explain", |mut core, kit| {
        let token = kit.token("ci/laptop");
        said(verify::explain(&mut core, &token, &Asked::default())?)
    }),
    ("store::figures", |mut core, _| {
        // The time of a file is not of the store.
        said(store::Figures {
            anchored_at: None,
            ..store::figures(&mut core)?
        })
    }),
    ("verify::judge_profile", |mut core, _| {
        said(verify::judge_profile(
            &mut core,
            &p("ci"),
            &Asked::default(),
        )?)
    }),
    ("verify::judge revoked", |mut core, kit| {
        judged(&mut core, kit, "ci/runner", &Asked::default())
    }),
    ("verify::judge replaced", |mut core, kit| {
        judged(&mut core, kit, "sync/a", &Asked::default())
    }),
    ("verify::judge successor", |mut core, kit| {
        judged(&mut core, kit, "sync/new", &Asked::default())
    }),
    ("verify::judge suspended", |mut core, kit| {
        judged(&mut core, kit, "still/y", &Asked::default())
    }),
    ("verify::judge deleted", |mut core, kit| {
        judged(&mut core, kit, "gone/x", &Asked::default())
    }),
    ("verify::judge address", |mut core, kit| {
        let asked = Asked {
            caller: Some(p("192.0.2.1")).into(),
            ..Asked::default()
        };
        judged(&mut core, kit, "ci/old", &asked)
    }),
    ("verify::judge connection", |mut core, kit| {
        let asked = Asked {
            connection: Some(p("crm")),
            ..Asked::default()
        };
        judged(&mut core, kit, "batch/b", &asked)
    }),
    ("verify::judge imported", |mut core, _| {
        let presented = Presented::parse(FOREIGN).unwrap();
        said(verify::judge(&mut core, &presented, &Asked::default())?)
    }),
    ("otp::list", |mut core, _| {
        said(otp::list(&mut core, Some(&p("ci")), true)?)
    }),
    ("otp::list_in", |mut core, _| {
        said(otp::list_in(&mut core, Some(&p("ci")), CodeState::Pending)?)
    }),
    ("mail::show", |mut core, _| said(mail::show(&mut core)?)),
    ("outbox::count", |mut core, _| {
        said(outbox::count(&mut core)?)
    }),
    ("names::profiles", |mut core, _| {
        said(names::profiles(&mut core)?)
    }),
    ("names::connections", |mut core, _| {
        said(names::connections(&mut core)?)
    }),
    ("names::environments", |mut core, _| {
        said(names::environments(&mut core)?)
    }),
    ("names::tokens", |mut core, _| {
        said(names::tokens(&mut core, &p("ci"))?)
    }),
    ("review::review", |mut core, _| {
        let review = review::review(&mut core)?;
        Ok(serde_json::to_string(&review.findings).unwrap())
    }),
    ("export::export", |mut core, _| {
        said(export::export(&mut core, &mut |_, _| ())?)
    }),
    ("audit::head", |mut core, _| said(audit::head(&mut core)?)),
    ("audit::verify", |mut core, _| {
        said(audit::verify(&mut core, &[], &mut |_, _| ())?)
    }),
    ("audit::export", |mut core, _| {
        let mut seen = Vec::new();
        let mut show = |record| {
            seen.push(record);
            Ok(())
        };
        audit::export(&mut core, &mut |_, _| (), &mut show)?;
        said(seen)
    }),
    ("audit::choose", |mut core, _| {
        let filter = audit::Filter {
            profile: Some(p("ci")),
            ..audit::Filter::default()
        };
        said(audit::choose(&mut core, &filter)?)
    }),
    ("audit::all", |mut core, _| {
        logged(&mut core, |core, show| {
            audit::all(core, &audit::Choice::default(), show).map(drop)
        })
    }),
    ("audit::last", |mut core, _| {
        logged(&mut core, |core, show| {
            audit::last(core, &audit::Choice::default(), 5, show).map(drop)
        })
    }),
    ("audit::after", |mut core, kit| {
        let mut early = None;
        audit::all(&mut core, &audit::Choice::default(), &mut |_| Ok(()))?;
        core.read(|r| {
            r.log_whole(&mut |head, _| {
                early = early.take().or((head.seq == 4).then_some(head));
                Ok(())
            })
        })?;
        let _ = kit;
        logged(&mut core, |core, show| {
            audit::after(core, &audit::Choice::default(), &early.unwrap(), show).map(drop)
        })
    }),
];

fn wanted() -> Wanted {
    Wanted {
        connection: p("hr"),
        template: None,
        environment: None,
        profile: Some(p("ci")),
        url: None,
        names: Names::FilledIn,
    }
}

fn judged(core: &mut Core, kit: &Kit<'_>, name: &str, asked: &Asked) -> Said {
    said(verify::judge(core, &kit.token(name), asked)?)
}

fn listed(core: &mut Core, which: StateFilter) -> Said {
    let filter = Filter {
        which,
        ..Filter::default()
    };
    let mut seen = Vec::new();
    token::list(core, &filter, &mut |token| {
        seen.push(token);
        Ok(())
    })?;
    said(seen)
}

fn logged(
    core: &mut Core,
    read: impl FnOnce(&mut Core, audit::Show<'_>) -> Result<(), hallpass::Error>,
) -> Said {
    let mut seen = Vec::new();
    let mut show = |record| {
        seen.push(record);
        Ok(())
    };
    read(core, &mut show)?;
    said(seen)
}
