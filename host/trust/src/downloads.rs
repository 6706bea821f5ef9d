//! How files are fetched from servers.

use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

use crate::TrustError;
use crate::bounds::DOWNLOAD_TIME;
use crate::error::excerpt;

/// How files are fetched from servers. What they hold is proven by signatures, however it
/// comes here; this is about how long a server may take, and whose certificates keep others
/// from seeing what is read.
#[derive(Debug, Clone)]
pub struct Downloads {
    pub(crate) time: Duration,
    pub(crate) authorities: RootCerts,
}

impl Default for Downloads {
    /// Within [`DOWNLOAD_TIME`], from servers that the public authorities vouch for.
    fn default() -> Self {
        Self { time: DOWNLOAD_TIME, authorities: RootCerts::WebPki }
    }
}

impl Downloads {
    /// With another bound on the time for one file, all attempts together.
    pub fn within(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// From servers that these authorities vouch for, in place of the public ones: their
    /// certificates, one or several, as PEM.
    ///
    /// # Errors
    /// [`TrustError::Certificates`] if the text has none, or something else too.
    pub fn trusting(mut self, pem: &[u8]) -> Result<Self, TrustError> {
        let unusable = |detail: String| TrustError::Certificates { detail };
        let mut certificates: Vec<Certificate<'static>> = Vec::new();
        for item in parse_pem(pem) {
            match item.map_err(|error| unusable(excerpt(error)))? {
                PemItem::Certificate(certificate) => certificates.push(certificate),
                _ => return Err(unusable("there is something else than certificates".to_owned())),
            }
        }
        if certificates.is_empty() {
            return Err(unusable("there is none".to_owned()));
        }
        self.authorities = RootCerts::Specific(Arc::new(certificates));
        Ok(self)
    }
}
