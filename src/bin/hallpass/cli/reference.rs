//! What the help and every manual page say of exit codes, the environment and files.

/// The end of `hallpass --help`, and sections of every manual page: a heading, then terms and what
/// they mean, set apart by two spaces. No variable holds a secret.
pub(crate) const TAIL: &str = "\
Examples:
  hallpass demo
  hallpass init
  hallpass profile add github --connection ci
  T=$(hallpass token add github/laptop)
  printf %s \"$T\" | hallpass verify --connection ci

Exit codes:
  0       done; for `verify`: valid
  1       failed, or the reader of the output went away
  2       wrong usage, or an input was needed and there is no terminal
  3       not found, the store included
  4       already exists
  5       not confirmed: declined, or no `--yes` off a terminal
  6       refused by a rule
  7       there are findings or changes
  10-17   verdicts: 10 malformed, 11 unknown or a wrong password, 12 revoked, 13 expired,
          14 suspended, 15 connection blocked, 16 outside its binding, 17 address not allowed
  20-22   20 wrong passphrase or key, 21 no key available, 22 too many attempts
  30-34   the store: 30 damaged, 31 rolled back, 32 forked, 33 substituted, 34 not a store
  40-45   40 busy, 41 read-only, 42 disk full or I/O error, 43 unsafe file or mode,
          44 newer format, 45 clock
  50-52   50 committed, but the anchor was not updated; 51 the secret was not delivered,
          so it is not valid; 52 the database did not say whether it was done
  60 61   60 no randomness, 61 unsuitable database engine
  70 130  70 a bug, please report; 130 interrupted

Standard input is read only by:
  verify          the token, without `--token-file`
  otp validate    the code, without CODE
  token identify  the text, without `--path`
  `-`             an option or argument that is given `-` as its file

Environment, used if the option is not given:
  HALLPASS_STORE               the store, like `--store`
  HALLPASS_STATE_DIR           the folder of the anchors, like `--state-dir`
  HALLPASS_CONFIG              the settings, like `--config`
  HALLPASS_OUTPUT              the output format, like `--output`
  HALLPASS_KEY_FILE            the key file, like `--key-file`
  HALLPASS_PASSPHRASE_FILE     the passphrase file, like `--passphrase-file`
  HALLPASS_PASSPHRASE_COMMAND  the passphrase command, like `--passphrase-command`
  HALLPASS_COMPLETE            set by the shell completion scripts
  CREDENTIALS_DIRECTORY        folder of the systemd credentials `hallpass.key` and
                               `hallpass.database`, the password of a database
  PGHOST, PGPORT               host and port of a database, if its URL leaves them open
  PGUSER, PGDATABASE           its role and its name, likewise
  PGSSLROOTCERT, PGSERVICE     authorities to trust, and a service, likewise
  PGPASSFILE, PGSERVICEFILE    in place of ~/.pgpass and ~/.pg_service.conf
  PGPASSWORD                   refused: a password must not be there
  LISTEN_FDS                   sockets for `serve`, with LISTEN_PID and LISTEN_FDNAMES; by systemd
  NOTIFY_SOCKET                where `serve` reports its state; by systemd
  NO_COLOR                     any value turns colour off

Files, by default:
  ~/.local/share/hallpass/store.db  the store
  ~/.config/hallpass/config.toml    settings: store, state_dir, key_file, output, color,
                                    token_lifetime, anchor, anchor_adopt,
                                    database_password_file, [serve]
  ~/.local/state/hallpass/anchors/  what this machine has seen of each store, to detect an old
                                    or foreign copy";
