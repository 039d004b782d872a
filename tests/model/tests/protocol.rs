//! t
use protocol_model::*;
use stateright::{Model, Checker};
fn call(process: u8) -> Caller { Caller { process, refresh: false } }
fn run(s: Setup) {
    let t = std::time::Instant::now();
    let name = s.name; let m = s.mutation;
    let c = s.checker().threads(2).spawn_dfs().join();
    eprintln!("{name} {m:?}: {} unique {} total depth {} in {:?}", c.unique_state_count(), c.state_count(), c.max_depth(), t.elapsed());
    for (n, p) in c.discoveries() { eprintln!("  {n}: {:?}", p.into_actions()); }
}
fn base() -> Setup {
    Setup { name: "base", calls: vec![call(0), call(0), call(1)], invalidations: 2, slots: vec![Slot::Absent],
     budget: Budget { timeouts: 1, losses: 1, cancels: 1, failures: 0, overruns: 0, impatience: 0, crashes: 1 }, last_in_peace: false, mutation: None }
}
#[test]
fn t() {
    let b = Budget { crashes: 1, ..Budget::default() };
    run(Setup { name: "crash", budget: b, ..base() });
    run(Setup { name: "crash,timeout", budget: Budget { timeouts: 1, ..b }, ..base() });
    run(Setup { name: "crash,timeout,loss", budget: Budget { timeouts: 1, losses: 1, ..b }, ..base() });
    run(base());
}
