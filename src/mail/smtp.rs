//! Mail servers, through lettre. The only home of lettre and rustls.
//!
//! Each letter has a line of its own: the server is asked for TLS, and without it nothing is said,
//! not even who signs in. lettre's own transports are not used because they do not tell what the
//! server answered, nor at which step it went wrong.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    Certificate, CertificateStore, SmtpConnection, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use zeroize::Zeroizing;

use super::Setback;
use super::words::plain;
use crate::model::email::EmailAddress;
use crate::model::mail::{Authorities, Host, Letter, MailSettings, Security, Server};

mod cause;

use cause::{Doing, cause};

/// How long the server may take to hang up once it was told so.
const GOODBYE: Duration = Duration::from_secs(2);

/// Hands a mail to a server; returns what it answered.
pub(super) fn send(
    server: &Server,
    by: &MailSettings,
    letter: &Letter,
    message: Zeroizing<Vec<u8>>,
    patience: Duration,
) -> Result<String, Setback> {
    let password = by.password.as_ref().map(|it| Zeroizing::new(it.expose().to_owned()));
    let user = server.user.clone();
    let job = Job {
        server: server.clone(),
        login: user.zip(password),
        authorities: by.authorities.clone(),
        from: address(by.from.address()),
        to: address(&letter.to),
        message,
        patience,
    };
    // On a thread of its own, because a name look-up has no end of its own and a server could
    // answer byte by byte. One that is given up ends when its line does.
    let (tell, done) = mpsc::channel();
    thread::spawn(move || tell.send(job.run()));
    done.recv_timeout(patience).unwrap_or_else(|_| {
        let seconds = patience.as_secs_f32();
        Err(Setback::later(format!("`{}` did not take the mail within {seconds} s", server.host)))
    })
}

/// Our addresses are narrower than lettre's; nothing is left to be checked.
fn address(address: &EmailAddress) -> Address {
    Address::new_dangerous(address.local(), address.domain())
}

/// One letter's way.
struct Job {
    server: Server,
    login: Option<(String, Zeroizing<String>)>,
    authorities: Option<Authorities>,
    from: Address,
    to: Address,
    message: Zeroizing<Vec<u8>>,
    patience: Duration,
}

impl Job {
    fn run(&self) -> Result<String, Setback> {
        let places = self.places()?;
        let mut line = self.open(&places)?;
        match self.sign_in(&mut line).and_then(|()| self.hand_over(&mut line)) {
            Ok(answer) => hang_up(line).map(|()| answer),
            Err(setback) => {
                // Whatever it says to that.
                let _ = line.set_timeout(Some(GOODBYE));
                line.abort();
                Err(setback)
            }
        }
    }

    fn hand_over(&self, line: &mut SmtpConnection) -> Result<String, Setback> {
        let (from, to) = (self.from.clone(), self.to.clone());
        let named = line
            .command(Mail::new(Some(from), Vec::new()))
            .and_then(|_| line.command(Rcpt::new(to, Vec::new())));
        named.map_err(|error| self.cause(Doing::Naming, &error))?;
        let answer = line
            .command(Data)
            .and_then(|_| line.message(&self.message))
            .map_err(|error| self.cause(Doing::Sending, &error))?;
        let words: Vec<_> = answer.message().collect();
        Ok(self.discreet(&format!("{} {}", answer.code(), words.join(" "))))
    }

    fn places(&self) -> Result<Vec<SocketAddr>, Setback> {
        let Server { host, port, .. } = &self.server;
        let found = match host {
            Host::Address(address) => return Ok(vec![(*address, *port).into()]),
            Host::Name(name) => (name.as_str(), *port).to_socket_addrs(),
        };
        match found.map(Iterator::collect::<Vec<_>>) {
            Ok(places) if !places.is_empty() => Ok(places),
            Ok(_) => Err(cause::unknown_host(host, "it has no address")),
            Err(source) => Err(cause::unknown_host(host, &source.to_string())),
        }
    }

    /// Opens a line that is as protected as it must be.
    fn open(&self, places: &[SocketAddr]) -> Result<SmtpConnection, Setback> {
        let (hello, patience) = (ClientId::default(), Some(self.patience));
        let security = self.server.security;
        let tls = if security == Security::None { None } else { Some(self.tls()?) };
        let at_once = tls.as_ref().filter(|_| security == Security::Tls);
        let mut line = SmtpConnection::connect(places, patience, &hello, at_once, None)
            .map_err(|error| self.cause(Doing::Calling, &error))?;
        if let (Security::StartTls, Some(tls)) = (security, &tls) {
            if !line.can_starttls() {
                line.abort();
                return Err(cause::no_starttls(&self.server));
            }
            line.starttls(tls, &hello).map_err(|error| self.cause(Doing::Protecting, &error))?;
        }
        if security == Security::None || line.is_encrypted() {
            return Ok(line);
        }
        Err(Setback::never("the line is not protected; nothing was sent"))
    }

    fn tls(&self) -> Result<TlsParameters, Setback> {
        let name = match &self.server.host {
            Host::Name(name) => name.clone(),
            Host::Address(address) => address.to_string(),
        };
        let unusable = |error: Error| {
            Setback::never(format!("the certificates to trust cannot be used: {error}"))
        };
        let mut tls = TlsParameters::builder(name);
        if let Some(authorities) = &self.authorities {
            let named = Certificate::from_pem(authorities.pem().as_bytes()).map_err(unusable)?;
            tls = tls.certificate_store(CertificateStore::None).add_root_certificate(named);
        }
        tls.build_rustls().map_err(unusable)
    }

    fn sign_in(&self, line: &mut SmtpConnection) -> Result<(), Setback> {
        let Some((user, password)) = &self.login else { return Ok(()) };
        if !line.is_encrypted() {
            return Err(Setback::never("nobody signs in over an unprotected line"));
        }
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        if line.server_info().get_auth_mechanism(&mechanisms).is_none() {
            return Err(cause::no_sign_in(&self.server));
        }
        let login = Credentials::new(user.clone(), password.as_str().to_owned());
        let signed_in = line.auth(&mechanisms, &login);
        signed_in.map(drop).map_err(|error| self.cause(Doing::SigningIn, &error))
    }

    fn cause(&self, doing: Doing, error: &Error) -> Setback {
        cause(&self.server, doing, error, &|text| self.discreet(text))
    }

    /// What the server said, without what signs in: some repeat what they were sent.
    fn discreet(&self, text: &str) -> String {
        let Some((user, password)) = &self.login else { return plain(text) };
        let base64 = |text: &str| Zeroizing::new(data_encoding::BASE64.encode(text.as_bytes()));
        let both = Zeroizing::new(format!("\0{user}\0{}", password.as_str()));
        let mut text = Zeroizing::new(text.to_owned());
        for secret in [&base64(&both), &base64(password), password] {
            text = Zeroizing::new(text.replace(secret.as_str(), "…"));
        }
        plain(&text)
    }
}

/// Ends the conversation, and makes sure that it was one.
///
/// lettre keeps what came before TLS in its buffer and takes it for answers afterwards. Whoever put
/// it there would have made "accepted" up; but then the server's own answers are left over.
fn hang_up(mut line: SmtpConnection) -> Result<(), Setback> {
    let answered = |heard: Result<Response, Error>| match heard {
        Ok(_) => true,
        Err(error) => error.status().is_some(),
    };
    if line.set_timeout(Some(GOODBYE)).is_err() || !answered(line.command(Quit)) {
        return Ok(());
    }
    if answered(line.read_response()) {
        return Err(Setback::later(
            "the server answered more often than it was asked: somebody may sit on the line",
        ));
    }
    Ok(())
}
