//! Files that stand alone: a key, and a target that was downloaded.

use std::path::Path;

use super::machine::{Tree, empty, folder};
use super::mesh::{Mesh, start};
use super::stops;
use crate::*;

#[test]
fn a_key_is_there_whole_or_not_at_all() {
    let key = SigningKey::generate().unwrap();
    let save = |folder: &Path| match key.save(folder.join("key.pem")) {
        Ok(()) | Err(KeyError::Exists(_)) => {}
        Err(other) => panic!("{other}"),
    };
    for (tree, ended) in &stops(&Tree::new(), save) {
        let folder = folder(tree);
        let file = folder.path().join("key.pem");
        assert!(!ended || file.exists());
        save(folder.path());
        assert_eq!(SigningKey::load(&file).unwrap().public(), key.public());
    }
}

#[test]
fn a_downloaded_target_is_there_whole_or_not_at_all() {
    let mesh = Mesh::new();
    let (served, store) = (folder(&mesh.next), empty());
    Client::initialise(store.path(), &mesh.root).unwrap();
    let client = Client::refresh(served.path().join("repository"), store.path(), start()).unwrap();
    let path = "domains/sales/modules/trim/1.0.0.wasm";
    let download = |folder: &Path| {
        client.download(path, folder.join("targets")).unwrap();
    };
    for (tree, ended) in &stops(&Tree::new(), download) {
        let there = tree.get(&Path::new("targets").join(path)).cloned().flatten();
        assert!(!ended || there.is_some());
        let folder = folder(tree);
        download(folder.path());
        let whole = std::fs::read(folder.path().join("targets").join(path)).unwrap();
        assert_eq!(whole, b"\0asm sales/trim@1.0.0");
        assert!(there.is_none_or(|there| there == whole));
    }
}
