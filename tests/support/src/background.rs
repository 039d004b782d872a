//! A thread with a runtime of its own, so that a proxy neither slows the runtime under test nor
//! stops with it, nor follows its paused clock.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread::{self, JoinHandle};

use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::ports;

#[derive(Debug)]
pub(crate) struct Background {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    /// Runs the future, and the tasks that it spawns, until this value is dropped.
    pub(crate) fn start<F: Future<Output = ()>>(
        name: &str,
        work: impl FnOnce() -> F + Send + 'static,
    ) -> Self {
        let (stop, stopped) = oneshot::channel();
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        let thread = thread::Builder::new().name(name.into()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = work() => {}
                    _ = stopped => {}
                }
            });
        });
        Self { stop: Some(stop), thread: Some(thread.expect("a thread starts")) }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // Its panic was printed already, and a panic in a drop would abort the tests.
            let _ = thread.join();
        }
    }
}

/// A socket that listens on a free port, and its address.
pub(crate) fn listen() -> (std::net::TcpListener, SocketAddr) {
    for _ in 0..100 {
        if let Ok(listener) = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, ports::free())) {
            let addr = listener.local_addr().expect("a bound socket has an address");
            listener.set_nonblocking(true).expect("a socket can be non-blocking");
            return (listener, addr);
        }
    }
    panic!("no free port in 100 attempts");
}

/// Hands the socket to the runtime of the calling task.
pub(crate) fn adopt(listener: std::net::TcpListener) -> TcpListener {
    TcpListener::from_std(listener).expect("the runtime takes the socket")
}
