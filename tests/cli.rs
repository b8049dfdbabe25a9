//! The command line as files: a command, what it prints, and how it ends. `TRYCMD=overwrite` writes them anew.

/// What would differ from one machine or terminal to another is taken out.
fn cases() -> trycmd::TestCases {
    let cases = trycmd::TestCases::new();
    for (name, value) in [("COLUMNS", "100"), ("NO_COLOR", "1")] {
        cases.env(name, value);
    }
    cases
}

#[test]
fn commands_print_what_their_files_say() {
    cases().case("tests/cli/*.trycmd").case("tests/cli/*.toml").run();
}
