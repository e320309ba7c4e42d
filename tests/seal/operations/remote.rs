//! What a server does with codes and mails.

use hallpass::Error;
use hallpass::model::id::RecordId;
use hallpass::model::otp::Code;
use hallpass::model::token::Encoding;
use hallpass::ops::otp::{self, Binding, Claim, InVain, Prepared, Receipt, Request, Submission};
use hallpass::ops::{Core, connection, environment, outbox};

use super::{Kit, Named, Nobody, binding, p, said};

pub(super) const ALL: &[Named] = &[
    ("otp::find", |mut core, _| {
        let claim = claim(&mut core)?;
        said(otp::find(&mut core, &claim)?)
    }),
    ("otp::look_up", |mut core, _| {
        let claim = claim(&mut core)?;
        let found = otp::look_up(&mut core, &claim)?;
        said((found.has_connection, found.about.map(|it| it.hopeless)))
    }),
    ("otp::refusal", |mut core, _| {
        let request = Request {
            binding: binding(),
            device: None,
            asked_from: None,
        };
        said(otp::refusal(&mut core, &request)?.map(|error| error.kind()))
    }),
    ("otp::connection_of", |mut core, _| {
        let key = connection::show(&mut core, &p("hr"))?.api_key;
        said(otp::connection_of(&mut core, &key)?)
    }),
    ("otp::turn_away", |mut core, _| {
        otp::turn_away(&mut core, InVain::Request)?;
        said(otp::turn_away(&mut core, InVain::Submission)?)
    }),
    ("otp::prepare", |mut core, kit| {
        prepared(&mut core, kit).map(|it| it.0)
    }),
    ("otp::prepare wrong", |mut core, _| {
        match otp::prepare(&mut core, &submission("00000000"), 10)? {
            Prepared::Refused(refused) => said(refused),
            Prepared::Pending(..) => said("a token"),
        }
    }),
    ("otp::activate", |mut core, kit| {
        let (_, receipt) = prepared(&mut core, kit)?;
        said(otp::activate(&mut core, receipt)?)
    }),
    ("otp::withdraw", |mut core, kit| {
        let (_, receipt) = prepared(&mut core, kit)?;
        said(otp::withdraw(&mut core, receipt)?)
    }),
    ("outbox::due", |mut core, _| {
        said(outbox::due(&mut core, 0)?.len())
    }),
    ("outbox::route", |mut core, _| {
        let message = queued(&mut core)?;
        said(outbox::route(&mut core, message)?)
    }),
    ("outbox::try_to_send", |mut core, _| {
        let message = queued(&mut core)?;
        said(outbox::try_to_send(&mut core, message, &mut Nobody)?.map(|it| it.delivery))
    }),
];

fn claim(core: &mut Core) -> Result<Claim, Error> {
    Ok(Claim {
        api_key: connection::show(core, &p("hr"))?.api_key,
        environment_key: environment::show(core, &p("production"))?.key,
        user: p("ci"),
    })
}

/// A mail that waits.
fn queued(core: &mut Core) -> Result<RecordId, Error> {
    let request = Request {
        binding: Binding {
            profile: p("batch"),
            ..binding()
        },
        device: None,
        asked_from: None,
    };
    Ok(otp::request(core, &request)?.message)
}

fn submission(digits: &str) -> Submission {
    Submission {
        binding: binding(),
        code: Code::parse(digits).unwrap(),
        form: Encoding::Xml,
    }
}

fn prepared(core: &mut Core, kit: &Kit<'_>) -> Result<(String, Receipt), Error> {
    match otp::prepare(core, &submission(&kit.past.code), 10)? {
        Prepared::Pending(issued, receipt) => Ok((format!("{:?}", issued.summary), receipt)),
        Prepared::Refused(refused) => panic!("{refused:?}"),
    }
}
