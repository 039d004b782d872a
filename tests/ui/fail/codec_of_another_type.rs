use cached_runtime::codec::{Codec, CodecError};
use cached_runtime::redis_cache;

struct OnlyNumbers;

impl Codec<u32> for OnlyNumbers {
    const NAME: &'static str = "u32";

    fn encode(_: &u32, _: &mut Vec<u8>) -> Result<(), CodecError> {
        Ok(())
    }

    fn decode(_: &[u8]) -> Result<u32, CodecError> {
        Ok(0)
    }
}

#[redis_cache(ttl = 300, codec = OnlyNumbers)]
async fn text(id: u8) -> Result<String, u32> {
    Ok(id.to_string())
}

fn main() {}
