//! A repository over https, from a real TLS server; and servers that take their time.

use std::sync::Arc;
use std::time::Duration;

use bailiwick_trust::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;

use crate::mesh::{MASK, Mesh, component, hours, in_memory, module, start};
use crate::server::{Answer, Server};

/// Vouches for servers.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// What a server of that name shows.
    fn identity(&self, name: &str) -> Arc<rustls::ServerConfig> {
        self.identity_of(CertificateParams::new(vec![name.to_owned()]).unwrap())
    }

    fn identity_of(&self, params: CertificateParams) -> Arc<rustls::ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Arc::new(config)
    }

    fn pem(&self) -> String {
        pem::encode(&pem::Pem::new("CERTIFICATE", self.0.der().to_vec()))
    }

    fn downloads(&self) -> Downloads {
        Downloads::default().trusting(self.pem().as_bytes()).unwrap()
    }
}

fn open(mesh: &Mesh, server: &Server, downloads: &Downloads) -> Result<Repository, TrustError> {
    let source = Source::parse_with(&server.address(), downloads)?;
    Repository::open(source, mesh.publisher.trusted_root(), start())
}

#[test]
fn a_repository_is_followed() {
    let (mesh, authority) = (Mesh::new(), Authority::new());
    let server = Server::secure(mesh.folder.path(), authority.identity("127.0.0.1"));
    assert!(server.address().starts_with("https://"));
    let repository = open(&mesh, &server, &authority.downloads()).unwrap();
    assert_eq!(repository.versions(), mesh.open().unwrap().versions());
    assert_eq!(**repository.module(&module(MASK)).unwrap().bytes(), *component(MASK));
}

#[test]
fn a_certificate_that_nobody_trusted_vouches_for_is_refused_at_once() {
    let (mesh, authority) = (Mesh::new(), Authority::new());
    let refused = |identity, downloads: &Downloads| {
        let server = Server::secure(mesh.folder.path(), identity);
        let error = open(&mesh, &server, downloads).unwrap_err();
        assert!(matches!(error, TrustError::Certificate { .. }), "{error}");
        // Nothing was asked for: not even its path was seen.
        assert_eq!(server.requests(), Vec::<String>::new());
        error.to_string().replace(&server.address(), "https://server")
    };
    let own = || authority.identity("127.0.0.1");
    insta::assert_snapshot!(refused(own(), &Downloads::default()), @"cannot read https://server/metadata/2.root.json: the server's certificate is not accepted: no authority that is trusted vouches for it; check the address, or state the authority that vouches for it as `certificates` in mesh.yaml");
    // One that calls itself the same.
    refused(own(), &Authority::new().downloads());
    let shown = refused(authority.identity("other.example"), &authority.downloads());
    assert!(shown.contains("not valid for name"), "{shown}");
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let shown = refused(authority.identity_of(params), &authority.downloads());
    assert!(shown.contains("expired"), "{shown}");
}

#[test]
fn several_authorities_are_as_good_as_one() {
    let (mesh, authority, other) = (Mesh::new(), Authority::new(), Authority::new());
    let server = Server::secure(mesh.folder.path(), authority.identity("127.0.0.1"));
    let both = format!("{}{}", other.pem(), authority.pem());
    let downloads = Downloads::default().trusting(both.as_bytes()).unwrap();
    assert!(open(&mesh, &server, &downloads).is_ok());
    let unusable = |pem: &[u8]| match Downloads::default().trusting(pem) {
        Ok(_) => panic!("usable"),
        Err(error) => error.to_string(),
    };
    insta::assert_snapshot!(unusable(b""), @"they are not certificates of authorities as PEM: there is none");
    let key = pem::encode(&pem::Pem::new("PRIVATE KEY", authority.0.key().serialize_der()));
    insta::assert_snapshot!(unusable(key.as_bytes()), @"they are not certificates of authorities as PEM: there is something else than certificates");
}

#[test]
fn a_certificate_that_is_not_accepted_is_no_server_that_does_not_answer() {
    let (mesh, authority, store) = (Mesh::new(), Authority::new(), in_memory());
    let follow = |server: &Server, downloads: &Downloads| {
        let source = Source::parse_with(&server.address(), downloads).unwrap();
        let root = mesh.publisher.trusted_root();
        Repository::open_with_store(source, root, store.path(), start() + hours(1))
    };
    let server = Server::secure(mesh.folder.path(), authority.identity("127.0.0.1"));
    follow(&server, &authority.downloads()).unwrap();
    let forged = Server::secure(mesh.folder.path(), Authority::new().identity("127.0.0.1"));
    let error = follow(&forged, &authority.downloads()).unwrap_err();
    assert!(matches!(error, TrustError::Certificate { .. }), "{error}");
}

#[test]
fn no_redirect_leads_to_where_others_can_see() {
    let (mesh, authority) = (Mesh::new(), Authority::new());
    let plain = Server::of(mesh.folder.path());
    let elsewhere = plain.address();
    let identity = authority.identity("127.0.0.1");
    let server = Server::secure_answering(mesh.folder.path(), identity, move |path, _| {
        Answer::Redirect(format!("{elsewhere}{path}"))
    });
    let error = open(&mesh, &server, &authority.downloads()).unwrap_err();
    assert!(matches!(error, TrustError::Download { attempts: 1, .. }), "{error}");
    assert_eq!(plain.requests(), Vec::<String>::new());
}

#[test]
fn trouble_that_passes_is_tried_again() {
    let (mesh, authority) = (Mesh::new(), Authority::new());
    let identity = authority.identity("127.0.0.1");
    let server = Server::secure_answering(mesh.folder.path(), identity, |path, before| {
        match (path.ends_with("timestamp.json"), before) {
            (true, 0) => Answer::Status("503 Service Unavailable"),
            (true, 1) => Answer::Bytes(Vec::new()),
            _ => Answer::File,
        }
    });
    open(&mesh, &server, &authority.downloads()).unwrap();
    assert_eq!(server.asked_for("timestamp.json"), 3);
}

#[test]
fn a_server_that_sends_slowly_for_ever_is_one_that_does_not_answer() {
    let mesh = Mesh::new();
    let server = Server::answering(mesh.folder.path(), |path, before| match before {
        // It would be tried again, if there were time.
        0 if path.ends_with("timestamp.json") => Answer::Status("503 Service Unavailable"),
        _ if path.ends_with("timestamp.json") => Answer::Drip,
        _ => Answer::File,
    });
    let downloads = Downloads::default().within(Duration::from_millis(1500));
    let error = open(&mesh, &server, &downloads).unwrap_err();
    let shown = error.to_string().replace(&server.address(), "http://server");
    insta::assert_snapshot!(shown, @"cannot read http://server/metadata/timestamp.json: not all of it came within 1.5 s, in 2 attempts; check the address and the network, and try again");
    assert_eq!(server.asked_for("timestamp.json"), 2);
}
