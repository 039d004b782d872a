//! What the figures were measured on.

use std::fs;
use std::process::Command;

const LOCK: &str = include_str!("../Cargo.lock");

const CRATES: [&str; 10] = [
    "cached",
    "hitbox",
    "hitbox-fn",
    "hitbox-moka",
    "hitbox-redis",
    "moka",
    "quick_cache",
    "redis",
    "serde_json",
    "tokio",
];

/// Prints a list of them, as Markdown.
pub(crate) fn print() {
    println!("- date: {}", output("date", &["-u", "+%Y-%m-%d %H:%M UTC"]));
    println!("- machine: {} × {}, {}", processors(), processor(), memory());
    println!("- load of other programs before: {}", load());
    println!("- system: {}", output("uname", &["-srm"]));
    println!("- {}, default release profile", output("rustc", &["--version"]));
    println!("- {}", output("redis-server", &["--version"]));
    println!("- cached-runtime: commit {}", output("git", &["describe", "--always", "--dirty"]));
    let versions: Vec<String> = CRATES.iter().map(|name| versions(name)).collect();
    println!("- {}", versions.join(", "));
    println!();
}

fn output(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().expect("the program is there");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn processor() -> String {
    field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned())
}

fn memory() -> String {
    field("/proc/meminfo", "MemTotal").unwrap_or_else(|| "unknown memory".to_owned())
}

/// Of the last minute: how many threads wanted a processor.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("unknown").to_owned()
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The versions of a crate in the lock file.
fn versions(name: &str) -> String {
    let start = format!("name = \"{name}\"\nversion = \"");
    let versions: Vec<&str> =
        LOCK.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    format!("{name} {}", versions.join(" and "))
}
