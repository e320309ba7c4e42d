//! T22: what is left of a code in memory.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;

use hallpass::mail::SystemMailer;
use rustix::fs::Mode;

use super::*;
use crate::support::{alone, private_folder};

/// With this the code is kept here, so that the search does not find itself.
const MASK: u8 = 0x55;

/// How often the masked code stands unmasked in what this process can write.
fn copies(masked: &[u8]) -> usize {
    let memory = File::open("/proc/self/mem").unwrap();
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mut found = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let address = |text| u64::from_str_radix(text, 16).unwrap();
        let (mut at, end) = (address(start), address(end));
        while at < end {
            let mut page = [0; 4096];
            // Some mappings of the kernel's cannot be read.
            let Ok(count) = memory.read_at(&mut page, at) else {
                break;
            };
            let is_it = |it: &&[u8]| {
                it.iter()
                    .zip(masked)
                    .all(|(byte, masked)| byte ^ MASK == *masked)
            };
            found += page[..count].windows(masked.len()).filter(is_it).count();
            page.fill(0);
            std::hint::black_box(&page);
            // One that lies across two pages is found, too.
            at += 4096
                - if at + 4096 < end {
                    masked.len() as u64
                } else {
                    0
                };
        }
    }
    found
}

/// A code that is made, mailed, printed and exchanged.
fn used(bench: &mut TestStore, folder: &str) -> Vec<u8> {
    let requested = ask(bench, None).unwrap();
    let masked: Vec<_> = requested
        .code
        .expose()
        .bytes()
        .map(|byte| byte ^ MASK)
        .collect();
    assert!(copies(&masked) > 0, "the premise: it is found");
    let mut post = SystemMailer::new(Mode::from_raw_mode(0o022));
    let settings = MailSettings {
        transport: p(&format!("outbox:{folder}")),
        ..settings(bench)
    };
    let mut mailer = Through {
        post: &mut post,
        settings,
    };
    let sent = outbox::send_one(&mut bench.core, requested.message, &mut mailer, &mut |_| ());
    assert!(matches!(sent, Ok(Delivery::Sent(_))), "{sent:?}");
    let code = Code::parse(requested.code.expose()).unwrap();
    let submission = Submission {
        binding: binding("ci", "hr"),
        code,
        form: Encoding::Native,
    };
    let answer = otp::validate(&mut bench.core, &submission, &mut Sink::default()).unwrap();
    assert!(matches!(answer, Answer::Exchanged(_)));
    masked
}

fn settings(bench: &TestStore) -> MailSettings {
    MailSettings {
        transport: p("outbox:/nowhere"),
        from: p("hallpass@example.com"),
        password: None,
        authorities: None,
        environment: None,
        updated_at: bench.now(),
    }
}

/// The post office, with settings of the test's own.
struct Through<'a> {
    post: &'a mut SystemMailer,
    settings: MailSettings,
}

impl Mailer for Through<'_> {
    fn send(
        &mut self,
        _: &MailSettings,
        message: &Message,
        commit: Commit<'_>,
    ) -> Result<(), SendError> {
        self.post.send(&self.settings, message, commit)
    }
}

/// Run by the test below in a process of its own: elsewhere other tests make codes, too.
#[test]
#[ignore = "looks at the memory of the whole process"]
fn wiped_code() {
    let folder = private_folder();
    let mut bench = mailing();
    let masked = used(&mut bench, folder.path().to_str().unwrap());
    assert_eq!(copies(&masked), 0);
}

#[test]
fn nothing_is_left_of_a_code_once_it_is_used() {
    alone::passes(alone::test(module_path!(), "wiped_code"), "a code");
}
