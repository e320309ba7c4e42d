//! What the help and every manual page say of exit codes, the environment and files.

/// The end of `hallpass --help`, and sections of every manual page: a heading, then terms and what
/// they mean, set apart by two blanks. No variable holds a secret.
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
  7       something was found
  10-17   verdicts: 10 malformed, 11 unknown or a wrong password, 12 revoked, 13 expired,
          14 suspended, 15 connection blocked, 16 outside its binding, 17 address not allowed
  20-22   20 wrong passphrase or key, 21 no key to be had, 22 too many tries
  30-34   the store: 30 damaged, 31 rolled back, 32 forked, 33 substituted, 34 not a store
  40-45   40 busy, 41 read-only, 42 disk full or I/O error, 43 unsafe file or mode,
          44 newer format, 45 clock
  50 51   50 committed, but the anchor was not updated; 51 the secret was not delivered,
          so it is not valid
  60 61   60 no randomness, 61 unsuitable SQLite
  70 130  70 a bug, please report; 130 interrupted

Standard input, which nothing else reads:
  verify          the token, without `--token-file`
  otp validate    the code, without CODE
  token identify  the text, without `--path`
  `-`             what an option or argument reads that is given `-` as its file

Environment, where no option is given:
  HALLPASS_STORE               the store, as `--store`
  HALLPASS_STATE_DIR           the folder of the anchors, as `--state-dir`
  HALLPASS_CONFIG              the settings, as `--config`
  HALLPASS_OUTPUT              the output format, as `--output`
  HALLPASS_KEY_FILE            the key file, as `--key-file`
  HALLPASS_PASSPHRASE_FILE     the passphrase file, as `--passphrase-file`
  HALLPASS_PASSPHRASE_COMMAND  the passphrase command, as `--passphrase-command`
  HALLPASS_COMPLETE            set by the completions of a shell, to ask what could follow
  CREDENTIALS_DIRECTORY        where systemd puts the credential `hallpass.key`
  NO_COLOR                     any value switches colour off

Files, where nothing says otherwise:
  ~/.local/share/hallpass/store.db  the store
  ~/.config/hallpass/config.toml    settings: store, state_dir, key_file, output, color,
                                    token_lifetime, anchor
  ~/.local/state/hallpass/anchors/  what this machine has seen of each store, to notice an old
                                    or foreign copy";
