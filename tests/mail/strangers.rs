//! Servers that refuse, hang, hang up, lie, or offer too little.

use std::net::{Ipv4Addr, TcpListener};

use hallpass::mail::{Mailer as _, SystemMailer};
use hallpass::model::mail::MailSettings;
use hallpass::model::mail::{Remedy, SendError, SendFailure};

use super::{hand_over, impatient, post, saying, settings};
use crate::support::smtp::certificates::Certified;
use crate::support::smtp::{Manner, Plan, Server, Speaks};

const PASSWORD: &str = "correct horse battery staple";
const BASE64: &str = "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ==";

/// Settings that trust the server's authority.
fn trusting(server: &Server, url: &str) -> MailSettings {
    let mut settings = settings(&format!("{url}:{}", server.port()));
    settings.authorities = Some(server.authority.parse().unwrap());
    if url.contains('@') {
        settings.password = Some(PASSWORD.parse().unwrap());
    }
    settings
}

/// What a try comes to that must fail.
#[track_caller]
fn failure(mut post: SystemMailer, settings: &MailSettings) -> SendFailure {
    let failure = post.attempt(settings, &saying("12345678\n")).unwrap_err();
    let why = failure.to_string();
    assert!(
        !why.contains(PASSWORD) && !why.contains(BASE64) && !why.contains("12345678"),
        "{why}"
    );
    assert!(why.is_ascii() || why.contains('…'), "{why}");
    failure
}

#[track_caller]
fn later(failure: &SendFailure, says: &str) {
    let is_later = matches!(&failure.error, SendError::Transient(why) if why.contains(says));
    assert!(is_later, "{failure:?} is not later: {says}");
}

#[track_caller]
fn never(failure: &SendFailure, says: &str) {
    let is_never = matches!(&failure.error, SendError::Permanent(why) if why.contains(says));
    assert!(is_never, "{failure:?} is not never: {says}");
}

#[track_caller]
fn uncertain(failure: &SendFailure, says: &str) {
    let is_uncertain = matches!(&failure.error, SendError::Uncertain(why) if why.contains(says));
    assert!(is_uncertain, "{failure:?} is not uncertain: {says}");
}

/// Nothing but greetings went over the line in the clear.
fn nothing_was_told(server: &Server) {
    server.seen(|seen| {
        assert!(seen.mails.is_empty(), "{seen:?}");
        let plain = String::from_utf8_lossy(&seen.plain);
        let lines = plain
            .lines()
            .all(|it| ["EHLO", "STAR", "QUIT"].contains(&&it[..4]));
        assert!(lines, "{plain}");
    });
}

#[test]
fn nobody_there() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let failure = failure(
        post(),
        &settings(&format!("smtp://127.0.0.1:{}", free.port())),
    );
    later(&failure, "nothing answers at `127.0.0.1:");
    assert_eq!(failure.remedy, Some(Remedy::CheckServer));
}

#[test]
fn a_server_without_starttls_is_told_nothing() {
    let server = Plan::new(Speaks::Plain).with_login("u", PASSWORD).serve();
    let failure = failure(post(), &trusting(&server, "smtp://u@localhost"));
    never(&failure, "does not offer STARTTLS; nothing was sent");
    assert_eq!(failure.remedy, Some(Remedy::OtherProtection));
    nothing_was_told(&server);
}

#[test]
fn a_server_that_takes_its_starttls_back_is_told_nothing() {
    for (says, is_final) in [("454 not now", false), ("502 what is that", true)] {
        let server = Plan::new(Speaks::StartTls)
            .with_login("u", PASSWORD)
            .at("STARTTLS", Manner::Say(says))
            .serve();
        let failure = failure(post(), &trusting(&server, "smtp://u@localhost"));
        let judge = if is_final { never } else { later };
        judge(&failure, "refused when starting TLS: ");
        nothing_was_told(&server);
    }
}

#[test]
fn a_certificate_must_be_the_servers_and_vouched_for() {
    for (certified, says, remedy) in [
        (
            Certified::by_an_own_authority("mx.example.com"),
            "is for another name",
            Some(Remedy::NameAsCertified),
        ),
        (Certified::expired("localhost"), "has expired", None),
    ] {
        let server = Plan {
            certified,
            ..Plan::new(Speaks::StartTls)
        }
        .serve();
        let failure = failure(post(), &trusting(&server, "smtp://u@localhost"));
        never(&failure, says);
        assert_eq!(failure.remedy, remedy);
        nothing_was_told(&server);
    }
    for (speaks, url) in [
        (Speaks::StartTls, "smtp://u@localhost"),
        (Speaks::Tls, "smtps://u@localhost"),
    ] {
        let server = Plan::new(speaks).serve();
        let system = MailSettings {
            authorities: None,
            ..trusting(&server, url)
        };
        let other = Certified::by_an_own_authority("localhost")
            .authority
            .parse()
            .unwrap();
        let other = MailSettings {
            authorities: Some(other),
            ..trusting(&server, url)
        };
        for settings in [system, other] {
            let failure = failure(post(), &settings);
            never(&failure, "is not from an authority trusted here");
            assert_eq!(failure.remedy, Some(Remedy::NameAuthority));
            nothing_was_told(&server);
        }
    }
}

#[test]
fn tls_from_the_first_byte_is_not_starttls() {
    let server = Plan::new(Speaks::StartTls).serve();
    let failure = failure(post(), &trusting(&server, "smtps://u@localhost"));
    never(&failure, "does not speak TLS from the first byte");
    assert_eq!(failure.remedy, Some(Remedy::OtherProtection));
}

#[test]
fn a_wrong_password_is_said_so_and_not_repeated() {
    let server = Plan::new(Speaks::Tls).with_login("u", "another").serve();
    let failure = failure(post(), &trusting(&server, "smtps://u@localhost"));
    never(&failure, "refused when signing in: 535 Invalid credentials");
    assert_eq!(failure.remedy, Some(Remedy::SignIn));
    server.seen(|seen| assert!(seen.mails.is_empty()));
}

#[test]
fn a_server_that_repeats_what_it_was_sent_is_not_quoted() {
    for says in [
        "535 wrong: correct horse battery staple",
        "535 wrong: Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ==",
        "535 wrong: AHUAY29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ==",
    ] {
        let plan = Plan::new(Speaks::Tls)
            .with_login("u", PASSWORD)
            .at("AUTH", Manner::Say(says));
        let server = plan.serve();
        let failure = failure(post(), &trusting(&server, "smtps://u@localhost"));
        never(&failure, "535 wrong: …");
    }
}

#[test]
fn a_server_where_nobody_signs_in_does_not_get_the_mail_unsigned() {
    let server = Plan::new(Speaks::Tls).serve();
    let failure = failure(post(), &trusting(&server, "smtps://u@localhost"));
    never(&failure, "does not offer sign-in");
    server.seen(|seen| assert!(!seen.commands.iter().any(|it| it == "MAIL"), "{seen:?}"));
}

#[test]
fn a_refusal_is_for_now_or_for_good_as_the_server_says() {
    for word in ["HI", "EHLO", "MAIL", "RCPT", "DATA", "."] {
        for (says, is_final) in [
            ("451 4.3.0 come\u{1b}[2J back", false),
            ("554 5.7.1 go away", true),
        ] {
            let server = Plan::new(Speaks::Tls).at(word, Manner::Say(says)).serve();
            let failure = failure(post(), &trusting(&server, "smtps://localhost"));
            let (judge, words): (fn(&SendFailure, &str), _) = if is_final {
                (never, "554 5.7.1 go away")
            } else {
                (later, "451 4.3.0 come [2J back")
            };
            judge(&failure, words);
        }
    }
}

#[test]
fn what_was_refused_for_now_is_taken_later() {
    let server = Plan::new(Speaks::Tls)
        .at("MAIL", Manner::Say("421 later"))
        .serve();
    let settings = trusting(&server, "smtps://localhost");
    later(&failure(post(), &settings), "421 later");
    hand_over(post(), &settings, &saying("x\n")).unwrap();
    server.mail();
}

#[test]
fn a_server_that_hangs_up_or_hangs_is_given_up_at_any_step() {
    for word in [
        "HI", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", ".",
    ] {
        for (manner, says) in [(Manner::Drop, "closed the connection"), (Manner::Hang, "")] {
            let is_hanging = matches!(manner, Manner::Hang);
            let plan = Plan::new(Speaks::StartTls)
                .with_login("u", PASSWORD)
                .at(word, manner);
            let server = plan.serve();
            let settings = trusting(&server, "smtp://u@localhost");
            let post = if is_hanging { impatient() } else { post() };
            let judge = if word == "." { uncertain } else { later };
            judge(&failure(post, &settings), says);
        }
    }
}

#[test]
fn a_server_that_hangs_up_after_it_took_the_mail_has_taken_it() {
    for manner in [Manner::Drop, Manner::Say("421 enough")] {
        let server = Plan::new(Speaks::Tls).at("QUIT", manner).serve();
        hand_over(
            post(),
            &trusting(&server, "smtps://localhost"),
            &saying("x\n"),
        )
        .unwrap();
        server.mail();
    }
}

#[test]
fn answers_that_came_before_protection_do_not_count_as_the_servers() {
    // What somebody on the line could add to "go on": a greeting, and that all was accepted.
    let forged = "220 go on\r\n250 mail.test\r\n250 ok\r\n250 ok\r\n354 go on\r\n250 accepted";
    let lines: Vec<_> = forged.split("\r\n").collect();
    let begun = (2..=6).map(|count| lines[..count].join("\r\n"));
    let ended = ["221 bye", "421 bye"].map(|last| format!("{forged}\r\n{last}"));
    for said in begun.chain(ended) {
        let said: &'static str = said.leak();
        let server = Plan::new(Speaks::StartTls)
            .at("STARTTLS", Manner::Say(said))
            .serve();
        let failure = failure(post(), &trusting(&server, "smtp://localhost"));
        later(&failure, "it sent unsolicited data before TLS");
        nothing_was_told(&server);
    }
}

#[test]
fn a_server_that_talks_without_end_is_stopped() {
    let long: &'static str = format!("250 {}", "x".repeat(200_000)).leak();
    let server = Plan::new(Speaks::Tls).at("EHLO", Manner::Say(long)).serve();
    let failure = failure(post(), &trusting(&server, "smtps://localhost"));
    assert!(failure.to_string().len() < 600, "{failure}");
    let lines: &'static str = "250-x\r\n".repeat(1000).leak();
    let server = Plan::new(Speaks::Tls)
        .at("EHLO", Manner::Say(lines))
        .serve();
    later(
        &self::failure(post(), &trusting(&server, "smtps://localhost")),
        "its reply is too long",
    );
}
