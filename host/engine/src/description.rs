//! What a module says of itself.

use bailiwick_columnar::{GuestText, Validate};
use bailiwick_terms::{ModuleDigest, PartName};
use semver::Version;

use crate::abi::DescriptionOut;
use crate::fault::Admission;
use crate::plan::{Kind, Scope};

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

impl Validate for DescriptionOut {
    type Against<'a> = ();
    type Valid = Description;
    type Error = Admission;

    fn validate(self, (): ()) -> Result<Description, Admission> {
        let Self { name, version, summary, kind, scope, settings_schema: schema } = self;
        let unusable = |reason: String| Admission::Description { reason };
        if schema.len() > MAX_SETTINGS_SCHEMA_BYTES {
            return Err(unusable(format!(
                "its settings schema has {} bytes, more than {MAX_SETTINGS_SCHEMA_BYTES}",
                schema.len()
            )));
        }
        let settings_schema: serde_json::Value = serde_json::from_str(&schema)
            .map_err(|error| unusable(format!("its settings schema is not JSON: {error}")))?;
        if !settings_schema.is_object() {
            return Err(unusable("its settings schema is not a JSON object".into()));
        }
        let version = Version::parse(&version).map_err(|_| {
            unusable(format!("\"{}\" is not a semantic version", GuestText::new(&version)))
        })?;
        Ok(Description {
            name: name.parse()?,
            version,
            summary: GuestText::new(&summary),
            kind: kind.into(),
            scope: scope.into(),
            settings_schema,
        })
    }
}
