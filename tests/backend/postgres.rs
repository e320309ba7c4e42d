//! The backend of databases, against a real server: `tests/interop/run postgres` starts one and names it.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hallpass::backend::location::Location;
use hallpass::backend::options::{DatabaseOptions, OpenOptions};
use hallpass::backend::postgres::schema::{self, Pruning};
use hallpass::backend::{Backend, conformance};

mod uses;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A server: the folder of its socket, and its port.
struct Server {
    folder: String,
    port: String,
}

impl Server {
    #[expect(
        clippy::disallowed_methods,
        reason = "set by whoever starts the server"
    )]
    fn named() -> Self {
        let named = std::env::var("HALLPASS_TEST_DATABASE").expect("`FOLDER PORT` of a server");
        let (folder, port) = named.split_once(' ').unwrap();
        Self {
            folder: folder.to_owned(),
            port: port.to_owned(),
        }
    }

    /// Runs SQL as the owner.
    fn sql(&self, sql: &str) {
        use std::io::Write as _;
        let mut psql = Command::new("psql")
            .args([
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                "owner",
                "-h",
                &self.folder,
                "-p",
                &self.port,
                "hallpass",
            ])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        psql.stdin
            .take()
            .unwrap()
            .write_all(sql.as_bytes())
            .unwrap();
        assert!(psql.wait().unwrap().success());
    }

    /// An empty store in a schema of its own.
    fn store(&self) -> Location {
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("t{}_{n}", std::process::id());
        let role = "app".parse().unwrap();
        self.sql(&schema::tables(&name, &role, Pruning::Allowed));
        let folder = self.folder.replace('/', "%2F");
        let url = format!(
            "postgres://app@{folder}:{}/hallpass?schema={name}",
            self.port
        );
        Location::parse(url.as_ref(), &DatabaseOptions::default()).unwrap()
    }
}

fn options() -> OpenOptions {
    OpenOptions {
        busy_timeout: Duration::from_millis(20),
        ..OpenOptions::default()
    }
}

#[test]
#[ignore = "it needs a server: tests/interop/run postgres"]
fn it_conforms() {
    let server = Server::named();
    let open = |store: &Location| -> Box<dyn Backend> { store.open(&options()).unwrap() };
    conformance::run_all(&mut || open(&server.store()));
    conformance::run_pairs(&mut || {
        let store = server.store();
        (open(&store), open(&store))
    });
}
