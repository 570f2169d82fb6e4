"""Durable intake: our ways in over HTTP, beside a bare Flask app that keeps the same bodies with one INSERT and COMMIT.

`crm serve` and the bare app (bench/bare.py) run under the same server with as many processes, on databases side by
side, and answer as many bytes. "Raw" is the INSERT and COMMIT alone, from eight processes. Every message comes from
somebody new at another address, under a key or page of its own, so that each becomes a lead; a form is sent without
being fetched first. All of it falls within an hour, so that our counting against floods is felt here as in a flood.

In a rush we answer first: what is compared is the answer, and what the reading takes after it stands beside it.
"""

import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import count
from multiprocessing.pool import Pool
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy import func, select

from bench.clients import Call, Leg, cpu_of_servers, insert, people, send
from config import from_environment
from crm import create_app
from crm.clock import now
from crm.db import commit, db
from crm.demo.bulk import grow, hire_if_nobody
from crm.demo.crowd import FIRST, LAST, MESSAGES, STATES
from crm.demo.people import AREA_CODES
from crm.intake.tokens import new_form_token
from crm.models import Submission
from crm.sources.actions import add_source
from tests.support.postgres import Server, start_server
from tests.support.processes import free_port, spawn
from tests.support.service import a_service

WORKERS, ROUNDS = 2, 5
LEGS = {1: 20, 8: 160, 32: 256}  # clients, and messages in a round: less in all than the 5,000 a source may bring
BARE_TIMES = 8  # each body goes to the bare app so often: a leg would be over before it is measured

Way = Callable[[int], Call]  # what the person of this number sends
Legs = dict[tuple[str, str, int], list[Leg]]  # of whom, by which way, from how many clients
POLLED = 0.02  # seconds


class Rest(NamedTuple):
    """What was left to read after a leg, and the seconds and CPU seconds that took."""

    messages: int
    seconds: float
    cpu: float


def intake(leads: int) -> None:
    """Measure on SQLite, and on a PostgreSQL that is as careful as in production."""
    server = start_server(fresh=True, fsync=True)
    with tempfile.TemporaryDirectory() as folder, people() as pool:
        for kind in ("sqlite", "postgresql"):
            measure(kind, server, Path(folder), pool, leads)
    server.stop()


def measure(kind: str, server: Server, folder: Path, pool: Pool, leads: int) -> None:
    """All figures on one database."""
    service = a_service(kind, server, folder, PROXY_HOPS="1")
    bare_url = f"sqlite:///{folder / 'bare.db'}" if kind == "sqlite" else server.create("bare")
    bare_port = free_port()
    with create_app(from_environment(service.env)).app_context():
        hire_if_nobody(now())
        for _ in grow(leads, 1, now()):
            commit()
        ways = ways_in()
        bare = spawn([sys.executable, "-m", "bench.bare", str(bare_port), str(WORKERS)], {"DATABASE_URL": bare_url})
        with service.serve("--workers", str(WORKERS)), bare:
            bare.wait_for_port(bare_port)
            print(f"\nintake, {kind}, {leads:,} leads; {WORKERS} web processes, median of {ROUNDS} rounds; load of the "
                  f"machine before: {os.getloadavg()[0]:.1f}")
            legs, reading, raw = in_turn(pool, ways, service.port, bare_port, bare_url)
        show(ways, legs, reading, raw)


def ways_in() -> dict[str, Way]:
    """How somebody writes to us, by way in."""
    _, partner = add_source("json", "Partner", "partner", None, now())
    _, plugin = add_source("gravity-forms", "Plugin", "plugin", None, now())
    commit()

    def form(number: int) -> Call:
        typed = {**somebody(number), "for": "self", "via": ["call", "text"], "vm": "name", "when": "am", "ok": "y"}
        typed |= {"msg": typed.pop("message"), "csrf_token": new_form_token()}
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": address}
        return Call("/contact", headers, urlencode(typed, doseq=True).encode())

    def api(number: int) -> Call:
        headers = {"Authorization": f"Bearer {partner}", "Idempotency-Key": f"key-{number}"}
        return _as_json("/api/v1/submissions", headers, somebody(number))

    def hook(number: int) -> Call:
        one = somebody(number)
        first, last = one["name"].split()
        entry = {"id": str(number), "form_id": "3", "status": "active", "1.3": first, "1.6": last, "3": one["phone"],
                 "4": one["email"], "6": one["message"], "8": one["state"]}
        return _as_json("/hooks/plugin", {"Authorization": f"Bearer {plugin}"}, entry)

    return {"public form": form, "JSON API": api, "vendor hook": hook}


def somebody(number: int) -> dict[str, str]:
    """The person of this number, whom nobody knows yet."""
    state = STATES[number % len(STATES)]
    return {
        "name": f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}", "state": state,
        "phone": f"({AREA_CODES[state]}) {200 + number // 10_000}-{number % 10_000:04d}",
        "email": f"p{number}@example.org", "message": MESSAGES[number % len(MESSAGES)],
    }


def in_turn(pool: Pool, ways: dict[str, Way], ours: int, bare: int, bare_url: str) -> tuple[Legs, list[Rest], float]:
    """Ours and the bare app, leg by leg in turn, and raw inserts a second. A first round only warms everything up."""
    numbers, legs, reading, raw = count(1), defaultdict(list), [], []
    for _ in range(1 + ROUNDS):
        for name, way in ways.items():
            for many, messages in LEGS.items():
                calls = [way(next(numbers)) for _ in range(messages)]
                mine = send(pool, ours, calls, many)
                same = [Call(f"/{mine.size}", {}, call.body) for call in calls * BARE_TIMES]
                legs["ours", name, many].append(mine)
                reading.append(until_all_is_read())
                legs["bare", name, many].append(send(pool, bare, same, many))
        raw.append(insert(pool, bare_url, [call.body for call in same]))
    everybody_is_a_lead(next(numbers) - 1)
    return {key: found[1:] for key, found in legs.items()}, [one for one in reading if one.messages], median(raw[1:])


def until_all_is_read() -> Rest:
    """What the messages that were answered first cost until each is a lead."""
    began, before, left = time.monotonic(), cpu_of_servers(), unread()
    messages = left
    while left:
        time.sleep(POLLED)
        left = unread()
    return Rest(messages, time.monotonic() - began, cpu_of_servers() - before)


def unread() -> int:
    """How many wait."""
    left = db.session.scalar(select(func.count()).where(Submission.state == "waiting")) or 0
    commit()
    return left


def everybody_is_a_lead(sent: int) -> None:
    """Else something cheaper was measured."""
    theirs = select(func.count()).where(Submission.words.is_not(None), Submission.state == "understood")
    assert db.session.scalar(theirs) == sent


def show(ways: dict[str, Way], legs: Legs, reading: list[Rest], raw: float) -> None:
    """One line a way: requests a second, what one costs, and how long one in a hundred waits; then the reading."""
    print(f"  {'':<12}{'requests a second, 1 client':<33}{'8 clients':<33}{'CPU ms each, 8 clients':<33}p99 ms, 32")
    for name in ways:
        cells = []
        for many in (1, 8):
            mine, other = (median(leg.a_second for leg in legs[whose, name, many]) for whose in ("ours", "bare"))
            cells.append(f"{mine:6,.0f} bare {other:6,.0f} {mine / other:5.0%}")
        cells[1] += f" raw {raw:,.0f} {mine / raw:.0%}"
        mine, other = (median(leg.cpu for leg in legs[whose, name, 8]) for whose in ("ours", "bare"))
        cells.append(f"{mine:6.2f} bare {other:6.2f} {other / (mine or 1):5.0%}")
        waits = quantiles((wait for leg in legs["ours", name, 32] for wait in leg.waits), n=100)
        print(f"  {name:<12}" + "".join(f"{cell:<33}" for cell in cells) + f"{waits[98]:6.1f}")
    left, seconds, cpu = (sum(one) for one in zip(*reading, strict=True))
    print(f"  answered first, then read: {left:,.0f} messages, {left / seconds:,.0f} a second, {cpu / left * 1000:.1f} "
          f"CPU ms each; never more than {max(one.messages for one in reading):,} at once")


def _as_json(path: str, headers: dict[str, str], body: dict[str, str]) -> Call:
    return Call(path, {**headers, "Content-Type": "application/json"}, json.dumps(body).encode())
