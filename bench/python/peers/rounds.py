"""Peers that take turns at one work."""

import multiprocessing
from contextlib import ExitStack
from dataclasses import dataclass

from .figures import differing
from .prepared import Inputs
from .worker import serve


class Disagreement(Exception):
    """Two peers, or two rounds, did not give the same."""


class Failure(Exception):
    """A peer could not do a work."""


@dataclass(frozen=True)
class Contender:
    peer: str
    module: str
    inputs: Inputs


class _Worker:
    def __init__(self, contender: Contender, work: str):
        self.contender, self.work = contender, work
        spawn = multiprocessing.get_context("spawn")
        self._connection, other = spawn.Pipe()
        arguments = (other, contender.module, work, contender.inputs)
        self._process = spawn.Process(target=serve, args=arguments, daemon=True)
        self._process.start()
        other.close()
        self.about = self._answer()
        self.seconds, self.cpu_seconds = [], []

    def warm_up(self):
        """So that there are figures before the first round."""
        self._ask("round")

    def round(self):
        wall, cpu = self._ask("round")
        self.seconds.append(wall)
        self.cpu_seconds.append(cpu)

    def figures(self):
        return self._ask("figures")

    def close(self):
        self._connection.close()
        self._process.join()

    def _ask(self, request):
        self._connection.send(request)
        return self._answer()

    def _answer(self):
        try:
            well, answer = self._connection.recv()
        except EOFError:
            well, answer = False, "its process ended"
        if not well:
            raise Failure(f"{self.contender.peer} failed at {self.work}: {answer}")
        return answer


def measure(work: str, contenders: list[Contender], rounds: int) -> list[dict]:
    """One measurement for each contender. Every round begins with the next one of them."""
    with ExitStack() as stack:
        workers = []
        for contender in contenders:
            worker = _Worker(contender, work)
            stack.callback(worker.close)
            workers.append(worker)
        for worker in workers:
            worker.warm_up()
        first = [worker.figures() for worker in workers]
        for turn in range(rounds):
            begin = turn % len(workers)
            for worker in workers[begin:] + workers[:begin]:
                worker.round()
        last = [worker.figures() for worker in workers]
        for worker, *given in zip(workers, first, last):
            for figures in given:
                if apart := differing(figures, first[0]):
                    raise Disagreement(f"{work}: {worker.contender.peer} gives {_only(apart, figures)}, "
                                       f"{workers[0].contender.peer} gives {_only(apart, first[0])}")
        return [_measurement(worker, figures) for worker, figures in zip(workers, first)]


def _measurement(worker, figures):
    return {
        "work": worker.work,
        "peer": worker.contender.peer,
        "version": worker.about["version"],
        "rows": worker.about["rows"],
        "threads": worker.contender.inputs.threads,
        "seconds": worker.seconds,
        "cpu_seconds": worker.cpu_seconds,
        "result": figures,
        "what": worker.about["what"],
    }


def _only(keys, figures):
    return {key: figures.get(key) for key in keys}
