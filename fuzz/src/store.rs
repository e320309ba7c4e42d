//! The store that the targets serve: one of each thing that a request can name.

use hallpass::backend::memory::{MemoryBackend, Tables};
use hallpass::barrier::{KdfLimits, NewSlot, State, Store, Unlock, key_file};
use hallpass::clock::FixedClock;
use hallpass::crypto::Key;
use hallpass::entropy::Entropy as _;
use hallpass::mail::{Commit, Mailer};
use hallpass::model::audit::Actor;
use hallpass::model::mail::{MailSettings, Message, SendError};
use hallpass::model::time::Span;
use hallpass::model::token::Token;
use hallpass::ops::edit::{Added, IfThere};
use hallpass::ops::{Context, Core, before_write, connection, mail, otp, profile, store, token};
use hallpass::secret::SecretText;

use crate::chance::Chance;

/// 2026-11-24T12:00:00Z, always.
const NOON: i64 = 1_795_521_600;

/// A store, and what clients may know of it.
pub struct Sample {
    tables: Tables,
    key: String,
    /// `ci/laptop`, for `hr`.
    pub valid: Token,
    /// `service/probe`, whose profile may introspect.
    pub service: Token,
    /// `ci/near`, for `hr`, from 10.0.0.0/8 and 192.0.2.0/24 only.
    pub near: Token,
    /// `ci/lost`, which is revoked.
    pub revoked: Token,
    /// The API key of `hr`.
    pub api_key: String,
    /// The key of the default environment.
    pub environment_key: String,
    /// A code of `ci` for `hr`.
    pub code: String,
}

/// Nothing is sent here.
struct Silent;

impl Mailer for Silent {
    fn send(&mut self, _: &MailSettings, _: &Message, _: Commit<'_>) -> Result<(), SendError> {
        Ok(())
    }
}

impl Sample {
    /// Makes it. It is the same each time.
    pub fn new() -> Self {
        let mut entropy = Chance(7);
        let key = Key::generate(&mut entropy).unwrap();
        let mut id = [0; 16];
        entropy.fill(&mut id).unwrap();
        let backend = MemoryBackend::new();
        let boxed = Box::new(backend.clone());
        let slots = vec![NewSlot::KeyFile(&key)];
        let mut core = store::init(boxed, id, slots, &State::off(), context(8)).unwrap();
        let api_key = connections(&mut core);
        profiles(&mut core);
        let [valid, near, revoked, service] = tokens(&mut core);
        let environments = hallpass::ops::environment::list(&mut core).unwrap();
        Self {
            code: code(&mut core),
            tables: backend.tables(),
            key: key_file::encode(&id, &key).expose().to_owned(),
            valid,
            service,
            near,
            revoked,
            api_key,
            environment_key: environments[0].key.to_string(),
        }
    }

    /// A copy of the store, and two connections to it.
    pub fn opened(&self) -> (MemoryBackend, [Core; 3]) {
        let backend = MemoryBackend::with(self.tables.clone());
        let open = |seed| {
            let unlock = Unlock::KeyFile(SecretText::new(self.key.clone()));
            let limits = KdfLimits {
                available_kib: None,
            };
            let backend = Box::new(backend.waiting());
            let store = Store::open(backend, &unlock, &limits, &State::off()).unwrap();
            Core::new(store, context(seed), before_write)
        };
        let cores = [open(9), open(10), open(12)];
        (backend, cores)
    }
}

impl Default for Sample {
    fn default() -> Self {
        Self::new()
    }
}

/// A context with randomness of its own.
pub fn context(seed: u64) -> Context {
    Context {
        clock: Box::new(FixedClock::new(NOON)),
        entropy: Box::new(Chance(seed)),
        request: Actor::default().into(),
        token_lifetime: Span::YEAR,
    }
}

fn made<T>(added: hallpass::Result<Added<T>>) -> T {
    match added.unwrap() {
        Added::Made(summary) => summary,
        Added::Existing { .. } => unreachable!("the store is new"),
    }
}

fn connections(core: &mut Core) -> String {
    let hr = connection::Draft::new("hr".parse().unwrap());
    let hr = made(connection::add(core, &hr, IfThere::Refuse));
    let crm = connection::Draft {
        allow_ip: vec!["203.0.113.0/24".parse().unwrap()],
        ..connection::Draft::new("crm".parse().unwrap())
    };
    made(connection::add(core, &crm, IfThere::Refuse));
    hr.api_key.to_string()
}

fn profiles(core: &mut Core) {
    let ci = profile::Draft {
        email: Some("anna@example.com".parse().unwrap()),
        ..profile::Draft::new("ci".parse().unwrap())
    };
    made(profile::add(core, &ci, IfThere::Refuse));
    let service = profile::Draft {
        groups: vec!["introspect".parse().unwrap()],
        ..profile::Draft::new("service".parse().unwrap())
    };
    made(profile::add(core, &service, IfThere::Refuse));
}

fn tokens(core: &mut Core) -> [Token; 4] {
    let draft = |profile: &str, name: &str| token::Draft {
        connection: Some("hr".parse().unwrap()),
        ..token::Draft::new(profile.parse().unwrap(), name.parse().unwrap())
    };
    let near = token::Draft {
        allow_ip: ["10.0.0.0/8", "192.0.2.0/24"]
            .map(|range| range.parse().unwrap())
            .into(),
        ..draft("ci", "near")
    };
    let drafts = [
        draft("ci", "laptop"),
        near,
        draft("ci", "lost"),
        draft("service", "probe"),
    ];
    let issued = token::issue_many(core, &drafts).unwrap();
    let lost: hallpass::model::token::TokenAddress = "ci/lost".parse().unwrap();
    token::revoke(core, &[lost.into()], None).unwrap();
    let tokens = issued
        .iter()
        .map(|issued| Token::parse(issued.secret.expose()).unwrap());
    tokens.collect::<Vec<_>>().try_into().ok().unwrap()
}

/// Asks for a code, whose mail stays queued.
fn code(core: &mut Core) -> String {
    let settings = mail::Draft {
        transport: "sendmail:/nowhere".parse().unwrap(),
        from: "hallpass@example.com".parse().unwrap(),
        password: None,
        authorities: None,
    };
    mail::set(core, &mut Silent, None, settings).unwrap();
    let request = otp::Request {
        binding: otp::Binding {
            profile: "ci".parse().unwrap(),
            connection: "hr".parse().unwrap(),
            environment: None,
        },
        device: None,
        asked_from: None,
    };
    let requested = otp::request(core, &request).unwrap();
    requested.code.expose().to_owned()
}
