"""The web server is killed again and again while people write: whoever was told "we have it" is there, once."""

import csv
import http.client
import io
import json
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.postgres import Server
from tests.support.processes import Running, wait_until
from tests.support.service import Service, a_service

CLIENTS, KILLS = 16, 10
IN_THE_SUITE, AT_LENGTH = (500, 1), (2000, 2)  # people who write, and web processes


@pytest.mark.parametrize("people,processes", [IN_THE_SUITE, pytest.param(*AT_LENGTH, marks=pytest.mark.soak)])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_ten_kills_lose_nobody(kind: str, people: int, processes: int, server: Server, tmp_path: Path):
    service = a_service(kind, server, tmp_path)
    service.crm("staff", "add", "ida@example.org", "--name", "Ida", "--role", "intake", "--password-stdin",
                typed="a long enough pass phrase\n")
    secret = _secret(service.crm("source", "add", "json", "--name", "Partner site", "--slug", "partner"))
    line = Line(service, secret, people, processes)

    with ThreadPoolExecutor(CLIENTS) as clients:
        told = [clients.submit(line.write_until_told, number) for number in range(people)]
        line.kill_again_and_again()
        assert all(one.result(timeout=120) in (200, 201) for one in told)
    line.server.kill()

    _everybody_is_there_once(service, people)


def test_the_count_would_notice_somebody_missing_or_double():
    """The known-bad variants, on the same check."""
    whole = [{"external_id": f"p{number}", "lead": f"L{number}", "state": "understood"} for number in range(9)]

    assert _faults(whole, 9) == []
    assert _faults(whole[:-1], 9) and _faults([*whole, whole[0]], 9)
    assert _faults([*whole[:-1], {**whole[-1], "lead": ""}], 9)


class Line:
    """A server that is killed and started again, and clients that try until somebody answers."""

    def __init__(self, service: Service, secret: str, people: int, processes: int) -> None:
        self.service = service
        self.secret = secret
        self.people = people
        self.told = 0
        self._counting = threading.Lock()
        self._is_up = threading.Event()
        self._words = ("--workers", str(processes))
        self.server: Running = service.serve(*self._words)
        self._is_up.set()

    def write_until_told(self, number: int) -> int:
        """Send one submission with its key until it is acknowledged; the status of the acknowledgement."""
        body = json.dumps({"name": f"Person {number}", "phone": f"303555{number:04d}", "message": "Hello",
                           "state": "CO", "external_id": f"p{number}"})
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json",
                   "Idempotency-Key": f"key-{number}"}
        status = wait_until(lambda: self._try(body, headers), 90, "an answer")
        with self._counting:
            self.told += 1
        return status

    def kill_again_and_again(self) -> None:
        """Kill the whole server group at ten moments spread over the run, and start it again each time."""
        moments = random.Random(7)
        for kill in range(KILLS):
            goal = int((kill + moments.uniform(0.2, 0.8)) * self.people / KILLS)
            wait_until(lambda goal=goal: self.told >= goal, 60, f"{goal} people to be told")
            self._is_up.clear()
            self.server.kill()
            self.server = self.service.serve(*self._words)
            self._is_up.set()

    def _try(self, body: str, headers: dict[str, str]) -> int | None:
        try:
            connection = http.client.HTTPConnection("localhost", self.service.port, timeout=10)
            connection.request("POST", "/api/v1/submissions", body, headers)
            answer = connection.getresponse()
            answer.read()
            connection.close()
        except (OSError, http.client.HTTPException):
            self._is_up.wait(60)  # sixteen who knock all the time would keep it from starting
            return None
        return answer.status if answer.status in (200, 201) else self._not_yet(answer.status)

    def _not_yet(self, status: int) -> None:
        assert status in (409, 503), f"an honest client was answered {status}"


def _everybody_is_there_once(service: Service, people: int) -> None:
    rows = list(csv.DictReader(io.StringIO(service.crm("submissions", "--source", "partner"))))
    assert _faults(rows, people) == []
    engine = sa.create_engine(service.url)
    with engine.connect() as connection:
        def count(words: str) -> int:
            return connection.execute(sa.text(f"SELECT count(*) FROM {words}")).scalar_one()

        assert count("lead") == count("event WHERE action = 'received'") == people
        assert count("follow_up WHERE kind = 'first-reply'") == people
        assert count("(SELECT DISTINCT lead_id FROM message WHERE kind = 'new-message') AS told") == people
        assert count("lead WHERE NOT EXISTS (SELECT 1 FROM submission WHERE submission.lead_id = lead.id)") == 0
    engine.dispose()
    assert "whole" in service.crm("audit", "verify")


def _faults(rows: list[dict[str, str]], people: int) -> list[str]:
    seen = Counter(row["external_id"] for row in rows)
    wrong = [f"p{number} is there {seen[f'p{number}']} times" for number in range(people) if seen[f"p{number}"] != 1]
    return wrong + [f"{row['external_id']} has no lead" for row in rows if not row["lead"]]


def _secret(printed: str) -> str:
    return next(line.removeprefix("secret=") for line in printed.splitlines() if line.startswith("secret="))
