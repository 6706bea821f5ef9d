"""What a peer hands back when it has prepared a work."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable


@dataclass(frozen=True)
class Inputs:
    """What a work is prepared from."""

    flights: Path
    """The Parquet file of flights."""
    scratch: Path
    """A folder to write to."""
    threads: int


@dataclass(frozen=True)
class Prepared:
    """A work whose data is where it is to be when the clock starts."""

    rows: int
    what: str
    """The query or the calls, in words or in the peer's language."""
    once: Callable[[], Any]
    """Does the work: the only thing that is timed."""
    figures: Callable[[Any], dict]
    """Of what `once` gave: what proves that the work was done."""
