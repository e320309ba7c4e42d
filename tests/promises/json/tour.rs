//! A store in which there is something of everything, and what its commands print as JSON.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::support::Home;

/// A store in which there is something of everything, and what its commands print as JSON.
pub(super) struct Tour {
    pub(super) home: Home,
    pub(super) shapes: BTreeMap<&'static str, Vec<Value>>,
}

impl Tour {
    pub(super) fn new() -> Self {
        let home = Home::new();
        home.write("password", "correct horse battery staple 42\n");
        let tour = Self {
            home,
            shapes: BTreeMap::new(),
        };
        tour.run(
            &["init", "--new-key-file", "keys/store.key", "--no-recovery"],
            None,
            0,
        );
        tour
    }

    fn run(&self, arguments: &[&str], input: Option<&str>, exit: i32) -> (String, String) {
        let mut command = self.home.hallpass(arguments);
        command
            .args(["-o", "json", "--yes"])
            .write_stdin(input.unwrap_or_default());
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        assert_eq!(
            output.status.code(),
            Some(exit),
            "{arguments:?}: {out}{err}"
        );
        (out, err)
    }

    /// Keeps what a command prints as an example of `shape`; a list gives its items.
    fn shows(&mut self, shape: &'static str, arguments: &str) {
        let arguments: Vec<_> = arguments.split(' ').collect();
        let value = serde_json::from_str(&self.run(&arguments, None, 0).0).unwrap();
        self.keep(shape, value);
    }

    fn keep(&mut self, shape: &'static str, value: Value) {
        let values = self.shapes.entry(shape).or_default();
        match value {
            Value::Array(items) => values.extend(items),
            value => values.push(value),
        }
    }

    /// Asks a server that is not there.
    #[cfg(feature = "server")]
    fn asks_nobody(&mut self) {
        let socket = self.home.file("nobody.sock");
        let url = format!("unix:{}", socket.display());
        let (out, _) = self.run(&["health", &url], None, 1);
        self.keep("health", serde_json::from_str(&out).unwrap());
    }

    /// What the kernel keeps, where it does.
    fn unlocks(&mut self) {
        let mut unlock = self.home.hallpass(&["unlock", "-o", "json"]);
        let output = unlock.output().unwrap();
        match output.status.code() {
            Some(0) => self.keep("unlock", serde_json::from_slice(&output.stdout).unwrap()),
            code => {
                let error: Value = serde_json::from_slice(&output.stderr).unwrap();
                let refused = "the kernel cannot keep a key here";
                assert!(
                    error["error"]["message"]
                        .as_str()
                        .unwrap()
                        .starts_with(refused),
                    "{code:?}"
                );
                // As the command would have shown it: its fields are compared all the same.
                self.keep(
                    "unlock",
                    serde_json::json!({"store": "", "unlocked_until": ""}),
                );
            }
        }
        self.run(&["lock"], None, 0);
    }

    pub(super) fn walk(mut self) -> Self {
        self.shows("environment", "environment add test --description Tests");
        self.shows("environment", "environment list");
        self.shows("environment", "environment edit test --description T");
        self.shows("environment", "environment rotate-key test");
        self.shows("impact", "environment delete test --dry-run");
        self.shows("environment", "environment delete test");
        self.shows(
            "connection",
            "connection add ci --description B --group g --token-lifetime 90d \
             --allow-ip 192.0.2.0/24 --deny-ip 192.0.2.7",
        );
        self.shows("connection", "connection block ci --reason leak");
        self.shows("connection", "connection show ci");
        self.shows("connection", "connection unblock ci");
        self.shows("connection", "connection edit ci --description C");
        self.shows("connection", "connection rotate-key ci");
        self.profiles();
        self.mail();
        self.store();
        self.server();
        self
    }

    #[cfg(feature = "server")]
    fn server(&mut self) {
        let check = "serve --check --listen 127.0.0.1:0 --metrics-listen 127.0.0.1:0";
        self.shows("serve", check);
    }

    /// As the command would have shown it.
    #[cfg(not(feature = "server"))]
    fn server(&mut self) {
        let shown = serde_json::json!({
            "store": "", "epoch": 1, "listen": [], "metrics_listen": null, "doors": [],
            "trust_proxy": [""], "client_ip_header": "",
            "tls": false, "certificate_expires_at": null, "max_connections": 1,
            "access_log": true, "public_url": null, "database_grace": 30,
        });
        self.keep("serve", shown);
    }

    fn profiles(&mut self) {
        let add = "profile add github --email a@example.com --description W --group g \
                   --connection ci --password-file password";
        self.shows("profile", add);
        self.shows("password", "password set github --generate");
        self.shows("password", "password set github --generate --to file:pw");
        self.shows("new token", "token add github/there --to file:there");
        self.shows("new token", "token rotate github/there");
        let import = format!("token add github/moved --sha256 {}", "ab".repeat(32));
        self.shows("new token", &import);
        self.shows("new token", "token ensure github/ensured --to file:ensured");
        self.shows("new token", "token ensure github/ensured --to file:ensured");
        self.shows(
            "new token",
            "token add github/laptop --device laptop --allow-ip 192.0.2.0/24",
        );
        self.shows(
            "new token",
            "profile add other --connection ci --group g --token first",
        );
        self.verdicts();
        self.shows(
            "new token",
            "login github --password-file password --device desk",
        );
        for _ in 0..5 {
            let (no, _) = self.run(
                &["login", "github", "--password-file", "-"],
                Some("wrong"),
                11,
            );
            self.keep("password verdict", serde_json::from_str(&no).unwrap());
        }
        self.shows("profile", "profile show github");
        self.shows("profile", "profile edit github --unlock");
        self.codes();
        self.identified();
        self.shows("token", "token suspend github/laptop --reason x --until 8w");
        self.shows("token", "token list --all");
        self.shows("token", "token resume github/laptop");
        self.shows("impact", "profile suspend github --dry-run");
        self.shows("impact", "profile edit github --any-connection --dry-run");
        self.shows(
            "profile",
            "profile suspend github --reason audit --until 8w",
        );
        self.shows("profile", "profile list");
        self.shows("profile", "profile resume github");
        self.shows("profile", "profile edit github --description X");
        self.shows("password", "password set github --password-file password");
        self.shows("impact", "password clear github --dry-run");
        self.shows("password", "password clear github");
        self.shows("token", "token revoke github/laptop --dry-run");
        self.shows("token", "token suspend --profile github --dry-run");
        self.shows("token", "token revoke github/laptop");
        self.shows("profile", "profile delete other");
    }

    fn mail(&mut self) {
        self.shows("environment", "environment add mailed");
        let set =
            "mail set smtps://u@mail.example.com --from a@example.com --password-file password";
        self.shows("mail settings", set);
        let outbox = self.home.file("mails");
        let outbox = format!(
            "mail set outbox:{} --from a@b.nl --environment mailed",
            outbox.display()
        );
        self.shows("mail settings", &outbox);
        self.shows("mail settings", "mail show");
        self.shows("mail test", "mail test b@example.com --environment mailed");
        self.shows("impact", "mail clear --dry-run");
        self.shows("mail settings", "mail clear");
    }

    fn verdicts(&mut self) {
        let issued = self
            .run(&["token", "add", "github/phone", "--device", "p"], None, 0)
            .0;
        let issued: Value = serde_json::from_str(&issued).unwrap();
        let token = issued["token"].as_str().unwrap();
        let (good, _) = self.run(&["verify"], Some(token), 0);
        let (none, _) = self.run(&["verify"], Some("hpass_"), 10);
        let (explained, _) = self.run(&["verify", "--explain"], Some(token), 0);
        let (nothing, _) = self.run(&["verify", "--explain"], Some("hpass_"), 10);
        let known = [
            "password",
            "verify",
            "github",
            "--password-file",
            "password",
        ];
        self.run(
            &["password", "set", "github", "--password-file", "password"],
            None,
            0,
        );
        let (right, _) = self.run(&known, None, 0);
        let (wrong, _) = self.run(
            &["password", "verify", "github", "--password-file", "-"],
            Some("wrong"),
            11,
        );
        for (shape, text) in [
            ("verdict", good),
            ("verdict", none),
            ("explained verdict", explained),
            ("explained verdict", nothing),
            ("password verdict", right),
            ("password verdict", wrong),
        ] {
            self.keep(shape, serde_json::from_str(&text).unwrap());
        }
    }

    fn codes(&mut self) {
        let url = format!("outbox:{}", self.home.file("codes").display());
        self.run(&["mail", "set", &url, "--from", "h@example.com"], None, 0);
        self.run(&["connection", "add", "hr"], None, 0);
        self.run(
            &[
                "profile",
                "add",
                "anna",
                "--email",
                "a@example.com",
                "--group",
                "g",
            ],
            None,
            0,
        );
        self.shows(
            "code request",
            "otp request anna --connection ci --device tablet",
        );
        self.shows("code", "otp list");
        self.shows("code", "otp cancel anna --connection ci");
        // Another mailbox: one gets no two codes at once.
        self.run(
            &["profile", "add", "bob", "--email", "b@example.com"],
            None,
            0,
        );
        let ask = [
            "otp",
            "request",
            "bob",
            "--connection",
            "hr",
            "--device",
            "p",
            "--print-code",
        ];
        let (asked, _) = self.run(&ask, None, 0);
        let asked: Value = serde_json::from_str(&asked).unwrap();
        let code = asked["code"].as_str().unwrap().to_owned();
        let validate = ["otp", "validate", "bob", "--connection", "hr"];
        let (token, _) = self.run(&validate, Some(&code), 0);
        let (used, _) = self.run(&validate, Some(&code), 12);
        for (shape, text) in [
            ("code request", &asked.to_string()),
            ("new token", &token),
            ("code verdict", &used),
        ] {
            self.keep(shape, serde_json::from_str(text).unwrap());
        }
        self.shows("code", "otp list --all");
        self.shows("sent mails", "mail send");
    }

    fn identified(&mut self) {
        let token = self.run(&["token", "add", "github/leaked"], None, 0).0;
        let (found, _) = self.run(&["token", "identify"], Some(&token), 7);
        let mut found: Value = serde_json::from_str(&found).unwrap();
        // What the store knows is a shape of its own.
        let known = found[0]["token"].take();
        self.keep("token", known);
        self.keep("identified token", found);
    }

    fn store(&mut self) {
        self.shows("guide", "connection guide ci --template proxy");
        self.shows("built-in guide", "connection guide --list");
        self.shows("status", "status");
        #[cfg(feature = "server")]
        self.asks_nobody();
        self.shows("lock", "lock");
        self.unlocks();
        self.shows("store", "store info");
        self.shows("check", "store check");
        self.shows("check", "store backup backup.db");
        // What it has now is not carried over, and is told.
        self.run(&["connection", "rotate-key", "ci"], None, 0);
        self.shows("restore", "store restore backup.db --dry-run");
        self.shows("restore", "store restore backup.db");
        self.review();
        self.planned();
        self.shows("audit entry", "audit list");
        self.shows(
            "audit entry",
            "audit list --profile github --since 8h --limit 3",
        );
        self.shows("audit proof", "audit verify");
        self.shows("audit head", "audit head");
        self.shows("audit entry", "audit export");
        self.shows("key", "store key list");
        let old = fs::read(self.home.store()).unwrap();
        self.shows("key", "store key add --recovery-file recovery");
        let (added, _) = self.run(
            &["store", "key", "add", "--recovery-file", "second"],
            None,
            0,
        );
        let added: Value = serde_json::from_str(&added).unwrap();
        self.shows(
            "key",
            &format!("store key remove {}", added["id"].as_str().unwrap()),
        );
        for suffix in ["-wal", "-shm"] {
            fs::remove_file(format!("{}{suffix}", self.home.store().display())).unwrap();
        }
        fs::write(self.home.store(), old).unwrap();
        self.shows("acceptance", "store accept --rollback --dry-run");
        self.shows("acceptance", "store accept --rollback");
        self.shows("copy", "store copy --to beside.db --keep-source --dry-run");
        self.shows("copy", "store copy --to beside.db --keep-source");
        self.shows("schema", "store schema --store postgres://h/d --role app");
        self.shows("step", "demo");
        let (out, err) = self.run(&["profile", "show", "nobody"], None, 3);
        assert_eq!(out, "");
        self.keep("error", serde_json::from_str(&err).unwrap());
        fs::write(
            self.home.path().join("bad.toml"),
            "[profiles.bad]\nconnections = []\n",
        )
        .unwrap();
        let (_, err) = self.run(&["apply", "bad.toml"], None, 2);
        self.keep("error", serde_json::from_str(&err).unwrap());
    }
}

impl Tour {
    fn review(&mut self) {
        let (found, _) = self.run(&["review"], None, 7);
        let found: Value = serde_json::from_str(&found).unwrap();
        self.keep("finding", found["findings"].clone());
        self.keep("review", found);
    }

    fn planned(&mut self) {
        self.home
            .write("a.toml", "[connections.ci]\ntoken_lifetime = '30d'\n");
        let (plan, _) = self.run(&["apply", "a.toml", "--plan"], None, 7);
        let plan: Value = serde_json::from_str(&plan).unwrap();
        self.keep("change", plan["changes"].clone());
        self.keep("plan", plan);
        self.shows("plan", "apply a.toml");
    }
}
