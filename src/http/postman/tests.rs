//! Mail servers that hang, and others next to them.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Condvar, Mutex};
use std::thread::{self, JoinHandle};

use tempfile::TempDir;

use super::*;
use crate::backend::location::Location;
use crate::backend::options::OpenOptions;
use crate::barrier::{NewSlot, State as Anchors};
use crate::clock::FixedClock;
use crate::core::Context;
use crate::crypto::Key;
use crate::entropy::OsEntropy;
use crate::http::host::News;
use crate::http::options::Options;
use crate::mail::Commit;
use crate::model::audit::Actor;
use crate::model::mail::{MailSettings, Message, SendError};
use crate::model::time::Span;
use crate::ops::edit::IfThere;
use crate::ops::otp::{self, Binding, Request};
use crate::ops::{connection, environment, mail, profile, store};

/// Longer than anything takes here that is not waited for in vain.
const LONG: Duration = Duration::from_secs(30);

const MOMENT: Duration = Duration::from_millis(100);

struct Quiet;

impl Host for Quiet {
    fn log(&self, _: &str) {}

    fn reload(&self) -> Result<Options, String> {
        Ok(Options::default())
    }

    fn notify(&self, _: &News) {}
}

/// A mailer that hangs where the sender is `dead@…`, until it is released.
#[derive(Clone)]
struct Hanging {
    /// Gets the recipient of each mail that it begins to send.
    begun: Sender<String>,
    released: Arc<(Mutex<bool>, Condvar)>,
}

impl Mailer for Hanging {
    fn send(
        &mut self,
        by: &MailSettings,
        message: &Message,
        commit: Commit<'_>,
    ) -> Result<(), SendError> {
        self.begun.send(message.to.to_string()).unwrap();
        if by.from.address().to_string().starts_with("dead@") {
            let (released, changed) = &*self.released;
            let held = released.lock().unwrap();
            drop(changed.wait_while(held, |released| !*released).unwrap());
        }
        commit()
    }
}

fn context() -> Context {
    Context {
        clock: Box::new(FixedClock::new(1_795_521_600_i64)),
        entropy: Box::new(OsEntropy),
        request: Actor::default().into(),
        token_lifetime: Span::YEAR,
    }
}

fn p<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().unwrap()
}

/// A postman at work, for a store in which each environment has a mail server that hangs, and the
/// first one, `production`, has not.
struct Round {
    core: Core,
    postbox: Postbox,
    begun: Receiver<String>,
    released: Arc<(Mutex<bool>, Condvar)>,
    thread: JoinHandle<()>,
    ended: Receiver<()>,
    _folder: TempDir,
}

impl Round {
    fn with(dead: usize) -> Self {
        let mode = std::fs::Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().permissions(mode).tempdir();
        let folder = folder.unwrap();
        let opening = Opening {
            location: Location::File(folder.path().join("store.db")),
            options: OpenOptions::default(),
            state: Anchors::off(),
            adopt: false,
            stand_in: None,
        };
        let backend = opening.location.create(&opening.options).unwrap();
        let key = Key::generate(&mut OsEntropy).unwrap();
        let slots = vec![NewSlot::KeyFile(&key)];
        let mut core = store::init(backend, [7; 16], slots, &opening.state, context()).unwrap();
        let (sender, begun) = channel();
        let mailer = Hanging {
            begun: sender,
            released: Arc::default(),
        };
        let mut hr = connection::Draft::new(p("hr"));
        hr.group = Some(p("staff"));
        connection::add(&mut core, &hr, IfThere::Refuse).unwrap();
        set_mail(&mut core, &mailer, None, "good@example.com");
        for number in 0..dead {
            let name = format!("dead{number}");
            let draft = environment::Draft {
                name: p(&name),
                description: None,
            };
            environment::add(&mut core, &draft, IfThere::Refuse).unwrap();
            set_mail(&mut core, &mailer, Some(&name), "dead@example.com");
        }
        let released = Arc::clone(&mailer.released);
        let host: Arc<dyn Host> = Arc::new(Quiet);
        let telemetry = Telemetry::start(Arc::clone(&host), context(), &Options::default());
        let telemetry = Arc::new(telemetry.unwrap());
        let (keeper, _) = channel();
        let gate = Gate::new(Arc::clone(&host), Arc::clone(&telemetry), keeper);
        let postman = Postman {
            core: opening.sibling(&core, context()).unwrap(),
            opening,
            new_context: Arc::new(Box::new(context)),
            new_mailer: Box::new(move || Box::new(mailer.clone())),
            gate: Arc::new(gate),
            telemetry,
            host,
        };
        let (postbox, orders) = Postbox::new();
        let (at_work, ended) = channel();
        let thread = thread::spawn(move || postman.run(&orders, at_work));
        Self {
            core,
            postbox,
            begun,
            released,
            thread,
            ended,
            _folder: folder,
        }
    }

    /// Queues a mail to `name`, who is new, by the settings of an environment.
    fn queue(&mut self, name: &str, environment: &str) -> RecordId {
        let mut draft = profile::Draft::new(p(name));
        draft.email = Some(p(&to(name)));
        draft.connections = vec![p("hr")];
        draft.groups = vec![p("staff")];
        profile::add(&mut self.core, &draft, IfThere::Refuse).unwrap();
        let request = Request {
            binding: Binding {
                profile: p(name),
                connection: p("hr"),
                environment: Some(p(environment)),
            },
            device: None,
            asked_from: None,
        };
        otp::request(&mut self.core, &request).unwrap().message
    }

    /// Queues a mail, and hands it in.
    fn send(&mut self, name: &str, environment: &str) -> RecordId {
        let mail = self.queue(name, environment);
        self.postbox.hand_in(mail);
        mail
    }

    /// Who the next mails go to that are begun, in order of names.
    fn next(&self, count: usize) -> Vec<String> {
        let next = |_| self.begun.recv_timeout(LONG).unwrap();
        let mut next: Vec<_> = (0..count).map(next).collect();
        next.sort();
        next
    }

    fn release(&self) {
        *self.released.0.lock().unwrap() = true;
        self.released.1.notify_all();
    }
}

fn to(name: &str) -> String {
    format!("{name}@example.com")
}

fn set_mail(core: &mut Core, mailer: &Hanging, environment: Option<&str>, from: &str) {
    let draft = mail::Draft {
        transport: p("outbox:/nowhere"),
        from: p(from),
        password: None,
        authorities: None,
    };
    let environment = environment.map(p);
    mail::set(core, &mut mailer.clone(), environment.as_ref(), draft).unwrap();
}

#[test]
fn a_mail_server_that_hangs_delays_its_own_mails_alone() {
    let mut round = Round::with(1);
    round.send("first", "dead0");
    assert_eq!(round.next(1), [to("first")]);
    let second = round.send("second", "dead0");
    round.send("other", "production");
    assert_eq!(round.next(1), [to("other")]);
    // Handed in again and again, as what is due is.
    for _ in 0..3 {
        round.postbox.hand_in(second);
    }
    round.send("more", "production");
    assert_eq!(round.next(1), [to("more")]);
    assert!(round.begun.recv_timeout(MOMENT).is_err());
    round.release();
    assert_eq!(round.next(1), [to("second")]);
    assert!(round.begun.recv_timeout(MOMENT).is_err(), "once");
}

#[test]
fn there_are_so_many_threads_and_those_that_are_idle_make_room() {
    let mut round = Round::with(MOST + 1);
    let names: Vec<_> = (0..=MOST).map(|number| format!("p{number}")).collect();
    let mut last = None;
    for (number, name) in names.iter().enumerate() {
        last = Some(round.send(name, &format!("dead{number}")));
    }
    let expected: Vec<_> = names.iter().take(MOST).map(|name| to(name)).collect();
    assert_eq!(round.next(MOST), expected);
    assert!(round.begun.recv_timeout(MOMENT).is_err(), "one too many");
    round.release();
    let begun = Instant::now();
    let came = loop {
        // It stays queued, and is handed in at the next look.
        round.postbox.hand_in(last.unwrap());
        match round.begun.recv_timeout(MOMENT) {
            Ok(came) => break came,
            Err(_) => assert!(begun.elapsed() < LONG),
        }
    };
    assert_eq!(came, to(&names[MOST]));
}

#[test]
fn the_end_waits_for_no_mail_server() {
    let mut round = Round::with(1);
    round.send("first", "dead0");
    assert_eq!(round.next(1), [to("first")]);
    round.send("second", "dead0");
    round.postbox.end();
    round.thread.join().unwrap();
    let hung = round.ended.recv_timeout(MOMENT);
    assert_eq!(hung, Err(RecvTimeoutError::Timeout), "it is being sent");
    *round.released.0.lock().unwrap() = true;
    round.released.1.notify_all();
    let ended = round.ended.recv_timeout(LONG);
    assert_eq!(ended, Err(RecvTimeoutError::Disconnected));
    // The second one stays queued.
    assert!(round.begun.try_recv().is_err());
    assert_eq!(outbox::count(&mut round.core).unwrap(), 1);
}
