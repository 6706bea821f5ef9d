"""A process in which one peer does one work."""

import gc
import importlib
import os
import time
import traceback

from .prepared import Inputs

TIMES_A_TURN = 3
"""How often a work is done in a turn; the last time counts. While the others had theirs, the
caches went cold and the allocator gave memory back: the first time gets them again, and the
second, whose result is there beside the first one's, as much memory as the third will take."""


def serve(connection, module: str, work: str, inputs: Inputs) -> None:
    """Prepares the work, then does what the other end asks for until it hangs up.

    It is asked for a `round` or for the `figures` of the last one. Answers are pairs:
    whether it went well, and the answer or what went wrong.
    """
    try:
        _limit_threads(inputs.threads)
        peer = importlib.import_module(f"peers.{module}")
        prepared = peer.WORKS[work](inputs)
        connection.send((True, {"version": peer.VERSION, "rows": prepared.rows, "what": prepared.what}))
        result = None
        while True:
            if connection.recv() == "figures":
                connection.send((True, prepared.figures(result)))
                continue
            result = None
            gc.collect()
            for _ in range(TIMES_A_TURN):
                wall, cpu = time.perf_counter(), time.process_time()
                following = prepared.once()
                wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
                result = following
            connection.send((True, (wall, cpu)))
    except EOFError:
        pass
    except Exception:
        connection.send((False, traceback.format_exc()))


def _limit_threads(threads):
    """Before anything is imported: most libraries read these once, when they load."""
    names = ["POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
             "NUMEXPR_NUM_THREADS", "ARROW_IO_THREADS"]
    os.environ.update({name: str(threads) for name in names})
