//! A repository that a server gives, and one that misbehaves.

use std::fs;

use bailiwick_trust::*;
use jiff::SignedDuration;
use tempfile::TempDir;

use crate::mesh::{BOOKINGS, MASK, Mesh, TRIM, component, digest, hours, in_memory, module, start};
use crate::server::{Answer, Server, whole};

fn open(mesh: &Mesh, server: &Server) -> Result<Repository, TrustError> {
    let source = Source::parse(&server.address())?;
    Repository::open(source, mesh.publisher.trusted_root(), start())
}

/// One file is answered so; the others are there.
fn with(file: &'static str, answer: fn(usize) -> Answer) -> (Mesh, Server) {
    let mesh = Mesh::new();
    let server = Server::answering(mesh.folder.path(), move |path, before| {
        if path.ends_with(file) { answer(before) } else { Answer::File }
    });
    (mesh, server)
}

fn download(error: TrustError) -> (String, u32, String) {
    match error {
        TrustError::Download { address, attempts, detail } => (address, attempts, detail),
        other => panic!("{other}"),
    }
}

#[test]
fn the_same_as_in_the_folder() {
    let mesh = Mesh::new();
    let server = Server::of(mesh.folder.path());
    let repository = open(&mesh, &server).unwrap();
    assert_eq!(repository.versions(), mesh.open().unwrap().versions());
    assert_eq!(**repository.module(&module(MASK)).unwrap().bytes(), *component(MASK));
    let contract = repository.contract(&BOOKINGS.parse().unwrap()).unwrap();
    assert_eq!(**contract.bytes(), *b"kind: DataContract\n");
    assert!(repository.unrefreshed().is_none());
    // A domain that nobody asked for was not read.
    assert_eq!(server.asked_for("hr.json"), 0);
    assert_eq!(repository.modules().found.len(), 2);
    assert_eq!(server.asked_for("hr.json"), 1);
}

#[test]
fn below_any_path_and_from_two_servers() {
    let mesh = Mesh::new();
    let above = mesh.folder.path().parent().unwrap();
    let name = mesh.folder.path().file_name().unwrap().to_str().unwrap().to_owned();
    let (server, other) = (Server::of(above), Server::of(mesh.folder.path()));
    let root = mesh.publisher.trusted_root();
    for end in ["", "/"] {
        let source = Source::parse(&format!("{}/{name}{end}", server.address())).unwrap();
        assert!(Repository::open(source, root, start()).is_ok());
    }
    let parts = [format!("{}/metadata/", other.address()), format!("{}/targets", other.address())];
    let source = Source::parse_parts(&parts[0], &parts[1]).unwrap();
    let repository = Repository::open(source, root, start()).unwrap();
    assert!(repository.module(&module(MASK)).is_ok());
}

#[test]
fn local_addresses() {
    let mesh = Mesh::new();
    let root = mesh.publisher.trusted_root();
    let folder = mesh.folder.path().display().to_string();
    for address in [folder.clone(), format!("file://{folder}"), format!("file://{folder}/")] {
        let repository = Repository::open(Source::parse(&address).unwrap(), root, start()).unwrap();
        assert!(repository.module(&module(MASK)).is_ok(), "{address}");
    }
    let refused = |address: &str| Source::parse(address).unwrap_err();
    insta::assert_snapshot!(refused("ftp://mesh.example"), @r#""ftp://mesh.example" is not the address of a repository: expected https, http or file"#);
    for address in
        ["http://", "https://[", "file://elsewhere/folder", "http://a/b?c", "http://a/#b"]
    {
        assert!(matches!(refused(address), TrustError::Address { .. }), "{address}");
    }
}

#[test]
fn a_file_that_is_not_there() {
    let (mesh, server) = with("timestamp.json", |_| Answer::Status("404 Not Found"));
    let error = open(&mesh, &server).unwrap_err();
    assert!(matches!(error, TrustError::Missing { .. }), "{error}");
    // Said once: it is no trouble that passes.
    assert_eq!(server.asked_for("timestamp.json"), 1);

    // A domain's file, and one of its targets.
    let (mesh, server) = with("sales.json", |_| Answer::Status("403 Forbidden"));
    let repository = open(&mesh, &server).unwrap();
    let error = repository.module(&module(MASK)).unwrap_err();
    assert!(matches!(error, TrustError::Missing { .. }), "{error}");
    assert!(repository.module(&module(TRIM)).is_ok());
    let (mesh, server) = with("1.0.0.wasm", |_| Answer::Status("410 Gone"));
    let repository = open(&mesh, &server).unwrap();
    let error = repository.module(&module(MASK)).unwrap_err();
    assert!(matches!(error, TrustError::Missing { .. }), "{error}");
}

#[test]
fn trouble_that_passes() {
    let answers: [fn(usize) -> Answer; 3] = [
        |before| match before {
            0 => Answer::Status("500 Internal Server Error"),
            1 => Answer::Status("503 Service Unavailable"),
            2 => Answer::Status("429 Too Many Requests"),
            _ => Answer::File,
        },
        // Cut short; not HTTP at all.
        |before| match before {
            0 => Answer::Bytes(whole(b"{\"signatures\"", 4000)),
            1 => Answer::Bytes(b"\x00\x01\x02\r\n\r\n".to_vec()),
            _ => Answer::File,
        },
        // Hung up on.
        |before| if before == 0 { Answer::Bytes(Vec::new()) } else { Answer::File },
    ];
    for answer in answers {
        let (mesh, server) = with("timestamp.json", answer);
        open(&mesh, &server).unwrap();
    }
}

#[test]
fn trouble_that_does_not_pass() {
    let (mesh, server) = with("timestamp.json", |_| Answer::Status("502 Bad Gateway"));
    let error = open(&mesh, &server).unwrap_err();
    let shown = error.to_string().replace(&server.address(), "http://server");
    insta::assert_snapshot!(shown, @"cannot read http://server/metadata/timestamp.json: the server answers 502 Bad Gateway, in 4 attempts; check the address and the network, and try again");
    assert_eq!(server.asked_for("timestamp.json"), bounds::MAX_ATTEMPTS as usize);

    let (mesh, server) = with("timestamp.json", |_| Answer::Bytes(whole(b"{", 4000)));
    assert_eq!(download(open(&mesh, &server).unwrap_err()).1, bounds::MAX_ATTEMPTS);

    // Not worth another attempt.
    let (mesh, server) = with("timestamp.json", |_| Answer::Status("401 Unauthorized"));
    let (address, attempts, _) = download(open(&mesh, &server).unwrap_err());
    assert_eq!((attempts, server.asked_for("timestamp.json")), (1, 1));
    assert!(address.ends_with("/metadata/timestamp.json"), "{address}");
}

#[test]
fn a_body_without_end() {
    for (file, limit) in [
        ("timestamp.json", bounds::MAX_TIMESTAMP_BYTES),
        ("2.root.json", bounds::MAX_ROOT_BYTES),
        ("2.targets.json", bounds::MAX_TARGETS_BYTES),
    ] {
        let (mesh, server) = with(file, |_| Answer::Endless);
        let error = open(&mesh, &server).unwrap_err();
        assert!(matches!(error, TrustError::TooLarge { limit: l, .. } if l == limit), "{error}");
        assert_eq!(server.asked_for(file), 1);
    }
    // Of a target no more is read than was signed.
    let (mesh, server) = with("1.0.0.wasm", |_| Answer::Endless);
    let error = open(&mesh, &server).unwrap().module(&module(MASK)).unwrap_err();
    assert!(matches!(error, TrustError::TamperedModule { what: "length", .. }), "{error}");
}

#[test]
fn redirects() {
    let mesh = Mesh::new();
    let files = Server::of(mesh.folder.path());
    let elsewhere = files.address();
    let server = Server::answering(mesh.folder.path(), move |path, _| {
        Answer::Redirect(format!("{elsewhere}{path}"))
    });
    assert!(open(&mesh, &server).unwrap().module(&module(MASK)).is_ok());

    let (mesh, server) =
        with("timestamp.json", |_| Answer::Redirect("/metadata/timestamp.json".to_owned()));
    let (_, attempts, _) = download(open(&mesh, &server).unwrap_err());
    let asked = server.asked_for("timestamp.json");
    assert_eq!((attempts, asked), (1, bounds::MAX_REDIRECTS as usize + 1));
}

#[test]
fn what_a_server_gives_is_proven_like_a_file() {
    let (mesh, server) = with("1.0.0.wasm", |_| Answer::Bytes(whole(&[0; 34], 34)));
    let error = open(&mesh, &server).unwrap().module(&module(MASK)).unwrap_err();
    assert!(matches!(error, TrustError::TamperedModule { what: "sha256", .. }), "{error}");
    let (mesh, server) = with("2.snapshot.json", |_| Answer::Bytes(whole(b"{}", 2)));
    let error = open(&mesh, &server).unwrap_err();
    assert!(matches!(error, TrustError::Mismatch { .. }), "{error}");
}

/// A host with a store, which looks at a server now and then.
struct Host {
    mesh: Mesh,
    store: TempDir,
}

impl Host {
    fn new() -> Self {
        Self { mesh: Mesh::new(), store: in_memory() }
    }

    fn serve(&self) -> Server {
        Server::of(self.mesh.folder.path())
    }

    fn open(&self, address: &str, passed: SignedDuration) -> Result<Repository, TrustError> {
        let source = Source::parse(address).unwrap();
        let root = self.mesh.publisher.trusted_root();
        Repository::open_with_store(source, root, self.store.path(), start() + passed)
    }
}

#[test]
fn a_server_that_is_gone_stops_a_host_when_the_timestamp_expires() {
    let host = Host::new();
    let server = host.serve();
    let address = server.address();
    host.open(&address, hours(0)).unwrap().module(&module(MASK)).unwrap();
    drop(server);

    let last_second = hours(24) - SignedDuration::from_secs(1);
    let repository = host.open(&address, last_second).unwrap();
    assert!(matches!(repository.unrefreshed(), Some(TrustError::Download { .. })));
    assert_eq!(repository.expires(), start() + hours(24));
    // What was read before is there; what was not has to be fetched.
    assert_eq!(**repository.module(&module(MASK)).unwrap().bytes(), *component(MASK));
    let error = repository.module(&module(TRIM)).unwrap_err();
    assert!(matches!(error, TrustError::Download { .. }), "{error}");

    let error = host.open(&address, hours(24)).unwrap_err();
    let shown = error.to_string().replace(&address, "http://server");
    assert!(shown.starts_with("cannot read http://server/metadata/2.root.json: "), "{shown}");
    assert!(
        shown.contains("does not count any more: the repository's `timestamp` metadata expired"),
        "{shown}"
    );

    // Once there is a server again, its state counts.
    host.mesh
        .publisher
        .commit(Change::new().deny(digest(MASK), "leaks"), &host.mesh.keys(), start() + hours(24))
        .unwrap();
    let repository = host.open(&host.serve().address(), hours(24)).unwrap();
    assert!(repository.unrefreshed().is_none());
    assert!(matches!(repository.module(&module(MASK)).unwrap_err(), TrustError::Denied { .. }));
}

#[test]
fn without_a_store_or_with_a_new_one_there_is_nothing_to_go_on_with() {
    let host = Host::new();
    let server = host.serve();
    let address = server.address();
    drop(server);
    assert!(matches!(host.open(&address, hours(0)).unwrap_err(), TrustError::Download { .. }));
    let root = host.mesh.publisher.trusted_root();
    let source = Source::parse(&address).unwrap();
    let error = Repository::open(source, root, start()).unwrap_err();
    assert!(matches!(error, TrustError::Download { .. }), "{error}");
}

#[test]
fn what_is_wrong_is_never_passed_over_for_what_was_right() {
    // Only a server that does not answer leaves the former state in place.
    let host = Host::new();
    host.open(&host.serve().address(), hours(0)).unwrap();
    for answer in
        [|| Answer::Status("404 Not Found"), || Answer::Bytes(whole(b"{}", 2)), || Answer::Endless]
    {
        let server = Server::answering(host.mesh.folder.path(), move |path, _| {
            if path.ends_with("timestamp.json") { answer() } else { Answer::File }
        });
        assert!(host.open(&server.address(), hours(0)).is_err());
    }
}

#[test]
fn targets_are_fetched_once() {
    let host = Host::new();
    let server = host.serve();
    let read = || {
        let repository = host.open(&server.address(), hours(0)).unwrap();
        assert_eq!(**repository.module(&module(MASK)).unwrap().bytes(), *component(MASK));
    };
    read();
    read();
    assert_eq!(server.asked_for("1.0.0.wasm"), 1);
    // What was changed here in the meantime is fetched again.
    let kept = host.store.path().join("targets").join(digest(MASK).to_string());
    fs::write(&kept, b"changed").unwrap();
    read();
    assert_eq!(server.asked_for("1.0.0.wasm"), 2);
    assert_eq!(fs::read(&kept).unwrap(), component(MASK));
}
