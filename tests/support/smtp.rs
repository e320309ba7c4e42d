//! A mail server on this machine: the protocol is the crate mailin's, the bad manners are ours.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use mailin::{Action, AuthMechanism, Handler, Response, SessionBuilder, response};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

pub(crate) mod certificates;

use certificates::Certified;

/// How the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaks {
    Plain,
    StartTls,
    Tls,
}

/// What it does instead of answering as it should.
#[derive(Debug, Clone)]
pub(crate) enum Manner {
    /// Says this line.
    Say(&'static str),
    /// Says nothing more, and waits for the other side to hang up.
    Hang,
    /// Hangs up.
    Drop,
}

/// A server to be.
pub(crate) struct Plan {
    pub(crate) speaks: Speaks,
    /// Who may send, if not everybody.
    pub(crate) login: Option<(&'static str, &'static str)>,
    pub(crate) mechanism: AuthMechanism,
    pub(crate) certified: Certified,
    /// By the first word of a command (`.` ends a mail, `HI` is the call): what is done, once each.
    pub(crate) manners: HashMap<&'static str, Vec<Manner>>,
}

impl Plan {
    pub(crate) fn new(speaks: Speaks) -> Self {
        Self {
            speaks,
            login: None,
            mechanism: AuthMechanism::Plain,
            certified: Certified::by_an_own_authority("localhost"),
            manners: HashMap::new(),
        }
    }

    pub(crate) fn with_login(self, user: &'static str, password: &'static str) -> Self {
        Self { login: Some((user, password)), ..self }
    }

    pub(crate) fn at(mut self, word: &'static str, manner: Manner) -> Self {
        self.manners.entry(word).or_default().push(manner);
        self
    }

    pub(crate) fn serve(self) -> Server {
        Server::start(self)
    }
}

/// A mail that the server took.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    /// Its bytes, as they were before they were sent.
    pub(crate) bytes: Vec<u8>,
}

/// What the server has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) mails: Vec<Mail>,
    /// Every line that came without protection.
    pub(crate) plain: Vec<u8>,
    /// The first words of all lines that were not part of a mail.
    pub(crate) commands: Vec<String>,
    pub(crate) calls: u32,
}

/// A server that answers until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    /// The authority that vouches for it.
    pub(crate) authority: String,
    seen: Arc<Mutex<Seen>>,
    over: Arc<AtomicBool>,
    host: Option<JoinHandle<()>>,
}

impl Server {
    fn start(plan: Plan) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, over) = <(Arc<Mutex<Seen>>, Arc<AtomicBool>)>::default();
        let authority = plan.certified.authority.clone();
        let here = (Arc::clone(&seen), Arc::clone(&over));
        let host = thread::spawn(move || {
            let (seen, over) = here;
            let tls = plan.certified.config();
            let plan = Arc::new(Mutex::new(plan));
            for call in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let (plan, seen, tls) = (Arc::clone(&plan), Arc::clone(&seen), Arc::clone(&tls));
                thread::spawn(move || Call { plan, seen, tls, is_mail: false }.take(call.unwrap()));
            }
        });
        Self { address, authority, seen, over, host: Some(host) }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn seen<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.seen.lock().unwrap())
    }

    /// The only mail there is.
    #[track_caller]
    pub(crate) fn mail(&self) -> Mail {
        self.seen(|seen| {
            assert_eq!(seen.mails.len(), 1, "{seen:?}");
            seen.mails[0].clone()
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        if let Some(host) = self.host.take() {
            host.join().unwrap();
        }
    }
}

trait Line: Read + Write {}
impl<T: Read + Write> Line for T {}

/// One client.
struct Call {
    plan: Arc<Mutex<Plan>>,
    seen: Arc<Mutex<Seen>>,
    tls: Arc<ServerConfig>,
    is_mail: bool,
}

impl Call {
    fn take(mut self, stream: TcpStream) {
        self.seen.lock().unwrap().calls += 1;
        let (speaks, login, mechanism) = {
            let plan = self.plan.lock().unwrap();
            (plan.speaks, plan.login, plan.mechanism.clone())
        };
        let mut builder = SessionBuilder::new("mail.test");
        if speaks == Speaks::StartTls {
            builder.enable_start_tls();
        }
        if login.is_some() {
            builder.enable_auth(mechanism);
        }
        let desk = Desk { seen: Arc::clone(&self.seen), login, mail: Mail::default() };
        let mut session = builder.build(IpAddr::V4(Ipv4Addr::LOCALHOST), desk);
        let raw = stream.try_clone().unwrap();
        let mut line: BufReader<Box<dyn Line>> = BufReader::new(if speaks == Speaks::Tls {
            session.tls_active();
            Box::new(self.protected(stream))
        } else {
            Box::new(stream)
        });
        let mut is_plain = speaks != Speaks::Tls;
        let mut answer = Some(session.greeting());
        let mut word = "HI".to_owned();
        // Whatever fails here, the client has hung up.
        loop {
            match self.manner(&word) {
                Some(Manner::Say(text)) => {
                    answer = None;
                    if line.get_mut().write_all(format!("{text}\r\n").as_bytes()).is_err() {
                        return;
                    }
                    let _ = line.get_mut().flush();
                    // "Go on", and what should come later only.
                    if text.starts_with("220") {
                        session.process(b"STARTTLS\r\n");
                        session.tls_active();
                        line = BufReader::new(Box::new(self.protected(raw.try_clone().unwrap())));
                        is_plain = false;
                    }
                }
                Some(Manner::Hang) => {
                    let _ = line.read_to_end(&mut Vec::new());
                    return;
                }
                Some(Manner::Drop) => return,
                None => {}
            }
            if let Some(answer) = answer.take() {
                if answer.write_to(line.get_mut()).is_err() || line.get_mut().flush().is_err() {
                    return;
                }
                match answer.action {
                    Action::Close => return,
                    Action::UpgradeTls => {
                        session.tls_active();
                        line = BufReader::new(Box::new(self.protected(raw.try_clone().unwrap())));
                        is_plain = false;
                    }
                    _ => {}
                }
                self.is_mail = (self.is_mail || answer.code == 354) && answer.code != 250;
            }
            let mut text = Vec::new();
            match line.read_until(b'\n', &mut text) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            word = self.note(&text, is_plain);
            // What is not answered as it should be has not happened.
            if word.is_empty() || !self.is_due(&word) {
                answer = Some(session.process(&text)).filter(|it| it.action != Action::NoReply);
            }
        }
    }

    fn protected(&self, stream: TcpStream) -> StreamOwned<ServerConnection, TcpStream> {
        StreamOwned::new(ServerConnection::new(Arc::clone(&self.tls)).unwrap(), stream)
    }

    fn is_due(&self, word: &str) -> bool {
        self.plan.lock().unwrap().manners.get(word).is_some_and(|due| !due.is_empty())
    }

    fn manner(&self, word: &str) -> Option<Manner> {
        let mut plan = self.plan.lock().unwrap();
        let due = plan.manners.get_mut(word).filter(|due| !due.is_empty())?;
        Some(due.remove(0))
    }

    /// Keeps what came; returns its first word.
    fn note(&self, text: &[u8], is_plain: bool) -> String {
        let mut seen = self.seen.lock().unwrap();
        if is_plain {
            seen.plain.extend(text);
        }
        if self.is_mail && text != b".\r\n" {
            return String::new();
        }
        let text = String::from_utf8_lossy(text).trim().to_ascii_uppercase();
        let word = text.split([' ', ':']).next().unwrap().to_owned();
        seen.commands.push(word.clone());
        word
    }
}

/// Who looks at what comes in.
struct Desk {
    seen: Arc<Mutex<Seen>>,
    login: Option<(&'static str, &'static str)>,
    mail: Mail,
}

impl Desk {
    fn lets_in(&self, user: &str, password: &str) -> Response {
        if self.login == Some((user, password)) {
            response::AUTH_OK
        } else {
            response::INVALID_CREDENTIALS
        }
    }
}

impl Handler for Desk {
    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        self.mail = Mail { from: from.to_owned(), ..Mail::default() };
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        self.mail.to.push(to.to_owned());
        response::OK
    }

    fn data(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.mail.bytes.extend(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        self.seen.lock().unwrap().mails.push(std::mem::take(&mut self.mail));
        response::OK
    }

    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        self.lets_in(user, password)
    }

    fn auth_login(&mut self, user: &str, password: &str) -> Response {
        self.lets_in(user, password)
    }
}
