//! Durations as text: `"90s"`, `"5m"`, `"1h30m"`.

const UNITS: [(&str, u64); 6] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
];

/// The milliseconds that `text` stands for, or what is wrong with it.
pub(super) fn parse(text: &str) -> Result<u64, String> {
    let mut total = 0_u64;
    let mut rest = text;
    while !rest.is_empty() {
        let (number, behind) = split(rest, |c| c.is_ascii_digit());
        let (unit, behind) = split(behind, char::is_alphabetic);
        if number.is_empty() || (unit.is_empty() && !behind.is_empty()) {
            return Err(format!(
                "`{text}` is no duration: write numbers with units, as in `1h30m`"
            ));
        }
        if unit.is_empty() {
            return Err(format!("`{text}` has no unit: write `{text}s` for seconds"));
        }
        let Some((_, millis)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(format!("unknown unit `{unit}`: the units are ms, s, m, h, d, w"));
        };
        total = number
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(*millis))
            .and_then(|part| total.checked_add(part))
            .ok_or_else(|| format!("`{text}` is too long a duration"))?;
        rest = behind;
    }
    Ok(total)
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn units_add_up() {
        assert_eq!(parse("250ms"), Ok(250));
        assert_eq!(parse("5m"), Ok(300_000));
        assert_eq!(parse("1h30m"), Ok(5_400_000));
        assert_eq!(parse("1w2d"), Ok(777_600_000));
    }

    #[test]
    fn mistakes_say_what_to_write() {
        assert!(parse("300").unwrap_err().contains("write `300s`"));
        assert!(parse("5 m").unwrap_err().contains("as in `1h30m`"));
        assert!(parse("m").unwrap_err().contains("no duration"));
        assert!(parse("5min").unwrap_err().contains("the units are ms, s, m, h, d, w"));
        assert!(parse("99999999999999999999w").unwrap_err().contains("too long"));
        assert!(parse("40000000000w").unwrap_err().contains("too long"));
    }
}
