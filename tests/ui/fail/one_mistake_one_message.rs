use cached_runtime::redis_cache;

#[redis_cache(ttl = "5", skip(db))]
async fn find(db: &str, id: u8) -> Result<u8, String> {
    db.parse::<u8>().map(|db| db + id).map_err(|error| error.to_string())
}

pub struct Repo;

impl Repo {
    #[redis_cache(ttl = 0, skip(self))]
    pub async fn find(&self, id: u8) -> u8 {
        id
    }
}

async fn callers() -> Result<u8, String> {
    find::entry(1).invalidate().await.map_err(|error| error.to_string())?;
    let cached: Option<u8> = Repo::find_entry(1).get().await.map_err(|error| error.to_string())?;
    Ok(find("1", 2).await? + Repo.find(3).await + cached.unwrap_or(0))
}

fn main() {
    let _ = callers();
}
