//! A mesh, opened: verified, ready to plan and to run.

use std::collections::BTreeMap;

use bailiwick_engine::{CacheUsage, CompiledCache, DEFAULT_CACHE_BYTES, Engine, Keyring, Module};
use bailiwick_governance::{
    Bindings, Contract, Documents, Framework, Plan, Source, Step, Upstream, plan,
};
use bailiwick_terms::{ModuleName, ProductName};
use bailiwick_trust::{Listing, Repository, SignedDocument};
use jiff::Timestamp;

use crate::catalog::{Catalog, Loaded};
use crate::leak_test::{LeakTest, LeakTestOptions, test};
use crate::run::{Outcome, RunOptions, run};
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
        let repository = Repository::open_with_store(&mesh.repository, &root, &mesh.store, now)?;
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
    /// [`PipelineError::Trust`] and [`PipelineError::Document`] for what it is derived from.
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
            // What is not UTF-8 is no YAML either: the reader says so.
            (document.path().to_owned(), String::from_utf8_lossy(document.bytes()).into_owned())
        };
        let (file, framework) = text(self.repository.framework()?);
        let framework = Framework::read(&file, &framework)?;
        let (file, bindings) = text(self.repository.bindings(product)?);
        let mut bindings = Bindings::read(&file, &bindings)?;
        if let Some(time) = as_of {
            bindings.govern_as_of(&time.to_string());
        }
        let catalog = Catalog {
            repository: &self.repository,
            engine: &self.engine,
            loaded: &self.loaded,
            cap: &framework.limits,
        };
        let names = bindings.policies.iter().map(|policy| &policy.module);
        let names = names.chain(&bindings.row_filter).collect();
        // Reading contracts and loading modules take most of the time before a run's
        // first row, and neither needs the other.
        let (contract, producer) = std::thread::scope(|scope| {
            scope.spawn(|| catalog.load_ahead(&names));
            let contract = self.contract(product, &mut text)?;
            let producer = match &bindings.input.source {
                Source::Product { product, .. } => {
                    let contract = self.contract(product, &mut text)?;
                    let (file, bindings) = text(self.repository.bindings(product)?);
                    Some((contract, Bindings::read(&file, &bindings)?))
                }
                Source::Location { .. } => None,
            };
            Ok::<_, PipelineError>((contract, producer))
        })?;
        let given = Documents {
            contract: &contract,
            bindings: &bindings,
            framework: &framework,
            upstream: producer.as_ref().map(|(contract, bindings)| Upstream { contract, bindings }),
        };
        let plan = plan(&given, &catalog)
            .map_err(|source| PipelineError::Plan { product: product.clone(), source })?;
        let modules = self.loaded.named(&plan.steps.iter().flat_map(Step::modules).collect());
        Ok(Prepared { plan, modules, documents })
    }

    fn contract(
        &self,
        product: &ProductName,
        text: &mut impl FnMut(SignedDocument) -> (String, String),
    ) -> Result<Contract, PipelineError> {
        let (file, contract) = text(self.repository.contract(product)?);
        Ok(Contract::read(&file, &contract)?)
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

    /// The products among these in an order in which each comes after the one it reads.
    /// One whose bindings cannot be read waits for nobody: running it says why.
    pub fn ordered(&self, products: &[ProductName]) -> Vec<ProductName> {
        let reads = |product: &ProductName| {
            let document = self.repository.bindings(product).ok()?;
            let text = String::from_utf8_lossy(document.bytes());
            match Bindings::read(document.path(), &text).ok()?.input.source {
                Source::Product { product, .. } => Some(product),
                Source::Location { .. } => None,
            }
        };
        let edges: Vec<_> = products.iter().map(|product| (product, reads(product))).collect();
        let mut ordered: Vec<ProductName> = Vec::new();
        while ordered.len() < products.len() {
            let before = ordered.len();
            for (product, reads) in &edges {
                let waits = reads
                    .as_ref()
                    .is_some_and(|other| products.contains(other) && !ordered.contains(other));
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
