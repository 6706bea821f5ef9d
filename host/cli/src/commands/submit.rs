//! `bailiwick publish`: a domain signs its contracts, bindings and modules.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use bailiwick_engine::Engine;
use bailiwick_governance::{Bindings, Contract};
use bailiwick_terms::{DomainName, ModuleName, ProductName, UnversionedModule};
use bailiwick_trust::{Change, SigningKey};
use clap::Args;
use jiff::Timestamp;

use crate::mesh::{Keys, MeshFile};

/// Sign and publish a domain's contracts, bindings and modules
///
/// A published version of a module never changes; publishing the same again is safe.
/// A module runs only once central governance has approved it.
#[derive(Args)]
pub(crate) struct Publish {
    /// The domain
    domain: DomainName,

    /// A product's folder, which holds contract.yaml and bindings.yaml and has the
    /// product's name
    #[arg(long = "product", value_name = "DIR")]
    products: Vec<PathBuf>,

    /// A component built by `bailiwick build`
    #[arg(long = "module", value_name = "FILE.wasm", required_unless_present = "products")]
    modules: Vec<PathBuf>,

    #[command(flatten)]
    keys: Keys,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Publish {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let publisher = self.mesh.publisher()?;
        let mut change = Change::new();
        let mut published = Vec::new();
        for folder in &self.products {
            let product = self.product(folder, &mut change)?;
            published.push(format!("product {product}"));
        }
        if !self.modules.is_empty() {
            let engine = Engine::new()?;
            for file in &self.modules {
                let module = self.module(&engine, file, &mut change)?;
                published.push(format!("module  {module}"));
            }
        }
        let keys = self.keys.load()?;
        let keys: Vec<&SigningKey> = keys.iter().collect();
        publisher.commit(&change, &keys, Timestamp::now())?;
        for line in published {
            println!("published {line}");
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Documents are read before they are signed: what is broken is an error here,
    /// not a surprise in a run.
    fn product(&self, folder: &Path, change: &mut Change) -> anyhow::Result<ProductName> {
        let named = folder
            .canonicalize()
            .with_context(|| format!("product folder {}", folder.display()))?;
        let name = named.file_name().unwrap_or_default().to_string_lossy();
        let product = ProductName::new(
            self.domain.clone(),
            name.parse()
                .with_context(|| format!("the folder {} names the product", folder.display()))?,
        );
        let text = |file: &str| {
            let path = folder.join(file);
            std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))
        };
        let (contract, bindings) = (text("contract.yaml")?, text("bindings.yaml")?);
        let file = |name: &str| folder.join(name).display().to_string();
        Contract::read(&file("contract.yaml"), &contract)?;
        let bound = Bindings::read(&file("bindings.yaml"), &bindings)?.product;
        if bound != product {
            bail!(
                "{} speaks of product {bound}, but is published as {product}; \
                 correct `product`, or the folder's name",
                file("bindings.yaml")
            );
        }
        change.contract(product.clone(), contract.into_bytes());
        change.bindings(product.clone(), bindings.into_bytes());
        Ok(product)
    }

    fn module(
        &self,
        engine: &Engine,
        file: &Path,
        change: &mut Change,
    ) -> anyhow::Result<ModuleName> {
        let shown = file.display().to_string();
        let bytes = std::fs::read(file).with_context(|| format!("cannot read {shown}"))?;
        ensure!(!bytes.is_empty(), "{shown} is empty; build it with `bailiwick build`");
        let description = engine.inspect(&shown, &bytes)?.description;
        let module = UnversionedModule::new(self.domain.clone(), description.name);
        let module = ModuleName::new(module, description.version);
        change.module(module.clone(), bytes);
        Ok(module)
    }
}
