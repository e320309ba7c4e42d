//! A verdict for each request of an nginx (`auth_request`), next to a question that is always answered
//! yes.

use std::fs;
use std::process::Command;

use super::{Measured, ROUNDS, hallpass, nginx, wait_for};
use crate::Outcome;
use crate::figures::measured_store::MeasuredStore;

/// It answers with a small picture, which it has in memory, if the server at `ASKED` allows it. Asked as in
/// docs/deploy/hallpass-ask.conf, as far as a request without a body needs it.
const FRONT: &str = "worker_processes 2; daemon off; pid DIR/nginx.pid; error_log DIR/error.log error;
events { worker_connections 4096; multi_accept on; }
http { access_log off; keepalive_requests 100000000; keepalive_timeout 600; tcp_nodelay on;
  client_body_temp_path DIR/a; proxy_temp_path DIR/b; fastcgi_temp_path DIR/c; uwsgi_temp_path DIR/d; scgi_temp_path DIR/e;
  upstream asked { server 127.0.0.1:ASKED; keepalive 64; keepalive_requests 100000000; }
  server { listen 127.0.0.1:PORT reuseport;
    location / { auth_request /ask; empty_gif; }
    location = /ask { internal; proxy_pass http://asked/verify; proxy_http_version 1.1;
      proxy_set_header Connection \"\"; proxy_pass_request_body off; proxy_set_header Content-Length \"\"; } } }
";

fn front(lab: &MeasuredStore, name: &'static str, port: u16, asked: u16) -> Outcome<Measured> {
    let dir = lab.path(&format!("front-{port}"));
    fs::create_dir(&dir)?;
    let text = FRONT
        .replace("DIR", &dir.to_string_lossy())
        .replace("PORT", &port.to_string())
        .replace("ASKED", &asked.to_string());
    fs::write(dir.join("nginx.conf"), text)?;
    let child = Command::new("nginx")
        .arg("-c")
        .arg(dir.join("nginx.conf"))
        .spawn()?;
    wait_for(port)?;
    Ok(Measured::of(name, child, port, "/"))
}

/// Measures an nginx that asks an empty server, and one that asks `hallpass serve`, in turn.
pub(super) fn measure(lab: &MeasuredStore) -> Outcome {
    fs::remove_dir_all(lab.path("nginx"))?;
    let _asked = [nginx(lab)?, hallpass(lab, &[])?];
    let mut servers = [
        front(lab, "nginx that asks an empty one", 18084, 18081)?,
        front(lab, "nginx that asks hallpass", 18085, 18082)?,
    ];
    for round in 0..ROUNDS {
        for n in 0..servers.len() {
            let at = (n + round) % servers.len();
            if let Some(server) = servers.get_mut(at) {
                server.ask(lab)?;
            }
        }
    }
    println!("\nthe same through nginx with `auth_request`:");
    let [empty, guarded] = &servers;
    let base: Vec<f64> = empty.rounds.iter().map(|it| it.per_second).collect();
    empty.print(&base);
    guarded.print(&base);
    Ok(())
}
