"""DuckDB's copy of the flights, one for each line that is read: `THREADS`.

A process of its own that another one drives, so that both take turns: after `ready`
on standard output, each answer is the number of seconds that the copy took.
"""

import sys
import time

import duckdb

from .duckdb_sql import RUN, _connect


def main():
    source, target = sys.argv[1:]
    connections = {}
    print("ready", duckdb.__version__, flush=True)
    for line in sys.stdin:
        threads = int(line)
        if threads not in connections:
            connections[threads] = _connect(threads)
        begun = time.perf_counter()
        connections[threads].execute(RUN.format(source=source, target=target))
        print(time.perf_counter() - begun, flush=True)


if __name__ == "__main__":
    main()
