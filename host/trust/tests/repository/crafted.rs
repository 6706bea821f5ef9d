//! Metadata made by hand and signed with real keys, without the publisher: what
//! holders of some keys, but not of others, could put into the folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use aws_lc_rs::signature::Ed25519KeyPair;
use bailiwick_trust::SigningKey;
use olpc_cjson::CanonicalFormatter;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::mesh::Mesh;

pub fn canonical(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut serializer =
        serde_json::Serializer::with_formatter(&mut bytes, CanonicalFormatter::new());
    value.serialize(&mut serializer).unwrap();
    bytes
}

/// A key taken from its file, once.
fn pair(key: &SigningKey) -> Arc<Ed25519KeyPair> {
    static PAIRS: Mutex<BTreeMap<String, Arc<Ed25519KeyPair>>> = Mutex::new(BTreeMap::new());
    let read = || {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.pem");
        key.save(&file).unwrap();
        let pem = pem::parse(fs::read(file).unwrap()).unwrap();
        Arc::new(Ed25519KeyPair::from_pkcs8(pem.contents()).unwrap())
    };
    PAIRS.lock().unwrap().entry(key.public().id()).or_insert_with(read).clone()
}

/// One signature, made without the publisher.
pub fn signature(signed: &Value, key: &SigningKey) -> Value {
    let pair = pair(key);
    let sig = hex::encode(pair.sign(&canonical(signed)));
    json!({ "keyid": key.public().id(), "sig": sig })
}

/// Puts other content in a file's place. A new file, since file systems make sure
/// of one that is cut and written again, and these tests do that thousands of times.
pub fn put(path: &Path, bytes: &[u8]) {
    let _ = fs::remove_file(path);
    fs::write(path, bytes).unwrap();
}

pub fn sign(document: &mut Value, keys: &[&SigningKey]) {
    document["signatures"] = keys.iter().map(|key| signature(&document["signed"], key)).collect();
}

impl Mesh {
    pub fn read(&self, file: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(file)).unwrap()).unwrap()
    }

    pub fn write(&self, file: &str, document: &Value) {
        put(&self.path(file), &serde_json::to_vec(document).unwrap());
    }

    /// The current file of a role.
    pub fn current(&self, role: &str) -> String {
        match role {
            "timestamp" => "metadata/timestamp.json".to_owned(),
            "root" => "metadata/1.root.json".to_owned(),
            "snapshot" => {
                let timestamp = self.read("metadata/timestamp.json");
                let version = &timestamp["signed"]["meta"]["snapshot.json"]["version"];
                format!("metadata/{version}.snapshot.json")
            }
            role => {
                let snapshot = self.read(&self.current("snapshot"));
                let version = &snapshot["signed"]["meta"][format!("{role}.json")]["version"];
                format!("metadata/{version}.{role}.json")
            }
        }
    }

    /// Edits the current metadata of a role, signs it with the keys given, and has
    /// snapshot and timestamp describe it.
    pub fn craft(&self, role: &str, keys: &[&SigningKey], edit: impl FnOnce(&mut Value)) {
        let file = self.current(role);
        let mut document = self.read(&file);
        edit(&mut document["signed"]);
        sign(&mut document, keys);
        self.write(&file, &document);
        self.describe();
    }

    /// Has snapshot and timestamp, signed anew, describe the files as they are.
    pub fn describe(&self) {
        let file = self.current("snapshot");
        let mut snapshot = self.read(&file);
        for (role, meta) in snapshot["signed"]["meta"].as_object_mut().unwrap() {
            let version = &meta["version"];
            let described = self.path(&format!("metadata/{version}.{role}"));
            if let Ok(bytes) = fs::read(described) {
                *meta = describe(&bytes, version.clone());
            }
        }
        sign(&mut snapshot, &[&self.online]);
        self.write(&file, &snapshot);
        let version = snapshot["signed"]["version"].clone();
        let mut timestamp = self.read("metadata/timestamp.json");
        timestamp["signed"]["meta"]["snapshot.json"] =
            describe(&fs::read(self.path(&file)).unwrap(), version);
        sign(&mut timestamp, &[&self.online]);
        self.write("metadata/timestamp.json", &timestamp);
    }

    /// Puts a target's file into the folder and gives what metadata say of it.
    pub fn put_target(&self, path: &str, bytes: &[u8]) -> Value {
        let hash = hex::encode(Sha256::digest(bytes));
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = self.path("targets").join(folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{hash}.{name}")), bytes).unwrap();
        json!({ "length": bytes.len(), "hashes": { "sha256": hash } })
    }
}

pub fn describe(bytes: &[u8], version: Value) -> Value {
    json!({
        "length": bytes.len(),
        "hashes": { "sha256": hex::encode(Sha256::digest(bytes)) },
        "version": version,
    })
}
