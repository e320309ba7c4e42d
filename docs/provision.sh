#!/usr/bin/env bash
# Sets up an integration from nothing. Run again, it changes nothing.
set -euo pipefail
umask 077
mkdir -p ~/secrets

state=0
hallpass status > /dev/null 2>&1 || state=$?
if ((state == 3)); then
    hallpass init --new-key-file ~/.config/hallpass/keys/store.key --recovery-file ~/secrets/recovery.txt
fi

hallpass environment add staging --if-absent
hallpass connection add github --token-lifetime 90d --if-absent
hallpass profile add ci --connection github --if-absent
hallpass token ensure ci/deploy --to env:"$HOME"/secrets/deploy.env#GITHUB_TOKEN
hallpass token ensure ci/staging --environment staging --device 'runner 7' \
    --to file:"$HOME"/secrets/staging-token

hallpass token list ci
