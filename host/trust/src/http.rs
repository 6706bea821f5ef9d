//! Bounded reads of static files over HTTP.

use std::io;
use std::time::{Duration, Instant};

use ureq::http::StatusCode;
use ureq::tls::TlsConfig;
use ureq::{Agent, Timeout};
use url::Url;

use crate::TrustError;
use crate::bounds::{MAX_ATTEMPTS, MAX_REDIRECTS};
use crate::directory::{Bounded, take_bounded};
use crate::downloads::Downloads;

/// How long is waited before the second attempt; twice as long before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Static files below one address.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    agent: Agent,
    /// Ends in a slash.
    base: String,
    /// For one file, all attempts together.
    time: Duration,
}

impl Server {
    pub(crate) fn new(base: &Url, downloads: &Downloads) -> Self {
        let authorities = downloads.authorities.clone();
        let config = Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(authorities).build())
            // Where others should not see what is read, no redirect lets them.
            .https_only(base.scheme() == "https")
            .max_redirects(MAX_REDIRECTS)
            // What a status means here is decided below.
            .http_status_as_error(false)
            .user_agent(concat!("bailiwick/", env!("CARGO_PKG_VERSION")))
            .build();
        let base = base.as_str();
        let base = base.strip_suffix('/').unwrap_or(base);
        Self { agent: config.into(), base: format!("{base}/"), time: downloads.time }
    }

    /// The whole file, named as in an address, if it is there; an error, which calls it
    /// `shown`, if it is larger than the limit. What may be a passing trouble is tried again.
    pub(crate) fn find(
        &self,
        file: &str,
        shown: &str,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, TrustError> {
        let address = format!("{}{file}", self.base);
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut attempt = 1;
        loop {
            let left = self.time.saturating_sub(begun.elapsed());
            match self.get(&address, limit, left) {
                Ok(None) => return Ok(None),
                Ok(Some(Bounded::Whole(bytes))) => return Ok(Some(bytes)),
                Ok(Some(Bounded::Larger)) => {
                    return Err(TrustError::TooLarge { file: shown.to_owned(), limit });
                }
                Err(Failure::Certificate(detail)) => {
                    return Err(TrustError::Certificate { address, detail });
                }
                Err(failure) => {
                    let left = self.time.saturating_sub(begun.elapsed());
                    if matches!(failure, Failure::Passing(_))
                        && attempt < MAX_ATTEMPTS
                        && left > pause
                    {
                        std::thread::sleep(pause);
                        pause *= 2;
                        attempt += 1;
                        continue;
                    }
                    let detail = failure.detail(self.time);
                    return Err(TrustError::Download { address, attempts: attempt, detail });
                }
            }
        }
    }

    fn get(&self, address: &str, limit: u64, time: Duration) -> Result<Option<Bounded>, Failure> {
        let request = self.agent.get(address).config().timeout_global(Some(time)).build();
        let response = request.call().map_err(Failure::of)?;
        match response.status() {
            status if status.is_success() => {
                take_bounded(response.into_body().into_reader(), limit)
                    .map(Some)
                    .map_err(Failure::of_io)
            }
            // Stores of objects say "forbidden" of what is not there.
            StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::FORBIDDEN => Ok(None),
            status => {
                let detail = format!("the server answers {status}");
                let passing = status.is_server_error()
                    || status == StatusCode::TOO_MANY_REQUESTS
                    || status == StatusCode::REQUEST_TIMEOUT;
                Err(if passing { Failure::Passing(detail) } else { Failure::Lasting(detail) })
            }
        }
    }
}

/// Why one attempt failed.
enum Failure {
    /// Another attempt may succeed.
    Passing(String),
    /// Another would end the same.
    Lasting(String),
    /// The time for the file is over.
    Time,
    /// Nobody that is trusted vouches for the server.
    Certificate(String),
}

impl Failure {
    fn of(error: ureq::Error) -> Self {
        use ureq::Error::{ConnectionFailed, HostNotFound, Io, Protocol, Rustls};
        match error {
            Io(error) => Self::of_io(error),
            Rustls(error) => Self::of_tls(&error),
            ureq::Error::Timeout(Timeout::Global) => Self::Time,
            HostNotFound | ConnectionFailed | Protocol(_) | ureq::Error::Timeout(_) => {
                Self::Passing(error.to_string())
            }
            error => Self::Lasting(error.to_string()),
        }
    }

    fn of_io(error: io::Error) -> Self {
        let inner = error.get_ref();
        if let Some(error) = inner.and_then(|inner| inner.downcast_ref()) {
            return Self::of_tls(error);
        }
        match inner.and_then(|inner| inner.downcast_ref()) {
            Some(ureq::Error::Timeout(Timeout::Global)) => Self::Time,
            _ => Self::Passing(error.to_string()),
        }
    }

    fn of_tls(error: &rustls::Error) -> Self {
        use rustls::{CertificateError::UnknownIssuer, Error::InvalidCertificate};
        match error {
            InvalidCertificate(UnknownIssuer) => {
                Self::Certificate("no authority that is trusted vouches for it".to_owned())
            }
            InvalidCertificate(error) => Self::Certificate(error.to_string()),
            error => Self::Passing(error.to_string()),
        }
    }

    fn detail(self, time: Duration) -> String {
        match self {
            Self::Passing(detail) | Self::Lasting(detail) | Self::Certificate(detail) => detail,
            Self::Time => format!("not all of it came within {} s", time.as_secs_f64()),
        }
    }
}
