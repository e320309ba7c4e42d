
set edit:completion:arg-completer[hallpass] = { |@words|
    var index = (count $words)
    set index = (- $index 1)

    put (env _CLAP_IFS="\n" _CLAP_COMPLETE_INDEX=(to-string $index) HALLPASS_COMPLETE="elvish" hallpass -- $@words) | to-lines
}

