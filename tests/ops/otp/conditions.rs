//! What must be met before a code is mailed, and what is said when it is not.

use hallpass::model::email::EmailAddress;
use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::otp::{self, Request, Requested};
use hallpass::ops::profile::Edits;
use hallpass::ops::{Suspend, connection, profile};
use hallpass::{Error, Kind};

use super::{binding, exchange, mailed, mailing, submit};
use crate::ops::fixture::{TestStore, kind, message, p};

/// Asks for a code for a profile and a connection.
fn asked(bench: &mut TestStore, profile: &str, connection: &str) -> Result<Requested, Error> {
    let binding = binding(profile, connection);
    otp::request(
        &mut bench.core,
        &Request {
            binding,
            device: None,
            asked_from: None,
        },
    )
}

/// Gives `ci` this address, or none.
fn set_email(bench: &mut TestStore, email: Change<EmailAddress>) {
    edit(
        bench,
        &Edits {
            email,
            ..Edits::default()
        },
    );
}

fn edit(bench: &mut TestStore, edits: &Edits) {
    profile::edit(&mut bench.core, &p("ci"), edits).unwrap();
}

#[test]
fn the_operator_is_told_which_condition_is_not_met() {
    let mut bench = mailing();
    assert_eq!(kind(asked(&mut bench, "nobody", "hr")), Kind::NotFound);
    assert_eq!(kind(asked(&mut bench, "ci", "nothing")), Kind::NotFound);
    let refused = message(asked(&mut bench, "ci", "crm"));
    assert_eq!(
        refused,
        "profile `ci` is not allowed to use connection `crm`"
    );

    profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    assert_eq!(
        message(asked(&mut bench, "ci", "hr")),
        "profile `ci` is suspended"
    );
    profile::resume(&mut bench.core, &p("ci")).unwrap();

    let grouped = connection::Edits {
        group: Change::Set(p("staff")),
        ..connection::Edits::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &grouped).unwrap();
    assert!(message(asked(&mut bench, "ci", "hr")).contains("not a member of `staff`"));
    let groups = ListChange {
        add: vec![p("staff")],
        remove: Vec::new(),
    };
    edit(
        &mut bench,
        &Edits {
            groups,
            ..Edits::default()
        },
    );

    connection::block(&mut bench.core, &p("hr"), None).unwrap();
    assert_eq!(
        message(asked(&mut bench, "ci", "hr")),
        "connection `hr` is blocked"
    );
    connection::unblock(&mut bench.core, &p("hr")).unwrap();

    set_email(&mut bench, Change::Clear);
    assert_eq!(
        message(asked(&mut bench, "ci", "hr")),
        "profile `ci` has no e-mail address"
    );
    set_email(&mut bench, Change::Set(p("anna@example.com")));

    bench.no_mail();
    let refused = message(asked(&mut bench, "ci", "hr"));
    assert_eq!(
        refused,
        "mail is not configured for environment `production`, nor in general"
    );
    bench.mail();
    asked(&mut bench, "ci", "hr").unwrap();
}

#[test]
fn what_is_forbidden_meanwhile_stays_so_and_the_code_stays_as_it_is() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    assert_eq!(kind(submit(&mut bench, &code)), Kind::Refused);
    profile::resume(&mut bench.core, &p("ci")).unwrap();
    exchange(&mut bench, &code);
}
