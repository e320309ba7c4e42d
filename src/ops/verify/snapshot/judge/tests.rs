use super::*;
use crate::backend::memory::MemoryBackend;
use crate::barrier::{NewSlot, State};
use crate::clock::FixedClock;
use crate::core::{Context, Core};
use crate::crypto::Key;
use crate::entropy::OsEntropy;
use crate::error::Error;
use crate::model::audit::Actor;
use crate::model::time::Span;
use crate::model::token::{Encoding, Presented, Token};
use crate::ops::edit::IfThere;
use crate::ops::verify::snapshot::Memory;
use crate::ops::{profile, store, token};

/// A store with one token and ten profiles, and the token.
fn held() -> (Core, Presented) {
    let context = Context {
        clock: Box::new(FixedClock::new(1_795_521_600_i64)),
        entropy: Box::new(OsEntropy),
        request: Actor::default().into(),
        token_lifetime: Span::YEAR,
    };
    let key = Key::generate(&mut OsEntropy).unwrap();
    let slots = vec![NewSlot::KeyFile(&key)];
    let backend = Box::new(MemoryBackend::new());
    let mut core = store::init(backend, [7; 16], slots, &State::off(), context).unwrap();
    for n in 0..10 {
        let draft = profile::Draft::new(format!("p{n}").parse().unwrap());
        profile::add(&mut core, &draft, IfThere::Refuse).unwrap();
    }
    let draft = token::Draft::new("p0".parse().unwrap(), "laptop".parse().unwrap());
    let issued = token::issue_many(&mut core, &[draft]).unwrap();
    let presented = Presented::parse(issued[0].secret.expose()).unwrap();
    (core, presented)
}

fn snapshot(core: &mut Core) -> Snapshot {
    let mut memory = Memory::new(usize::MAX);
    core.read(|r| memory.refresh(r)).unwrap().unwrap()
}

#[test]
fn every_unknown_token_is_compared_with_one_of_the_store() {
    let (mut core, _) = held();
    let snapshot = snapshot(&mut core);
    for number in 0..=u16::MAX {
        assert!(snapshot.table.decoy(number).unwrap().is_some(), "{number}");
    }
}

#[test]
fn an_unknown_token_and_a_wrong_secret_cost_the_steps_of_a_right_one() {
    let (mut core, right) = held();
    let mut snapshot = snapshot(&mut core);
    let Presented::Own(known) = &right else {
        panic!("{right:?}");
    };
    let mut hex = known.encode(Encoding::Hex).expose().to_owned();
    let last = if hex.pop() == Some('0') { '1' } else { '0' };
    hex.push(last);
    let wrong = Presented::Own(Token::parse(&hex).unwrap());
    let unknown = Presented::Own(Token::zero());
    let now = core.now();
    let asked = Asked::default();
    for (presented, reason) in [
        (&right, Reason::Valid),
        (&wrong, Reason::Unknown),
        (&unknown, Reason::Unknown),
    ] {
        let judged = snapshot.judge(now, presented, &asked);
        assert_eq!(judged.unwrap().reason, reason);
    }
    // The last step reads what the token refers to: that it fails shows that it was taken.
    snapshot.table.forget_others();
    for presented in [&right, &wrong, &unknown] {
        let judged = snapshot.judge(now, presented, &asked);
        assert!(matches!(judged, Err(Error::Integrity(_))), "{judged:?}");
    }
}
