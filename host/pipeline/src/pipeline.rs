//! A mesh, opened: verified, ready to plan and to run.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_engine::{CacheUsage, CompiledCache, DEFAULT_CACHE_BYTES, Engine, Keyring, Module};
use bailiwick_governance::{
    Bindings, Contract, Documents, Framework, ModuleCatalog, Plan, Source, Step, Upstream, plan,
};
use bailiwick_terms::{DomainName, ModuleName, ProductName};
use bailiwick_trust::{Listing, Repository, SignedDocument};
use jiff::Timestamp;

use crate::catalog::{Catalog, Loaded};
use crate::leak_test::{LeakTest, LeakTestOptions, test};
use crate::run::{Outcome, RunOptions, run};
use crate::signed_tables::SignedTables;
use crate::{Mesh, PipelineError};

/// A mesh whose repository was verified, with a sandbox to run its modules in.
#[derive(Debug)]
pub struct Pipeline {
    mesh: Mesh,
    repository: Repository,
    engine: Engine,
    cache: CompiledCache,
    keys: Keyring,
    loaded: Loaded,
}

/// A plan with the modules that it names and the documents that it came from.
#[derive(Debug)]
pub struct Prepared {
    /// The plan.
    pub plan: Plan,
    pub(crate) modules: BTreeMap<ModuleName, Module>,
    /// The signed documents behind the plan: target path to SHA-256, hexadecimal.
    pub(crate) documents: BTreeMap<String, String>,
    /// The tables of the repository that it reads.
    pub(crate) tables: SignedTables,
}

impl Pipeline {
    /// Verifies the repository as of `now` and sets up the sandbox.
    ///
    /// # Errors
    /// [`PipelineError::Mesh`] when the root cannot be read, [`PipelineError::Trust`]
    /// when the repository is not trusted, [`PipelineError::Cache`] when others could
    /// put code into the folder of compiled modules, [`PipelineError::Engine`] when
    /// there can be no sandbox here.
    pub fn open(mesh: Mesh, now: Timestamp) -> Result<Self, PipelineError> {
        let root = std::fs::read(&mesh.root).map_err(|error| PipelineError::Mesh {
            file: mesh.root.clone(),
            reason: format!(
                "the root of trust cannot be read: {error}; ask central governance for it"
            ),
        })?;
        let repository =
            Repository::open_with_store(mesh.repository.source(), &root, &mesh.store, now)?;
        let cache = CompiledCache::open(&mesh.cache, DEFAULT_CACHE_BYTES)?;
        let engine = Engine::with_cache(cache.clone()).map_err(PipelineError::Engine)?;
        let keys = mesh.keyring()?;
        Ok(Self { mesh, repository, engine, cache, keys, loaded: Loaded::default() })
    }

    /// The verified repository.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// What the folder of compiled modules was good for so far, and whether it can be used.
    pub fn cache_usage(&self) -> CacheUsage {
        self.cache.usage()
    }

    /// The products that domains have published, and the domains that could not be read.
    pub fn products(&self) -> Listing<ProductName> {
        self.repository.products()
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn mesh(&self) -> &Mesh {
        &self.mesh
    }

    pub(crate) fn keys(&self) -> &Keyring {
        &self.keys
    }

    /// Derives the plan of a product.
    ///
    /// # Errors
    /// [`PipelineError::Plan`] with all that governance refuses;
    /// [`PipelineError::Trust`], [`PipelineError::Document`], [`PipelineError::OtherProduct`]
    /// and [`PipelineError::OthersContract`] for what it is derived from.
    pub fn plan(&self, product: &ProductName) -> Result<Prepared, PipelineError> {
        self.plan_as_of(product, None)
    }

    /// Derives the plan of a product for a time, which stands in for the settings of its
    /// policies that are [`AS_OF`](bailiwick_governance::AS_OF).
    ///
    /// # Errors
    /// As for [`Pipeline::plan`].
    pub fn plan_as_of(
        &self,
        product: &ProductName,
        as_of: Option<Timestamp>,
    ) -> Result<Prepared, PipelineError> {
        let mut documents = BTreeMap::new();
        let mut text = |document: SignedDocument| {
            documents.insert(document.path().to_owned(), document.sha256().to_owned());
            shown(document)
        };
        let framework = self.framework(&mut text)?;
        let mut bindings = self.bindings(product, &mut text)?;
        if let Some(time) = as_of {
            bindings.govern_as_of(&time.to_string());
        }
        let catalog = self.catalog(&framework);
        let names = bindings.policies.iter().map(|policy| &policy.module);
        let names = names.chain(&bindings.row_filter).collect();
        // Reading contracts and loading modules take most of the time before a run's
        // first row, and neither needs the other.
        let (contract, producers, tables) = std::thread::scope(|scope| {
            scope.spawn(|| catalog.load_ahead(&names));
            let mut contract = self.contract(product, &mut text)?;
            if let Some(time) = as_of {
                contract.govern_as_of(&time.to_string());
            }
            let producers = self.producers(&bindings, &mut text)?;
            let tables = SignedTables::fetch(&self.repository, &bindings, &mut text)?;
            Ok::<_, PipelineError>((contract, producers, tables))
        })?;
        documents.extend(tables.digests());
        let upstream = upstream(&producers);
        let given = Documents {
            contract: &contract,
            bindings: &bindings,
            framework: &framework,
            upstream: &upstream,
            tables: &tables.described,
        };
        let plan = plan(&given, &catalog)
            .map_err(|source| PipelineError::Plan { product: product.clone(), source })?;
        let modules = self.loaded.named(&plan.steps.iter().flat_map(Step::modules).collect());
        Ok(Prepared { plan, modules, documents, tables })
    }

    /// Derives the plan that a product would have by documents that are not published yet,
    /// from all else that is: what governance refuses of them, it refuses before they are
    /// signed.
    ///
    /// # Errors
    /// As [`Pipeline::plan`].
    pub fn plan_of(&self, contract: &Contract, bindings: &Bindings) -> Result<Plan, PipelineError> {
        self.check_own("contract.yaml", &bindings.product, contract)?;
        let framework = self.framework(&mut shown)?;
        self.plan_with(contract, bindings, &framework, &self.catalog(&framework))
    }

    pub(crate) fn plan_with(
        &self,
        contract: &Contract,
        bindings: &Bindings,
        framework: &Framework,
        catalog: &dyn ModuleCatalog,
    ) -> Result<Plan, PipelineError> {
        let producers = self.producers(bindings, &mut shown)?;
        let upstream = upstream(&producers);
        // Nothing runs: any time stands in for the one that a run is given.
        let (mut contract, mut bindings) = (contract.clone(), bindings.clone());
        contract.govern_as_of(&self.repository.now().to_string());
        bindings.govern_as_of(&self.repository.now().to_string());
        let tables = SignedTables::fetch(&self.repository, &bindings, &mut shown)?;
        let given = Documents {
            contract: &contract,
            bindings: &bindings,
            framework,
            upstream: &upstream,
            tables: &tables.described,
        };
        plan(&given, catalog)
            .map_err(|source| PipelineError::Plan { product: bindings.product.clone(), source })
    }

    pub(crate) fn catalog<'a>(&'a self, framework: &'a Framework) -> Catalog<'a> {
        Catalog {
            repository: &self.repository,
            engine: &self.engine,
            loaded: &self.loaded,
            cap: &framework.limits,
        }
    }

    pub(crate) fn framework(&self, text: &mut impl Text) -> Result<Framework, PipelineError> {
        let (file, framework) = text(self.repository.framework()?);
        Ok(Framework::read(&file, &framework)?)
    }

    pub(crate) fn contract(
        &self,
        product: &ProductName,
        text: &mut impl Text,
    ) -> Result<Contract, PipelineError> {
        let (file, contract) = text(self.repository.contract(product)?);
        let contract = Contract::read(&file, &contract)?;
        self.check_own(&file, product, &contract)?;
        Ok(contract)
    }

    /// Refuses a contract that says that it is another domain's, or another product's. Both
    /// are free text in the standard: what names nothing of the mesh says nothing here.
    fn check_own(
        &self,
        file: &str,
        product: &ProductName,
        contract: &Contract,
    ) -> Result<(), PipelineError> {
        let others = |field, found: &String| PipelineError::OthersContract {
            file: file.to_owned(),
            field,
            found: found.clone(),
            expected: product.clone(),
        };
        if let Some(stated) = &contract.domain
            && let Ok(domain) = stated.parse::<DomainName>()
            && domain != *product.domain()
            && self.repository.domains().contains(&domain)
        {
            return Err(others("domain", stated));
        }
        match contract.data_product.as_ref().map(|stated| (stated, stated.parse::<ProductName>())) {
            Some((stated, Ok(named))) if named != *product => Err(others("dataProduct", stated)),
            _ => Ok(()),
        }
    }

    pub(crate) fn bindings(
        &self,
        product: &ProductName,
        text: &mut impl Text,
    ) -> Result<Bindings, PipelineError> {
        let (file, bindings) = text(self.repository.bindings(product)?);
        let bindings = Bindings::read(&file, &bindings)?;
        if bindings.product != *product {
            let (found, expected) = (bindings.product, product.clone());
            return Err(PipelineError::OtherProduct { file, found, expected });
        }
        Ok(bindings)
    }

    /// The products whose outputs these bindings read, as input or as reference tables.
    fn producers(
        &self,
        bindings: &Bindings,
        text: &mut impl Text,
    ) -> Result<Vec<(Contract, Bindings)>, PipelineError> {
        let named = reads(bindings);
        named
            .into_iter()
            .map(|product| Ok((self.contract(&product, text)?, self.bindings(&product, text)?)))
            .collect()
    }

    /// Executes a plan. Blocks until it is done: from asynchronous code, call it on a
    /// thread that may block.
    ///
    /// # Errors
    /// Whatever kept it from delivering, save a quality gate: that is
    /// [`Outcome::Blocked`]. After an error nothing of the run is visible.
    pub fn run(
        &self,
        prepared: &Prepared,
        options: &RunOptions<'_>,
    ) -> Result<Outcome, PipelineError> {
        run(self, prepared, options)
    }

    /// Changes input columns one after the other and compares what comes of the plan's
    /// steps with what the plan says may depend on each. Nothing is delivered.
    ///
    /// # Errors
    /// Whatever keeps a run of the input as it is from coming to its end, save a quality
    /// gate; [`PipelineError::NotRead`] for a column that cannot be changed.
    pub fn test_leaks(
        &self,
        prepared: &Prepared,
        options: &LeakTestOptions<'_>,
    ) -> Result<LeakTest, PipelineError> {
        test(self, prepared, options)
    }

    /// The products among these in an order in which each comes after those it reads.
    /// One whose bindings cannot be read waits for nobody: running it says why.
    pub fn ordered(&self, products: &[ProductName]) -> Vec<ProductName> {
        if products.len() < 2 {
            return products.to_vec();
        }
        let read_by = |product: &ProductName| {
            let document = self.repository.bindings(product).ok()?;
            let text = String::from_utf8_lossy(document.bytes());
            Some(reads(&Bindings::read(document.path(), &text).ok()?))
        };
        let edges = products.iter().map(|product| (product, read_by(product).unwrap_or_default()));
        let edges: Vec<_> = edges.collect();
        let mut ordered: Vec<ProductName> = Vec::new();
        while ordered.len() < products.len() {
            let before = ordered.len();
            for (product, reads) in &edges {
                let waits =
                    reads.iter().any(|other| products.contains(other) && !ordered.contains(other));
                if !waits && !ordered.contains(product) {
                    ordered.push((*product).clone());
                }
            }
            if ordered.len() == before {
                // A circle: each waits for another, and says so when it runs.
                let waiting = products.iter().filter(|product| !ordered.contains(product));
                let waiting: Vec<_> = waiting.cloned().collect();
                ordered.extend(waiting);
            }
        }
        ordered
    }
}

/// The products that bindings read, each once.
fn reads(bindings: &Bindings) -> BTreeSet<ProductName> {
    let sources = std::iter::once(&bindings.input.source).chain(bindings.references.values());
    let products = sources.filter_map(|source| match source {
        Source::Product { product, .. } => Some(product.clone()),
        Source::Location { .. } | Source::Target { .. } => None,
    });
    products.collect()
}

fn upstream(producers: &[(Contract, Bindings)]) -> Vec<Upstream<'_>> {
    producers.iter().map(|(contract, bindings)| Upstream { contract, bindings }).collect()
}

/// Takes a document and gives its path and its text.
pub(crate) trait Text: FnMut(SignedDocument) -> (String, String) {}

impl<F: FnMut(SignedDocument) -> (String, String)> Text for F {}

/// What is not UTF-8 is no YAML either: the reader says so.
pub(crate) fn shown(document: SignedDocument) -> (String, String) {
    (document.path().to_owned(), String::from_utf8_lossy(document.bytes()).into_owned())
}
