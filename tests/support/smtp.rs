//! A mail server on this machine: the protocol is the crate mailin's, the bad manners are ours.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use mailin::{Action, AuthMechanism, Handler, Response, Session, SessionBuilder, response};
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
    /// Says this line, in whichever encoding.
    SayBytes(&'static [u8]),
    /// Does what it was told, and hangs up without a word.
    Swallow,
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
    /// What becomes of each answer before it is sent.
    pub(crate) accent: fn(&[u8]) -> Vec<u8>,
}

impl Plan {
    pub(crate) fn new(speaks: Speaks) -> Self {
        Self {
            speaks,
            login: None,
            mechanism: AuthMechanism::Plain,
            certified: Certified::by_an_own_authority("localhost"),
            manners: HashMap::new(),
            accent: <[u8]>::to_vec,
        }
    }

    pub(crate) fn with_login(self, user: &'static str, password: &'static str) -> Self {
        Self {
            login: Some((user, password)),
            ..self
        }
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
                // What fails there is that the client has hung up.
                thread::spawn(move || Call::new(plan, seen, tls, call.unwrap()).run());
            }
        });
        Self {
            address,
            authority,
            seen,
            over,
            host: Some(host),
        }
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
    session: Session<Desk>,
    stream: TcpStream,
    line: BufReader<Box<dyn Line>>,
    is_plain: bool,
    is_mail: bool,
}

impl Call {
    fn new(
        plan: Arc<Mutex<Plan>>,
        seen: Arc<Mutex<Seen>>,
        tls: Arc<ServerConfig>,
        stream: TcpStream,
    ) -> Self {
        seen.lock().unwrap().calls += 1;
        let (speaks, session) = {
            let plan = plan.lock().unwrap();
            let mut builder = SessionBuilder::new("mail.test");
            if plan.speaks == Speaks::StartTls {
                builder.enable_start_tls();
            }
            if plan.login.is_some() {
                builder.enable_auth(plan.mechanism.clone());
            }
            let (seen, mail) = (Arc::clone(&seen), Mail::default());
            let desk = Desk {
                seen,
                login: plan.login,
                mail,
            };
            (
                plan.speaks,
                builder.build(IpAddr::V4(Ipv4Addr::LOCALHOST), desk),
            )
        };
        let line: Box<dyn Line> = Box::new(stream.try_clone().unwrap());
        let line = BufReader::new(line);
        let (is_plain, is_mail) = (true, false);
        let mut call = Self {
            plan,
            seen,
            tls,
            session,
            stream,
            line,
            is_plain,
            is_mail,
        };
        if speaks == Speaks::Tls {
            call.protect();
        }
        call
    }

    /// Answers until one of the two hangs up.
    fn run(&mut self) -> io::Result<()> {
        let (mut word, mut answer) = ("HI".to_owned(), Some(self.session.greeting()));
        loop {
            match (self.manner(&word), answer) {
                (Some(Manner::Say(text)), _) => self.say(text.as_bytes())?,
                (Some(Manner::SayBytes(text)), _) => self.say(text)?,
                (Some(Manner::Hang), _) => {
                    return self.line.read_to_end(&mut Vec::new()).map(drop);
                }
                (Some(Manner::Drop | Manner::Swallow), _) => return Ok(()),
                (None, Some(answer)) => {
                    self.answer(&answer)?;
                    if answer.action == Action::Close {
                        return Ok(());
                    }
                }
                (None, None) => {}
            }
            let mut text = Vec::new();
            if self.line.read_until(b'\n', &mut text)? == 0 {
                return Ok(());
            }
            word = self.note(&text);
            // What is not answered as it should be has not happened.
            let happens = word.is_empty() || !self.is_due(&word);
            answer = happens.then(|| self.session.process(&text));
            answer = answer.filter(|it| it.action != Action::NoReply);
        }
    }

    fn answer(&mut self, answer: &Response) -> io::Result<()> {
        let mut bytes = Vec::new();
        answer.write_to(&mut bytes)?;
        let accent = self.plan.lock().unwrap().accent;
        self.line.get_mut().write_all(&accent(&bytes))?;
        self.line.get_mut().flush()?;
        if answer.action == Action::UpgradeTls {
            self.protect();
        }
        self.is_mail = answer.code == 354;
        Ok(())
    }

    fn say(&mut self, text: &[u8]) -> io::Result<()> {
        // All at once, so that it can be read at once.
        self.line.get_mut().write_all(&[text, b"\r\n"].concat())?;
        self.line.get_mut().flush()?;
        // "Go on", and what should come later only.
        if text.starts_with(b"220") {
            self.session.process(b"STARTTLS\r\n");
            self.protect();
        }
        Ok(())
    }

    fn protect(&mut self) {
        let connection = ServerConnection::new(Arc::clone(&self.tls)).unwrap();
        let stream = self.stream.try_clone().unwrap();
        self.line = BufReader::new(Box::new(StreamOwned::new(connection, stream)));
        self.session.tls_active();
        self.is_plain = false;
    }

    /// Whether something else is done than what this asks for.
    fn is_due(&self, word: &str) -> bool {
        let plan = self.plan.lock().unwrap();
        let next = plan.manners.get(word).and_then(|due| due.first());
        next.is_some_and(|manner| !matches!(manner, Manner::Swallow))
    }

    fn manner(&self, word: &str) -> Option<Manner> {
        let mut plan = self.plan.lock().unwrap();
        let due = plan.manners.get_mut(word).filter(|due| !due.is_empty())?;
        Some(due.remove(0))
    }

    /// Keeps what came; returns its first word.
    fn note(&self, text: &[u8]) -> String {
        let mut seen = self.seen.lock().unwrap();
        if self.is_plain {
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
        self.mail = Mail {
            from: from.to_owned(),
            ..Mail::default()
        };
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        self.mail.to.push(to.to_owned());
        response::OK
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.mail.bytes.extend(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        self.seen
            .lock()
            .unwrap()
            .mails
            .push(std::mem::take(&mut self.mail));
        response::OK
    }

    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        self.lets_in(user, password)
    }

    fn auth_login(&mut self, user: &str, password: &str) -> Response {
        self.lets_in(user, password)
    }
}
