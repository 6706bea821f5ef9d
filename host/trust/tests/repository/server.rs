//! A real server of static files on this machine, which can be told to misbehave.

use std::fs;
use std::io::{BufRead, BufReader, Write};
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
}

/// Ends when it is dropped: then nobody listens at its address.
pub struct Server {
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
                let _ = serve(connection.unwrap(), &folder, &seen, &answer);
            }
        });
        Self { address, requests, ending, thread: Some(thread) }
    }

    pub fn address(&self) -> String {
        format!("http://{}", self.address)
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

fn serve(
    mut connection: TcpStream,
    folder: &Path,
    seen: &Mutex<Vec<String>>,
    answer: &impl Fn(&str, usize) -> Answer,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
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
