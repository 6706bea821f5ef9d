//! What a forger does to the files of a repository.

use bailiwick_trust::SigningKey;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::crafted::{describe, signature};
use crate::forging::Files;

/// One thing that a forger does. Files and places are chosen among those there are.
#[derive(Debug, Clone)]
pub enum Forgery {
    /// Another byte.
    Byte(Index, Index, u8),
    /// The rest cut off.
    Cut(Index, Index),
    Delete(Index),
    /// The content of any file, of any state, in a file's place.
    Replay(Index, Index, Index),
    DropSignature(Index, Index),
    /// One signature twice.
    RepeatSignature(Index, Index),
    /// The signatures of another file.
    SwapSignatures(Index, Index),
    /// A value below `signed` changed.
    Edit(Index, Vec<Index>, Alteration),
    /// Signed anew with a key that the forger has, as itself or as the one before.
    Sign(Index, Index, bool),
    /// The forger's key listed wherever keys are.
    Enlist(Index),
    /// The next root, with the forger's keys alone.
    Root,
    /// What an older snapshot lists, as if it were what the newest does.
    OldSnapshot(Index),
}

/// How a value is changed.
#[derive(Debug, Clone)]
pub enum Alteration {
    Remove,
    Number(i64),
    Text(String),
    /// One of the forger's key ids.
    Key,
}

pub fn forgery() -> impl Strategy<Value = Forgery> {
    use Forgery::*;
    let at = any::<Index>;
    let change = prop_oneof![
        Just(Alteration::Remove),
        (-2..9_i64).prop_map(Alteration::Number),
        "[a-z./*]{0,9}".prop_map(Alteration::Text),
        Just(Alteration::Text("2099-01-01T00:00:00Z".to_owned())),
        Just(Alteration::Key),
    ];
    prop_oneof![
        1 => (at(), at(), 1..=255_u8).prop_map(|(file, place, bits)| Byte(file, place, bits)),
        1 => (at(), at()).prop_map(|(file, place)| Cut(file, place)),
        1 => at().prop_map(Delete),
        3 => (at(), at(), at()).prop_map(|(file, state, by)| Replay(file, state, by)),
        1 => (at(), at()).prop_map(|(file, which)| DropSignature(file, which)),
        1 => (at(), at()).prop_map(|(file, which)| RepeatSignature(file, which)),
        1 => (at(), at()).prop_map(|(file, other)| SwapSignatures(file, other)),
        4 => (at(), prop::collection::vec(at(), 1..6), change)
            .prop_map(|(file, path, change)| Edit(file, path, change)),
        2 => (at(), at(), any::<bool>()).prop_map(|(file, key, same)| Sign(file, key, same)),
        1 => at().prop_map(Enlist),
        1 => Just(Root),
        2 => at().prop_map(OldSnapshot),
    ]
}

pub struct Forger<'a> {
    /// What was honestly published, from the oldest on.
    pub states: &'a [Files],
    /// The keys that the forger has; the first is a stranger's.
    pub keys: Vec<&'a SigningKey>,
    /// What the forger makes of the newest.
    pub files: Files,
}

impl Forger<'_> {
    pub fn forge(&mut self, forgery: &Forgery) {
        let names: Vec<String> = self.files.keys().cloned().collect();
        if names.is_empty() {
            return;
        }
        let name = |at: &Index| at.get(&names).as_str();
        match forgery {
            Forgery::Byte(file, place, bits) => {
                let bytes = self.files.get_mut(name(file)).unwrap();
                if !bytes.is_empty() {
                    let place = place.index(bytes.len());
                    bytes[place] ^= bits;
                }
            }
            Forgery::Cut(file, place) => {
                let bytes = self.files.get_mut(name(file)).unwrap();
                bytes.truncate(place.index(bytes.len() + 1));
            }
            Forgery::Delete(file) => drop(self.files.remove(name(file))),
            Forgery::Replay(file, state, by) => {
                let state = state.get(self.states);
                // Most often an older version of itself, or another role's.
                let values: Vec<_> = state.values().collect();
                let bytes = state.get(name(file)).filter(|_| by.index(2) == 0);
                let bytes = bytes.unwrap_or(values[by.index(values.len())]).clone();
                self.files.insert(name(file).to_owned(), bytes);
            }
            Forgery::DropSignature(file, which) => self.signatures(name(file), |signatures| {
                signatures.remove(which.index(signatures.len()));
            }),
            Forgery::RepeatSignature(file, which) => self.signatures(name(file), |signatures| {
                signatures.push(which.get(signatures).clone());
            }),
            Forgery::SwapSignatures(file, other) => {
                let other = parsed(&self.files[name(other)]);
                let others = other.and_then(|other| other["signatures"].as_array().cloned());
                self.signatures(name(file), |signatures| *signatures = others.unwrap_or_default());
            }
            Forgery::Edit(file, path, change) => {
                let id = json!(self.keys[0].public().id());
                self.document(name(file), |document| {
                    edit(&mut document["signed"], path, change, &id)
                });
            }
            Forgery::Sign(file, key, same) => {
                let key = *key.get(&self.keys);
                self.document(name(file), |document| {
                    let mut forged = signature(&document["signed"], key);
                    let signatures = document["signatures"].as_array_mut().unwrap();
                    if *same && !signatures.is_empty() {
                        forged["keyid"] = signatures.remove(0)["keyid"].take();
                    }
                    signatures.push(forged);
                });
            }
            Forgery::Enlist(file) => {
                let key = self.keys[0];
                self.document(name(file), |document| enlist(&mut document["signed"], key));
            }
            Forgery::OldSnapshot(state) => {
                let old = current_snapshot(state.get(self.states));
                let now = current_snapshot(&self.files);
                if let (Some((_, old)), Some((file, _))) = (old, now) {
                    self.files.insert(file, old);
                }
            }
            Forgery::Root => {
                let Some(mut root) =
                    self.files.get("metadata/1.root.json").and_then(|root| parsed(root))
                else {
                    return;
                };
                root["signed"]["version"] = json!(2);
                enlist(&mut root["signed"], self.keys[0]);
                root["signatures"] =
                    self.keys.iter().map(|key| signature(&root["signed"], key)).collect();
                self.files.insert("metadata/2.root.json".to_owned(), root.to_string().into_bytes());
            }
        }
    }

    /// Changes a file, if it is signed metadata at all.
    fn document(&mut self, name: &str, change: impl FnOnce(&mut Value)) {
        let bytes = self.files.get_mut(name).unwrap();
        let Some(mut document) = parsed(bytes) else { return };
        change(&mut document);
        *bytes = document.to_string().into_bytes();
    }

    fn signatures(&mut self, name: &str, change: impl FnOnce(&mut Vec<Value>)) {
        self.document(name, |document| {
            let signatures = document["signatures"].as_array_mut().unwrap();
            if !signatures.is_empty() {
                change(signatures);
            }
        });
    }

    /// Has snapshot and timestamp, signed anew and each a version newer, describe what is
    /// there now: what someone does who has the online keys.
    pub fn describe(&mut self, online: &SigningKey) -> Option<()> {
        let resigned = |mut document: Value| {
            document["signatures"] = json!([signature(&document["signed"], online)]);
            document.to_string().into_bytes()
        };
        let mut timestamp = parsed(self.files.get("metadata/timestamp.json")?)?;
        let next = |version: &Value| Some(json!(version.as_u64()?.checked_add(1)?));
        let described = timestamp["signed"]["meta"].get_mut("snapshot.json")?;
        let file = format!("metadata/{}.snapshot.json", described["version"].as_u64()?);
        let mut snapshot = parsed(self.files.get(&file)?)?;
        for (role, meta) in snapshot["signed"]["meta"].as_object_mut()? {
            let version = meta.get("version")?.clone();
            if let Some(bytes) = self.files.get(&format!("metadata/{version}.{role}")) {
                *meta = describe(bytes, version);
            }
        }
        let version = next(&described["version"])?;
        snapshot["signed"]["version"] = version.clone();
        let snapshot = resigned(snapshot);
        *described = describe(&snapshot, version.clone());
        timestamp["signed"]["version"] = next(&timestamp["signed"]["version"])?;
        self.files.insert(format!("metadata/{version}.snapshot.json"), snapshot);
        self.files.insert("metadata/timestamp.json".to_owned(), resigned(timestamp));
        Some(())
    }
}

/// The snapshot that a state's timestamp leads to: its file, and what is in it.
fn current_snapshot(files: &Files) -> Option<(String, Vec<u8>)> {
    let timestamp = parsed(files.get("metadata/timestamp.json")?)?;
    let version = timestamp["signed"]["meta"]["snapshot.json"]["version"].as_u64()?;
    let file = format!("metadata/{version}.snapshot.json");
    let bytes = files.get(&file)?.clone();
    Some((file, bytes))
}

fn parsed(bytes: &[u8]) -> Option<Value> {
    let document: Value = serde_json::from_slice(bytes).ok()?;
    let signed = document.get("signed")?.is_object() && document.get("signatures")?.is_array();
    signed.then_some(document)
}

/// Follows the path as far as it goes and changes what is there.
fn edit(value: &mut Value, path: &[Index], change: &Alteration, key: &Value) {
    let Some((first, rest)) = path.split_first() else { return };
    let changed = |value: &mut Value| {
        *value = match change {
            Alteration::Number(number) => json!(number),
            Alteration::Text(text) => json!(text),
            Alteration::Key => key.clone(),
            Alteration::Remove => Value::Null,
        };
    };
    let remove = matches!(change, Alteration::Remove);
    match value {
        Value::Object(map) if !map.is_empty() => {
            let name = first.get(&map.keys().cloned().collect::<Vec<_>>()).clone();
            if rest.is_empty() && remove {
                map.remove(&name);
            } else {
                edit(&mut map[&name], rest, change, key);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = first.index(items.len());
            if rest.is_empty() && remove {
                items.remove(at);
            } else {
                edit(&mut items[at], rest, change, key);
            }
        }
        other => changed(other),
    }
}

/// Lists a key wherever keys are listed, and lets one key do.
fn enlist(signed: &mut Value, key: &SigningKey) {
    let id = key.public().id();
    let public = json!({
        "keytype": "ed25519",
        "scheme": "ed25519",
        "keyval": { "public": key.public().to_string() },
    });
    let enlist = |role: &mut Value| {
        role["threshold"] = json!(1);
        if let Some(ids) = role.get_mut("keyids").and_then(Value::as_array_mut) {
            ids.push(json!(id));
        }
    };
    let holder =
        if signed.get("delegations").is_some() { &mut signed["delegations"] } else { signed };
    if let Some(keys) = holder.get_mut("keys").and_then(Value::as_object_mut) {
        keys.insert(id.clone(), public);
    }
    match holder.get_mut("roles") {
        Some(Value::Object(roles)) => {
            roles.values_mut().filter(|role| role.is_object()).for_each(enlist)
        }
        Some(Value::Array(roles)) => {
            roles.iter_mut().filter(|role| role.is_object()).for_each(enlist)
        }
        _ => {}
    }
}
