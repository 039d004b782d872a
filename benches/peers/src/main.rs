//! cached-runtime against its peers: the same record, the same server, in turns within one run. It prints the tables
//! of docs/performance.md.

mod body;
mod machine;
mod markdown;
mod peer;
mod peers;
mod section;
mod turns;

use support::RedisServer;
use tokio::runtime::Runtime;

fn main() {
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    let known: Vec<&str> = section::ALL.iter().map(|(name, _)| *name).collect();
    if let Some(unknown) = chosen.iter().find(|name| !known.contains(&name.as_str())) {
        eprintln!("there is no section {unknown}: name some of {}", known.join(", "));
        std::process::exit(2);
    }
    let runtime: &'static Runtime = Box::leak(Box::new(benches::runtime()));
    let server = runtime.block_on(RedisServer::start());
    peers::connect_to(server.url());
    peers::ours::install();
    machine::print();
    for (name, run) in section::ALL {
        if chosen.is_empty() || chosen.iter().any(|chosen| chosen == name) {
            run(runtime, &server);
        }
    }
}
