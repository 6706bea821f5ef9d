//! An approved module, compiled: what it plans, and how it is opened.

use std::fmt;
use std::sync::Arc;

use arrow_schema::{Schema, SchemaRef};
use bailiwick_columnar::{Projection, fields_to_wire};
use bailiwick_terms::{Grants, Limits, ModuleDigest, ModuleName, Read};

use crate::abi::{CheckPlanOut, Field, SettingsAndFields, TransformPlanOut};
use crate::linked::Linked;
use crate::plan::{CheckPlan, Given, Kind, TransformPlan};
use crate::reference::Lookups;
use crate::sandbox::Sandbox;
use crate::services::Keyring;
use crate::{
    Call, Check, Description, EngineError, Fault, LimitKind, Lookup, MemoryAccount, References,
    Stage, TableSchemas,
};

/// Under what conditions a stage or a check is opened.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    /// Limits in place of the approval's own, such as these capped by the
    /// framework; none: the approval's.
    pub limits: Option<Limits>,
    /// Keys for `pseudonym` and `encryption`; the module can use those that its approval names.
    pub keys: Keyring,
    /// Whether to withhold what the module says in words, errors and log lines,
    /// because it reads labelled columns.
    pub withhold_text: bool,
    /// The reference tables; it can look up what its plan says.
    pub references: References,
    /// Where its memory is taken from besides; none: its own limit is all.
    pub memory: Option<MemoryAccount>,
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
    tables: Arc<TableSchemas>,
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module").field("name", &self.name).field("digest", &self.digest).finish()
    }
}

impl Module {
    /// A module that was admitted under a name, linked, with what it says of itself, under
    /// its approval's grants and limits, or stricter ones.
    pub(crate) fn of(
        (name, digest): (&ModuleName, ModuleDigest),
        grants: &Grants,
        description: Description,
        limits: Limits,
        linked: Linked,
    ) -> Self {
        Self {
            name: name.clone(),
            digest,
            description,
            grants: grants.clone(),
            limits,
            linked: Arc::new(linked),
            tables: Arc::default(),
        }
    }

    /// The same module, bound to reference tables: when it plans, it is told of these and
    /// of no others.
    pub fn with_tables(&self, tables: TableSchemas) -> Self {
        Self { tables: Arc::new(tables), ..self.clone() }
    }

    /// The same module under other grants, which link the same imports.
    pub(crate) fn granted(&self, grants: Grants) -> Self {
        Self { grants, ..self.clone() }
    }

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
        let given = Given { columns, tables: &self.tables };
        let plan = |sandbox: &mut Sandbox, fields: &[Field]| {
            let func =
                sandbox.function::<SettingsAndFields<'_>, TransformPlanOut>("transform", "plan")?;
            sandbox.call::<_, TransformPlanOut>(func, (settings, fields))?.validate(given)
        };
        self.planned(settings, columns, plan)
    }

    /// Asks a check what it will read and judge.
    ///
    /// # Errors
    /// As [`Module::plan_transform`].
    pub fn plan_check(&self, settings: &str, columns: &Schema) -> Result<CheckPlan, EngineError> {
        self.expect_kind(Kind::Quality)?;
        let given = Given { columns, tables: &self.tables };
        let plan = |sandbox: &mut Sandbox, fields: &[Field]| {
            let func =
                sandbox.function::<SettingsAndFields<'_>, CheckPlanOut>("quality", "plan")?;
            sandbox.call::<_, CheckPlanOut>(func, (settings, fields))?.validate(given)
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

    pub(crate) fn bound(&self, schema: &Schema, columns: &[&str]) -> Result<Schema, EngineError> {
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
        // No row has entered a module that plans: its words can be shown.
        let conditions = Conditions::default();
        let lookups = Lookups::Planned(Arc::clone(&self.tables));
        let mut sandbox = self.sandbox(Call::Plan, settings, &conditions, lookups)?;
        plan(&mut sandbox, &fields).map_err(|fault| self.fault(Call::Plan, fault))
    }

    /// A fresh sandbox for that call, whose settings are within their limit.
    pub(crate) fn sandbox(
        &self,
        call: Call,
        settings: &str,
        conditions: &Conditions,
        lookups: Lookups,
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
        let run = conditions.memory.as_ref().and_then(|account| account.take(0));
        Sandbox::start(pre, limits, (keys, lookups), !conditions.withhold_text, run)
            .map_err(|fault| self.fault(Call::Start, fault))
    }

    /// What a plan looks up, in the tables of a run.
    pub(crate) fn lookups(
        &self,
        lookups: &[Lookup],
        references: &References,
    ) -> Result<Lookups, EngineError> {
        Lookups::open(lookups, references).map_err(|(table, source)| EngineError::Reference {
            module: self.name.clone(),
            table,
            source,
        })
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
