//! A mesh in a folder of its own, made and used through the command, as people do.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "shared by several test files"
)]

pub mod nasty;
pub mod rows;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub const BAILIWICK: &str = env!("CARGO_BIN_EXE_bailiwick");

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A component that was built before the tests.
pub fn component(name: &str) -> PathBuf {
    let folder = std::env::var_os("BAILIWICK_GUESTS")
        .map(PathBuf::from)
        .unwrap_or_else(|| workspace().join("target/guests/components"));
    let path = folder.join(format!("{name}.wasm"));
    assert!(path.exists(), "{} is not there: run `cargo xtask guests` first", path.display());
    path
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ended {
    #[track_caller]
    pub fn good(self) -> Self {
        assert_eq!(self.code, 0, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Ended with that code and said all of these.
    #[track_caller]
    pub fn refused(self, code: i32, said: &[&str]) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        for words in said {
            assert!(self.err.contains(words), "expected {words:?} in:\n{}", self.err);
        }
        self
    }
}

/// A mesh with a domain `shop` and the standard policies of domain `governance`.
pub struct Mesh {
    folder: tempfile::TempDir,
}

pub const FRAMEWORK: &str = "
apiVersion: bailiwick/v1
labels:
  - {name: pii, description: Says who a person is.}
obligations:
  - id: pii-is-masked
    description: Personal data passes the mask before it is published.
    when: {label: pii}
    require: {module: governance/mask}
    at: publish
clearance: {default: []}
quarantine: {clearance: []}
";

pub const APPROVALS: &str = "
approvals:
  - module: governance/mask@0.1.0
    grants: {read: [pii], remove: [pii], services: {pseudonym: [customer]}}
  - {module: governance/range@0.1.0}
  - {module: governance/completeness@0.1.0}
  - {module: governance/derive@0.1.0}
";

pub const CONTRACT: &str = "
apiVersion: v3.1.0
kind: DataContract
id: shop-orders
version: 1.0.0
status: active
schema:
  - name: orders_raw
    properties:
      - {name: id, logicalType: integer, physicalType: int64}
      - {name: email, logicalType: string, classification: pii}
      - {name: amount, logicalType: number, physicalType: double}
      - {name: ordered, logicalType: date}
  - name: orders
    properties:
      - {name: id, logicalType: integer, physicalType: int64, required: true}
      - {name: email, logicalType: string}
      - {name: amount, logicalType: number, physicalType: double}
      - {name: ordered, logicalType: date}
";

pub const BINDINGS: &str = "
apiVersion: bailiwick/v1
product: shop/orders
input: {port: raw, object: orders_raw, location: orders.csv}
output: {port: orders, object: orders, format: parquet}
policies:
  - id: amount-range
    module: governance/range@0.1.0
    columns: [amount]
    settings: {min: 0}
    on_failure: quarantine
  - id: mask-email
    module: governance/mask@0.1.0
    columns: [email]
    settings: {method: email}
";

pub const ORDERS: &str = "\
id,email,amount,ordered
1,ada@example.com,12.5,2026-01-05
2,bob@example.com,-3,2026-01-06
3,,7.25,
";

const HOLDERS: [&str; 5] = ["central-1", "central-2", "online", "governance", "shop"];

impl Mesh {
    /// Keys, repository and domains; nothing published.
    pub fn bare() -> Self {
        let mesh = Self { folder: tempfile::tempdir().unwrap() };
        for folder in ["keys", "secrets", "data", "products"] {
            fs::create_dir(mesh.path(folder)).unwrap();
        }
        mesh.write(
            "mesh.yaml",
            "repository: repository\nroot: root.json\ndata: data\noutput: output\nkeys: secrets\n",
        );
        mesh.write("secrets/customer.key", "0123456789abcdef0123456789abcdef");
        for holder in HOLDERS {
            mesh.run(&["key", "generate", "--unencrypted", &format!("keys/{holder}.pem")]).good();
        }
        mesh.run(&[
            "init",
            "--threshold",
            "2",
            "--central-key",
            "keys/central-1.pem",
            "--central-key",
            "keys/central-2.pem",
            "--online-key",
            "keys/online.pem",
        ])
        .good();
        for domain in ["governance", "shop"] {
            mesh.central(&["onboard", domain, "--domain-key", &format!("keys/{domain}.pem")])
                .good();
        }
        mesh
    }

    /// A mesh in which shop/orders can run.
    pub fn ready() -> Self {
        let mesh = Self::bare();
        mesh.publish_modules("governance", &["mask", "range", "completeness", "derive"]).good();
        mesh.approve(APPROVALS, FRAMEWORK).good();
        mesh.publish_product("orders", CONTRACT, BINDINGS).good();
        mesh.write("data/orders.csv", ORDERS);
        mesh
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The command, in the mesh's folder.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(BAILIWICK);
        command.args(words).current_dir(self.folder.path());
        command
    }

    pub fn run(&self, words: &[&str]) -> Ended {
        self.command(words).output().unwrap().into()
    }

    /// As central governance.
    pub fn central(&self, words: &[&str]) -> Ended {
        let keys = [
            "--key",
            "keys/central-1.pem",
            "--key",
            "keys/central-2.pem",
            "--key",
            "keys/online.pem",
        ];
        self.run(&[words, &keys].concat())
    }

    pub fn publish_modules(&self, domain: &str, names: &[&str]) -> Ended {
        let files: Vec<String> =
            names.iter().map(|name| component(name).display().to_string()).collect();
        let key = format!("keys/{domain}.pem");
        let mut words = vec!["submit", domain, "--key", &key, "--key", "keys/online.pem"];
        for file in &files {
            words.extend(["--module", file]);
        }
        self.run(&words)
    }

    /// Publishes a product of domain `shop`.
    pub fn publish_product(&self, name: &str, contract: &str, bindings: &str) -> Ended {
        let folder = format!("products/{name}");
        self.write(&format!("{folder}/contract.yaml"), contract);
        self.write(&format!("{folder}/bindings.yaml"), bindings);
        self.run(&[
            "submit",
            "shop",
            "--product",
            &folder,
            "--key",
            "keys/shop.pem",
            "--key",
            "keys/online.pem",
        ])
    }

    pub fn approve(&self, approvals: &str, framework: &str) -> Ended {
        self.write("approvals.yaml", approvals);
        self.write("framework.yaml", framework);
        self.central(&["approve", "approvals.yaml", "--framework", "framework.yaml"])
    }

    /// The folder of a product's newest delivery.
    pub fn current(&self, product: &str) -> PathBuf {
        self.path("output").join(product).join("current")
    }

    /// The report of a product's newest delivery.
    pub fn report(&self, product: &str) -> serde_json::Value {
        let text = fs::read_to_string(self.current(product).join("report.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }
}
