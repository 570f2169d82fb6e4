"""`make bench`: our pages beside a bare Flask page of the same bytes and beside raw SQL, on both databases;
and what the triage of a message costs; and durable intake over HTTP beside a bare app (bench/intake.py, six minutes).

Prints CPU milliseconds a request (median of rounds, the two sides in turn) and the ratio. It judges nothing.
`make bench ARGS="--only intake"` measures one part.
"""

import argparse
import json
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string
from flask.testing import FlaskClient
from sqlalchemy import text

from bench.intake import intake
from config import ROOT, Config
from crm import create_app
from crm.cli.upgrade import migrate
from crm.clock import now
from crm.db import commit, db
from crm.demo.bulk import grow, hire_if_nobody
from crm.intake.triage import assess
from crm.models import Lead, Staff
from crm.staff import cookies, signins
from tests.support.hostile import hostile
from tests.support.postgres import start_server

ROUNDS, EACH = 7, 30

ROW = "<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>"
TABLE = "{{ filler|safe }}<table>{% for row in rows %}" + ROW + "{% endfor %}</table>"


def main() -> None:
    """Measure at the asked size: everything, or one part."""
    asked = argparse.ArgumentParser(prog="python -m bench")
    asked.add_argument("--leads", type=int, default=10_000)
    asked.add_argument("--only", choices=PARTS, help="one part of it")
    said = asked.parse_args()
    for name in [said.only] if said.only else PARTS:
        PARTS[name](said.leads)


def pages(leads: int) -> None:
    """Our pages, on both databases."""
    server = start_server()
    with tempfile.TemporaryDirectory() as folder:
        for url in (f"sqlite:///{Path(folder) / 'crm.db'}", server.create("bench")):
            measure(url, leads)
    server.stop()


def triage(_leads: int) -> None:
    """The triage of one message: as people write, as long as it gets, and as somebody would write to make it slow."""
    rows = (ROOT / "tests/data/triage/dev.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(row)["text"] for row in rows]
    longest = " ".join(texts)[:20_000]
    assess("")  # the rules are read once
    print(f"\ntriage; CPU ms a message, median of {ROUNDS} rounds")
    usual = {"usual": texts, "usual, 20,000 characters": [longest]}
    for name, messages in (usual | {name: [long] for name, long in hostile().items()}).items():
        times = []
        for _ in range(ROUNDS):
            began = time.process_time()
            for message in messages:
                assess(message)
            times.append((time.process_time() - began) / len(messages) * 1000)
        print(f"  {name:<30}{statistics.median(times):7.2f}   (bar for any message: 50)")


def measure(url: str, leads: int) -> None:
    """All figures on one database."""
    app = create_app(Config(
        environment="test", database_url=url, secret_key=secrets.token_urlsafe(32),
        field_keys=(secrets.token_bytes(32),), trusted_hosts=("localhost",), second_factor="off",
    ))
    with app.app_context():
        migrate()
        hire_if_nobody(now())
        for _ in grow(leads, 1, now()):
            commit()
    client, lead = signed_in(app)
    print(f"\n{url.split(':')[0]}, {leads:,} leads; CPU ms a request, median of {ROUNDS} rounds")
    for name, address in (("queue", "/queue"), ("everyone", "/queue?show=everyone"), ("lead", f"/leads/{lead}")):
        page = client.get(address)
        assert page.status_code == 200, address
        bare = bare_page(len(page.data))
        compare(name, lambda address=address: client.get(address), "bare Flask + Jinja, same bytes",
                lambda bare=bare: bare.get("/"))
    with app.app_context():
        compare("queue", lambda: client.get("/queue"), "raw SQL, no page", raw_sql)


def signed_in(app: Flask) -> tuple[FlaskClient, str]:
    """A browser in which somebody at intake is signed in, and a lead to open."""
    client = app.test_client()
    with app.app_context():
        ida = db.session.query(Staff).filter_by(role="intake").first()
        lead = db.session.query(Lead.ref).filter(Lead.ended_at.is_(None)).first()
        assert ida and lead
        token = signins.begin(ida, now(), complete=True)
        commit()
    client.set_cookie(cookies.cookie_name(), token, domain="localhost")
    return client, lead[0]


def bare_page(size: int) -> FlaskClient:
    """A Flask page of this many bytes: fifty rows of ten cells through Jinja, the rest as it is."""
    bare = Flask("bare")
    rows = [[f"cell {row} {cell}" for cell in range(10)] for row in range(50)]
    table = 50 * 10 * 24

    @bare.get("/")
    def page() -> str:
        return render_template_string(TABLE, rows=rows, filler="x" * max(size - table, 0))

    return bare.test_client()


def raw_sql() -> None:
    """What the queue asks of the database, by hand."""
    with db.engine.connect() as connection:
        connection.execute(text(
            "SELECT f.due_at, l.ref, l.status_key, p.name, p.state FROM follow_up f JOIN lead l ON l.id = f.lead_id "
            "JOIN person p ON p.id = l.inquirer_id WHERE f.done_at IS NULL AND l.ended_at IS NULL "
            "ORDER BY f.due_at, f.id LIMIT 51"
        )).all()
        connection.rollback()


def compare(name: str, ours: Callable[[], Any], other_name: str, other: Callable[[], Any]) -> None:
    """Time the two in turn, and print both medians and the ratio."""
    mine, theirs = [], []
    ours(), other()
    for _ in range(ROUNDS):
        mine.append(_cpu(ours))
        theirs.append(_cpu(other))
    a, b = statistics.median(mine), statistics.median(theirs)
    print(f"  {name:<10}{a:7.2f}   {other_name:<32}{b:7.2f}   {b / a:6.0%} of it")


def _cpu(act: Callable[[], Any]) -> float:
    began = time.process_time()
    for _ in range(EACH):
        act()
    return (time.process_time() - began) / EACH * 1000


PARTS: dict[str, Callable[[int], None]] = {"triage": triage, "pages": pages, "intake": intake}

main()
