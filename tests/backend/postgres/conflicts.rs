//! Conflicts that the database reports at any statement, or at the commit.

use hallpass::Kind;
use hallpass::backend::{Fault, Mode, Transaction};
use hallpass::ops::edit::IfThere;
use hallpass::ops::{Core, profile, store, token};

use super::flights::{Bench, Sink, of};
use super::{Server, options};
use crate::backend::{objects, row};

/// What means that another transaction was faster.
const STATES: [&str; 4] = ["40001", "40P01", "23505", "22012"];

/// Makes the database refuse one of the statements that change something, or the commit.
struct Saboteur<'a> {
    server: &'a Server,
    schema: String,
}

impl<'a> Saboteur<'a> {
    fn new(server: &'a Server, schema: String) -> Self {
        let mut sql = format!(
            "CREATE SEQUENCE {schema}.n; CREATE TABLE {schema}.plan(at bigint, code text); \
             INSERT INTO {schema}.plan VALUES (0, '40001'); \
             CREATE FUNCTION {schema}.fail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ \
             DECLARE it record; BEGIN SELECT * INTO it FROM {schema}.plan; \
             IF nextval('{schema}.n') = it.at THEN RAISE EXCEPTION USING ERRCODE = it.code; END IF; \
             RETURN NULL; END $$; \
             CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT OR UPDATE ON {schema}.man \
             DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {schema}.fail(); "
        );
        for table in ["obj", "idx", "man", "log"] {
            let trigger = format!(
                "CREATE TRIGGER at_once AFTER INSERT OR UPDATE OR DELETE ON {schema}.{table} \
                 FOR EACH STATEMENT EXECUTE FUNCTION {schema}.fail(); "
            );
            sql += &trigger;
        }
        server.sql(&sql);
        Self { server, schema }
    }

    /// Lets the change number `at` from now on fail, once.
    fn fail(&self, at: u64, code: &str) {
        let schema = &self.schema;
        self.server.sql(&format!(
            "UPDATE {schema}.plan SET at = {at}, code = '{code}'; ALTER SEQUENCE {schema}.n RESTART;"
        ));
    }
}

fn add(core: &mut Core, name: &str) -> Result<(), hallpass::Error> {
    let draft = profile::Draft {
        email: Some(of("one@example.org")),
        ..profile::Draft::new(of(name))
    };
    profile::add(core, &draft, IfThere::Refuse).map(drop)
}

#[test]
#[ignore = "it needs a server: tests/interop/run postgres"]
fn a_write_that_meets_a_conflict_anywhere_runs_again() {
    let server = Server::named();
    let (location, schema) = server.named_store();
    let bench = Bench::new(location, 3);
    let saboteur = Saboteur::new(&server, schema);
    let (mut core, traffic) = bench.open();
    for code in STATES {
        let mut points = 0;
        for at in 1.. {
            saboteur.fail(at, code);
            let before = traffic.retries();
            add(&mut core, &format!("p{code}x{at}")).unwrap();
            match traffic.retries() - before {
                0 => break,
                1 => points += 1,
                more => panic!("{code} at {at}: {more} retries"),
            }
        }
        // Four tables with statements of their own, and the commit.
        assert!(points >= 5, "{code}: {points}");
    }
    saboteur.fail(0, "40001");
    let shown = profile::list(&mut core).unwrap().into_iter();
    let mut names: Vec<_> = shown.filter_map(|it| Some(it.name?.to_string())).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "each was added once");
}

#[test]
#[ignore = "it needs a server: tests/interop/run postgres"]
fn of_writers_at_the_same_time_none_is_refused_and_nothing_is_lost() {
    const WRITERS: usize = 6;
    const EACH: usize = 8;
    let server = Server::named();
    let bench = Bench::new(server.store(), 3);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let bench = &bench;
            scope.spawn(move || {
                let (mut core, _) = bench.open();
                for n in 0..EACH {
                    add(&mut core, &format!("w{writer}x{n}")).unwrap();
                }
            });
        }
    });
    let (mut core, _) = bench.open();
    let added = profile::list(&mut core).unwrap().len();
    assert_eq!(added, WRITERS * EACH + 2, "and two of the bench");
    store::check(&mut core, &mut |_, _| ()).unwrap();
}

#[test]
#[ignore = "it needs a server: tests/interop/run postgres"]
fn what_was_printed_is_not_valid_after_a_conflict() {
    let server = Server::named();
    let (location, schema) = server.named_store();
    let bench = Bench::new(location, 3);
    let saboteur = Saboteur::new(&server, schema);
    let (mut core, traffic) = bench.open();
    let mut refused = 0;
    for at in 1.. {
        saboteur.fail(at, "40001");
        let draft = token::Draft::new(of("ci"), of(&format!("t{at}")));
        let before = traffic.retries();
        let done = token::issue(&mut core, &draft, &mut Sink);
        assert_eq!(traffic.retries(), before, "nothing runs again");
        let Err(error) = done else { break };
        assert_eq!(error.kind(), Kind::Undelivered);
        refused += 1;
        saboteur.fail(0, "40001");
        let found = token::show(
            &mut core,
            &of::<hallpass::model::token::TokenAddress>(&format!("ci/t{at}")).into(),
        );
        assert_eq!(found.unwrap_err().kind(), Kind::NotFound);
    }
    assert!(refused >= 5, "{refused}");
}

#[test]
#[ignore = "it needs a server: tests/interop/run postgres"]
fn an_optimistic_writer_that_is_not_first_meets_a_conflict() {
    let server = Server::named();
    let store = server.store();
    let [mut one, mut other] = [(); 2].map(|()| store.open(&options()).unwrap());
    let mut first = one.begin(Mode::Write).unwrap();
    put(&mut first, 1);
    first.commit().unwrap();
    let mut slow = other.begin_optimistic(&[]).unwrap();
    put(&mut slow, 2);
    let mut quick = one.begin_optimistic(&[]).unwrap();
    put(&mut quick, 3);
    quick.commit().unwrap();
    assert!(matches!(slow.commit(), Err(Fault::Conflict)));
    assert_eq!(objects(&mut *one), 2);
    let mut again = other.begin_optimistic(&[]).unwrap();
    assert_eq!(root(&*again), Some(3));
    put(&mut again, 2);
    again.commit().unwrap();
    assert_eq!(objects(&mut *one), 3);
    // Much is sent before the commit, behind the lock.
    let mut large = one.begin_optimistic(&[]).unwrap();
    put(&mut large, 4);
    for n in 10..90 {
        large.obj_put(&[n; 16], &row(&vec![n; 100_000])).unwrap();
    }
    let mut overtaken = other.begin_optimistic(&[]).unwrap();
    put(&mut overtaken, 5);
    large.commit().unwrap();
    assert!(matches!(overtaken.commit(), Err(Fault::Conflict)));
    assert_eq!(objects(&mut *one), 84);
}

/// Adds an object, and a root of that number.
fn put(tx: &mut Box<dyn Transaction + '_>, n: u8) {
    tx.man_put(0, &row(&[n; 40])).unwrap();
    tx.obj_add(&[n; 16], &row(&[n; 40])).unwrap();
}

/// The number of the root.
fn root(tx: &dyn Transaction) -> Option<u8> {
    tx.man_get(0).unwrap()?.sealed.first().copied()
}
