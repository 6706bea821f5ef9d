//! Several lanes at work: batches go round them, and what comes of each is handed over
//! in the order of the batches.
//!
//! Batch `i` goes to lane `i` modulo their number, so that which instance saw which
//! rows hangs on nothing but that number. At most [`WAITING`] batches wait before each
//! lane and behind it: memory is bounded by lanes times batch, whatever the rows.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use bailiwick_terms::ProductName;

use crate::PipelineError;
use crate::lane::{Governed, Lane};
use crate::memory::{HeldRows, RunMemory};
use crate::source::{Adapter, RawBatch, Source};

/// Batches that wait before a lane, and results that wait behind it: one, so that a
/// lane need not wait for the reader or the writer while these do their share.
const WAITING: usize = 1;

type Raw = Result<(RawBatch, HeldRows), PipelineError>;
type Answer = Result<Governed, PipelineError>;

/// Sends all batches of a source through the lanes. `deliver` is given what comes of
/// each, in order, on this thread; an error of its own ends all. Gives the lanes back.
pub(crate) fn govern(
    product: &ProductName,
    source: &mut Source,
    lanes: Vec<Lane>,
    memory: &RunMemory,
    mut deliver: impl FnMut(Governed) -> Result<(), PipelineError>,
) -> Result<Vec<Lane>, PipelineError> {
    let (adapter, count) = (source.adapter(), lanes.len());
    thread::scope(|scope| {
        let (mut senders, mut receivers, mut threads) = (Vec::new(), Vec::new(), Vec::new());
        for (index, lane) in lanes.into_iter().enumerate() {
            let (sender, batches) = sync_channel(WAITING);
            let (answers, receiver) = sync_channel(WAITING);
            let adapter = adapter.clone();
            let at_work = move || work((product, memory), lane, &adapter, batches, &answers);
            let thread = thread::Builder::new().name(format!("lane-{index}"));
            threads.push(
                thread.spawn_scoped(scope, at_work).map_err(|error| cannot_start(count, error))?,
            );
            senders.push(sender);
            receivers.push(receiver);
        }
        let feeder = thread::Builder::new().name("feed".into());
        feeder
            .spawn_scoped(scope, move || feed(source, memory, senders))
            .map_err(|error| cannot_start(count, error))?;

        let delivered = in_order(&receivers, &mut deliver);
        // A lane that still has something to say finds nobody listening, and ends.
        drop(receivers);
        let ended: Result<Vec<Lane>, _> = threads.into_iter().map(|thread| thread.join()).collect();
        delivered?;
        ended.map_err(|_| PipelineError::Accounting {
            product: product.clone(),
            detail: "a lane met a defect of bailiwick; report it with what was printed above"
                .into(),
        })
    })
}

fn cannot_start(threads: usize, error: std::io::Error) -> PipelineError {
    PipelineError::Threads { threads, reason: error.to_string() }
}

/// Gives each lane its batches, in turns, until the source ends or memory does.
fn feed(source: &mut Source, memory: &RunMemory, lanes: Vec<SyncSender<(u64, Raw)>>) {
    for (number, lane) in (0..).zip(lanes.iter().cycle()) {
        let Some(batch) = source.next().transpose() else { return };
        let batch = batch.map_err(PipelineError::from).and_then(|batch| {
            let mut held = memory.nothing();
            memory.hold(&mut held, || batch.bytes())?;
            Ok((batch, held))
        });
        let failed = batch.is_err();
        if lane.send((number, batch)).is_err() || failed {
            return;
        }
    }
}

/// Hands over what comes of each batch, in the order of the batches, until a lane has
/// no more: the input has ended there.
fn in_order(
    lanes: &[Receiver<Answer>],
    deliver: &mut impl FnMut(Governed) -> Result<(), PipelineError>,
) -> Result<(), PipelineError> {
    for lane in lanes.iter().cycle() {
        let Ok(answer) = lane.recv() else { break };
        deliver(answer?)?;
    }
    Ok(())
}

/// One lane's thread.
fn work(
    (product, memory): (&ProductName, &RunMemory),
    mut lane: Lane,
    adapter: &Adapter,
    batches: Receiver<(u64, Raw)>,
    answers: &SyncSender<Answer>,
) -> Lane {
    for (number, batch) in batches {
        let mut at = AtWork { lane: &mut lane, number, ends: true };
        let batch = batch.and_then(|(batch, held)| Ok((adapter.adapt(&batch)?, held)));
        let answer = match batch {
            Ok((batch, mut held)) => match at.lane.push(number, batch) {
                Ok(governed) => memory
                    .hold(&mut held, || governed.bytes())
                    .map(|()| Governed { _held: held, ..governed }),
                Err(error) => match error.of(product) {
                    Some(error) => Err(error),
                    None => break,
                },
            },
            Err(error) => Err(error),
        };
        let failed = answer.is_err();
        at.ends = answers.send(answer).is_err() || failed;
        if at.ends {
            break;
        }
    }
    lane
}

/// A lane at work on a batch. If it ends there, by an error or a panic, the other lanes
/// are told not to wait for it.
struct AtWork<'a> {
    lane: &'a mut Lane,
    number: u64,
    ends: bool,
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        if self.ends {
            self.lane.stop(self.number);
        }
    }
}
