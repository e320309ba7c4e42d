//! The tail of a command's help.

/// The tail of a command's help: examples that a test parses, and the exit codes that are its own.
macro_rules! after {
    ($($example:literal),+ $(; $($code:literal $meaning:literal),+)?) => {
        concat!(
            "Examples:",
            $("\n  ", $example,)+
            $(
                "\n\nExit codes, in addition to those in `hallpass --help`:",
                $("\n  ", $code, "  ", $meaning,)+
            )?
        )
    };
}
