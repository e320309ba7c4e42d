//! Mails that wait, leave later, or never, and never twice.

use super::*;

#[test]
fn a_mail_that_can_leave_later_is_tried_again_and_says_why_it_waits() {
    let mut bench = mailing();
    let requested = ask(&mut bench, None).unwrap();
    let busy = SendError::Transient("the server is busy".to_owned());
    let mut box_ = Letterbox::bouncing(&[busy.clone(), busy.clone(), busy]);
    let mut pauses = Vec::new();
    let mut pause = |span: Duration| pauses.push(span.as_secs());
    let sent = outbox::send_one(&mut bench.core, requested.message, &mut box_, &mut pause).unwrap();
    assert_eq!(
        sent,
        Delivery::Queued(Some("the server is busy".to_owned()))
    );
    assert_eq!(pauses, [1, 3]);
    let listed = newest(&mut bench);
    assert_eq!(
        (listed.delivery, listed.cause.as_deref()),
        ("queued", Some("the server is busy"))
    );
    // Not before its time, and then it leaves.
    let none = outbox::send_due(&mut bench.core, &mut box_).unwrap();
    assert_eq!((none.sent, none.waiting), (0, 1));
    bench.wait(2 * MINUTE);
    let sent = outbox::send_due(&mut bench.core, &mut box_).unwrap();
    assert_eq!((sent.sent, box_.took.len()), (1, 1));
    assert_eq!(newest(&mut bench).delivery, "sent");
    exchange(&mut bench, &box_.took[0].code());
}

#[test]
fn a_mail_that_can_never_leave_ends_its_code() {
    let mut bench = mailing();
    let requested = ask(&mut bench, None).unwrap();
    let mut box_ = Letterbox::bouncing(&[SendError::Permanent("no such mailbox".to_owned())]);
    let sent =
        outbox::send_one(&mut bench.core, requested.message, &mut box_, &mut |_| ()).unwrap();
    assert_eq!(sent, Delivery::Failed("no such mailbox".to_owned()));
    assert_eq!(
        why_not(&mut bench, requested.code.expose()),
        WhyNot::Cancelled
    );
    let listed = otp::list(&mut bench.core, None, false).unwrap();
    assert_eq!(listed[0].cause.as_deref(), Some("no such mailbox"));
    // Nobody was mailed, so that another may be asked for after a minute.
    bench.wait(MINUTE);
    ask(&mut bench, None).unwrap();
}

/// Whoever sends dies: before the end of the mail, or after it and before that is written down.
struct Dying {
    letterbox: Letterbox,
    faults: Faults,
    before_the_end: bool,
}

impl Mailer for Dying {
    fn send(
        &mut self,
        by: &MailSettings,
        message: &Message,
        commit: Commit<'_>,
    ) -> Result<(), SendError> {
        let died = || SendError::Transient("died".to_owned());
        if self.before_the_end {
            self.faults.fail_method("begin", 1, || Fault::Busy);
            return Err(died());
        }
        self.letterbox.send(by, message, commit)?;
        self.faults.fail_method("begin", 1, || Fault::Busy);
        Ok(())
    }
}

#[test]
fn a_crash_before_the_end_of_a_mail_loses_nothing() {
    let mut bench = mailing();
    drop(ask(&mut bench, None).unwrap());
    let (letterbox, faults) = (Letterbox::default(), bench.backend.faults());
    let mut dying = Dying {
        letterbox,
        faults,
        before_the_end: true,
    };
    for _ in 0..3 {
        assert_eq!(
            kind(outbox::send_due(&mut bench.core, &mut dying)),
            Kind::Busy
        );
        bench.wait(89);
        let none = outbox::send_due(&mut bench.core, &mut dying).unwrap();
        assert_eq!(
            (none.waiting, none.sent),
            (1, 0),
            "somebody may still have it in hand"
        );
        bench.wait(1);
    }
    let mut letterbox = Letterbox::default();
    assert_eq!(
        outbox::send_due(&mut bench.core, &mut letterbox)
            .unwrap()
            .sent,
        1
    );
    exchange(&mut bench, &letterbox.took[0].code());
}

#[test]
fn a_mail_is_not_sent_again_after_a_crash_behind_its_end() {
    let mut bench = mailing();
    drop(ask(&mut bench, None).unwrap());
    let (letterbox, faults) = (Letterbox::default(), bench.backend.faults());
    let mut dying = Dying {
        letterbox,
        faults,
        before_the_end: false,
    };
    assert_eq!(
        kind(outbox::send_due(&mut bench.core, &mut dying)),
        Kind::Busy
    );
    for _ in 0..4 {
        bench.wait(100);
        let _ = outbox::send_due(&mut bench.core, &mut dying).unwrap();
    }
    assert_eq!(dying.letterbox.took.len(), 1);
    assert_eq!(outbox::count(&mut bench.core).unwrap(), 0);
    let listed = newest(&mut bench);
    assert_eq!(
        (listed.state, listed.delivery),
        (CodeState::Pending, "uncertain")
    );
    assert!(listed.cause.unwrap().contains("hallpass was interrupted"));
    exchange(&mut bench, &dying.letterbox.took[0].code());
}

#[test]
fn a_mail_that_nobody_knows_to_have_arrived_is_not_sent_again_and_its_code_is_good() {
    let mut bench = mailing();
    let requested = ask(&mut bench, None).unwrap();
    let silence = SendError::Uncertain("the server said nothing".to_owned());
    let mut box_ = Letterbox::bouncing(&[silence]);
    let mut pause = |_| panic!("it is not tried again");
    let sent = outbox::send_one(&mut bench.core, requested.message, &mut box_, &mut pause).unwrap();
    assert_eq!(
        sent,
        Delivery::Uncertain("the server said nothing".to_owned())
    );
    bench.wait(5 * MINUTE);
    let none = outbox::send_due(&mut bench.core, &mut box_).unwrap();
    assert_eq!((none, box_.took.len()), (outbox::Sent::default(), 0));
    let listed = otp::list(&mut bench.core, None, false).unwrap().remove(0);
    assert_eq!(
        (listed.state, listed.delivery),
        (CodeState::Pending, "uncertain")
    );
    assert_eq!(listed.cause.as_deref(), Some("the server said nothing"));
    exchange(&mut bench, requested.code.expose());
    let mut waiting = mailing();
    drop(ask(&mut waiting, None).unwrap());
    let silence = SendError::Uncertain("the server said nothing".to_owned());
    let sent = outbox::send_due(&mut waiting.core, &mut Letterbox::bouncing(&[silence])).unwrap();
    assert_eq!(
        sent,
        outbox::Sent {
            uncertain: 1,
            ..outbox::Sent::default()
        }
    );
}

#[test]
fn a_mail_whose_end_cannot_be_written_down_waits() {
    struct Committing(Letterbox, Faults, fn() -> Fault);
    impl Mailer for Committing {
        fn send(
            &mut self,
            by: &MailSettings,
            message: &Message,
            commit: Commit<'_>,
        ) -> Result<(), SendError> {
            self.1.fail_method("begin", 1, self.2);
            self.0.send(by, message, commit)
        }
    }
    let mut bench = mailing();
    let requested = ask(&mut bench, None).unwrap();
    let ruined = || Fault::Corrupt("ruined".to_owned());
    let mut bad = Committing(Letterbox::default(), bench.backend.faults(), ruined);
    let sent = outbox::send_due(&mut bench.core, &mut bad);
    assert_eq!(sent.unwrap_err().kind(), Kind::Corrupt, "it is told");
    assert_eq!(bad.0.took.len(), 0);
    bench.wait(91);
    let mut busy = Committing(Letterbox::default(), bench.backend.faults(), || Fault::Busy);
    let sent = outbox::send_due(&mut bench.core, &mut busy).unwrap();
    assert_eq!((sent.waiting, busy.0.took.len()), (1, 0));
    let sent = outbox::send_one(&mut bench.core, requested.message, &mut busy.0, &mut |_| ());
    assert!(matches!(sent, Ok(Delivery::Sent(_))), "{sent:?}");
    exchange(&mut bench, &busy.0.took[0].code());
}

#[test]
fn a_mail_that_is_taken_back_while_it_is_sent_is_not_ended() {
    struct Cancelling<'a>(&'a mut TestStore, Letterbox);
    impl Mailer for Cancelling<'_> {
        fn send(
            &mut self,
            by: &MailSettings,
            message: &Message,
            commit: Commit<'_>,
        ) -> Result<(), SendError> {
            otp::cancel(&mut self.0.core, &binding("ci", "hr"))
                .unwrap()
                .unwrap();
            self.1.send(by, message, commit)
        }
    }
    let mut bench = mailing();
    let requested = ask(&mut bench, None).unwrap();
    let mut another = bench.another();
    let mut cancelling = Cancelling(&mut another, Letterbox::default());
    let mut pause = |_| panic!("it is not tried again");
    let sent = outbox::send_one(
        &mut bench.core,
        requested.message,
        &mut cancelling,
        &mut pause,
    )
    .unwrap();
    assert_eq!(
        sent,
        Delivery::Failed("withdrawn before it was sent".to_owned())
    );
    assert_eq!(cancelling.1.took, []);
}

#[test]
fn a_crash_between_asking_and_sending_loses_nothing() {
    let mut bench = mailing();
    drop(ask(&mut bench, None).unwrap());
    let mut another = bench.another();
    let mut box_ = Letterbox::default();
    assert_eq!(
        outbox::send_due(&mut another.core, &mut box_).unwrap().sent,
        1
    );
    exchange(&mut bench, &box_.took[0].code());
}

#[test]
fn a_mail_whose_code_has_ended_is_not_sent() {
    let mut bench = mailing();
    ask(&mut bench, None).unwrap();
    bench.wait(LIFE);
    let mut box_ = Letterbox::default();
    let sent = outbox::send_due(&mut bench.core, &mut box_).unwrap();
    assert_eq!((sent.failed, box_.took.len()), (1, 0));
}

#[test]
fn two_who_send_at_once_send_one_mail() {
    struct Nested<'a>(&'a mut TestStore, Letterbox);
    impl Mailer for Nested<'_> {
        fn send(
            &mut self,
            by: &MailSettings,
            message: &Message,
            commit: Commit<'_>,
        ) -> Result<(), SendError> {
            let sent = outbox::send_due(&mut self.0.core, &mut self.1).unwrap();
            assert_eq!((sent.sent, sent.waiting), (0, 1));
            self.1.send(by, message, commit)
        }
    }
    let mut bench = mailing();
    ask(&mut bench, None).unwrap();
    let mut another = bench.another();
    let mut nested = Nested(&mut another, Letterbox::default());
    assert_eq!(
        outbox::send_due(&mut bench.core, &mut nested).unwrap().sent,
        1
    );
    assert_eq!(nested.1.took.len(), 1);
}
