use super::*;

fn set(text: &str, key: &str, secret: &str) -> String {
    let value = quoted(secret);
    let whole = assign(
        text.as_bytes(),
        find(text.as_bytes(), key).unwrap(),
        key,
        &value,
    );
    String::from_utf8(whole.to_vec()).unwrap()
}

#[test]
fn one_value_is_replaced_and_nothing_else() {
    for (before, after) in [
        ("T=old\n", "T=new\n"),
        ("T=\n", "T=new\n"),
        ("T=", "T=new"),
        ("A=1\r\nT=old\r\nB=2\r\n", "A=1\r\nT=new\r\nB=2\r\n"),
        (
            "  export  T = old  # why\nTT=1\nXT=2\n",
            "  export  T = new  # why\nTT=1\nXT=2\n",
        ),
        ("T=a#b\n", "T=new\n"),
        ("T=# none\n", "T=new # none\n"),
        ("A=b\\\nB=c\nT=old\n", "A=b\\\nB=c\nT=new\n"),
        ("A=b\\\\\nT=old\n", "A=b\\\\\nT=new\n"),
        ("# b\\\nT=old\n", "# b\\\nT=new\n"),
        ("T='old one' # why\n", "T=new # why\n"),
        ("T=\"old \\\" one\nT=two\"\nB=1", "T=new\nB=1"),
        ("T='a'b\n", "T=new\n"),
        ("# T=old\nT=`old`\n\n\n", "# T=old\nT=new\n\n\n"),
        (
            "A=\"\nT=not this\n\"\nT=old\n",
            "A=\"\nT=not this\n\"\nT=new\n",
        ),
        (
            "\u{feff}T=old\nno assignment\n",
            "\u{feff}T=new\nno assignment\n",
        ),
    ] {
        assert_eq!(set(before, "T", "new"), after, "{before:?}");
    }
}

#[test]
fn a_key_that_is_not_there_is_added_at_the_end() {
    for (before, after) in [
        ("", "T=new\n"),
        ("A=1", "A=1\nT=new\n"),
        ("A=1\n", "A=1\nT=new\n"),
        ("A=1\r\n", "A=1\r\nT=new\r\n"),
        ("#T=1\n", "#T=1\nT=new\n"),
        ("export=1\n", "export=1\nT=new\n"),
        ("t=1\n", "t=1\nT=new\n"),
    ] {
        assert_eq!(set(before, "T", "new"), after, "{before:?}");
    }
}

#[test]
fn what_a_shell_would_split_is_quoted_and_read_back() {
    assert_eq!(
        set("T=old # why\n", "T", "AfasToken PHR+/=="),
        "T='AfasToken PHR+/==' # why\n"
    );
    assert_eq!(set("", "T", "<token>"), "T='<token>'\n");
    for (value, inner) in [
        ("'a b'", "a b"),
        ("\"a\"", "a"),
        ("a", "a"),
        ("'", "'"),
        ("", ""),
    ] {
        assert_eq!(unquoted(value.as_bytes()), inner.as_bytes());
    }
}

#[test]
fn what_can_be_taken_in_two_ways_is_refused() {
    assert_eq!(
        find(b"T=1\nA=2\nT=3\n", "T").unwrap_err(),
        "has `T` more than once"
    );
    let open = find(b"A=1\nB='2\nT=3\n", "T").unwrap_err();
    assert_eq!(open, "line 2 has an unclosed quote");
    for text in [
        "A=b\nB=c\\\nT=old\n",
        "A=b\nB=c\\\r\n",
        "A=b\nB='c' \\",
        "A=b\nT=c\\\nd\n",
        "A=b\nc\\\n",
    ] {
        let open = find(text.as_bytes(), "T").unwrap_err();
        assert_eq!(
            open, "line 2 ends in a backslash, so it may continue on the next line",
            "{text:?}"
        );
    }
}
