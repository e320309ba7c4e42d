//! Stores to be measured, in folders of their own.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use hallpass::backend::sqlite::{OpenOptions, SqliteBackend};
use hallpass::barrier::{NewSlot, State, key_file};
use hallpass::clock::FixedClock;
use hallpass::crypto::Key;
use hallpass::entropy::{Entropy as _, OsEntropy};
use hallpass::model::audit::Actor;
use hallpass::model::time::{Span, Time};
use hallpass::ops::edit::IfThere;
use hallpass::ops::token::{Draft, Issued};
use hallpass::ops::{Context, Core, connection, profile, store, token};
use tempfile::TempDir;

use crate::Outcome;

/// Tokens of one profile; a store has as many profiles as it needs.
const TOKENS_OF_A_PROFILE: usize = 1000;

/// A folder for one store, on the disk that the build lies on: memory would make syncs free.
pub(crate) struct MeasuredStore {
    dir: TempDir,
}

impl MeasuredStore {
    pub(crate) fn new() -> Outcome<Self> {
        let private = fs::Permissions::from_mode(0o700);
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let dir = tempfile::Builder::new()
            .permissions(private)
            .tempdir_in(target)?;
        fs::create_dir(dir.path().join("keys"))?;
        fs::create_dir(dir.path().join("store"))?;
        fs::set_permissions(dir.path().join("store"), fs::Permissions::from_mode(0o700))?;
        let lab = Self { dir };
        lab.install(Path::new(env!("CARGO_BIN_EXE_hallpass")), "hallpass")?;
        Ok(lab)
    }

    /// Copies a program into the folder, as an installation would. What a linker has just written
    /// lies in memory in smaller pieces and starts up to a fifth slower.
    pub(crate) fn install(&self, program: &Path, name: &str) -> Outcome<PathBuf> {
        let path = self.path(name);
        fs::copy(program, &path)?;
        Ok(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The store, new, with a connection and the profiles for `tokens` tokens.
    pub(crate) fn found(&self, tokens: usize) -> Outcome<Core> {
        let key = Key::generate(&mut OsEntropy)?;
        let mut id = [0; 16];
        OsEntropy.fill(&mut id)?;
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.path("keys/key"))?;
        file.write_all(key_file::encode(&id, &key).expose().as_bytes())?;
        let backend = SqliteBackend::create(&self.store(), &OpenOptions::default())?;
        let slots = vec![NewSlot::KeyFile(&key)];
        let mut core = store::init(Box::new(backend), id, slots, &self.state(), context()?)?;
        connection::add(
            &mut core,
            &connection::Draft::new("hr".parse()?),
            IfThere::Refuse,
        )?;
        for n in 0..tokens.div_ceil(TOKENS_OF_A_PROFILE) {
            let draft = profile::Draft::new(format!("p{n}").parse()?);
            profile::add(&mut core, &draft, IfThere::Refuse)?;
        }
        Ok(core)
    }

    /// As [`Self::found`], with the tokens.
    pub(crate) fn fill(&self, tokens: usize) -> Outcome<(Core, Vec<Issued>)> {
        let mut core = self.found(tokens)?;
        let issued = token::issue_many(&mut core, &drafts(tokens)?)?;
        Ok((core, issued))
    }

    /// hallpass on this store, with its key file and its anchor.
    pub(crate) fn hallpass(&self) -> Command {
        let mut command = Command::new(self.path("hallpass"));
        command
            .env_clear()
            .env("HOME", self.dir.path())
            .env("HALLPASS_STORE", self.store())
            .env("HALLPASS_STATE_DIR", self.path("state"))
            .env("HALLPASS_KEY_FILE", self.path("keys/key"));
        command
    }

    fn store(&self) -> PathBuf {
        self.path("store/store.db")
    }

    fn state(&self) -> State {
        let place = self.store();
        let place = place
            .parent()
            .and_then(|it| it.canonicalize().ok())
            .map(|it| it.join("store.db"));
        State {
            folder: Some(self.path("state")),
            path: place,
            require: false,
        }
    }
}

/// What the tokens of a store are to be.
pub(crate) fn drafts(tokens: usize) -> Outcome<Vec<Draft>> {
    (0..tokens)
        .map(|n| {
            let profile = format!("p{}", n / TOKENS_OF_A_PROFILE).parse()?;
            let mut draft = Draft::new(profile, format!("t{n}").parse()?);
            draft.connection = Some("hr".parse()?);
            Ok(draft)
        })
        .collect()
}

fn context() -> Outcome<Context> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    Ok(Context {
        clock: Box::new(FixedClock::new(Time::from_seconds(i64::try_from(now)?))),
        entropy: Box::new(OsEntropy),
        request: Actor::default().into(),
        token_lifetime: Span::YEAR,
    })
}
