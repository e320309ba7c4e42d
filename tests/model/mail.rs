//! How mail leaves, as it is typed and kept.

use hallpass::model::mail::{
    Authorities, Host, MailPassword, MailSettings, Security, Sender, Transport,
};
use hallpass::model::time::Time;

use super::refusal;

fn parsed(url: &str) -> Transport {
    url.parse().unwrap_or_else(|why| panic!("{url}: {why}"))
}

#[test]
fn a_server_is_read_with_all_its_parts() {
    let server = |url: &str| parsed(url).server().unwrap().clone();
    let it = server("smtp://user@Mail.Example.com:2525");
    assert_eq!((it.security, it.port), (Security::StartTls, 2525));
    assert_eq!(
        (it.user.as_deref(), it.host),
        (Some("user"), Host::Name("mail.example.com".into()))
    );
    assert_eq!(server("smtp://h.example").port, 587);
    assert_eq!(server("SMTPS://h.example/").port, 465);
    assert_eq!(server("smtps://[::1]:25").host.to_string(), "[::1]");
    assert_eq!(server("smtp://192.0.2.7").host.to_string(), "192.0.2.7");
    for user in ["smtp://a@b.nl@h.example", "smtp://a%40b.nl@h.example"] {
        assert_eq!(server(user).user.as_deref(), Some("a@b.nl"));
    }
    assert_eq!(
        server("smtp://j%C3%B6rg%3A@h.example").user.as_deref(),
        Some("jörg:")
    );
}

#[test]
fn what_is_shown_reads_the_same_again() {
    for url in [
        "smtp://h.example:587",
        "smtps://a%40b.nl@h.example:465",
        "smtp://j%C3%B6rg%3A@[2001:db8::1]:25",
        "sendmail:/usr/sbin/sendmail",
        "outbox:/srv/mails of mine",
    ] {
        assert_eq!(parsed(url).to_string(), url);
        let stored = postcard::to_allocvec(&parsed(url)).unwrap();
        assert_eq!(
            postcard::from_bytes::<Transport>(&stored).unwrap(),
            parsed(url)
        );
    }
}

#[test]
fn what_is_no_way_is_refused() {
    for url in [
        "",
        "smtp",
        "smtp:",
        "smtp:h.example",
        "http://h.example",
        "smtp://",
        "smtp://@h.example",
        "smtp://h.example:0",
        "smtp://h.example:65536",
        "smtp://h.example:",
        "smtp://h.example:+5",
        "smtp://h.example/x",
        "smtp://h.example?x",
        "smtp://-h.example",
        "smtp://h..example",
        "smtp://h_x.example",
        "smtp://bücher.example",
        "smtp://1.2.3",
        "smtp://256.1.1.1",
        "smtp://[::1",
        "smtp://[::1]x",
        "smtp://[fe80::1%25eth0]",
        "smtp://::1",
        "smtp://h .example",
        "smtp://h.example\r\nRSET",
        "smtp://u%0A@h.example",
        "smtp://u%zz@h.example",
        "smtp://u%@h",
        "sendmail:",
        "sendmail:sendmail",
        "sendmail:./sendmail",
        "sendmail:/a/../sendmail",
        "outbox:",
        "outbox:mails",
        "outbox:~/mails",
        "outbox:/a\0b",
        "outbox:/a\u{1b}[2J",
    ] {
        assert!(refusal::<Transport>(url).is_some(), "{url:?} was taken");
    }
}

#[test]
fn a_password_in_the_url_is_refused_and_not_repeated() {
    for url in [
        "smtp://user:hunter2@h.example",
        "smtps://:hunter2@h.example",
        "smtp://a:b:hunter2@h",
    ] {
        let why = refusal::<Transport>(url).unwrap();
        assert!(why.to_string().contains("it contains a password"), "{why}");
        assert!(
            why.hint.as_ref().unwrap().contains("--password-file"),
            "{why}"
        );
        assert!(!format!("{why:?}").contains("hunter2"));
    }
}

#[test]
fn only_this_machine_may_be_spoken_with_in_the_clear() {
    for url in [
        "smtp://localhost:25",
        "smtp://127.0.0.1",
        "smtp://127.9.9.9",
        "smtp://[::1]:25",
    ] {
        let plain = parsed(url).insecure_plain().unwrap();
        assert_eq!(plain.server().unwrap().security, Security::None);
        let stored = postcard::to_allocvec(&plain).unwrap();
        assert_eq!(postcard::from_bytes::<Transport>(&stored).unwrap(), plain);
    }
    for url in [
        "smtp://h.example",
        "smtp://192.0.2.7",
        "smtp://localhost.example",
        "smtps://localhost",
        "smtp://u@localhost",
        "sendmail:/usr/sbin/sendmail",
        "outbox:/mails",
    ] {
        parsed(url).insecure_plain().unwrap_err();
    }
    // A record that says otherwise does not pass.
    let stored = postcard::to_allocvec(&("smtp://h.example:25", true)).unwrap();
    postcard::from_bytes::<Transport>(&stored).unwrap_err();
}

#[test]
fn a_sender_is_an_address_with_or_without_a_name() {
    for (text, name, shown) in [
        ("a@b.nl", None, "a@b.nl"),
        (" <a@b.nl> ", None, "a@b.nl"),
        (
            "Example & Co. <a@b.nl>",
            Some("Example & Co."),
            "Example & Co. <a@b.nl>",
        ),
        (
            "\"Bücher, Inc\" <a@b.nl>",
            Some("Bücher, Inc"),
            "Bücher, Inc <a@b.nl>",
        ),
    ] {
        let sender: Sender = text.parse().unwrap();
        assert_eq!((sender.name(), sender.to_string().as_str()), (name, shown));
        assert_eq!(sender.address().as_str(), "a@b.nl");
        assert_eq!(shown.parse::<Sender>().unwrap(), sender);
    }
    for text in [
        "",
        "a",
        "<>",
        "A <a>",
        "A <a@b.nl> b",
        "A < a@b.nl>",
        "A\r\nBcc: x <a@b.nl>",
        "A <a@b.nl\r\n>",
        "A <x@y.z> <a@b.nl>",
        "A\u{202e} <a@b.nl>",
        "a\"b <a@b.nl>",
    ] {
        assert!(refusal::<Sender>(text).is_some(), "{text:?} was taken");
    }
    assert!(refusal::<Sender>(&format!("{} <a@b.nl>", "x".repeat(65))).is_some());
}

#[test]
fn a_mail_password_goes_into_the_store_and_nowhere_else() {
    let settings = MailSettings {
        transport: parsed("smtp://u@h.example"),
        from: "a@b.nl".parse().unwrap(),
        password: Some("hunter2 hunter2".parse().unwrap()),
        authorities: None,
        environment: None,
        updated_at: Time::from_seconds(0),
    };
    assert!(!format!("{settings:?}").contains("hunter2"));
    serde_json::to_string(&settings).unwrap_err();
    serde_json::from_str::<MailPassword>("\"hunter2\"").unwrap_err();
    let stored = postcard::to_allocvec(&settings).unwrap();
    let again: MailSettings = postcard::from_bytes(&stored).unwrap();
    assert_eq!(again.password.unwrap().expose(), "hunter2 hunter2");
    for bad in ["", "a\nb", "a\0b", &"x".repeat(1025)] {
        assert!(refusal::<MailPassword>(bad).is_some(), "{bad:?} was taken");
    }
}

#[test]
fn certificates_are_pem_without_a_key() {
    let pem = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";
    let two = format!("# ours\n{pem}{pem}");
    assert_eq!(two.parse::<Authorities>().unwrap().count(), 2);
    let key = "-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n";
    for bad in [
        "",
        "MA==",
        &format!("{pem}{key}"),
        &pem.replace("MA==", "M"),
        &pem.replace("MA==", ""),
        &pem.replace("MA==", "QUJD"),
        &pem.replace("-----END", "-----"),
        &format!("{pem}-----BEGIN CERTIFICATE-----"),
    ] {
        assert!(refusal::<Authorities>(bad).is_some(), "{bad:?} was taken");
    }
}
