//! A memoized SQLite query under load: the database against the cache, or with `--outage` what
//! happens when Redis is killed and started again in the middle.

mod args;
mod compare;
mod database;
mod income;
mod load;
mod outage;
mod place;
mod report;
mod users;
mod world;

use std::error::Error;
use std::process::ExitCode;

use args::Args;

#[tokio::main]
async fn main() -> ExitCode {
    let args = match Args::parse(std::env::args().skip(1)) {
        Ok(args) => args,
        Err(problem) => {
            eprintln!("{problem}\n\n{}", args::HELP);
            return ExitCode::from(2);
        }
    };
    if args.help {
        println!("{}", args::HELP);
        return ExitCode::SUCCESS;
    }
    match run(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    if args.outage { outage::run(args).await } else { compare::run(args).await }
}
