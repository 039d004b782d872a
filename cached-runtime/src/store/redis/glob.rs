/// A `MATCH` pattern that stands for `text` alone.
pub(super) fn literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '^' | '-' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

#[test]
fn nothing_in_a_prefix_is_a_wildcard() {
    assert_eq!(literal(r"a*b?[c-d]\:é"), r"a\*b\?\[c\-d\]\\:é");
}
