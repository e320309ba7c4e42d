# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_hallpass_global_optspecs
    string join \n store= state= config= o/output= q/quiet y/yes no-input color= no-anchor require-anchor allow-network-fs key-file= passphrase-file= passphrase-fd= passphrase-command= allow-colocated-key kdf-allow-memory h/help V/version
end

function __fish_hallpass_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_hallpass_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_hallpass_using_subcommand
    set -l cmd (__fish_hallpass_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c hallpass -n "__fish_hallpass_needs_command" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_needs_command" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_needs_command" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_needs_command" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_needs_command" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_needs_command" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_needs_command" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_needs_command" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_needs_command" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_needs_command" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_needs_command" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_needs_command" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_needs_command" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_needs_command" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_needs_command" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_needs_command" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_needs_command" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_needs_command" -s V -l version -d 'Print version'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "demo" -d 'Show what hallpass does, on a store that is thrown away afterwards'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "init" -d 'Create the store'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "status" -d 'Say whether the store can be opened now, without ever asking'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "unlock" -d 'Keep the store open for a while, so that the passphrase is typed once'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "lock" -d 'Forget at once what `unlock` keeps'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "environment" -d 'Manage environments: the deployments that tokens are good in'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "connection" -d 'Manage connections: the integrations that tokens are good for'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "profile" -d 'Manage profiles: the API users that tokens belong to'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "token" -d 'Manage tokens: the secrets that applications present'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "verify" -d 'Judge a token'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "password" -d 'Manage the passwords of profiles'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "login" -d 'Exchange the password of a profile for a short-lived token, printed once'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "otp" -d 'Manage verification codes: mailed, and exchanged once for a token'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "mail" -d 'Manage the way that mail leaves'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "audit" -d 'Read the audit log: who changed what, before and after'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "store" -d 'Look after the store itself'
complete -c hallpass -n "__fish_hallpass_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l keep -d 'Keep the store in this new folder instead of throwing it away' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l new-key-file -d 'Make a key file instead of a passphrase; an existing file is never overwritten' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l recovery-file -d 'Write the recovery code to this new file instead of showing it' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l no-recovery -d 'Make no recovery code: whoever loses the key loses the store'
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l for -d 'For how long, at most 12h' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand unlock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand lock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -f -a "add" -d 'Make an environment'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -f -a "list" -d 'List the environments'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -f -a "show" -d 'Show one environment'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -f -a "edit" -d 'Change an environment'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -f -a "delete" -d 'Delete an environment that no live token is for'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and not __fish_seen_subcommand_from add list show edit delete rotate-key" -f -a "rotate-key" -d 'Give an environment a new environment key'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l description -d 'What it is' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l if-absent -d 'Succeed if it is there already, changing nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l description -d 'What it is (\'\' for nothing)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l rename -d 'Give it another name' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l default -d 'Make it the environment of tokens that name none'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l dry-run -d 'Show what would stop and change nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l dry-run -d 'Show what would stop and change nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand environment; and __fish_seen_subcommand_from rotate-key" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -f -a "add" -d 'Make a connection'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -f -a "list" -d 'List the connections'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -f -a "show" -d 'Show one connection'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -f -a "edit" -d 'Change a connection'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -f -a "block" -d 'Block a connection: none of its tokens is valid until it is unblocked'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -f -a "unblock" -d 'Unblock a connection'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -f -a "delete" -d 'Delete a connection that no profile and no live token names'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and not __fish_seen_subcommand_from add list show edit block unblock delete rotate-key" -f -a "rotate-key" -d 'Give a connection a new API key'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l description -d 'What it is' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l group -d 'Let only members of this group use it' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l token-lifetime -d 'Let its tokens live this long at most, and by default' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l allow-ip -d 'Allow only addresses of this range; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l deny-ip -d 'Deny addresses of this range, allowed or not; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l guide-file -d 'Read its walkthrough, in Markdown, from a file' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l if-absent -d 'Succeed if it is there already, changing nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l description -d 'What it is (\'\' for nothing)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l group -d 'Let only members of this group use it (\'\' for anyone)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l token-lifetime -d 'Let its tokens live this long at most, and by default (\'\' for no limit)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l add-allow-ip -d 'Allow addresses of this range too; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l remove-allow-ip -d 'Allow this range no longer; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l add-deny-ip -d 'Deny addresses of this range too; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l remove-deny-ip -d 'Deny this range no longer; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l guide-file -d 'Read its walkthrough, in Markdown, from a file (\'\' for none)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l rename -d 'Give it another name' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l any-ip -d 'Allow every address that is not denied'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l reason -d 'Why' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l dry-run -d 'Show what would stop and change nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from block" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from unblock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l dry-run -d 'Show what would stop and change nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l dry-run -d 'Show what would stop and change nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand connection; and __fish_seen_subcommand_from rotate-key" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -f -a "add" -d 'Make a profile'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -f -a "list" -d 'List the profiles'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -f -a "show" -d 'Show one profile'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -f -a "edit" -d 'Change a profile'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -f -a "suspend" -d 'Suspend a profile: none of its tokens is valid until it is resumed'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -f -a "resume" -d 'Resume a profile: its tokens are valid again, but for those suspended or revoked themselves'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and not __fish_seen_subcommand_from add list show edit suspend resume delete" -f -a "delete" -d 'Delete a profile: its tokens are revoked for good'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l email -d 'Its e-mail address' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l description -d 'What it is for' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l connection -d 'Let it use this connection and no other that is not named; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l group -d 'Make it a member of this group; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l password-file -d 'Read a password from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l token -d 'Make a token of this name too, and print it once' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l to -d 'Deliver it there and print nothing secret: `file:PATH`, `env:PATH#KEY`, `fd:N` or `command:CMD`' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l sink-timeout -d 'How long the delivery may take' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l password -d 'Ask for a password'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l if-absent -d 'Succeed if it is there already, changing nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l email -d 'Its e-mail address (\'\' for none)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l description -d 'What it is for (\'\' for nothing)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l add-connection -d 'Let it use this connection too; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l remove-connection -d 'Let it use this connection no longer; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l add-group -d 'Make it a member of this group; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l remove-group -d 'Take it out of this group; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l rename -d 'Give it another name' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l any-connection -d 'Let it use any connection'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l unlock -d 'Forget failed tries at its password, and with them a delay or a lock'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l reason -d 'Why' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l until -d 'Resume by itself: after a duration, or at a date' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l dry-run -d 'Show what would stop and change nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from suspend" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l dry-run -d 'Show what would stop and change nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand profile; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -f -a "add" -d 'Make a token and print it once'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -f -a "list" -d 'List the tokens that are not revoked or expired'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -f -a "show" -d 'Show one token: everything but its secret'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -f -a "revoke" -d 'Revoke tokens for good'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -f -a "suspend" -d 'Suspend a token: it is not valid until it is resumed'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -f -a "resume" -d 'Resume a suspended token'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -f -a "identify" -d 'Find tokens in text or files, and say whose they are'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -f -a "rotate" -d 'Replace a token: a new one for the same uses takes its name'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and not __fish_seen_subcommand_from add list show revoke suspend resume identify rotate ensure" -f -a "ensure" -d 'Make sure that a file holds a good token, and change nothing if it does'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l connection -d 'Bind it to this connection [default: the only one its profile may use]' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l environment -d 'Bind it to this environment [default: the default environment]' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l device -d 'Bind it to this device, which has no other live token of the profile and connection' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l expires -d 'Let it end: after a duration, at a date, or `never` [default: the connection\'s lifetime, or 1y]' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l allow-ip -d 'Allow only addresses of this range; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l form -d 'Spell it this way: native, xml, hex or header' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l to -d 'Deliver it there and print nothing secret: `file:PATH`, `env:PATH#KEY`, `fd:N` or `command:CMD`' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l sink-timeout -d 'How long the delivery may take' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l connection -d 'Only those bound to this connection' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l unused-for -d 'Only those not used for this long' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l expiring-in -d 'Only those that end within this time' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l all -d 'Revoked and expired ones too'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l token-file -d 'Read the token itself from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l token-file -d 'Read the token itself from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l reason -d 'Why' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l dry-run -d 'Show what would stop and change nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l token-file -d 'Read the token itself from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l reason -d 'Why' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l until -d 'Resume by itself: after a duration, or at a date' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from suspend" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l token-file -d 'Read the token itself from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l path -d 'Search this file or folder (`-` for standard input, as without it); may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l reason -d 'Why they are revoked' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l revoke -d 'Revoke those that are live, after a confirmation'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l dry-run -d 'Show what would be revoked and change nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from identify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l token-file -d 'Read the token itself from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l overlap -d 'Let the old one be valid for this long, or `0`' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l expires -d 'Let the new one end: after a duration, at a date, or `never` [default: after as long as the old one was to live]' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l form -d 'Spell it this way: native, xml, hex or header' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l request-id -d 'Call this request so: repeated, it makes no other token' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l to -d 'Deliver it there and print nothing secret: `file:PATH`, `env:PATH#KEY`, `fd:N` or `command:CMD`' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l sink-timeout -d 'How long the delivery may take' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l connection -d 'Bind it to this connection [default: the only one its profile may use]' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l environment -d 'Bind it to this environment [default: the default environment]' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l device -d 'Bind it to this device, which has no other live token of the profile and connection' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l expires -d 'Let it end: after a duration, at a date, or `never` [default: the connection\'s lifetime, or 1y]' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l allow-ip -d 'Allow only addresses of this range; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l form -d 'Spell it this way: native, xml, hex or header' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l min-life -d 'Replace one that ends within this time' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l overlap -d 'Let one that is replaced be valid for this long, or `0`' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l to -d 'Deliver it there and print nothing secret: `file:PATH`, `env:PATH#KEY`, `fd:N` or `command:CMD`' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l sink-timeout -d 'How long the delivery may take' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand token; and __fish_seen_subcommand_from ensure" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l connection -d 'Judge it as used for this connection' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l environment -d 'Judge it as used in this environment' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l device -d 'Judge it as used on this device' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l ip -d 'Judge it as used from this address' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l token-file -d 'Read the token from a file (`-` for standard input, as without it)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -f -a "set" -d 'Set the password of a profile'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -f -a "clear" -d 'Take the password of a profile away'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and not __fish_seen_subcommand_from set clear verify" -f -a "verify" -d 'Say whether a password is the profile\'s'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l password-file -d 'Read it from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l to -d 'Deliver it there and print nothing secret: `file:PATH`, `env:PATH#KEY`, `fd:N` or `command:CMD`' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l sink-timeout -d 'How long the delivery may take' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l generate -d 'Make one and print it once'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l dry-run -d 'Show what would stop and change nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l password-file -d 'Read it from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand password; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l password-file -d 'Read the password from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l connection -d 'Bind the token to this connection [default: the only one its profile may use]' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l environment -d 'Bind it to this environment [default: the default environment]' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l device -d 'Bind it to this device, and name it after it' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l for -d 'Let it end after this time, at most 12h [default: 1h]' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l form -d 'Spell it this way: native, xml, hex or header' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l to -d 'Deliver it there and print nothing secret: `file:PATH`, `env:PATH#KEY`, `fd:N` or `command:CMD`' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l sink-timeout -d 'How long the delivery may take' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -f -a "request" -d 'Mail a verification code to a profile'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -f -a "validate" -d 'Exchange a verification code for a token, and print it once'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -f -a "list" -d 'List the codes that are pending, and those whose mail did not leave'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and not __fish_seen_subcommand_from request validate list cancel" -f -a "cancel" -d 'Take a pending code back'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l connection -d 'The connection that the token will be for' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l environment -d 'The environment that the token will be for [default: the default environment]' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l device -d 'The device that the token will be for, and named after' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l print-code -d 'Print the code as well, for tests and trials'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from request" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l connection -d 'The connection it was requested for' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l environment -d 'The environment it was requested for [default: the default environment]' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l form -d 'Spell the token this way: native, xml, hex or header' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l to -d 'Deliver it there and print nothing secret: `file:PATH`, `env:PATH#KEY`, `fd:N` or `command:CMD`' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l sink-timeout -d 'How long the delivery may take' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l all -d 'Also those that ended within a day'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l connection -d 'The connection it was requested for' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l environment -d 'The environment it was requested for [default: the default environment]' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand otp; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -f -a "set" -d 'Set the way that mail leaves'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -f -a "show" -d 'Show by which ways mail leaves'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -f -a "test" -d 'Send a test mail now, and say what the server answered'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -f -a "send" -d 'Send the mails that wait and are due'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and not __fish_seen_subcommand_from set show test send clear" -f -a "clear" -d 'Take the way that mail leaves away'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l from -d 'From whom: `ADDRESS` or `NAME <ADDRESS>`' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l password-file -d 'Read the password from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l ca-file -d 'Trust the certificates in this file alone, not those of the system' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l environment -d 'For this environment only' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l insecure-plain -d 'Speak without protection, with a server on this machine'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l environment -d 'As mail for this environment would leave' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from send" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l environment -d 'That of this environment only' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l dry-run -d 'Show what would stop and change nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand mail; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -f -a "list" -d 'List entries of the log, the newest last'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -f -a "verify" -d 'Prove the whole log: every entry, their order, their number and the end'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -f -a "head" -d 'Print the head of the log, for a witness outside'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and not __fish_seen_subcommand_from list verify head export" -f -a "export" -d 'Print the whole log as JSON lines, the oldest entry first'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l profile -d 'Only entries about this profile and its tokens; a deleted one by the id its entries show' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l token -d 'Only entries about this token: PROFILE/NAME, or the id of any' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l connection -d 'Only entries about this connection, or naming it' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l action -d 'Only this action, or those on one sort of thing: `token.revoke`, `token`' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l since -d 'Only entries since then: a duration back from now, or a date' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l until -d 'Only entries before then: a duration back from now, or a date' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l limit -d 'Show this many of the newest' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l all -d 'Show all of them, on a terminal too'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l follow -d 'Go on, showing new entries as they come; begins with the last 10'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l head -d 'A head that `hallpass audit head` printed earlier; may be repeated' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from head" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand audit; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -f -a "info" -d 'Show what the store is: format, size, counts, keys, anchor'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -f -a "check" -d 'Check every row, sum and log entry of the store'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -f -a "backup" -d 'Write a checked copy of the store to a new file'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -f -a "restore" -d 'Put a backup in the place of the store'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -f -a "accept" -d 'Go on with a store that was refused as rolled back, forked, or ahead of the clock'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and not __fish_seen_subcommand_from info check backup restore accept key" -f -a "key" -d 'Manage the keys that open the store'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from info" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from backup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l dry-run -d 'Show what would change and change nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l rollback -d 'The store is older than this machine has seen it'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l fork -d 'The store has another history than this machine has seen'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l clock -d 'The clock is behind the store\'s last change'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l dry-run -d 'Show what would be accepted and change nothing'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from accept" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -f -a "list" -d 'List the keys that open the store'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -f -a "add" -d 'Add a key that opens the store: a passphrase, or with options a key file or a recovery code'
complete -c hallpass -n "__fish_hallpass_using_subcommand store; and __fish_seen_subcommand_from key" -f -a "remove" -d 'Remove a key'
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -l store -d 'Use this store' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -l state -d 'Keep anchors in this folder' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -l config -d 'Read settings from this file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -s o -l output -d 'Print results in this format' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
jsonl\t'One JSON object a line'
csv\t'Comma-separated values with a header'"
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -l key-file -d 'Open the store with this key file' -r -F
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -l passphrase-file -d 'Read the passphrase from a file (`-` for standard input)' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -l passphrase-fd -d 'Read the passphrase from an open descriptor, 3 or above' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -l passphrase-command -d 'Run a shell command that prints the passphrase' -r
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -s y -l yes -d 'Take every confirmation as given'
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -l no-input -d 'Never ask for anything, at a terminal either'
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -l no-anchor -d 'Neither read nor write an anchor: an old copy of the store will not be noticed'
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -l require-anchor -d 'Refuse a store that this machine has no anchor of'
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -l allow-network-fs -d 'Accept a store on a network filesystem, where locks may not hold'
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -l allow-colocated-key -d 'Accept a key file in the store\'s own folder, where a copied folder carries both'
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -l kdf-allow-memory -d 'Let a passphrase take more than half of the memory that is free'
complete -c hallpass -n "__fish_hallpass_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
