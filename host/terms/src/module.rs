//! `domain/module@version`.

use std::fmt;
use std::str::FromStr;

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::{DomainName, NameError, PartName};

const WHAT: &str = "module";

/// The name of one version of a module: `domain/module@version`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModuleName {
    module: UnversionedModule,
    version: Version,
}

impl ModuleName {
    /// Joins a module and a version (Semantic Versioning 2.0.0).
    pub fn new(module: UnversionedModule, version: Version) -> Self {
        Self { module, version }
    }

    /// The domain that publishes the module.
    pub fn domain(&self) -> &DomainName {
        &self.module.domain
    }

    /// The module's name within its domain.
    pub fn module(&self) -> &PartName {
        &self.module.module
    }

    /// The module, whichever its version.
    pub fn unversioned(&self) -> &UnversionedModule {
        &self.module
    }

    /// The version.
    pub fn version(&self) -> &Version {
        &self.version
    }
}

impl FromStr for ModuleName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        const FORM: &str = "`domain/module@version`, such as `governance/mask@1.0.0`";
        let malformed = || NameError::new(text, WHAT, FORM);
        let (module, version) = text.split_once('@').ok_or_else(malformed)?;
        Ok(Self {
            module: module.parse().map_err(|_| malformed())?,
            version: Version::parse(version).map_err(|_| malformed())?,
        })
    }
}

impl fmt::Display for ModuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.module, self.version)
    }
}

/// A module in any of its versions: `domain/module`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnversionedModule {
    domain: DomainName,
    module: PartName,
}

impl UnversionedModule {
    /// Joins a domain and the module's name within it.
    pub fn new(domain: DomainName, module: PartName) -> Self {
        Self { domain, module }
    }

    /// The domain that publishes the module.
    pub fn domain(&self) -> &DomainName {
        &self.domain
    }

    /// The module's name within its domain.
    pub fn module(&self) -> &PartName {
        &self.module
    }
}

impl FromStr for UnversionedModule {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        const FORM: &str = "`domain/module`, such as `governance/mask`";
        let malformed = || NameError::new(text, WHAT, FORM);
        let (domain, module) = text.split_once('/').ok_or_else(malformed)?;
        Ok(Self {
            domain: domain.parse().map_err(|_| malformed())?,
            module: module.parse().map_err(|_| malformed())?,
        })
    }
}

impl fmt::Display for UnversionedModule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.domain, self.module)
    }
}

macro_rules! as_text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.to_string()
            }
        }
    };
}

as_text!(ModuleName);
as_text!(UnversionedModule);
