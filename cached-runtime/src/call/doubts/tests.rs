use super::*;

fn doubts(most: usize) -> Doubts {
    Doubts::with_most("t:", "t:%tags", most)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn a_doubt_is_taken_back_by_itself_only() {
    let doubts = doubts(MOST);
    assert!(!doubts.about("t:a"));
    let first = doubts.add_slot("t:a");
    let second = doubts.add_slot("t:a");
    doubts.remove(&first);
    assert!(doubts.about("t:a") && !doubts.about("t:b"), "the second one is still open");
    assert!(doubts.some().is_empty() && doubts.pending() == 0, "it is under way");
    doubts.release(&first);
    assert!(doubts.some().is_empty());
    doubts.release(&second);
    assert_eq!((doubts.some().len(), doubts.pending()), (1, 1));
    doubts.remove(&second);
    assert!(!doubts.about("t:a") && !doubts.any() && doubts.pending() == 0);
}

#[test]
fn beyond_the_bound_all_is_in_doubt() {
    let doubts = doubts(3);
    drop(doubts.add_slot("t:f:1"));
    drop(doubts.add_tags(&names(&["t:%tag:a", "t:%tag:b"])));
    assert!(!doubts.about("t:f:2"));
    doubts.release(&doubts.add_slot("t:f:1"));
    assert!(!doubts.about("t:f:2"), "it was there already");
    drop(doubts.add_slot("of others"));
    assert!(doubts.about("of others") && !doubts.about("t:f:2"));
    let beyond = doubts.add_tags(&names(&["t:%tag:c"])).remove(0);
    assert!(doubts.about("t:f:2") && doubts.about("t:g:0"));
    assert_eq!(doubts.lock().count(), 5);
    doubts.release(&beyond);
    // That it is empty settles what was in doubt before; not so what is under way, or came later.
    let last = doubts.last();
    doubts.release(&doubts.add_slot("t:f:1"));
    doubts.remove(&beyond);
    doubts.remove_under("t:", last);
    assert!(doubts.about("t:f:1") && !doubts.about("t:f:2"));
    assert!(doubts.about_tags(&names(&["t:%tag:a"])), "under way");
    doubts.remove_under("t:", doubts.last());
    assert!(!doubts.about("t:f:1"));
}

#[test]
fn a_prefix_is_about_all_that_starts_with_it() {
    let doubts = doubts(MOST);
    let prefix = doubts.add_prefix("t:user:");
    assert!(doubts.about("t:user:1") && !doubts.about("t:users:1"));
    for slot in ["t:user:1", "t:users:1"] {
        doubts.release(&doubts.add_slot(slot));
    }
    doubts.release(&doubts.add_tags(&names(&["t:%tag:a"]))[0]);
    doubts.release(&prefix);
    assert_eq!((doubts.pending(), doubts.some().len()), (4, 4));
    assert!(matches!(doubts.some()[0].subject, Subject::Prefix(_)));
    doubts.remove(&prefix);
    doubts.remove_under("t:user:", doubts.last());
    assert!(!doubts.about("t:user:1") && doubts.about("t:users:1"));
    assert_eq!(doubts.some().len(), 2);
}

#[test]
fn what_has_failed_stays_so_while_a_later_one_is_under_way() {
    let doubts = doubts(MOST);
    let [tag, clock] = ["t:%tag:a", "t:%tags"].map(|name| names(&[name]));
    let first = doubts.add_tags(&tag).remove(0);
    let later = doubts.add_tags(&tag).remove(0);
    assert!(!doubts.about_tags(&clock));
    doubts.release(&first);
    assert!(doubts.about_tags(&clock) && doubts.some().is_empty());
    doubts.remove(&later);
    assert!(!doubts.about_tags(&clock));
}

#[test]
fn writers_are_remembered_until_their_intents_are_taken_back() {
    let doubts = doubts(MOST);
    let tag = names(&["t:%tag:a"]);
    let writers = || doubts.some().iter().flat_map(|doubt| doubt.writers.clone()).collect();
    let add = |writer| doubts.add_written_tags(&tag, [writer; 16]).remove(0);
    let (first, second) = (add(1), add(2));
    doubts.release(&first);
    doubts.release(&second);
    assert_eq!(doubts.pending(), 1);
    let found: Vec<Token> = writers();
    assert_eq!(found, [[1; 16], [2; 16]]);
    // Something else fails.
    doubts.release(&doubts.add_tags(&tag)[0]);
    assert_eq!(writers(), found);
    doubts.some().iter().for_each(|doubt| doubts.remove(doubt));
    assert!(!doubts.any());
    // A later one goes through first.
    let (first, second) = (add(1), add(2));
    doubts.remove(&second);
    doubts.release(&first);
    assert_eq!(writers(), [[1; 16]]);
    (0..=255).for_each(|writer| doubts.release(&add(writer)));
    assert_eq!(writers().len(), MOST_WRITERS);
}

#[test]
fn the_clock_stands_for_all_tags() {
    let doubts = doubts(MOST);
    let [a, b, clock] = ["t:%tag:a", "t:%tag:b", "t:%tags"].map(|name| names(&[name]));
    assert!(!doubts.about_tags(&clock));
    let doubt = doubts.add_tags(&a).remove(0);
    assert!(doubts.about_tags(&a) && !doubts.about_tags(&clock), "it is under way");
    doubts.release(&doubt);
    // Once more.
    let doubt = doubts.add_tags(&a).remove(0);
    assert!(doubts.about_tags(&a) && doubts.about_tags(&clock) && !doubts.about_tags(&b));
    assert_eq!((doubts.pending(), doubts.some().len()), (1, 0));
    assert!(!doubts.about_tags(&[]) && !doubts.about("t:%tag:a"));
    let both = [a.clone(), b.clone()].concat();
    assert_eq!((doubts.among(&both), doubts.among(&clock)), (a.clone(), a.clone()));
    assert!(doubts.among(&b).is_empty());
    doubts.remove(&doubt);
    assert!(!doubts.about_tags(&a) && !doubts.about_tags(&clock));
}
