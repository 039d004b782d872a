//! Write-behind queues on real Redis servers: order, at least once, retries, dead letters, take-over, outages; and a fleet
//! whose workers are killed. `--nocapture` shows the figures.

mod dead_letters;
mod failures;
mod fleet;
mod outages;
mod pushes;
mod steps;
mod takeover;
mod work;
mod world;
