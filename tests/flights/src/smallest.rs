//! Two calls, one of which is cancelled: in all the orders there are.
//!
//! The driver of the random schedules takes too many steps for that. Here are the bare roles: a call reads and finds
//! nothing, leads, lands; or follows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use shuttle::future::{block_on, spawn, yield_now};

use crate::fate::{Cancel, cancelled, yields};
use crate::flight::{Board, Landing, Leader, Reader, Turn, Verdict};
use crate::search::exhaust;

/// Marks that were led and given up, as counts.
#[derive(Default)]
struct Tally {
    led: AtomicU64,
    done: AtomicU64,
    abandoned: AtomicU64,
}

/// What a call does with its turn to read.
#[derive(Clone, Copy)]
enum Reads {
    /// It leads, as the slot is empty.
    Empty,
    /// Nothing: the store fails.
    Failed,
}

fn two_calls(reads: Reads, cancel: Option<Cancel>) {
    let tally = Arc::new(Tally::default());
    let told = Arc::clone(&tally);
    let board = Board::new(move |_, _| {
        told.abandoned.fetch_add(1, Ordering::Relaxed);
    });
    let slot: Arc<str> = "slot".into();
    let task = {
        let (board, slot, tally) = (Arc::clone(&board), Arc::clone(&slot), Arc::clone(&tally));
        spawn(async move {
            match cancel {
                Some(cancel) => drop(cancelled(cancel, call(&board, &slot, &tally, reads)).await),
                None => call(&board, &slot, &tally, reads).await,
            }
        })
    };
    block_on(call(&board, &slot, &tally, reads));
    block_on(task).expect("it is not aborted");

    assert!(board.is_empty(), "a leak");
    assert_eq!(Arc::strong_count(&board), 1, "somebody keeps a role");
    let [led, done, abandoned] =
        [&tally.led, &tally.done, &tally.abandoned].map(|it| it.load(Ordering::Relaxed));
    assert_eq!(led, done + abandoned, "each flight ends, or is abandoned once");
}

async fn call(board: &Arc<Board>, slot: &Arc<str>, tally: &Tally, reads: Reads) {
    match board.enter(slot).1 {
        Turn::Read(first) => {
            yield_now().await;
            read(first.into_reader(), tally, reads).await;
        }
        Turn::ReadLater(reader) => read_later(reader, tally, reads).await,
        Turn::Wait(waiting) => match waiting.await.expect("whoever waits is told something") {
            Verdict::Read(reader) => read_later(reader, tally, reads).await,
            Verdict::Lead(leader) => lead(leader, tally).await,
            Verdict::Landed(Landing::Value(_)) | Verdict::PassBy => {}
            Verdict::Landed(_) | Verdict::Found(_) => panic!("nobody tells that"),
        },
    }
}

async fn read_later(mut reader: Reader, tally: &Tally, reads: Reads) {
    reader.gather();
    yield_now().await;
    read(reader, tally, reads).await;
}

async fn read(reader: Reader, tally: &Tally, reads: Reads) {
    match reads {
        Reads::Failed => reader.failed(),
        Reads::Empty => {
            let number = tally.led.fetch_add(1, Ordering::Relaxed);
            lead(reader.lead(number.to_be_bytes().to_vec().into()), tally).await;
        }
    }
}

async fn lead(mut leader: Leader, tally: &Tally) {
    yields(1).await;
    leader.land(&Bytes::new());
    tally.done.fetch_add(1, Ordering::Relaxed);
    leader.done();
}

#[test]
fn nothing_befalls_them() {
    exhaust("two calls", || two_calls(Reads::Empty, None));
}

#[test]
fn one_is_cancelled() {
    // It waits at most twice: for the store, and in its body, or for the other call.
    for polls in 0..2 {
        for linger in 0..2 {
            let cancel = Some(Cancel { polls, linger });
            exhaust("cancelled", move || two_calls(Reads::Empty, cancel));
        }
    }
}

#[test]
fn one_is_cancelled_while_reads_fail() {
    for polls in 0..2 {
        let cancel = Some(Cancel { polls, linger: 1 });
        exhaust("cancelled, reads fail", move || two_calls(Reads::Failed, cancel));
    }
}
