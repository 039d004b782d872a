//! The database, what is known of it, and how to call the function.

use cached_runtime::{Outcome, bypass, observe};

use crate::database::Database;
use crate::income::get_all_incomes_from_db;
use crate::users::Users;

/// How the function is called.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    /// Past the cache.
    Database,
    /// As all code calls it.
    Cache,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// With the right incomes.
    Right(Outcome),
    /// With others: that must never be.
    Wrong,
    /// With an error: nor that.
    Failed,
}

/// All that a call needs.
pub(crate) struct World {
    database: Database,
    users: Users,
    /// Of each user: the id, and what their incomes must add up to.
    sums: Vec<(i64, i64)>,
}

impl World {
    pub(crate) async fn create() -> sqlx::Result<Self> {
        let database = Database::create().await?;
        let sums = database.sums().await?;
        Ok(Self { database, users: Users::new(sums.len()), sums })
    }

    /// Asks for the incomes of some user, and compares their sum with the database's.
    pub(crate) async fn call(&self, way: Way) -> Answer {
        let (user, expected) = self.sums[self.users.draw()];
        let call = get_all_incomes_from_db(&self.database.pool, user);
        let (incomes, outcome) = match way {
            Way::Database => observe(bypass(call)).await,
            Way::Cache => observe(call).await,
        };
        let Ok(incomes) = incomes else { return Answer::Failed };
        let sum: i64 = incomes.iter().map(|income| income.cents).sum();
        if sum == expected { Answer::Right(outcome) } else { Answer::Wrong }
    }
}
