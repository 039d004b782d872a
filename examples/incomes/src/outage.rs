//! Redis killed and started again while the calls go on.

use crate::args::Args;
use std::error::Error;
pub(crate) async fn run(_args: &Args) -> Result<(), Box<dyn Error>> {
    Ok(())
}
