//! `bailiwick repo`: the repository's folder as a whole.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use bailiwick_terms::DomainName;
use bailiwick_trust::PublicFiles;
use clap::{Args, Subcommand};
use tiny_http::{Header, Method, Request, Response, Server};

use crate::mesh::MeshFile;
use crate::output;

/// Requests answered at a time.
const THREADS: usize = 4;

/// Read the repository, or let others read it
#[derive(Args)]
pub(crate) struct Repo {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Get(Get),
    Serve(Serve),
}

/// Write a file that a domain publishes, once it is verified
///
/// For files at the further paths that a domain was onboarded with.
#[derive(Args)]
struct Get {
    /// The domain
    domain: DomainName,

    /// The file's path in the repository
    path: String,

    /// Where to write it
    #[arg(long, value_name = "FILE")]
    to: PathBuf,

    #[command(flatten)]
    mesh: MeshFile,
}

/// Serve the repository over HTTP, to be read
///
/// For tests and small teams: pipelines name the address as `repository` in their
/// mesh.yaml. Any other server of static files does as well. Ctrl-C ends it.
#[derive(Args)]
struct Serve {
    /// Where to listen; the default is this machine alone
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Repo {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Get(get) => get.run(),
            Command::Serve(serve) => serve.run(),
        }
    }
}

impl Get {
    fn run(self) -> anyhow::Result<ExitCode> {
        let pipeline = self.mesh.open()?;
        let file = pipeline.repository().file(&self.domain, &self.path)?;
        std::fs::write(&self.to, file.bytes())
            .with_context(|| format!("cannot write {}", self.to.display()))?;
        outln!("{} signed by {}, sha256 {}", file.path(), file.role(), file.sha256());
        Ok(ExitCode::SUCCESS)
    }
}

impl Serve {
    fn run(self) -> anyhow::Result<ExitCode> {
        let mesh = self.mesh.read()?;
        let folder = mesh.repository_folder()?;
        let files = PublicFiles::open(folder)
            .with_context(|| format!("cannot read the repository {}", folder.display()))?;
        let server = Server::http(self.listen)
            .map_err(|error| anyhow!("cannot listen at {}: {error}", self.listen))?;
        let server = Arc::new(server);
        let ending = Arc::clone(&server);
        ctrlc::set_handler(move || (0..THREADS).for_each(|_| ending.unblock()))
            .context("cannot listen for Ctrl-C")?;
        outln!("serving {} at http://{}", folder.display(), server.server_addr());
        output::flush();
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    server.incoming_requests().for_each(|request| answer(&files, request))
                });
            }
        });
        Ok(ExitCode::SUCCESS)
    }
}

/// Whoever asked may have gone: that is nobody else's trouble.
fn answer(files: &PublicFiles, request: Request) {
    let readable = matches!(request.method(), Method::Get | Method::Head);
    let _ = match files.find(request.url()) {
        _ if !readable => {
            let mut refusal = Response::empty(405);
            // RFC 9110, 15.5.6.
            if let Ok(allowed) = Header::from_bytes("Allow", "GET, HEAD") {
                refusal.add_header(allowed);
            }
            request.respond(refusal)
        }
        Ok(Some(file)) => request.respond(Response::from_file(file)),
        Ok(None) => request.respond(Response::empty(404)),
        Err(error) => {
            errln!("warning: cannot read {}: {error}", request.url().escape_default());
            request.respond(Response::empty(500))
        }
    };
}
