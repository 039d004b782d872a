//! Who calls: a few users often, most of them seldom.

/// Draws users by Zipf's law: the second comes up half as often as the first, the third a third.
pub(crate) struct Users {
    /// Of each user, the weights up to and with theirs.
    upto: Vec<f64>,
}

impl Users {
    pub(crate) fn new(count: usize) -> Self {
        let mut total = 0.0;
        let weight = |rank: u32| {
            total += 1.0 / f64::from(rank);
            total
        };
        Self { upto: (1..).take(count).map(weight).collect() }
    }

    /// The index of a user.
    pub(crate) fn draw(&self) -> usize {
        let last = self.upto.len() - 1;
        let point = fastrand::f64() * self.upto[last];
        self.upto.partition_point(|&upto| upto <= point).min(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_comes_up_twice_as_often_as_the_second() {
        let users = Users::new(2_000);
        let mut drawn = vec![0_u32; 2_000];
        (0..200_000).for_each(|_| drawn[users.draw()] += 1);
        let ratio = f64::from(drawn[0]) / f64::from(drawn[1]);
        assert!((1.8..2.2).contains(&ratio), "{ratio}");
        assert!(drawn[1000..].iter().any(|&count| count > 0));
    }
}
