//! What holds in every state, and in the end.

use protocol_model::holds;

use crate::setup::Named;
use crate::setups::{
    arguments, both, by_steps, overlap, peace, results, three_calls, writers, writers_by_steps,
};

#[test]
fn tags_of_arguments_keep_the_promise() {
    holds(&arguments());
}

#[test]
fn tags_of_results_keep_the_promise() {
    holds(&results());
}

#[test]
fn tags_of_both_keep_the_promise() {
    holds(&both());
}

#[test]
fn tags_by_single_steps_keep_the_promise() {
    holds(&by_steps());
}

#[test]
fn writers_of_tags_keep_the_promise() {
    holds(&writers(Named::ByArguments));
    holds(&writers(Named::ByResult));
}

#[test]
fn writers_of_tags_by_single_steps_keep_the_promise() {
    holds(&writers_by_steps(Named::ByArguments));
    holds(&writers_by_steps(Named::ByResult));
}

#[test]
fn writers_of_tags_that_overlap_keep_the_promise() {
    holds(&overlap(Named::ByArguments));
    holds(&overlap(Named::ByResult));
}

#[test]
fn three_calls_keep_the_promise() {
    holds(&three_calls(Named::ByArguments));
    holds(&three_calls(Named::ByResult));
}

/// What else is too much for each day.
#[cfg(feature = "large")]
#[test]
fn writers_of_tags_that_lose_their_intents_keep_the_promise() {
    use crate::setup::Setup;
    let budget = arguments().budget;
    for named in [Named::ByArguments, Named::ByResult] {
        holds(&Setup { budget, ..overlap(named) });
        holds(&Setup { budget, ..writers_by_steps(named) });
    }
}

/// Whatever slot has been lost, and whoever has crashed.
#[test]
fn a_valid_value_is_stored_in_the_end() {
    holds(&peace());
}
