//! A compiled module: what it says of itself, what it plans, and how it is opened.

use std::fmt;
use std::sync::Arc;

use arrow_schema::{Schema, SchemaRef};
use bailiwick_columnar::{Projection, fields_to_wire};
use bailiwick_terms::{Grants, Limits, ModuleDigest, ModuleName, PartName, Read};
use bailiwick_trust::ApprovedModule;
use semver::Version;

use crate::abi::{
    CheckPlanResult, DescribeResult, DescriptionOut, Field, GuestError, SettingsAndFields,
    TransformPlanResult,
};
use crate::admission::{boundary, check_imports};
use crate::fault::Admission;
use crate::linked::{Linked, NotLinked};
use crate::plan::{CheckPlan, Kind, Scope, TransformPlan};
use crate::sandbox::Sandbox;
use crate::services::Keyring;
use crate::{Call, Check, Engine, EngineError, Fault, GuestText, LimitKind, Stage};

/// The longest settings schema, bytes: a page of settings has some 2 KiB.
const MAX_SETTINGS_SCHEMA_BYTES: usize = 256 << 10;

/// What a module says of itself, held to its form.
#[derive(Debug, Clone)]
pub struct Description {
    /// Its name, without a domain.
    pub name: PartName,
    /// Its version.
    pub version: Version,
    /// What it does.
    pub summary: GuestText,
    /// What it exports.
    pub kind: Kind,
    /// How many columns it works on at once.
    pub scope: Scope,
    /// JSON Schema of its settings.
    pub settings_schema: serde_json::Value,
}

/// What is known of a module without any approval.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// What it says of itself.
    pub description: Description,
    /// The interfaces it imports, types alone included.
    pub imports: Vec<String>,
    /// The SHA-256 of its bytes.
    pub digest: ModuleDigest,
    /// Its size, bytes.
    pub size: usize,
}

/// Under what conditions a stage or a check is opened.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    /// Limits in place of the approval's own, such as these capped by the
    /// framework; none: the approval's.
    pub limits: Option<Limits>,
    /// Keys for `pseudonym`; the module can use those that its approval names.
    pub keys: Keyring,
    /// Whether to withhold what the module says in words, errors and log lines,
    /// because it reads labelled columns.
    pub withhold_text: bool,
}

/// An approved module, compiled. Cheap to clone.
#[derive(Clone)]
pub struct Module {
    name: ModuleName,
    digest: ModuleDigest,
    description: Description,
    grants: Grants,
    limits: Limits,
    linked: Arc<Linked>,
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module").field("name", &self.name).field("digest", &self.digest).finish()
    }
}

impl Engine {
    /// Admits and compiles an approved module, and asks it what it is.
    ///
    /// # Errors
    /// [`EngineError::Refused`] says why it is not admitted: too large, not a
    /// component of ours, an import that was not granted, another name than it was
    /// signed under.
    pub fn load(&self, approved: &ApprovedModule) -> Result<Module, EngineError> {
        self.load_capped(approved, approved.limits())
    }

    /// Admits, compiles and asks an approved module as [`Engine::load`] does, under the
    /// limits of its approval capped by others, such as the framework's: these then are
    /// its own, for whatever is planned and opened.
    ///
    /// # Errors
    /// As [`Engine::load`].
    pub fn load_capped(
        &self,
        approved: &ApprovedModule,
        cap: &Limits,
    ) -> Result<Module, EngineError> {
        let limits = approved.limits().capped_by(cap);
        self.admit_named(approved.name(), Arc::clone(approved.bytes()), approved.grants(), limits)
    }

    /// Admits bytes as the module of a name, which they must state.
    pub(crate) fn admit_named(
        &self,
        name: &ModuleName,
        bytes: Arc<[u8]>,
        grants: &Grants,
        limits: Limits,
    ) -> Result<Module, EngineError> {
        let refused = |refusal| EngineError::Refused { module: name.to_string(), refusal };
        let digest = ModuleDigest::of(&bytes);
        let (linked, description, _) =
            self.admit(bytes, grants, &limits).map_err(|error| error.of(refused))?;
        let own = (&description.name, &description.version);
        if own != (name.module(), name.version()) {
            return Err(refused(Admission::OtherName {
                expected: format!("{}@{}", name.module(), name.version()),
                found: format!("{}@{}", description.name, description.version),
            }));
        }
        Ok(Module {
            name: name.clone(),
            digest,
            description,
            grants: grants.clone(),
            limits,
            linked: Arc::new(linked),
        })
    }

    /// Asks a module that nobody approved what it is: it can be looked at, never run.
    /// `file` is what messages call it.
    ///
    /// # Errors
    /// [`EngineError::Refused`] says why it is not one of our modules.
    pub fn inspect(&self, file: &str, bytes: &[u8]) -> Result<Inspection, EngineError> {
        let refused = |refusal| EngineError::Refused { module: file.to_owned(), refusal };
        // `describe` needs no service, but linking needs those that are imported.
        let mut grants = Grants::default();
        grants.services.log = true;
        if let Ok(any) = "any".parse() {
            grants.services.pseudonym.insert(any);
        }
        let (_, description, imports) = self
            .admit(bytes.into(), &grants, &Limits::default())
            .map_err(|error| error.of(refused))?;
        Ok(Inspection { description, imports, digest: ModuleDigest::of(bytes), size: bytes.len() })
    }

    fn admit(
        &self,
        bytes: Arc<[u8]>,
        grants: &Grants,
        limits: &Limits,
    ) -> Result<(Linked, Description, Vec<String>), NotLinked> {
        if bytes.len() as u64 > limits.module_bytes {
            let found = bytes.len() as u64;
            return Err(Admission::TooLarge { found, limit: limits.module_bytes }.into());
        }
        let boundary = boundary(&bytes)?;
        check_imports(&boundary.imports, &grants.services)?;

        let linked = Linked::new(self, bytes, &grants.services);
        let pre = linked.pre(limits.fuel.is_some())?;
        let failed = |call, fault| Admission::Fault { call, fault };
        let mut sandbox = Sandbox::start(pre, limits, Keyring::default(), true)
            .map_err(|fault| failed(Call::Start, fault))?;
        let describe = |sandbox: &mut Sandbox| {
            let func = sandbox.function::<(), DescribeResult>("module", "describe")?;
            sandbox.call::<(), DescribeResult>(func, ())
        };
        let (said,) = describe(&mut sandbox).map_err(|fault| failed(Call::Describe, fault))?;
        let description = Description::checked(said)?;
        if description.kind != boundary.kind {
            let reason = format!("it says {}, but exports {}", description.kind, boundary.kind);
            return Err(Admission::Description { reason }.into());
        }
        Ok((linked, description, boundary.imports))
    }
}

impl NotLinked {
    fn of(self, refused: impl Fn(Admission) -> EngineError) -> EngineError {
        match self {
            NotLinked::Module(refusal) => refused(refusal),
            NotLinked::Engine(error) => error,
        }
    }
}

impl From<Admission> for NotLinked {
    fn from(refusal: Admission) -> Self {
        NotLinked::Module(refusal)
    }
}

impl Description {
    fn checked(said: DescriptionOut) -> Result<Self, Admission> {
        let unusable = |reason: String| Admission::Description { reason };
        if said.settings_schema.len() > MAX_SETTINGS_SCHEMA_BYTES {
            return Err(unusable(format!(
                "its settings schema has {} bytes, more than {MAX_SETTINGS_SCHEMA_BYTES}",
                said.settings_schema.len()
            )));
        }
        let settings_schema: serde_json::Value = serde_json::from_str(&said.settings_schema)
            .map_err(|error| unusable(format!("its settings schema is not JSON: {error}")))?;
        if !settings_schema.is_object() {
            return Err(unusable("its settings schema is not a JSON object".into()));
        }
        let version = Version::parse(&said.version).map_err(|_| {
            unusable(format!("\"{}\" is not a semantic version", GuestText::new(&said.version)))
        })?;
        Ok(Self {
            name: said.name.parse()?,
            version,
            summary: GuestText::new(&said.summary),
            kind: said.kind.into(),
            scope: said.scope.into(),
            settings_schema,
        })
    }
}

impl Module {
    /// The name it was signed under.
    pub fn name(&self) -> &ModuleName {
        &self.name
    }

    /// The SHA-256 of its bytes.
    pub fn digest(&self) -> ModuleDigest {
        self.digest
    }

    /// What it says of itself.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// What its approval grants.
    pub fn grants(&self) -> &Grants {
        &self.grants
    }

    /// The limits of its approval, capped where it was loaded so.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Asks a transform what it will read and write, given settings (JSON text) and
    /// the columns of its binding.
    ///
    /// # Errors
    /// [`EngineError::Fault`] when it rejects settings or columns, or breaks the
    /// contract; [`EngineError::WrongKind`] when it is a check.
    pub fn plan_transform(
        &self,
        settings: &str,
        columns: &Schema,
    ) -> Result<TransformPlan, EngineError> {
        self.expect_kind(Kind::Transform)?;
        let plan = |sandbox: &mut Sandbox, fields: &[Field]| {
            let func = sandbox
                .function::<SettingsAndFields<'_>, TransformPlanResult>("transform", "plan")?;
            let (said,): TransformPlanResult = sandbox.call(func, (settings, fields))?;
            TransformPlan::checked(said.map_err(shown)?, columns)
        };
        self.planned(settings, columns, plan)
    }

    /// Asks a check what it will read and judge.
    ///
    /// # Errors
    /// As [`Module::plan_transform`].
    pub fn plan_check(&self, settings: &str, columns: &Schema) -> Result<CheckPlan, EngineError> {
        self.expect_kind(Kind::Quality)?;
        let plan = |sandbox: &mut Sandbox, fields: &[Field]| {
            let func =
                sandbox.function::<SettingsAndFields<'_>, CheckPlanResult>("quality", "plan")?;
            let (said,): CheckPlanResult = sandbox.call(func, (settings, fields))?;
            CheckPlan::checked(said.map_err(shown)?, columns)
        };
        self.planned(settings, columns, plan)
    }

    /// Plans a transform over the columns named and opens it for batches of `schema`.
    ///
    /// # Errors
    /// As [`Module::plan_transform`] and [`Module::open_stage`]; a column that
    /// `schema` lacks is [`EngineError::Columns`].
    pub fn stage(
        &self,
        settings: &str,
        schema: &SchemaRef,
        columns: &[&str],
        conditions: &Conditions,
    ) -> Result<Stage, EngineError> {
        let plan = self.plan_transform(settings, &self.bound(schema, columns)?)?;
        self.open_stage(settings, &plan, schema, conditions)
    }

    /// Plans a check over the columns named and opens it for batches of `schema`.
    ///
    /// # Errors
    /// As [`Module::stage`].
    pub fn check(
        &self,
        settings: &str,
        schema: &SchemaRef,
        columns: &[&str],
        conditions: &Conditions,
    ) -> Result<Check, EngineError> {
        let plan = self.plan_check(settings, &self.bound(schema, columns)?)?;
        self.open_check(settings, &plan, schema, conditions)
    }

    /// Opens a planned transform for batches of `schema`, which may have more
    /// columns than the plan reads: these never leave the host.
    ///
    /// # Errors
    /// [`EngineError::Fault`] in `start` or `open`.
    pub fn open_stage(
        &self,
        settings: &str,
        plan: &TransformPlan,
        schema: &SchemaRef,
        conditions: &Conditions,
    ) -> Result<Stage, EngineError> {
        self.expect_kind(Kind::Transform)?;
        Stage::open(self, settings, plan, schema, conditions)
    }

    /// Opens a planned check for batches of `schema`.
    ///
    /// # Errors
    /// As [`Module::open_stage`].
    pub fn open_check(
        &self,
        settings: &str,
        plan: &CheckPlan,
        schema: &SchemaRef,
        conditions: &Conditions,
    ) -> Result<Check, EngineError> {
        self.expect_kind(Kind::Quality)?;
        Check::open(self, settings, plan, schema, conditions)
    }

    fn bound(&self, schema: &Schema, columns: &[&str]) -> Result<Schema, EngineError> {
        let reads: Vec<Read> = columns.iter().map(|column| Read::values(*column)).collect();
        let projection = Projection::new(schema, &reads)
            .map_err(|source| EngineError::Columns { module: self.name.clone(), source })?;
        Ok(Schema::new(projection.fields().to_vec()))
    }

    fn expect_kind(&self, expected: Kind) -> Result<(), EngineError> {
        let found = self.description.kind;
        if found == expected {
            Ok(())
        } else {
            Err(EngineError::WrongKind { module: self.name.clone(), expected, found })
        }
    }

    fn planned<T>(
        &self,
        settings: &str,
        columns: &Schema,
        plan: impl FnOnce(&mut Sandbox, &[Field]) -> Result<T, Fault>,
    ) -> Result<T, EngineError> {
        let fields = self.fields(columns.fields())?;
        let conditions = Conditions::default();
        let mut sandbox = self.sandbox(Call::Plan, settings, &conditions)?;
        plan(&mut sandbox, &fields).map_err(|fault| self.fault(Call::Plan, fault))
    }

    /// A fresh sandbox for that call, whose settings are within their limit.
    pub(crate) fn sandbox(
        &self,
        call: Call,
        settings: &str,
        conditions: &Conditions,
    ) -> Result<Sandbox, EngineError> {
        let limits = conditions.limits.as_ref().unwrap_or(&self.limits);
        if settings.len() as u64 > limits.settings_bytes {
            let limit = LimitKind::SettingsBytes;
            let fault = Fault::LimitExceeded { limit, allowed: limits.settings_bytes };
            return Err(self.fault(call, fault));
        }
        let keys = conditions.keys.granted(&self.grants.services);
        let refused = |refusal| EngineError::Refused { module: self.name.to_string(), refusal };
        let pre = self.linked.pre(limits.fuel.is_some()).map_err(|error| error.of(refused))?;
        Sandbox::start(pre, limits, keys, !conditions.withhold_text)
            .map_err(|fault| self.fault(Call::Start, fault))
    }

    pub(crate) fn fields(
        &self,
        fields: &[arrow_schema::FieldRef],
    ) -> Result<Vec<Field>, EngineError> {
        let wire = fields_to_wire(fields)
            .map_err(|source| EngineError::Columns { module: self.name.clone(), source })?;
        Ok(wire.into_iter().map(Field::from).collect())
    }

    pub(crate) fn fault(&self, call: Call, fault: Fault) -> EngineError {
        EngineError::Fault { module: self.name.clone(), call, fault }
    }
}

/// No row has entered a module that plans: its words can be shown.
fn shown(error: GuestError) -> Fault {
    error.into_fault(true)
}
