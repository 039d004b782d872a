//! Who calls: a few users often, most of them seldom.

use crate::database::USERS;

/// Draws users by Zipf's law: user `n` comes up `n` times less often than user 1.
pub(crate) struct Users {
    /// Of each user, the weights up to and with theirs.
    upto: Vec<f64>,
}

impl Users {
    pub(crate) fn new() -> Self {
        let mut total = 0.0;
        let weight = |rank| {
            total += 1.0 / f64::from(rank);
            total
        };
        Self { upto: (1..).take(USERS).map(weight).collect() }
    }

    /// The index of a user: their id less one.
    pub(crate) fn draw(&self) -> usize {
        let point = fastrand::f64() * self.upto[USERS - 1];
        self.upto.partition_point(|&upto| upto <= point).min(USERS - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_comes_up_twice_as_often_as_the_second() {
        let users = Users::new();
        let mut drawn = vec![0_u32; USERS];
        (0..200_000).for_each(|_| drawn[users.draw()] += 1);
        let ratio = f64::from(drawn[0]) / f64::from(drawn[1]);
        assert!((1.8..2.2).contains(&ratio), "{ratio}");
        assert!(drawn[1000..].iter().any(|&count| count > 0));
    }
}
