//! A store whose keys were replaced, as a later version will do: what was made with the old ones is
//! good, and is made anew with the new ones when it is used.

use std::io;
use std::time::Duration;

use crate::backend::memory::MemoryBackend;
use crate::barrier::{NewSlot, State, Unique, renew_keys};
use crate::clock::FixedClock;
use crate::core::{Context, Core};
use crate::crypto::Key;
use crate::entropy::OsEntropy;
use crate::model::audit::Actor;
use crate::model::name::ProfileName;
use crate::model::password::Password;
use crate::model::profile::Profile;
use crate::model::time::Span;
use crate::model::token::{Token, TokenRecord};
use crate::ops::delivery::ImmediateSink;
use crate::ops::edit::IfThere;
use crate::ops::password::{self, Cause};
use crate::ops::token::{self, Issued};
use crate::ops::verify::{self, Asked, Verdict};
use crate::ops::{profile, store};
use crate::secret::SecretText;

const GOOD: &str = "umbrella-vortex-lantern-88";

/// A sink that takes everything.
struct Taker;

impl ImmediateSink for Taker {
    fn ready(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn offer(&mut self, _: &Issued) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A store with profile `ci`.
struct TestStore {
    core: Core,
    backend: MemoryBackend,
}

impl TestStore {
    fn new() -> Self {
        Self::on(MemoryBackend::new())
    }

    fn on(backend: MemoryBackend) -> Self {
        let context = Context {
            clock: Box::new(FixedClock::new(1_800_000_000)),
            entropy: Box::new(OsEntropy),
            request: Actor::default().into(),
            token_lifetime: Span::YEAR,
        };
        let key = Key::generate(&mut OsEntropy).unwrap();
        let slots = vec![NewSlot::KeyFile(&key)];
        let held = Box::new(backend.clone());
        let mut core = store::init(held, [7; 16], slots, &State::off(), context).unwrap();
        let draft = profile::Draft::new("ci".parse().unwrap());
        profile::add(&mut core, &draft, IfThere::Refuse).unwrap();
        Self { core, backend }
    }

    fn renew_keys(&mut self) {
        renew_keys(&self.backend, &self.core.store);
        self.core.read(|_| Ok(())).unwrap();
    }

    fn token(&mut self) -> Token {
        let draft = token::Draft::new("ci".parse().unwrap(), "laptop".parse().unwrap());
        let issued = token::issue(&mut self.core, &draft, &mut Taker).unwrap();
        Token::parse(issued.secret.expose()).unwrap()
    }

    fn judge(&mut self, token: &Token) -> Verdict {
        let verdict = verify::judge(&mut self.core, token, &Asked::default()).unwrap();
        assert!(verdict.valid);
        verdict
    }

    /// The same verdict from memory.
    #[cfg(feature = "server")]
    fn judge_by_memory(&mut self, token: &Token) -> Verdict {
        let mut memory = verify::snapshot::Memory::new(usize::MAX);
        let snapshot = self.core.read(|r| memory.refresh(r)).unwrap().unwrap();
        let now = self.core.now();
        let verdict = snapshot.judge(now, token, &Asked::default());
        verdict.unwrap()
    }

    fn touch(&mut self, verdict: &Verdict) {
        verify::touch(&mut self.core, verdict);
    }

    fn epoch(&mut self) -> u64 {
        self.core.read(|r| Ok(r.epoch())).unwrap()
    }

    /// The MAC of a token, and the key that made it.
    fn mac(&mut self, token: &Token) -> (u32, [u8; 32]) {
        let record = self.core.read(|r| {
            let id = r.find(Unique::Token(token.id()))?.unwrap();
            r.require::<TokenRecord>(id)
        });
        let record = record.unwrap();
        (record.mac_kid, record.mac)
    }

    fn password(&mut self) -> Password {
        let name: ProfileName = "ci".parse().unwrap();
        let profile = self.core.read(|r| {
            let id = r.find(Unique::Profile(&name.canonical()))?.unwrap();
            r.require::<Profile>(id)
        });
        profile.unwrap().password.unwrap()
    }

    fn cause(&mut self, text: &str) -> Cause {
        let password = SecretText::new(text.to_owned());
        let name = "ci".parse().unwrap();
        password::verify(&mut self.core, &name, &password)
            .unwrap()
            .cause
    }
}

#[test]
fn a_use_renews_the_mac_of_a_token_once() {
    let mut bench = TestStore::new();
    let token = bench.token();
    let first = bench.mac(&token);
    let used = bench.judge(&token);
    bench.touch(&used);
    assert_eq!(bench.mac(&token), first);
    bench.renew_keys();
    let judged = [bench.judge(&token), bench.judge(&token)];
    bench.touch(&judged[0]);
    let renewed = bench.mac(&token);
    assert_ne!(renewed.0, first.0);
    assert_ne!(renewed.1, first.1);
    let epoch = bench.epoch();
    bench.touch(&judged[1]);
    let again = bench.judge(&token);
    bench.touch(&again);
    assert_eq!((bench.mac(&token), bench.epoch()), (renewed, epoch));
}

#[test]
fn a_mac_is_not_renewed_with_a_key_that_is_not_the_newest_any_more() {
    let mut bench = TestStore::new();
    let token = bench.token();
    let first = bench.mac(&token);
    let used = bench.judge(&token);
    bench.touch(&used);
    bench.renew_keys();
    let judged = bench.judge(&token);
    bench.renew_keys();
    bench.touch(&judged);
    assert_eq!(bench.mac(&token), first);
    let judged = bench.judge(&token);
    bench.touch(&judged);
    assert_ne!(bench.mac(&token).0, first.0);
    bench.judge(&token);
}

/// A server would write a record with every verdict, for days after a rotation.
#[test]
fn a_use_in_a_database_renews_no_mac() {
    let (backend, _line) = MemoryBackend::watched(|| Duration::ZERO);
    let mut bench = TestStore::on(backend);
    let token = bench.token();
    let first = bench.mac(&token);
    bench.renew_keys();
    let epoch = bench.epoch();
    let judged = bench.judge(&token);
    bench.touch(&judged);
    assert_eq!((bench.mac(&token), bench.epoch()), (first, epoch));
    assert_eq!(bench.backend.last_uses().len(), 1);
    bench.judge(&token);
}

#[cfg(feature = "server")]
#[test]
fn a_verdict_from_memory_renews_a_mac_too() {
    let mut bench = TestStore::new();
    let token = bench.token();
    let first = bench.mac(&token);
    for renews in [false, true] {
        if renews {
            bench.renew_keys();
        }
        let verdict = bench.judge_by_memory(&token);
        assert!(verdict.valid);
        bench.touch(&verdict);
        assert_eq!(bench.mac(&token) != first, renews);
        bench.judge(&token);
        assert!(bench.judge_by_memory(&token).valid);
    }
}

#[test]
fn a_right_password_is_hashed_anew_with_the_newest_pepper() {
    let mut bench = TestStore::new();
    let name = "ci".parse().unwrap();
    let text = SecretText::new(GOOD.to_owned());
    password::set(&mut bench.core, &name, &text).unwrap();
    let first = bench.password();
    bench.renew_keys();
    assert_eq!(bench.cause("wrong"), Cause::Wrong);
    assert_eq!(bench.password().kid, first.kid);
    assert_eq!(bench.cause(GOOD), Cause::Right);
    let renewed = bench.password();
    assert_ne!(renewed.kid, first.kid);
    assert_ne!(renewed.phc, first.phc);
    assert_eq!(bench.cause(GOOD), Cause::Right);
    assert_eq!(bench.password().phc, renewed.phc);
}
