//! What the board tells whom, one step after the other. `tests/flights` tries the orders.
//!
//! A module of the crate and not of `flight`, whose files `tests/flights` builds on other locks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;

use crate::flight::{
    Board, Boarding, Found, Landing, Leader, NO_TAGS, Reader, Turn, Verdict, Waiting,
};

const LEASE: Bytes = Bytes::from_static(b"lease");
const VALUE: Bytes = Bytes::from_static(b"value");

/// A board, and the marks that were given up.
struct Desk {
    board: Arc<Board>,
    slot: Arc<str>,
    abandoned: Arc<Mutex<Vec<Bytes>>>,
}

impl Desk {
    fn new() -> Self {
        let abandoned = Arc::<Mutex<Vec<Bytes>>>::default();
        let told = Arc::clone(&abandoned);
        let board = Board::new(move |_, mark| told.lock().unwrap().push(mark.clone()));
        Self { board, slot: "slot".into(), abandoned }
    }

    fn reader(&self) -> Reader {
        match self.board.enter(&self.slot).1 {
            Turn::Read(first) => first.into_reader(),
            Turn::ReadLater(reader) => reader,
            Turn::Wait(_) => panic!("another call reads"),
        }
    }

    fn waiting(&self) -> Waiting {
        match self.board.enter(&self.slot).1 {
            Turn::Wait(waiting) => waiting,
            _ => panic!("no other call reads"),
        }
    }

    /// A flight, and one that follows it.
    fn flight(&self) -> (Leader, Waiting) {
        let reader = self.reader();
        let follower = self.waiting();
        (reader.lead(LEASE), follower)
    }

    fn abandoned(&self) -> Vec<Bytes> {
        self.abandoned.lock().unwrap().clone()
    }

    /// Nothing is left of all that was.
    fn assert_over(&self, abandoned: &[Bytes]) {
        assert!(self.board.is_empty());
        assert_eq!(self.abandoned(), abandoned);
    }
}

fn told(waiting: &mut Waiting) -> Verdict {
    waiting.try_recv().expect("it was told something")
}

fn is_told_nothing(waiting: &mut Waiting) -> bool {
    matches!(waiting.try_recv(), Err(tokio::sync::oneshot::error::TryRecvError::Empty))
}

fn led(waiting: &mut Waiting) -> Leader {
    let Verdict::Lead(leader) = told(waiting) else { panic!("it leads") };
    leader
}

fn read(waiting: &mut Waiting) -> Reader {
    let Verdict::Read(reader) = told(waiting) else { panic!("it reads") };
    reader
}

fn shared(waiting: &mut Waiting) -> Bytes {
    let Verdict::Landed(Landing::Value(value)) = told(waiting) else { panic!("it shares a value") };
    value
}

fn followed(boarding: Boarding) -> Waiting {
    let Boarding::Follow(waiting) = boarding else { panic!("it follows") };
    waiting
}

fn found() -> Found {
    Found { bytes: VALUE, left: Duration::MAX }
}

#[test]
fn a_read_counts_for_those_gathered_before_it_only() {
    let desk = Desk::new();
    let mut reader = desk.reader();
    let mut before = desk.waiting();
    reader.gather();
    let mut after = desk.waiting();
    reader.found(&found());
    assert!(matches!(told(&mut before), Verdict::Found(it) if it.bytes == VALUE));
    read(&mut after).found(&found());
    desk.assert_over(&[]);
}

#[test]
fn a_hit_counts_for_nobody_else() {
    let desk = Desk::new();
    let Turn::Read(first) = desk.board.enter(&desk.slot).1 else { panic!("it reads") };
    let (gone, mut next) = (desk.waiting(), desk.waiting());
    drop(gone);
    drop(first);
    read(&mut next).found(&found());
    desk.assert_over(&[]);
}

#[test]
fn a_read_that_failed_counts_for_all() {
    let desk = Desk::new();
    let mut reader = desk.reader();
    let mut before = desk.waiting();
    reader.gather();
    let mut after = desk.waiting();
    reader.failed();
    assert!(matches!(told(&mut before), Verdict::PassBy));
    assert!(matches!(told(&mut after), Verdict::PassBy));
    desk.assert_over(&[]);
}

#[test]
fn all_that_have_arrived_follow_a_new_flight() {
    let desk = Desk::new();
    let mut reader = desk.reader();
    let mut before = desk.waiting();
    reader.gather();
    let mut after = desk.waiting();
    let mut leader = reader.lead(LEASE);
    leader.land(&VALUE);
    assert_eq!([shared(&mut before), shared(&mut after)], [VALUE, VALUE]);
    leader.done();
    desk.assert_over(&[]);
}

#[test]
fn a_reader_that_goes_is_replaced_by_the_first_that_is_still_there() {
    let desk = Desk::new();
    let mut reader = desk.reader();
    let gone = desk.waiting();
    let mut gathered = desk.waiting();
    reader.gather();
    let mut last = desk.waiting();
    drop(gone);
    drop(reader);
    let mut reader = read(&mut gathered);
    assert!(is_told_nothing(&mut last));
    reader.gather();
    reader.found(&found());
    assert!(matches!(told(&mut last), Verdict::Found(_)));
    desk.assert_over(&[]);
}

#[test]
fn a_reader_that_goes_unnoticed_is_replaced_too() {
    let desk = Desk::new();
    let reader = desk.reader();
    let (told_and_gone, mut next) = (desk.waiting(), desk.waiting());
    drop(reader);
    // It has the role by now, and never learns of it.
    drop(told_and_gone);
    read(&mut next).failed();
    desk.assert_over(&[]);
}

#[test]
fn a_leader_that_goes_is_replaced_by_the_first_that_is_still_there() {
    let desk = Desk::new();
    let reader = desk.reader();
    let (gone, mut next, mut last) = (desk.waiting(), desk.waiting(), desk.waiting());
    let leader = reader.lead(LEASE);
    drop(gone);
    drop(leader);
    let mut leader = led(&mut next);
    leader.change_mark(Bytes::from_static(b"another"));
    leader.land(&VALUE);
    assert_eq!(shared(&mut last), VALUE);
    leader.done();
    desk.assert_over(&[]);
}

#[test]
fn the_mark_of_a_flight_without_a_leader_is_given_up_once() {
    let desk = Desk::new();
    let (leader, follower) = desk.flight();
    drop(leader);
    assert_eq!(desk.abandoned(), &[] as &[Bytes], "the follower leads");
    drop(follower);
    desk.assert_over(&[LEASE]);
}

#[test]
fn the_mark_of_a_flight_that_is_not_done_is_given_up() {
    let desk = Desk::new();
    let (mut leader, mut follower) = desk.flight();
    leader.land_without(|| Landing::Nothing);
    assert!(matches!(told(&mut follower), Verdict::Landed(Landing::Nothing)));
    drop(leader);
    desk.assert_over(&[LEASE]);
}

#[test]
fn what_has_no_mark_is_not_given_up() {
    let desk = Desk::new();
    let Boarding::Lead(of_process) = desk.reader().board(Some(&NO_TAGS)) else {
        panic!("it leads")
    };
    drop(of_process);
    drop(desk.reader().lead_late());
    let mut lost = desk.reader().lead(LEASE);
    lost.lose_mark();
    drop(lost);
    desk.assert_over(&[]);
}

#[test]
fn each_follower_gets_an_error_of_its_own() {
    let desk = Desk::new();
    let reader = desk.reader();
    let mut followers = [desk.waiting(), desk.waiting()];
    let mut leader = reader.lead(LEASE);
    let mut number = 0;
    leader.land_without(|| {
        number += 1;
        Landing::Error(Some(Box::new(number)))
    });
    let errors = followers.each_mut().map(|follower| {
        let Verdict::Landed(Landing::Error(Some(error))) = told(follower) else { panic!("failed") };
        *error.downcast::<i32>().unwrap()
    });
    assert_eq!(errors, [1, 2]);
}

#[test]
fn who_finds_the_mark_follows_with_all_for_whom_the_read_counts() {
    let desk = Desk::new();
    let mut leader = desk.reader().lead(LEASE);
    let mut reader = desk.reader();
    let mut member = desk.waiting();
    reader.gather();
    let mut after = desk.waiting();
    let Ok(mut waiting) = reader.follow(&LEASE, Some(&NO_TAGS)) else { panic!("it follows") };
    let reader = read(&mut after);
    leader.land(&VALUE);
    assert_eq!([shared(&mut waiting), shared(&mut member)], [VALUE, VALUE]);
    // It has landed and is not yet stored.
    let Ok(mut late) = reader.follow(&LEASE, Some(&NO_TAGS)) else { panic!("it follows") };
    assert_eq!(shared(&mut late), VALUE);
    leader.done();
    desk.assert_over(&[]);
}

#[test]
fn nobody_follows_what_is_not_in_the_slot() {
    let desk = Desk::new();
    let leader = desk.reader().lead(LEASE);
    let Err(reader) = desk.reader().follow(b"of another process", Some(&NO_TAGS)) else {
        panic!("not this one")
    };
    desk.board.overtake_slot(&desk.slot);
    assert!(leader.is_overtaken());
    assert!(reader.follow(&LEASE, Some(&NO_TAGS)).is_err(), "it is overtaken");
    leader.done();
    desk.assert_over(&[]);
}

#[test]
fn an_invalidation_also_overtakes_what_has_landed() {
    let desk = Desk::new();
    let Boarding::Lead(mut leader) = desk.reader().board(Some(&NO_TAGS)) else {
        panic!("it leads")
    };
    leader.land(&VALUE);
    desk.board.overtake(|slot| slot.starts_with("other"));
    assert!(!leader.is_overtaken());
    let mut late = followed(desk.reader().board(Some(&NO_TAGS)));
    assert_eq!(shared(&mut late), VALUE);
    desk.board.overtake(|slot| slot.starts_with("sl"));
    assert!(leader.is_overtaken(), "it must not be stored");
    let Boarding::Lead(next) = desk.reader().board(Some(&NO_TAGS)) else {
        panic!("it begins anew")
    };
    leader.done();
    next.done();
    desk.assert_over(&[]);
}

#[test]
fn a_stale_value_is_refilled_once() {
    let desk = Desk::new();
    let Boarding::Lead(mut leader) = desk.board.refill(&desk.slot, &LEASE) else { panic!("leads") };
    let mut follower = followed(desk.board.refill(&desk.slot, &LEASE));
    assert!(desk.board.refill_alone(&desk.slot, &LEASE).is_none());
    leader.land(&VALUE);
    assert_eq!(shared(&mut follower), VALUE);
    assert!(desk.board.refill_alone(&desk.slot, &LEASE).is_none(), "it is not yet stored");
    leader.done();
    desk.board.refill_alone(&desk.slot, &LEASE).expect("another").done();
    desk.assert_over(&[]);
}

#[test]
fn who_is_late_follows_only_what_began_later() {
    let desk = Desk::new();
    let (began, Turn::Read(first)) = desk.board.enter(&desk.slot) else { panic!("it reads") };
    let earlier = desk.board.lead(&desk.slot, &LEASE);
    let (between, Turn::Wait(waiting)) = desk.board.enter(&desk.slot) else { panic!("it waits") };
    followed(desk.board.run_late(&desk.slot, began));
    let Boarding::Lead(later) = desk.board.run_late(&desk.slot, between) else { panic!("leads") };
    followed(desk.board.run_late(&desk.slot, between));
    assert!(!desk.board.is_being_filled(&desk.slot), "those who followed have gone");
    let follower = desk.board.run_late(&desk.slot, between);
    assert!(desk.board.is_being_filled(&desk.slot));
    drop((first, waiting, follower));
    earlier.done();
    later.done();
    assert!(!desk.board.is_being_filled(&desk.slot));
    desk.assert_over(&[]);
}

#[test]
fn when_its_time_is_over_the_followers_start_over() {
    let desk = Desk::new();
    let (mut leader, mut follower) = desk.flight();
    leader.time_out();
    let reader = read(&mut follower);
    // A second flight, that has the number of the first.
    let mut second = reader.lead(LEASE);
    leader.land(&VALUE);
    leader.done();
    let Ok(mut waiting) = desk.reader().follow(&LEASE, Some(&NO_TAGS)) else {
        panic!("it still flies")
    };
    second.land(&LEASE);
    assert_eq!(shared(&mut waiting), LEASE, "of the second");
    second.done();
    desk.assert_over(&[]);
}

#[test]
fn a_flight_whose_time_is_over_does_not_touch_one_of_the_same_number() {
    let desk = Desk::new();
    let mut first = desk.reader().lead(LEASE);
    first.time_out();
    assert!(desk.board.is_empty(), "so that the place counts from the beginning");
    let (second, mut follower) = {
        let reader = desk.reader();
        let second = reader.lead(LEASE);
        let Ok(follower) = desk.reader().follow(&LEASE, Some(&NO_TAGS)) else {
            panic!("it follows")
        };
        (second, follower)
    };
    assert!(!first.has_followers());
    first.time_out();
    first.lose_mark();
    first.land(&VALUE);
    drop(first);
    assert!(is_told_nothing(&mut follower), "it follows the second");
    drop(second);
    led(&mut follower).done();
    desk.assert_over(&[]);
}

#[test]
fn the_end_of_a_flight_wakes_the_reader() {
    let desk = Desk::new();
    assert!(desk.reader().in_vain().is_none(), "nothing has been read yet");
    let leader = desk.reader().lead(LEASE);
    let Turn::ReadLater(reader) = desk.board.enter(&desk.slot).1 else { panic!("it waits first") };
    let Err(reader) = reader.follow(b"of another process", Some(&NO_TAGS)) else {
        panic!("not this one")
    };
    let (reads, mut woken) = reader.in_vain().expect("a fill is under way");
    assert_eq!(reads, 2);
    assert!(woken.try_recv().is_err());
    leader.done();
    woken.try_recv().expect("it is woken");
    assert!(reader.in_vain().is_none(), "the slot may have changed");
    reader.failed();
    desk.assert_over(&[]);
}

#[test]
fn those_gone_do_not_count_as_followers() {
    let desk = Desk::new();
    let (leader, follower) = desk.flight();
    assert!(leader.has_followers());
    drop(follower);
    assert!(!leader.has_followers());
    leader.done();
    desk.assert_over(&[]);
}

/// Many more than are there at a time.
const MANY: usize = 100_000;

#[test]
fn lists_are_as_long_as_there_are_calls() {
    let desk = Desk::new();
    let reader = desk.reader();
    let stays = desk.waiting();
    (0..MANY).for_each(|_| drop(desk.waiting()));
    assert!(desk.board.waiters() < 100, "{} wait for a read", desk.board.waiters());
    let leader = reader.lead(LEASE);
    (0..MANY).for_each(|_| drop(desk.board.refill(&desk.slot, &LEASE)));
    assert!(desk.board.waiters() < 100, "{} follow", desk.board.waiters());
    drop(stays);
    leader.done();
    desk.assert_over(&[]);
}

#[test]
fn a_reader_that_reads_again_and_again_forgets_those_gone() {
    let desk = Desk::new();
    let mut reader = desk.reader();
    let mut stays = desk.waiting();
    for _ in 0..MANY {
        drop(desk.waiting());
        reader.gather();
    }
    let mut next = desk.waiting();
    drop(reader);
    let reader = read(&mut stays);
    assert!(desk.board.waiters() < 100, "{} wait", desk.board.waiters());
    reader.failed();
    assert!(matches!(told(&mut next), Verdict::PassBy));
    desk.assert_over(&[]);
}

#[test]
fn a_fill_under_other_epochs_is_not_followed() {
    let desk = Desk::new();
    let mut leader = desk.reader().lead(LEASE);
    let (old, new) = (Bytes::from_static(b"old"), Bytes::from_static(b"new"));
    let Err(reader) = desk.reader().follow(&LEASE, Some(&old)) else { panic!("not known yet") };
    drop(reader);
    leader.under(old.clone());
    for other in [None, Some(&NO_TAGS), Some(&new)] {
        let Err(reader) = desk.reader().follow(&LEASE, other) else { panic!("{other:?}") };
        drop(reader);
    }
    let Ok(mut waiting) = desk.reader().follow(&LEASE, Some(&old)) else { panic!("it follows") };
    leader.land(&VALUE);
    assert!(
        matches!(waiting.try_recv(), Ok(Verdict::Landed(Landing::Value(value))) if value == VALUE)
    );
    let Err(reader) = desk.reader().follow(&LEASE, Some(&new)) else { panic!("it has landed") };
    drop(reader);
    leader.done();
    assert!(desk.board.is_empty());
}
