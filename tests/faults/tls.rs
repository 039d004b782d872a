//! TLS, with a certificate that is trusted and one that isn't.
//!
//! Which authorities are trusted is read from the environment once per process, so each test runs
//! itself again as a process of its own.

use std::env;
use std::process::Command;

use cached_runtime::{Cache, Outcome, observe};
use support::RedisServer;

use crate::world::{KNOWN, double, patient_cache};

/// The URL, for the process that a test starts.
const URL: &str = "FAULTS_TLS_URL";

/// Runs the named test in a process that trusts the authority of `trusted`.
async fn run(name: &str, trusted: &RedisServer, url: &str) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]).env(URL, url);
    command.env("SSL_CERT_FILE", trusted.ca_file()).env_remove("SSL_CERT_DIR");
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (out, err) = (output.stdout, output.stderr);
    let shown = format!("{}{}", String::from_utf8_lossy(&out), String::from_utf8_lossy(&err));
    assert!(output.status.success(), "{shown}");
    eprintln!("{shown}");
}

async fn call(cache: &Cache) -> Outcome {
    let (value, outcome) = cache.scope(observe(double(&0.into(), KNOWN))).await;
    assert_eq!(value, 2 * KNOWN);
    outcome
}

#[tokio::test]
async fn a_trusted_server_is_used() {
    let Ok(url) = env::var(URL) else {
        let server = RedisServer::builder().tls().start().await;
        return run("tls::a_trusted_server_is_used", &server, &server.tls_url()).await;
    };
    let cache = patient_cache(&url);
    cache.ping().await.unwrap();
    assert_eq!(call(&cache).await, Outcome::Miss);
    assert_eq!(call(&cache).await, Outcome::Hit);
}

#[tokio::test]
async fn a_server_of_an_unknown_authority_is_not() {
    let Ok(url) = env::var(URL) else {
        let server = RedisServer::builder().tls().start().await;
        let other = RedisServer::builder().tls().start().await;
        return run("tls::a_server_of_an_unknown_authority_is_not", &other, &server.tls_url())
            .await;
    };
    let cache = patient_cache(&url);
    let error = cache.ping().await.unwrap_err().to_string();
    eprintln!("unknown authority: {error}");
    assert!(error.contains("certificate"), "{error}");
    for _ in 0..10 {
        assert_eq!(call(&cache).await, Outcome::Bypass);
    }
}

#[tokio::test]
async fn a_server_without_tls_is_not() {
    let server = RedisServer::start().await;
    let cache = patient_cache(&format!("rediss://{}/", server.addr()));
    for _ in 0..10 {
        assert_eq!(call(&cache).await, Outcome::Bypass);
    }
}
