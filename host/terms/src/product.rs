//! `domain/product`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{DomainName, NameError, PartName};

/// The name of a data product: `domain/product`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProductName {
    domain: DomainName,
    product: PartName,
}

impl ProductName {
    /// Joins a domain and the product's name within it.
    pub fn new(domain: DomainName, product: PartName) -> Self {
        Self { domain, product }
    }

    /// The domain that publishes the product.
    pub fn domain(&self) -> &DomainName {
        &self.domain
    }

    /// The product's name within its domain.
    pub fn product(&self) -> &PartName {
        &self.product
    }
}

impl FromStr for ProductName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        const WHAT: &str = "data product";
        const FORM: &str = "`domain/product`, such as `sales/bookings`";
        let malformed = || NameError::new(text, WHAT, FORM);
        let (domain, product) = text.split_once('/').ok_or_else(malformed)?;
        Ok(Self {
            domain: domain.parse().map_err(|_| malformed())?,
            product: product.parse().map_err(|_| malformed())?,
        })
    }
}

impl TryFrom<String> for ProductName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<ProductName> for String {
    fn from(name: ProductName) -> String {
        name.to_string()
    }
}

impl fmt::Display for ProductName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.domain, self.product)
    }
}
