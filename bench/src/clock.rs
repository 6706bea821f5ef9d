//! What a contest is timed by.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// What a contest is timed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// The time that passes.
    #[default]
    Wall,
    /// The time that the contest's own thread has a processor: while others have it,
    /// it stands still. Only for contestants that neither start threads nor wait.
    Thread,
}

impl Clock {
    /// Starts to measure.
    pub(crate) fn start(self) -> Started {
        match self {
            Self::Wall => Started::Wall(Instant::now()),
            Self::Thread => Started::Thread(thread_time()),
        }
    }
}

/// A measurement that has begun.
pub(crate) enum Started {
    Wall(Instant),
    Thread(Duration),
}

impl Started {
    /// The time since then.
    pub(crate) fn elapsed(&self) -> Duration {
        match self {
            Self::Wall(start) => start.elapsed(),
            Self::Thread(start) => thread_time().saturating_sub(*start),
        }
    }
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}
