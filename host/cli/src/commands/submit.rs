//! `bailiwick submit`: a domain signs its contracts, bindings, modules, tables and files.

mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use bailiwick_engine::Engine;
use bailiwick_governance::{Bindings, Contract, PlanError};
use bailiwick_pipeline::{Mesh, Pipeline, PipelineError};
use bailiwick_terms::{DomainName, ModuleName, ProductName, UnversionedModule};
use bailiwick_trust::{Change, SigningKey};
use clap::Args;
use jiff::Timestamp;

use crate::cases::beside;
use crate::ceremony::carry_out;
use crate::keys::Keys;
use crate::mesh::MeshFile;

/// Sign and submit a domain's contracts, bindings, modules, tables and files
///
/// Needs the domain's keys alone. What is submitted is in force after the next `bailiwick
/// refresh` by the holder of the online key, or at once if that key is given too. A published
/// version of a module never changes; submitting the same again is safe. A module runs only
/// once central governance has approved it. Its tests, NAME.cases.json beside NAME.wasm, are
/// signed with it, so that whoever reviews it runs them again.
#[derive(Args)]
pub(crate) struct Submit {
    /// The domain
    domain: DomainName,

    /// A product's folder, which holds contract.yaml and bindings.yaml and has the
    /// product's name
    #[arg(long = "product", value_name = "DIR")]
    products: Vec<PathBuf>,

    /// A component built by `bailiwick build`
    #[arg(long = "module", value_name = "FILE.wasm", required_unless_present_any = ["products", "tables", "files"])]
    modules: Vec<PathBuf>,

    /// A reference table (Parquet, CSV, NDJSON or Arrow), at a further path that the domain was
    /// onboarded with; beside FILE is the contract that describes it, as *.odcs.yaml
    #[arg(long = "table", value_name = "PATH=FILE", value_parser = file)]
    tables: Vec<(String, PathBuf)>,

    /// A file, at a further path that the domain was onboarded with
    #[arg(long = "file", value_name = "PATH=FILE", value_parser = file)]
    files: Vec<(String, PathBuf)>,

    #[command(flatten)]
    keys: Keys,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Submit {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let (mesh, publisher) = (self.mesh.read()?, self.mesh.publisher()?);
        let mut change = Change::new();
        let mut submitted = Vec::new();
        let mut products = Vec::new();
        for folder in &self.products {
            let (contract, bindings) = self.product(folder, &mut change)?;
            submitted.push(format!("product {}", bindings.product));
            products.push((contract, bindings));
        }
        hold_to_framework(&mesh, &products)?;
        if !self.modules.is_empty() {
            let engine = Engine::new()?;
            for file in &self.modules {
                submitted.push(format!("module  {}", self.module(&engine, file, &mut change)?));
            }
        }
        for table in &self.tables {
            submitted.push(table::add(&self.domain, table, &mut change)?);
        }
        for (path, file) in &self.files {
            let bytes =
                std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            change.file(self.domain.clone(), path, bytes);
            submitted.push(format!("file    {path}"));
        }
        let keys = self.keys.load()?;
        let keys: Vec<&SigningKey> = keys.iter().collect();
        carry_out(&mesh, &publisher, &change, &keys)?.say(&submitted);
        Ok(ExitCode::SUCCESS)
    }

    /// Documents are read before they are signed: what is broken is an error here,
    /// not a surprise in a run.
    fn product(&self, folder: &Path, change: &mut Change) -> anyhow::Result<(Contract, Bindings)> {
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
        let read = Contract::read(&file("contract.yaml"), &contract)?;
        let bound = Bindings::read(&file("bindings.yaml"), &bindings)?;
        if bound.product != product {
            let (file, found) = (file("bindings.yaml"), bound.product);
            return Err(PipelineError::OtherProduct { file, found, expected: product }.into());
        }
        change.contract(product.clone(), contract.into_bytes());
        change.bindings(product, bindings.into_bytes());
        Ok((read, bound))
    }

    /// The module with its tests, which are beside it: what is broken is an error here, not
    /// a surprise in a review.
    fn module(&self, engine: &Engine, file: &Path, change: &mut Change) -> anyhow::Result<String> {
        let shown = file.display().to_string();
        let bytes = std::fs::read(file).with_context(|| format!("cannot read {shown}"))?;
        ensure!(!bytes.is_empty(), "{shown} is empty; build it with `bailiwick build`");
        let description = engine.inspect(&shown, &bytes)?.description;
        let module = UnversionedModule::new(self.domain.clone(), description.name);
        let module = ModuleName::new(module, description.version);
        change.module(module.clone(), bytes);
        Ok(match beside(file)? {
            Some((cases, bytes)) => {
                change.cases(module.clone(), bytes);
                match cases.as_slice().len() {
                    1 => format!("{module}, with 1 test"),
                    tests => format!("{module}, with {tests} tests"),
                }
            }
            None => format!("{module}, without tests"),
        })
    }
}

fn file(text: &str) -> Result<(String, PathBuf), String> {
    let (path, file) = text.split_once('=').ok_or("expected PATH=FILE")?;
    Ok((path.to_owned(), file.into()))
}

/// Refuses products that break the framework, or speak of another's: so would every run. What does
/// not run for another reason, such as a module that is not approved yet, is a note.
fn hold_to_framework(mesh: &Mesh, products: &[(Contract, Bindings)]) -> anyhow::Result<()> {
    if products.is_empty() {
        return Ok(());
    }
    let pipeline = match Pipeline::open(mesh.clone(), Timestamp::now()) {
        Ok(pipeline) => pipeline,
        Err(error) => {
            errln!("note: not held to the framework here, only by the runs: {error}");
            return Ok(());
        }
    };
    for (contract, bindings) in products {
        match pipeline.plan_of(contract, bindings) {
            Ok(_) => {}
            Err(PipelineError::Plan { product, source: PlanError::Refused(refusals) }) => {
                let (breaks, other): (Vec<_>, Vec<_>) =
                    refusals.into_iter().partition(|refusal| refusal.rule.is_of_framework());
                if !breaks.is_empty() {
                    let source = PlanError::Refused(breaks);
                    return Err(PipelineError::Plan { product, source }.into());
                }
                for refusal in other {
                    errln!("note: {product} does not run yet: {refusal}");
                }
            }
            Err(error @ PipelineError::OthersContract { .. }) => return Err(error.into()),
            Err(error) => errln!("note: {} does not run yet: {error}", bindings.product),
        }
    }
    Ok(())
}
