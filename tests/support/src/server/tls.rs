//! Certificates by `openssl`: an authority of the server's own, and what it signed.

use std::path::{Path, PathBuf};
use std::process::Command;

const KEY: [&str; 4] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

/// The certificate of the authority.
pub(super) fn authority(dir: &Path) -> PathBuf {
    dir.join("ca.pem")
}

/// Creates the certificates in `dir`.
pub(super) fn create(dir: &Path) {
    let mut ca = vec!["-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.pem"];
    ca.extend(["-addext", "keyUsage=critical,keyCertSign"]);
    request(dir, &ca);
    let mut server = vec!["-subj", "/CN=localhost", "-CA", "ca.pem", "-CAkey", "ca.key"];
    server.extend(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]);
    server.extend(["-addext", "basicConstraints=critical,CA:FALSE"]);
    server.extend(["-keyout", "server.key", "-out", "server.pem"]);
    request(dir, &server);
}

/// The settings of a server that uses them.
pub(super) fn settings(dir: &Path, port: u16) -> Vec<String> {
    let file = |name: &str| dir.join(name).display().to_string();
    let settings = [
        ("--tls-port", port.to_string()),
        ("--tls-cert-file", file("server.pem")),
        ("--tls-key-file", file("server.key")),
        ("--tls-ca-cert-file", file("ca.pem")),
        ("--tls-auth-clients", "no".to_owned()),
    ];
    settings.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect()
}

fn request(dir: &Path, args: &[&str]) {
    let mut command = Command::new("openssl");
    command.current_dir(dir).args(["req", "-x509", "-nodes", "-days", "1"]).args(KEY).args(args);
    let output = command.output().expect("openssl is installed");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl: {errors}");
}
