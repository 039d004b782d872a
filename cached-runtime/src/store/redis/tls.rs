/// Sees to it that rustls has cryptography to work with: the program's choice, or else `ring`.
///
/// The `redis` crate brings rustls without any, and connecting would panic.
pub(super) fn ensure_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error is another thread that was first: there is one now.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}
