//! A real server of static files on this machine, which can be told to misbehave.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// What a request is answered with.
pub enum Answer {
    /// The file, or that there is none.
    File,
    /// A status and nothing else.
    Status(&'static str),
    /// These bytes, whatever they are; then the connection ends.
    Bytes(Vec<u8>),
    /// Spaces, for as long as someone reads them.
    Endless,
    /// Where else to look.
    Redirect(String),
    /// A byte now and then, for as long as someone reads them.
    Drip,
}

/// Ends when it is dropped: then nobody listens at its address.
pub struct Server {
    scheme: &'static str,
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// One that behaves.
    pub fn of(folder: &Path) -> Self {
        Self::answering(folder, |_, _| Answer::File)
    }

    /// One that answers as it is told, given the path that was asked for and how often
    /// that was so before.
    pub fn answering(
        folder: &Path,
        answer: impl Fn(&str, usize) -> Answer + Send + 'static,
    ) -> Self {
        Self::start(folder, None, answer)
    }

    /// One that behaves, and answers by TLS.
    pub fn secure(folder: &Path, identity: Arc<rustls::ServerConfig>) -> Self {
        Self::start(folder, Some(identity), |_, _| Answer::File)
    }

    /// One that answers by TLS as it is told.
    pub fn secure_answering(
        folder: &Path,
        identity: Arc<rustls::ServerConfig>,
        answer: impl Fn(&str, usize) -> Answer + Send + 'static,
    ) -> Self {
        Self::start(folder, Some(identity), answer)
    }

    fn start(
        folder: &Path,
        identity: Option<Arc<rustls::ServerConfig>>,
        answer: impl Fn(&str, usize) -> Answer + Send + 'static,
    ) -> Self {
        let scheme = if identity.is_some() { "https" } else { "http" };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, ending) =
            (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (folder, seen, stop) = (folder.to_owned(), Arc::clone(&requests), Arc::clone(&ending));
        let thread = std::thread::spawn(move || {
            for connection in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                // A client may hang up at any time.
                let _ = match &identity {
                    None => serve(connection.unwrap(), &folder, &seen, &answer),
                    Some(identity) => secured(connection.unwrap(), identity)
                        .and_then(|stream| serve(stream, &folder, &seen, &answer)),
                };
            }
        });
        Self { scheme, address, requests, ending, thread: Some(thread) }
    }

    pub fn address(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// The paths asked for so far, in their order.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// How often a path that ends so was asked for.
    pub fn asked_for(&self, ending: &str) -> usize {
        self.requests().iter().filter(|path| path.ends_with(ending)).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().unwrap().join();
    }
}

type Secured = rustls::StreamOwned<rustls::ServerConnection, TcpStream>;

/// A client that does not like the certificate hangs up in the midst.
fn secured(connection: TcpStream, identity: &Arc<rustls::ServerConfig>) -> io::Result<Secured> {
    let session = rustls::ServerConnection::new(Arc::clone(identity)).map_err(io::Error::other)?;
    Ok(rustls::StreamOwned::new(session, connection))
}

fn serve(
    connection: impl Read + Write,
    folder: &Path,
    seen: &Mutex<Vec<String>>,
    answer: &impl Fn(&str, usize) -> Answer,
) -> io::Result<()> {
    let mut connection = BufReader::new(connection);
    let mut lines = connection.by_ref().lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let connection = connection.get_mut();
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let before = {
        let mut seen = seen.lock().unwrap();
        seen.push(path.clone());
        seen.iter().filter(|other| **other == path).count() - 1
    };
    match answer(&path, before) {
        Answer::File => match fs::read(on_disk(folder, &path)) {
            Ok(bytes) => connection.write_all(&whole(&bytes, bytes.len())),
            Err(_) => connection.write_all(&status("404 Not Found")),
        },
        Answer::Status(line) => connection.write_all(&status(line)),
        Answer::Bytes(bytes) => connection.write_all(&bytes),
        Answer::Endless => {
            connection.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            loop {
                connection.write_all(&[b' '; 4096])?;
            }
        }
        Answer::Redirect(to) => {
            let head = "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0";
            connection.write_all(format!("{head}\r\nLocation: {to}\r\n\r\n").as_bytes())
        }
        Answer::Drip => {
            connection.write_all(&whole(b"", 1000))?;
            loop {
                connection.write_all(b" ")?;
                connection.flush()?;
                std::thread::park_timeout(std::time::Duration::from_millis(20));
            }
        }
    }
}

/// The names of metadata hold their escapes, those of targets do not.
fn on_disk(folder: &Path, path: &str) -> PathBuf {
    let path = path.trim_start_matches('/');
    if path.starts_with("targets/") {
        let decoded = percent_encoding::percent_decode_str(path).decode_utf8().unwrap();
        return folder.join(decoded.into_owned());
    }
    folder.join(path)
}

fn status(line: &str) -> Vec<u8> {
    format!("HTTP/1.1 {line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

/// An answer with a body, which claims to be so long.
pub fn whole(bytes: &[u8], length: usize) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    [head.as_bytes(), bytes].concat()
}
