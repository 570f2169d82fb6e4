"""People who write at once: processes of their own that send over HTTP, or insert without it; and what that cost.

They run on the same cores as the servers, so requests a second tell what is left beside them. CPU is the servers' alone
(web server and PostgreSQL), as Linux counts it; 0 elsewhere.
"""

import multiprocessing
import os
import time
from contextlib import suppress
from http.client import HTTPConnection
from itertools import chain
from multiprocessing.pool import Pool, ThreadPool
from pathlib import Path
from typing import NamedTuple

from bench.bare import keeper

PROCESSES = 8  # more clients share them


class Call(NamedTuple):
    """One POST."""

    path: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """When it was asked for and there, and what it was."""

    began: float
    ended: float
    status: int
    size: int


class Leg(NamedTuple):
    """So many clients for a while."""

    a_second: float
    cpu: float  # ms a request
    waits: list[float]  # ms
    size: int  # bytes of an answer


def people() -> Pool:
    """The processes, started anew: nothing of ours is open in them."""
    return multiprocessing.get_context("spawn").Pool(PROCESSES)


def send(pool: Pool, port: int, calls: list[Call], many: int) -> Leg:
    """Send the calls from so many clients, each with its own connection, which stays open."""
    shares = [calls[one::many] for one in range(many)]
    handed = [(port, shares[one::PROCESSES]) for one in range(min(many, PROCESSES))]
    before = cpu_of_servers()
    answers = list(chain.from_iterable(pool.starmap(_play, handed, chunksize=1)))
    cpu = cpu_of_servers() - before
    assert {one.status for one in answers} <= {200, 201, 303}, {one.status for one in answers}
    seconds = max(one.ended for one in answers) - min(one.began for one in answers)
    waits = [(one.ended - one.began) * 1000 for one in answers]
    return Leg(len(answers) / seconds, cpu / len(answers) * 1000, waits, answers[0].size)


def insert(pool: Pool, url: str, bodies: list[bytes]) -> float:
    """Bodies kept a second when every process inserts all of them without HTTP."""
    spans = pool.starmap(_keep, [(url, bodies)] * PROCESSES, chunksize=1)
    return len(bodies) * PROCESSES / (max(ended for _, ended in spans) - min(began for began, _ in spans))


def _play(port: int, shares: list[list[Call]]) -> list[Answer]:
    with ThreadPool(len(shares)) as threads:
        return list(chain.from_iterable(threads.map(lambda calls: _one_by_one(port, calls), shares, chunksize=1)))


def _one_by_one(port: int, calls: list[Call]) -> list[Answer]:
    line, answers = HTTPConnection("localhost", port), []
    for call in calls:
        began = time.monotonic()
        line.request("POST", call.path, call.body, call.headers)
        answer = line.getresponse()
        size = len(answer.read())
        answers.append(Answer(began, time.monotonic(), answer.status, size))
    line.close()
    return answers


def _keep(url: str, bodies: list[bytes]) -> tuple[float, float]:
    keep = keeper(url)
    began = time.monotonic()
    for body in bodies:
        keep(body)
    return began, time.monotonic()


def cpu_of_servers() -> float:
    """Seconds, of all that this process has started but the clients."""
    parents, ticks = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            pid, words = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
            parents[pid], ticks[pid] = int(words[1]), int(words[11]) + int(words[12])
    clients = {one.pid for one in multiprocessing.active_children()}

    def is_server(pid: int) -> bool:
        return pid in parents and pid not in clients and (parents[pid] == os.getpid() or is_server(parents[pid]))

    return sum(spent for pid, spent in ticks.items() if is_server(pid)) / os.sysconf("SC_CLK_TCK")
