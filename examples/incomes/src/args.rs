//! The command line.

use std::ops::RangeInclusive;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
A memoized SQLite query under load: the database against the cache.

usage: cargo run --release -p incomes -- [options]

  --outage      kill Redis and start it again in the middle of the run, and print every second
  --seconds N   how long each part of the run takes (5; with --outage 15 in all)
  --tasks N     how many tasks call at once (64)
  --help        this text

The entries are in the Redis of REDIS_URL. Without it, and always with --outage, the example
starts a redis-server of its own on a free port.";

/// What the command line says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Args {
    pub(crate) outage: bool,
    pub(crate) seconds: u64,
    pub(crate) tasks: usize,
    pub(crate) help: bool,
}

impl Args {
    /// Reads the arguments after the program's name.
    pub(crate) fn parse(args: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let (mut outage, mut seconds, mut tasks, mut help) = (false, None, 64, false);
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            match &*arg {
                "--outage" => outage = true,
                "--seconds" => seconds = Some(number(&arg, args.next(), 1..=600)?),
                "--tasks" => tasks = number(&arg, args.next(), 1..=10_000)?,
                "--help" | "-h" => help = true,
                _ => return Err(format!("unknown argument `{arg}`")),
            }
        }
        let seconds = seconds.unwrap_or(if outage { 15 } else { 5 }) as u64;
        if outage && seconds < 6 {
            return Err("`--outage` needs `--seconds 6` or more: before, during and after".into());
        }
        Ok(Self { outage, seconds, tasks, help })
    }
}

fn number(
    name: &str,
    value: Option<String>,
    range: RangeInclusive<usize>,
) -> Result<usize, String> {
    let number = value.as_deref().and_then(|value| value.parse().ok());
    number.filter(|number| range.contains(number)).ok_or_else(|| {
        let (start, end) = (range.start(), range.end());
        let instead = value.map(|value| format!(", not `{value}`")).unwrap_or_default();
        format!("`{name}` takes a whole number from {start} to {end}{instead}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Args, String> {
        Args::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn all_of_them() {
        let nothing = Args { outage: false, seconds: 5, tasks: 64, help: false };
        assert_eq!(parse(""), Ok(nothing));
        let all = Args { outage: true, seconds: 9, tasks: 1, help: true };
        assert_eq!(parse("--help --tasks 1 --outage --seconds 9"), Ok(all));
        assert_eq!(parse("--outage").unwrap().seconds, 15);
    }

    #[test]
    fn mistakes_are_named() {
        for line in ["--tasks", "--tasks 0", "--seconds ten", "--outage --seconds 5", "--outages"] {
            let problem = parse(line).unwrap_err();
            assert!(problem.contains(line.split(' ').next().unwrap()), "{problem}");
        }
    }
}
