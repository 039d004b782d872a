//! The database against the cache, as a table.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::args::Args;
use crate::load::Load;
use crate::place;
use crate::report::{Summary, millis, verdict};
use crate::world::{Way, World};

pub(crate) async fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let _server = place::any_server().await?;
    let world = Arc::new(World::create().await?);

    println!("{} tasks, {} s each; the cache is empty at first\n", args.tasks, args.seconds);
    println!("            calls/s        p50        p99   hit rate");
    let (mut failed, mut wrong) = (0, 0);
    for (name, way) in [("database", Way::Database), ("cache", Way::Cache)] {
        let start = Instant::now();
        let load = Load::start(&world, way, args.tasks);
        sleep(Duration::from_secs(args.seconds)).await;
        let summary = Summary::of(&load.stop().await);
        let rate = f64::from(summary.calls) / start.elapsed().as_secs_f64();
        let (p50, p99) = (millis(summary.p50), millis(summary.p99));
        println!("{name:<10} {rate:>8.0} {p50:>10} {p99:>10} {:>10}", summary.hit_rate());
        failed += summary.failed;
        wrong += summary.wrong;
    }
    verdict(failed, wrong)
}
