//! A connection to the server that takes writes, and flights over it.

use std::error::Error as _;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::thread::sleep;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls, Row as SqlRow, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::database::{Address, Database};
use super::driver::Driver;
use super::fault::{Failure, fault, lost};
use super::server::{self, Server};
use super::statement::{Answers, Parameter, Statement, quoted};
use crate::backend::Fault;
use crate::backend::options::OpenOptions;

/// How long a flight may take.
pub(super) const FLIGHT: Duration = Duration::from_secs(5);
/// How long to wait between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(100);
/// How long to wait until the server has taken note that the connection ends.
const GOODBYE: Duration = Duration::from_millis(10);
/// How often that is looked at.
const GLANCE: Duration = Duration::from_micros(200);
/// The most bytes that one statement may return: a server is not to fill the memory.
const MOST: usize = 256 << 20;

/// A connection that is made again when it was lost.
pub(super) struct Link {
    database: Database,
    /// The schema as it stands in statements.
    schema: String,
    options: OpenOptions,
    tls: Option<MakeRustlsConnect>,
    driver: Driver,
    client: Option<(Arc<Client>, AbortHandle)>,
    server: Option<Server>,
    notified: Arc<Notify>,
}

/// Why an address is not connected to.
enum Refusal {
    /// It would not help to try again.
    Final(Fault),
    /// It may pass.
    Passing(Fault),
}

impl Link {
    /// Connects to the first address whose server takes writes.
    pub(super) fn open(database: &Database, options: &OpenOptions) -> Result<Self, Fault> {
        let failed = |source| Fault::Io {
            what: "a thread for the connection".to_owned(),
            source,
        };
        let mut link = Self {
            database: database.clone(),
            schema: quoted(&database.schema),
            options: options.clone(),
            tls: database.tls_connector()?,
            driver: Driver::start().map_err(failed)?,
            client: None,
            server: None,
            notified: Arc::default(),
        };
        link.connect()?;
        Ok(link)
    }

    /// Another connection to the same database.
    pub(super) fn another(&self) -> Result<Self, Fault> {
        Self::open(&self.database, &self.options)
    }

    /// The database, as it was named.
    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    /// Checks that the tables are those of a store, if that was asked when it connected.
    pub(super) fn check_tables(&self) -> Result<(), Fault> {
        let server = self.server.as_ref();
        server.map_or(Ok(()), |server| server.check_tables(&self.database))
    }

    /// The schema as it stands in statements: quoted, because a word of SQL can be a name, too.
    pub(super) fn schema(&self) -> &str {
        &self.schema
    }

    pub(super) fn options(&self) -> &OpenOptions {
        &self.options
    }

    /// Role and database, for messages.
    pub(super) fn who(&self) -> String {
        format!("`{}` as role `{}`", self.database, self.database.user)
    }

    /// What is known of the server, while connected.
    pub(super) fn server(&self) -> Option<&Server> {
        self.server.as_ref()
    }

    /// Is notified when the server sends a notification.
    pub(super) fn notified(&self) -> Arc<Notify> {
        Arc::clone(&self.notified)
    }

    pub(super) fn driver(&self) -> &Driver {
        &self.driver
    }

    /// Whether the connection is there, as far as is known.
    pub(super) fn is_connected(&self) -> bool {
        self.client
            .as_ref()
            .is_some_and(|(client, _)| !client.is_closed())
    }

    /// Connects again unless connected.
    pub(super) fn ensure_connected(&mut self) -> Result<(), Fault> {
        if self.is_connected() {
            Ok(())
        } else {
            self.connect()
        }
    }

    /// Tries all addresses in turn, for as long as one of them may take.
    fn connect(&mut self) -> Result<(), Fault> {
        self.hang_up();
        let began = Instant::now();
        loop {
            let mut last = lost(&self.who());
            for address in self.database.addresses.clone() {
                match self.reach(&address) {
                    Ok(()) => return Ok(()),
                    Err(Refusal::Final(fault)) => return Err(fault),
                    Err(Refusal::Passing(fault)) => last = fault,
                }
            }
            if began.elapsed() >= self.database.connect_timeout {
                return Err(last);
            }
            sleep(PAUSE);
        }
    }

    /// Connects to one address, and asks the server what it is.
    fn reach(&mut self, address: &Address) -> Result<(), Refusal> {
        let password = self.database.password(address, &self.options.database);
        let password = password.map_err(Refusal::Final)?;
        let config = self.database.config(address, password.as_ref());
        let connected = match (&self.tls, address) {
            (Some(tls), Address::Tcp(..)) => self.dial(config, tls.clone()),
            _ => self.dial(config, NoTls),
        };
        self.client = Some(connected.map_err(|error| self.refusal(address, error))?);
        let accepted = self.accept();
        if accepted.is_err() {
            // A server that was refused is not to be used by whoever comes next.
            self.hang_up();
        }
        accepted
    }

    /// Asks a server that was just connected to what it is, and refuses one that is unsuitable.
    fn accept(&mut self) -> Result<(), Refusal> {
        let facts = server::question(&self.database.schema);
        let answers = self.flight(facts, FLIGHT);
        let answers = answers.map_err(|failure| Refusal::Passing(fault(&failure, &self.who())))?;
        let server = Server::read(&answers).map_err(Refusal::Final)?;
        if !server.takes_writes {
            let refused = Fault::ReadOnly(format!("{} takes no writes", self.who()));
            return Err(Refusal::Passing(refused));
        }
        let suitable = server.ensure_suitable(self.options.database.unsafe_engine);
        suitable.map_err(Refusal::Final)?;
        self.server = Some(server);
        Ok(())
    }

    fn dial<T>(
        &self,
        config: Config,
        tls: T,
    ) -> Result<(Arc<Client>, AbortHandle), Option<tokio_postgres::Error>>
    where
        T: MakeTlsConnect<Socket> + Send + 'static,
        T::Stream: Send + 'static,
        T::TlsConnect: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let (limit, notified) = (self.database.connect_timeout, self.notified());
        let connected = self.driver.run(async move {
            let (client, connection) = timeout(limit, config.connect(tls))
                .await
                .map_err(|_| None)?
                .map_err(Some)?;
            let task = tokio::spawn(keep_reading(connection, notified));
            Ok((Arc::new(client), task.abort_handle()))
        });
        connected.unwrap_or(Err(None))
    }

    fn refusal(&self, address: &Address, error: Option<tokio_postgres::Error>) -> Refusal {
        let Some(error) = error else {
            return Refusal::Passing(lost(&self.who()));
        };
        if let Some(fault) = self.database.tls_fault(address, &error) {
            return Refusal::Final(fault);
        }
        let passing = [
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::TOO_MANY_CONNECTIONS,
        ];
        match error.code() {
            Some(code) if !passing.contains(code) => Refusal::Final(fault(
                &Failure::Refused(code.code().to_owned()),
                &self.who(),
            )),
            Some(_) => Refusal::Passing(lost(&self.who())),
            None => self.unreached(&error),
        }
    }

    /// What it means that no server has answered, in the words of the system or of the library.
    fn unreached(&self, error: &tokio_postgres::Error) -> Refusal {
        let who = self.who();
        let Some(cause) = error.source() else {
            return Refusal::Passing(lost(&who));
        };
        if let Some(cause) = cause.downcast_ref::<io::Error>() {
            let words = format!("{who} does not answer: {cause}");
            return Refusal::Passing(Fault::Storage(words));
        }
        Refusal::Final(Fault::Storage(format!("{who} cannot be used: {cause}")))
    }

    /// Drops the connection; what was sent over it is not waited for.
    pub(super) fn hang_up(&mut self) {
        self.server = None;
        if let Some((_, task)) = self.client.take() {
            task.abort();
        }
    }

    /// Sends all statements at once, and waits for the answers. After [`Failure::Lost`] the connection
    /// is gone: a statement whose answer was not waited for is never followed by another.
    pub(super) fn flight(
        &mut self,
        statements: Vec<Statement>,
        limit: Duration,
    ) -> Result<Answers, Failure> {
        let Some((client, _)) = &self.client else {
            return Err(Failure::Lost);
        };
        let client = Arc::clone(client);
        self.options.traffic.flew();
        let answered = self.driver.run(async move {
            let all = statements
                .iter()
                .map(|statement| answer(&client, statement));
            timeout(limit, in_order(all)).await
        });
        let answers = match answered {
            Some(Ok(answers)) => answers.into_iter().collect(),
            // The thread has ended, or the time is over.
            None | Some(Err(_)) => Err(Failure::Lost),
        };
        if matches!(answers, Err(Failure::Lost)) {
            self.hang_up();
        }
        answers
    }

    /// Sends a statement without waiting for its answer.
    pub(super) fn send(&self, statement: Statement) {
        if let Some((client, _)) = &self.client {
            let client = Arc::clone(client);
            self.driver.spawn(async move {
                let _ = answer(&client, &statement).await;
            });
        }
    }
}

impl Drop for Link {
    /// Says goodbye, if the server is near: else its log has a line about a client that was lost.
    fn drop(&mut self) {
        let Some((client, task)) = self.client.take() else {
            return;
        };
        drop(client);
        let reading = task.clone();
        let ended = async move {
            while !reading.is_finished() {
                tokio::time::sleep(GLANCE).await;
            }
        };
        let _ = self
            .driver
            .run(async { timeout(GOODBYE, ended).await.is_ok() });
        task.abort();
    }
}

/// Reads the connection to its end, so that it is noticed, and hands on notifications.
async fn keep_reading<S, T>(mut connection: Connection<S, T>, notified: Arc<Notify>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notification(_) = message {
            notified.notify_one();
        }
    }
}

/// Runs one statement.
async fn answer(client: &Client, statement: &Statement) -> Result<Vec<SqlRow>, Failure> {
    let parameters = statement.parameters.iter().map(Parameter::typed);
    let failed = |error: tokio_postgres::Error| Failure::of(&error);
    let rows = client.query_typed_raw(&statement.sql, parameters).await;
    let mut rows = pin!(rows.map_err(failed)?);
    let (mut all, mut size) = (Vec::new(), 0_usize);
    while let Some(row) = rows.try_next().await.map_err(failed)? {
        size = size.saturating_add(row.raw_size_bytes());
        if size > MOST {
            return Err(Failure::Unfit("it returns more than a store holds".into()));
        }
        all.push(row);
    }
    Ok(all)
}

/// Runs all at the same time, and begins them in their order: what is begun is sent.
async fn in_order<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut all: Vec<_> = all.map(|it| (Box::pin(it), None)).collect();
    poll_fn(|context| {
        let mut is_pending = false;
        for (future, result) in &mut all {
            if result.is_none() {
                match Pin::new(future).poll(context) {
                    Poll::Ready(value) => *result = Some(value),
                    Poll::Pending => is_pending = true,
                }
            }
        }
        if is_pending {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    all.into_iter().filter_map(|(_, result)| result).collect()
}
