//! "did you mean": the known name that a mistyped one is closest to.

/// The candidate closest to `name`, if it is close enough to be what was meant.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edits between two names; swapping two neighbours counts as one (optimal string alignment).
fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    let mut rows = vec![(0..=to.len()).collect::<Vec<_>>()];
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let replaced = rows[i][j] + usize::from(a != b);
            let mut best = replaced.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn typing_errors_are_recognised() {
        let names = ["ttl", "prefix", "cache_none", "none_ttl"];
        assert_eq!(nearest("tll", names), Some("ttl"));
        assert_eq!(nearest("tlt", names), Some("ttl"));
        assert_eq!(nearest("perfix", names), Some("prefix"));
        assert_eq!(nearest("cache_nones", names), Some("cache_none"));
    }

    #[test]
    fn other_words_are_not_forced_into_a_name() {
        assert_eq!(nearest("flight", ["ttl", "prefix", "sliding"]), None);
    }
}
