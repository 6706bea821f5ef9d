//! A mesh of one product, made for one shape.

use std::fs;

use anyhow::Context;
use serde_json::json;
use tempfile::TempDir;

use super::process::{self, Usage};
use super::{Place, Shape, input, product, rows};
use crate::modules::component;
use crate::repository::Content;
use crate::run::Mesh;

/// The product, in the domain that publishes everything.
const PRODUCT: &str = "bench/lineitem";

/// A mesh of one product, removed when it is dropped.
#[derive(Debug)]
pub(super) struct OneProduct {
    mesh: Mesh,
    _folder: TempDir,
}

impl OneProduct {
    /// Makes the input where it is not there yet, and everything around it.
    pub(super) fn new(place: &Place, shape: Shape) -> anyhow::Result<Self> {
        fs::create_dir_all(&place.folder).with_context(|| place.folder.display().to_string())?;
        let data = place.folder.canonicalize()?;
        let input = input(&data, shape)?;
        // Beside the inputs, where there is room for outputs.
        let folder = TempDir::with_prefix_in("mesh-", &data)?;
        let at = |name: &str| folder.path().join(name);

        let mut content = Content::default();
        let mut version = String::new();
        for name in product::MODULES {
            let module = content.module(name, &component(&place.guests, name)?)?;
            version = module.version().to_string();
        }
        let contract = product::contract(&*rows::schema(&input)?, shape.published)?;
        let location = input.file_name().unwrap_or_default().to_string_lossy();
        let bindings = product::bindings(&location, shape.steps, &version);
        content.product("lineitem", &contract, &bindings)?;
        fs::write(at("root.json"), content.write(&at("repository"))?)?;
        let mesh = json!({
            "repository": "repository",
            "root": "root.json",
            "data": data,
            "output": "output",
            // Of all meshes: what is measured is no first run.
            "cache": data.join("compiled"),
        });
        fs::write(at("mesh.yaml"), mesh.to_string())?;
        let mesh = Mesh::new(place.bailiwick.clone(), folder.path().to_owned())?;
        Ok(Self { mesh, _folder: folder })
    }

    /// Removes what was delivered.
    pub(super) fn forget(&self) -> anyhow::Result<()> {
        self.mesh.forget(PRODUCT)
    }

    /// Runs the product in so many lanes.
    pub(super) fn run(&self, lanes: usize) -> anyhow::Result<Usage> {
        self.forget()?;
        process::run(&mut self.mesh.command(&["run", PRODUCT, "--lanes", &lanes.to_string()]))
    }

    /// Runs the product in as many lanes as there are cores for the process.
    pub(super) fn run_alone(&self) -> anyhow::Result<Usage> {
        process::run(&mut self.mesh.command(&["run", PRODUCT]))
    }
}
