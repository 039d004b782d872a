//! Redis is away as a whole: the breaker opens, and hits are back soon after.

use std::time::Duration;

use support::Action;
use tokio::time::sleep;

use crate::world::{STEP, World, outage};

const LONG: Duration = Duration::from_secs(6);

#[tokio::test]
async fn refused() {
    let world = World::start().await;
    outage(&world, "refused", async || world.proxy.refuse(), async || world.proxy.pass()).await;
}

#[tokio::test]
async fn refused_from_the_start() {
    let world = World::start().await;
    world.proxy.refuse();
    world.calls_are_bounded("refused from the start").await;
    world.breaker_is_open("refused from the start").await;
    world.proxy.pass();
    world.recovers("refused from the start").await;
}

#[tokio::test]
async fn a_frozen_process() {
    let world = World::start().await;
    let begin = async || world.server.pause().await;
    outage(&world, "frozen process", begin, async || world.server.resume().await).await;
}

#[tokio::test]
async fn frozen_from_the_start() {
    let world = World::start().await;
    world.server.pause().await;
    world.calls_are_bounded("frozen from the start").await;
    world.breaker_is_open("frozen from the start").await;
    world.server.resume().await;
    world.recovers("frozen from the start").await;
}

#[tokio::test]
async fn a_black_hole_behind_open_sockets() {
    let world = World::start().await;
    outage(&world, "black hole", async || world.proxy.hang(), async || world.proxy.pass()).await;
}

#[tokio::test]
async fn a_black_hole_from_the_start() {
    let world = World::start().await;
    world.proxy.hang();
    world.calls_are_bounded("black hole from the start").await;
    world.breaker_is_open("black hole from the start").await;
    world.proxy.pass();
    world.recovers("black hole from the start").await;
}

#[tokio::test]
async fn killed_and_started_again() {
    let world = World::start().await;
    let begin = async || world.server.kill().await;
    outage(&world, "killed", begin, async || world.server.start_again().await).await;
}

#[tokio::test]
async fn stopped_and_started_again() {
    let world = World::start().await;
    let begin = async || world.server.stop().await;
    outage(&world, "stopped", begin, async || world.server.start_again().await).await;
}

#[tokio::test]
async fn slower_than_the_timeout() {
    let world = World::start().await;
    let slow = Action::Delay(STEP * 5 / 2);
    let begin = async || world.proxy.every("*", slow);
    outage(&world, "too slow", begin, async || world.proxy.pass()).await;
}

#[tokio::test]
async fn every_reply_is_reset() {
    let world = World::start().await;
    let begin = async || world.proxy.every("*", Action::ResetAfter(2));
    outage(&world, "all replies reset", begin, async || world.proxy.pass()).await;
}

#[tokio::test]
async fn every_reply_stops_short() {
    let world = World::start().await;
    let begin = async || world.proxy.every("*", Action::HangAfter(2));
    outage(&world, "all replies cut", begin, async || world.proxy.pass()).await;
}

#[tokio::test]
async fn every_reply_is_junk() {
    let world = World::start().await;
    let begin =
        async || world.proxy.every("*", Action::Replace(b"HTTP/1.1 400 Bad\r\n\r\n".into()));
    outage(&world, "all replies junk", begin, async || world.proxy.pass()).await;
}

#[tokio::test]
async fn one_outage_after_the_other() {
    let world = World::start().await;
    for _ in 0..3 {
        outage(&world, "again", async || world.proxy.refuse(), async || world.proxy.pass()).await;
    }
}

/// Outages so long that the probe waits as long as it ever does.
#[tokio::test]
async fn a_long_refusal() {
    let world = World::start().await;
    let begin = async || world.proxy.refuse();
    outage(&world, "long refusal", begin, async || {
        sleep(LONG).await;
        world.proxy.pass();
    })
    .await;
}

/// An attempt to connect that has begun must not hold up the recovery, whenever it began.
#[tokio::test]
async fn a_long_black_hole() {
    let world = World::start().await;
    let worlds = [world.another().await, world.another().await, world.another().await];
    let outages = worlds.iter().zip(0..).map(|(world, number)| async move {
        let begin = async || world.proxy.hang();
        outage(world, "long black hole", begin, async || {
            sleep(LONG + Duration::from_millis(500) * number).await;
            world.proxy.pass();
        })
        .await;
    });
    let [first, second, third] = outages.collect::<Vec<_>>().try_into().ok().expect("three");
    tokio::join!(first, second, third);
}
