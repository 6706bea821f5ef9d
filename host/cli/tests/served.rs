//! A repository that is served, and pipelines that read it from there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use bailiwick_pipeline::{Blame, Mesh as MeshFile, Pipeline, PipelineError};
use jiff::{SignedDuration, Timestamp};
use support::{BAILIWICK, Ended, Mesh};

/// `bailiwick repo serve` of a mesh.
struct Serving {
    child: Child,
    /// Such as `127.0.0.1:40123`.
    address: String,
}

impl Serving {
    fn of(mesh: &Mesh) -> Self {
        let mut child = mesh
            .command(&["repo", "serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let (_, address) = said.trim().rsplit_once("http://").unwrap();
        Self { child, address: address.to_owned() }
    }

    /// As Ctrl-C ends it.
    fn end(mut self) {
        let interrupt = ["-INT", &self.child.id().to_string()];
        assert!(Command::new("kill").args(interrupt).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }

    /// The answer to a request, sent as it is.
    fn ask(&self, request: &str) -> Vec<u8> {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        let head = format!("{request} HTTP/1.1\r\nHost: mesh\r\nConnection: close\r\n\r\n");
        connection.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).unwrap();
        answer
    }

    fn status(&self, request: &str) -> String {
        let answer = String::from_utf8_lossy(&self.ask(request)).into_owned();
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    }
}

/// A pipeline's own folder, which has nothing of the repository but its root.
fn pipeline(mesh: &Mesh, repository: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let data = mesh.path("data").display().to_string();
    let keys = mesh.path("secrets").display().to_string();
    fs::copy(mesh.path("root.json"), folder.path().join("root.json")).unwrap();
    let text = format!(
        "repository: {repository}\nroot: root.json\ndata: {data}\noutput: output\nkeys: {keys}\n"
    );
    fs::write(folder.path().join("mesh.yaml"), text).unwrap();
    folder
}

fn run(folder: &Path, words: &[&str]) -> Ended {
    Command::new(BAILIWICK).args(words).current_dir(folder).output().unwrap().into()
}

#[test]
fn a_mesh_runs_from_an_address() {
    let mesh = Mesh::ready();
    mesh.run(&["run", "shop/orders"]).good();
    let serving = Serving::of(&mesh);
    let address = format!("http://{}", serving.address);
    let folder = pipeline(&mesh, &address);
    run(folder.path(), &["plan", "shop/orders"]).good();
    run(folder.path(), &["run", "shop/orders"]).good();
    let delivered =
        |folder: &Path| fs::read(folder.join("output/shop/orders/current/orders.parquet")).unwrap();
    assert_eq!(delivered(folder.path()), delivered(&mesh.path(".")));

    // Who writes needs the folder.
    let keys = mesh.path("keys");
    let key = |name: &str| keys.join(name).display().to_string();
    run(
        folder.path(),
        &["onboard", "other", "--domain-key", &key("shop.pem"), "--key", &key("central-1.pem")],
    )
    .refused(1, &[&address, "only be read", "folder"]);
    run(folder.path(), &["repo", "serve"]).refused(1, &[&address, "only be read"]);

    // The server is gone: what was trusted counts until the timestamp expires.
    serving.end();
    let offline = run(folder.path(), &["run", "shop/orders"]).good();
    assert!(offline.err.contains("warning: cannot read http://"), "{}", offline.err);
    assert!(offline.err.contains("goes on counting until"), "{}", offline.err);
    let open = |hours| {
        let file = MeshFile::read(&folder.path().join("mesh.yaml")).unwrap();
        Pipeline::open(file, Timestamp::now() + SignedDuration::from_hours(hours))
    };
    open(23).unwrap();
    let error = open(24).unwrap_err();
    assert!(error.to_string().contains("`timestamp` metadata expired"), "{error}");
    assert_eq!(error.blame(), Blame::Governance);
    // Who never saw it has nothing to go on with.
    fs::remove_dir_all(folder.path().join(".bailiwick")).unwrap();
    let error = open(0).unwrap_err();
    assert!(matches!(error, PipelineError::Trust(_)) && error.blame() == Blame::Environment);
    run(folder.path(), &["run", "shop/orders"]).refused(1, &[&address, "check the address"]);
}

#[test]
fn a_mesh_runs_from_a_file_address_and_no_other() {
    let mesh = Mesh::ready();
    let folder = pipeline(&mesh, &format!("file://{}", mesh.path("repository").display()));
    run(folder.path(), &["run", "shop/orders"]).good();
    for wrong in ["ftp://mesh.example/repository", "http://", "'https://mesh.example/?a=b'"] {
        let folder = pipeline(&mesh, wrong);
        run(folder.path(), &["plan", "shop/orders"])
            .refused(1, &["mesh.yaml: repository: ", "is not the address of a repository"]);
    }
}

#[test]
fn what_is_served_is_the_repository_and_nothing_else() {
    let mesh = Mesh::ready();
    mesh.write("repository/metadata/.new-abc", "{}");
    mesh.write("repository/notes.txt", "internal");
    let link = |to: &str, at: &str| {
        std::os::unix::fs::symlink(mesh.path(to), mesh.path(&format!("repository/{at}"))).unwrap();
    };
    link("mesh.yaml", "metadata/out.json");
    link("keys", "targets/keys");
    link("/dev/zero", "targets/endless");
    let serving = Serving::of(&mesh);

    let timestamp = fs::read(mesh.path("repository/metadata/timestamp.json")).unwrap();
    let answer = serving.ask("GET /metadata/timestamp.json");
    assert!(answer.starts_with(b"HTTP/1.1 200 ") && answer.ends_with(&timestamp));
    let head = serving.ask("HEAD /metadata/timestamp.json");
    assert!(head.starts_with(b"HTTP/1.1 200 ") && head.ends_with(b"\r\n\r\n"));
    for path in [
        "/",
        "/metadata",
        "/metadata/",
        "/targets/",
        "/targets/domains",
        "/targets/domains/",
        "/notes.txt",
        "/.lock",
        "/metadata/.lock",
        "/metadata/.new-abc",
        "/metadata/out.json",
        "/metadata/none.json",
        "/metadata/../mesh.yaml",
        "/metadata/../../mesh.yaml",
        "/metadata/..%2f..%2fmesh.yaml",
        "/metadata//timestamp.json",
        "//metadata/timestamp.json",
        "/targets/../metadata/timestamp.json",
        "/targets/%2e%2e/metadata/timestamp.json",
        "/targets/..%2f..%2fmesh.yaml",
        "/targets/keys/shop.pem",
        "/targets/endless",
        "/targets/%00",
        "/targets/%ff",
        "/targets//etc/passwd",
        "/etc/passwd",
    ] {
        assert_eq!(serving.status(&format!("GET {path}")), "404", "{path}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        assert_eq!(serving.status(&format!("{method} /metadata/timestamp.json")), "405");
    }
    serving.end();
}
