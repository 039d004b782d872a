//! Redis killed and started again while the calls go on.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::args::Args;
use crate::load::Load;
use crate::place;
use crate::report::{Summary, millis, verdict};
use crate::world::{Way, World};

pub(crate) async fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    if place::is_given() {
        println!("REDIS_URL is left alone: the server to be killed is our own");
    }
    let server = place::own_server().await?;
    let world = Arc::new(World::create().await?);

    let (killed, started) = (args.seconds / 3, args.seconds * 2 / 3);
    println!("{} tasks, {} s; the cache is empty at first\n", args.tasks, args.seconds);
    println!("second    calls   failed        p50        p99   hit rate");
    let (mut failed, mut wrong) = (0, 0);
    let load = Load::start(&world, Way::Cache, args.tasks);
    let mut seconds = interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    seconds.tick().await; // the first is at once
    for second in 1..=args.seconds {
        seconds.tick().await;
        let summary = Summary::of(&load.take());
        print(second, &summary);
        failed += summary.failed;
        wrong += summary.wrong;
        if second == killed {
            server.kill().await;
            println!("          -- redis-server is killed");
        } else if second == started {
            server.start_again().await;
            println!("          -- redis-server is started again, without its entries");
        }
    }
    let rest = Summary::of(&load.stop().await);
    verdict(failed + rest.failed, wrong + rest.wrong)
}

fn print(second: u64, summary: &Summary) {
    let Summary { calls, failed, p50, p99, .. } = summary;
    let (p50, p99, hit_rate) = (millis(*p50), millis(*p99), summary.hit_rate());
    println!("{second:>6} {calls:>8} {failed:>8} {p50:>10} {p99:>10} {hit_rate:>10}");
}
