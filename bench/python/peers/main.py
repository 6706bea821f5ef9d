"""The command: `python -m peers --data DIR --rounds N --json OUT [--only gate,mask,run,policies]`."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from . import defects, machine, policies
from .prepared import Inputs
from .rounds import Contender, Disagreement, Failure, measure

MODULES = {
    "duckdb-sql": "duckdb_sql",
    "duckdb-sql-grouped": "duckdb_grouped",
    "polars": "polars_lazy",
    "pandas": "pandas_frame",
    "pyarrow": "arrow_compute",
    "pandera": "pandera_schema",
    "great-expectations": "gx_suite",
}

GATE = ["duckdb-sql", "duckdb-sql-grouped", "polars", "pandas", "pandera", "great-expectations"]
MASK = ["duckdb-sql", "polars", "pandas", "pyarrow"]
QUERIES = ["duckdb-sql", "polars"]

KINDS = {
    "gate": {"gate": GATE},
    "mask": {"mask": MASK},
    "policies": {
        policies.work(name): QUERIES + ["duckdb-sql-grouped"] * (name in policies.TEXT_CHECKS)
        for name in policies.TRANSFORMS + policies.CHECKS
    },
    "run": {"run": QUERIES},
}
"""Who does which works."""


def main() -> None:
    options = _options()
    began = machine.facts()
    options.json.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Beside the answer: files are then written to the disk that the caller means.
        with tempfile.TemporaryDirectory(dir=options.json.parent) as scratch:
            measurements = list(_measurements(options, Path(scratch)))
    except (Disagreement, Failure) as error:
        sys.exit(f"nothing is written: {error}")
    answer = {
        "machine": began | {"load_average_after": os.getloadavg()},
        "data": str(options.data),
        "rounds": options.rounds,
        "measurements": measurements,
    }
    options.json.write_text(json.dumps(answer, indent=1) + "\n")


def _options():
    parser = argparse.ArgumentParser(prog="python -m peers", description=__doc__)
    parser.add_argument("--data", type=Path, required=True,
                        help="the folder of flights.parquet, or a Parquet file with its columns")
    parser.add_argument("--rounds", type=int, default=15, help="how often each peer does each work, after a warm-up")
    parser.add_argument("--json", type=Path, required=True, help="the file to write")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(KINDS), metavar="KINDS",
                        help=f"some of {','.join(KINDS)}")
    options = parser.parse_args()
    if unknown := set(options.only) - set(KINDS):
        parser.error(f"--only: {', '.join(sorted(unknown))}: expected some of {','.join(KINDS)}")
    if options.data.is_dir():
        options.data /= "flights.parquet"
    if not options.data.is_file():
        parser.error(f"--data: there is no file {options.data}")
    options.data, options.json = options.data.resolve(), options.json.resolve()
    return options


def _measurements(options, scratch):
    for kind in options.only:
        _compare_on_defects(kind, options.data, scratch)
        threads = sorted({1, machine.cores()}) if kind == "run" else [1]
        for work, peers in KINDS[kind].items():
            _say(f"{work}: {options.rounds} rounds of {', '.join(peers)}")
            contenders = _contenders(peers, options.data, scratch, threads)
            yield from measure(work, contenders, options.rounds)


def _contenders(peers, flights, scratch, threads):
    inputs = [Inputs(flights, scratch, number) for number in threads]
    return [Contender(peer, MODULES[peer], given) for peer in peers for given in inputs]


def _compare_on_defects(kind, data, scratch):
    """Fails unless peers do the same to rows such as the measured ones are not."""
    match kind:
        case "gate":
            damaged = scratch / "defects.parquet"
            defects.write(data, damaged)
            [counts, *_] = measure("gate", _contenders(GATE, damaged, scratch, [1]), rounds=0)
            if never := [rule for rule, count in counts["result"].items() if count == 0]:
                raise Disagreement(f"gate: no row with defects fails {', '.join(never)}")
        case "mask":
            measure("mask/defects", _contenders(MASK, data, scratch, [1]), rounds=0)


def _say(text):
    print(text, file=sys.stderr, flush=True)
