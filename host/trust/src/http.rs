//! Bounded reads of static files over HTTP.

use std::time::Duration;

use ureq::Agent;
use ureq::http::StatusCode;
use url::Url;

use crate::TrustError;
use crate::bounds::{DOWNLOAD_TIME, MAX_ATTEMPTS, MAX_REDIRECTS};
use crate::directory::{Bounded, take_bounded};

/// How long is waited before the second attempt; twice as long before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Static files below one address.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    agent: Agent,
    /// Ends in a slash.
    base: String,
}

impl Server {
    pub(crate) fn new(base: &Url) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(DOWNLOAD_TIME))
            .max_redirects(MAX_REDIRECTS)
            // What a status means here is decided below.
            .http_status_as_error(false)
            .user_agent(concat!("bailiwick/", env!("CARGO_PKG_VERSION")))
            .build();
        let base = base.as_str();
        let base = base.strip_suffix('/').unwrap_or(base);
        Self { agent: config.into(), base: format!("{base}/") }
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
        let mut pause = FIRST_PAUSE;
        let mut attempt = 1;
        loop {
            match self.get(&address, limit) {
                Ok(None) => return Ok(None),
                Ok(Some(Bounded::Whole(bytes))) => return Ok(Some(bytes)),
                Ok(Some(Bounded::Larger)) => {
                    return Err(TrustError::TooLarge { file: shown.to_owned(), limit });
                }
                Err(failure) if failure.passing && attempt < MAX_ATTEMPTS => {
                    std::thread::sleep(pause);
                    pause *= 2;
                    attempt += 1;
                }
                Err(Failure { detail, .. }) => {
                    return Err(TrustError::Download { address, attempts: attempt, detail });
                }
            }
        }
    }

    fn get(&self, address: &str, limit: u64) -> Result<Option<Bounded>, Failure> {
        let response = self.agent.get(address).call().map_err(Failure::of)?;
        match response.status() {
            status if status.is_success() => {
                take_bounded(response.into_body().into_reader(), limit)
                    .map(Some)
                    .map_err(|error| Failure { passing: true, detail: error.to_string() })
            }
            // Stores of objects say "forbidden" of what is not there.
            StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::FORBIDDEN => Ok(None),
            status => Err(Failure {
                passing: status.is_server_error()
                    || status == StatusCode::TOO_MANY_REQUESTS
                    || status == StatusCode::REQUEST_TIMEOUT,
                detail: format!("the server answers {status}"),
            }),
        }
    }
}

/// Why one attempt failed.
struct Failure {
    /// Whether another attempt may succeed.
    passing: bool,
    detail: String,
}

impl Failure {
    fn of(error: ureq::Error) -> Self {
        use ureq::Error::{ConnectionFailed, HostNotFound, Io, Protocol, Timeout};
        let passing =
            matches!(error, Io(_) | Timeout(_) | HostNotFound | ConnectionFailed | Protocol(_));
        Self { passing, detail: error.to_string() }
    }
}
