//! What a contest is timed by.

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
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
            Self::Thread => Started::Thread(ThreadTime::now()),
        }
    }
}

/// A measurement that has begun.
pub(crate) enum Started {
    Wall(Instant),
    Thread(ThreadTime),
}

impl Started {
    /// The time since then.
    pub(crate) fn elapsed(&self) -> Duration {
        match self {
            Self::Wall(start) => start.elapsed(),
            Self::Thread(start) => start.elapsed(),
        }
    }
}
