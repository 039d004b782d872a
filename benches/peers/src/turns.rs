//! Peers take turns within one run, so that a slow moment of the machine falls on all of them.

use std::time::Duration;

use crate::peer::{Ids, Load, Peer};

/// How long one turn takes, about: short, as what else the machine does then falls on few of many; and so long that many
/// tasks make more calls than the first ones, which find nothing of theirs in the processors' memory.
const TURN: Duration = Duration::from_millis(10);

const TRIES: usize = 5;

/// What one peer takes under one load.
#[derive(Clone, Copy)]
pub(crate) struct Taken {
    /// Nanoseconds between a lane's calls: the median of all rounds.
    pub(crate) nanos: f64,
    /// The median over the rounds of its time divided by that of the first peer in the same round.
    pub(crate) ratio: f64,
}

impl Taken {
    /// Nanoseconds between the calls of all lanes together.
    #[expect(clippy::cast_precision_loss, reason = "few lanes")]
    pub(crate) fn of_all(self, lanes: usize) -> f64 {
        self.nanos / lanes as f64
    }
}

/// Measures all peers in turns, each of about the same time.
pub(crate) fn turns(peers: &[&Peer], lanes: usize, ids: Ids, rounds: usize) -> Vec<Taken> {
    let loads: Vec<Load> = peers.iter().map(|peer| fitting(peer, lanes, ids)).collect();
    let mut rounds_of: Vec<Vec<f64>> = vec![Vec::with_capacity(rounds); peers.len()];
    for round in 0..rounds {
        // Who goes first changes, so that nobody always comes after the same one.
        for turn in 0..peers.len() {
            let at = (round + turn) % peers.len();
            let load = loads[at];
            #[expect(clippy::cast_precision_loss, reason = "far fewer calls than 2^52")]
            let calls = load.calls as f64;
            rounds_of[at].push(peers[at].measure(load).as_secs_f64() * 1e9 / calls);
        }
    }
    let first = rounds_of[0].clone();
    let ratios = |of: &[f64]| of.iter().zip(&first).map(|(of, first)| of / first).collect();
    rounds_of
        .into_iter()
        .map(|nanos| Taken { ratio: median(ratios(&nanos)), nanos: median(nanos) })
        .collect()
}

/// As many calls as take a turn. The quickest of some tries tells: one that was interrupted would make turns of so few
/// calls that their beginning and end are all that is measured.
fn fitting(peer: &Peer, lanes: usize, ids: Ids) -> Load {
    let mut load = Load { lanes, calls: 1, ids };
    loop {
        let quickest = (0..TRIES).map(|_| peer.measure(load)).min().expect("some tries");
        if quickest * 2 >= TURN {
            return load;
        }
        load.calls *= 2;
    }
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}
