//! What the compiler says when the attribute is used wrongly, and that it says nothing otherwise.

#[test]
fn what_the_compiler_says_of_mistakes() {
    trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
}

#[test]
fn what_the_compiler_accepts() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}
