//! Last uses in a database: in two flights, past every writer, whatever its administrator makes of them.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use hallpass::backend::location::Location;
use hallpass::backend::options::OpenOptions;
use hallpass::backend::traffic::Traffic;
use hallpass::backend::{Backend, Fault, Mode, ObjId, Row};
use hallpass::barrier::State;
use hallpass::clock::FixedClock;
use hallpass::core::Request;
use hallpass::model::audit::Actor;
use hallpass::model::time::Time;
use hallpass::model::token::{Token, TokenAddress};
use hallpass::ops::edit::IfThere;
use hallpass::ops::token::Filter;
use hallpass::ops::verify::{Asked, judge, touch};
use hallpass::ops::{Core, profile, token};

use super::{Server, options};
use crate::ops::fixture::Sink;
use crate::support::core::{NOON, context, found};

#[expect(clippy::disallowed_methods, reason = "the test measures real time")]
fn now() -> Instant {
    Instant::now()
}

fn id(n: u8) -> ObjId {
    [n; 16]
}

fn row(number: u32) -> Row {
    Row {
        kid: 1,
        sealed: number.to_be_bytes().to_vec(),
    }
}

fn number(row: &Row) -> u32 {
    u32::from_be_bytes(row.sealed.as_slice().try_into().unwrap())
}

/// A store with objects 1 to 20.
fn objects(server: &Server) -> Location {
    let store = server.store();
    let mut backend = store.open(&options()).unwrap();
    let mut tx = backend.begin(Mode::Write).unwrap();
    tx.man_put(0, &row(1)).unwrap();
    for n in 1..=20 {
        tx.obj_put(&id(n), &row(1)).unwrap();
    }
    tx.commit().unwrap();
    store
}

fn all(backend: &mut dyn Backend) -> Vec<(ObjId, Row)> {
    let tx = backend.begin(Mode::Read).unwrap();
    let mut all = Vec::new();
    tx.use_range(&[0; 16], &[255; 16], &mut |id, row| {
        all.push((id, row));
        Ok(())
    })
    .unwrap();
    all
}

/// Sets each to `next`, unless it has a later one.
fn flush(backend: &mut dyn Backend, ids: &[ObjId], next: u32) -> Result<(), Fault> {
    backend.uses().unwrap().change(ids, &mut |there| {
        // Time for another one to come in between, if it could.
        thread::sleep(Duration::from_millis(1));
        let later = |id: &ObjId| {
            let found = there.rows.iter().find(|(other, _)| other == id);
            found.is_some_and(|(_, row)| number(row) > next)
        };
        let set = ids.iter().filter(|id| !later(id));
        set.map(|id| (*id, row(next))).collect()
    })
}

#[test]
#[ignore = "it needs a server: tests/interop/run postgres"]
fn servers_that_record_the_same_uses_at_once_keep_the_latest() {
    let store = objects(&Server::named());
    // There before, so that each finds what another has set.
    let every: Vec<_> = (1..=20).map(id).collect();
    flush(&mut *store.open(&options()).unwrap(), &every, 0).unwrap();
    let begin = Barrier::new(4);
    thread::scope(|scope| {
        for server in 0..4_u8 {
            let (store, begin) = (&store, &begin);
            scope.spawn(move || {
                let mut backend = store.open(&options()).unwrap();
                // Overlapping, and in another order for each.
                let mut ids: Vec<_> = (1..=17).map(|n| id(n + server)).collect();
                if server % 2 == 1 {
                    ids.reverse();
                }
                begin.wait();
                for round in 0..50 {
                    let next = round * 4 + u32::from(server);
                    flush(&mut *backend, &ids, next).unwrap();
                    let found = all(&mut *backend);
                    let lost = |(id, row): &&(ObjId, Row)| ids.contains(id) && number(row) < next;
                    assert_eq!(found.iter().find(lost), None, "after {next}");
                }
            });
        }
    });
    for (id, row) in all(&mut *store.open(&options()).unwrap()) {
        // The latest of the last of those that have it: object 1 is of the first alone.
        let [n, ..] = id;
        let server = u32::from(n.min(4) - 1);
        assert_eq!(number(&row), 49 * 4 + server, "object {n}");
    }
}

#[test]
#[ignore = "it needs a server: tests/interop/run postgres"]
fn rows_that_somebody_holds_are_not_waited_for_long_and_the_connection_goes_on() {
    let store = objects(&Server::named());
    let mut one = store.open(&options()).unwrap();
    let mut other = store.open(&options()).unwrap();
    flush(&mut *one, &[id(1)], 1).unwrap();
    let began = now();
    let mut refused = None;
    let held = one.uses().unwrap().change(&[id(1)], &mut |_| {
        refused = Some(flush(&mut *other, &[id(2), id(1)], 2));
        vec![(id(1), row(3))]
    });
    held.unwrap();
    assert!(matches!(refused, Some(Err(Fault::Busy))), "{refused:?}");
    assert!(began.elapsed() < Duration::from_secs(4));
    assert_eq!(all(&mut *other), [(id(1), row(3))]);
    flush(&mut *other, &[id(2), id(1)], 4).unwrap();
    assert_eq!(all(&mut *one), [(id(1), row(4)), (id(2), row(4))]);
}

/// A removal does not wait for a server that records the use of what is removed.
#[test]
#[ignore = "it needs a server: tests/interop/run postgres"]
fn nobody_who_writes_waits_for_a_use() {
    let store = objects(&Server::named());
    let mut one = store.open(&options()).unwrap();
    let mut other = store.open(&options()).unwrap();
    flush(&mut *one, &[id(1), id(2)], 1).unwrap();
    let began = now();
    let held = one.uses().unwrap().change(&[id(1)], &mut |_| {
        let mut tx = other.begin(Mode::Write).unwrap();
        tx.obj_del(&id(1)).unwrap();
        tx.obj_del(&id(2)).unwrap();
        tx.commit().unwrap();
        vec![(id(1), row(2))]
    });
    held.unwrap();
    assert!(began.elapsed() < Duration::from_millis(900));
    let left: Vec<_> = all(&mut *other).into_iter().map(|(id, _)| id).collect();
    assert!(left.is_empty() || left == [id(1)], "{left:?}");
}

/// A store with a token.
struct Site {
    core: Core,
    token: Token,
    traffic: Traffic,
}

impl Site {
    fn new(store: &Location) -> Self {
        let traffic = Traffic::default();
        let options = OpenOptions {
            traffic: traffic.clone(),
            ..options()
        };
        let draft = store.create(&options).unwrap();
        let (mut core, _) = found(draft, &State::off(), context(FixedClock::new(NOON)));
        let ci = profile::Draft::new("ci".parse().unwrap());
        profile::add(&mut core, &ci, IfThere::Refuse).unwrap();
        let draft = token::Draft::new("ci".parse().unwrap(), "laptop".parse().unwrap());
        let issued = token::issue(&mut core, &draft, &mut Sink::default()).unwrap();
        let token = Token::parse(issued.secret.expose()).unwrap();
        Self {
            core,
            token,
            traffic,
        }
    }

    /// How many flights something takes.
    fn flights<T>(&mut self, what: impl FnOnce(&mut Self) -> T) -> (u64, T) {
        let before = self.traffic.flights();
        let done = what(self);
        (self.traffic.flights() - before, done)
    }

    /// Uses the token, so many seconds after noon; returns the flights of recording that.
    fn use_at(&mut self, seconds: i64) -> u64 {
        self.core.begin(Request {
            actor: Actor::default(),
            now: Some(at(seconds)),
        });
        let verdict = judge(&mut self.core, &self.token, &Asked::default()).unwrap();
        assert!(verdict.valid);
        self.flights(|site| touch(&mut site.core, &verdict)).0
    }

    fn last_use(&mut self) -> Option<Time> {
        let laptop: TokenAddress = "ci/laptop".parse().unwrap();
        let shown = token::show(&mut self.core, &laptop.into()).unwrap();
        shown.last_used_at
    }
}

fn at(seconds: i64) -> Time {
    Time::from_seconds(NOON + seconds)
}

#[test]
#[ignore = "it needs a server: tests/interop/run postgres"]
fn a_use_takes_two_flights_and_showing_it_one_more() {
    let server = Server::named();
    let mut site = Site::new(&server.store());
    let (before, _) = site.flights(Site::last_use);
    let epoch = |site: &mut Site| site.core.read(|r| Ok(r.epoch())).unwrap();
    let first = epoch(&mut site);
    assert_eq!(site.use_at(0), 2);
    assert_eq!(site.use_at(59), 1, "nothing to write within the minute");
    assert_eq!(epoch(&mut site), first);
    let (after, shown) = site.flights(Site::last_use);
    assert_eq!((after, shown), (before, Some(at(0))));
    assert_eq!(site.use_at(60), 2);
    assert_eq!(site.use_at(30), 1, "an earlier one that comes late");
    let list = |site: &mut Site| {
        let mut listed = Vec::new();
        let filter = Filter::default();
        token::list(&mut site.core, &filter, &mut |token| {
            listed.push(token.last_used_at);
            Ok(())
        })
        .unwrap();
        listed
    };
    // The store is small: one flight for all of it, and one for all last uses.
    assert_eq!(site.flights(list), (2, vec![Some(at(60))]));
}

#[test]
#[ignore = "it needs a server: tests/interop/run postgres"]
fn whatever_the_administrator_makes_of_the_rows_nothing_fails() {
    let server = Server::named();
    let store = server.store();
    let url = store.to_string();
    let (_, schema) = url.split_once("schema=").unwrap();
    let mut site = Site::new(&store);
    site.use_at(0);
    server.sql(&format!(
        "CREATE TABLE {schema}.kept AS SELECT * FROM {schema}.use;"
    ));
    site.use_at(600);
    assert_eq!(site.last_use(), Some(at(600)));
    let garbage = "INSERT INTO S.use VALUES ('short', 1, 'x'), (decode(repeat('00', 16), 'hex'), -1, 'x'), \
         (decode(repeat('ff', 16), 'hex'), 1, convert_to(repeat('x', 2000000), 'UTF8')), \
         (decode(repeat('ee', 16), 'hex'), 9999999999, '')";
    for (what, shown) in [
        (garbage, Some(at(600))),
        (
            "UPDATE S.use SET ct = k.ct FROM S.kept k WHERE use.id = k.id",
            Some(at(0)),
        ),
        ("UPDATE S.use SET kid = kid + 1", None),
        ("UPDATE S.use SET ct = ''", None),
        ("UPDATE S.use SET kid = -7", None),
        ("DELETE FROM S.use", None),
    ] {
        server.sql(&format!("{};", what.replace("S.", &format!("{schema}."))));
        assert_eq!(site.last_use(), shown, "{what}");
        site.core.read(|r| r.check(&mut |_, _| ())).unwrap();
        site.use_at(1200);
        assert_eq!(
            site.last_use(),
            Some(at(1200)),
            "it is recorded anew: {what}"
        );
        server.sql(&format!(
            "UPDATE {schema}.use SET ct = k.ct FROM {schema}.kept k WHERE use.id = k.id;"
        ));
        site.use_at(600);
    }
    server.sql(&format!("REVOKE ALL ON {schema}.use FROM app;"));
    site.use_at(9000);
    judge(&mut site.core, &site.token, &Asked::default()).unwrap();
}
