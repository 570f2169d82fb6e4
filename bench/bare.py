"""The other side of the scale: a bare Flask app that keeps each body with one INSERT and one COMMIT, served as ours is.

`python -m bench.bare PORT WORKERS`, with DATABASE_URL set. It is as careful as we are: our pragmas on SQLite, and what
PostgreSQL does by itself. It lacks everything else: seats, a second delivery, history, triage, notices.
"""

import argparse
import gc
import os
import sqlite3
import sys
import threading
from collections.abc import Callable

import psycopg
from flask import Flask, request

from crm.cli.serve import THREADS, web_server
from crm.db.sqlite import PRAGMAS
from tests.support.processes import die_with_us

Keep = Callable[[bytes], None]


def main() -> None:
    """Make the table, and serve."""
    keeper(os.environ["DATABASE_URL"])
    port, workers = map(int, sys.argv[1:])
    asked = argparse.Namespace(host="127.0.0.1", port=port, workers=workers, threads=THREADS)
    web_server(asked).serve(target_loader=load, wrap_loader=False)


def load(_target: str = "") -> Flask:
    """Runs in each web process. The collector is kept out of its way as it is out of ours."""
    die_with_us()
    bare, mine = Flask("bare"), threading.local()

    @bare.post("/<int:size>")
    def keep(size: int) -> str:
        if not hasattr(mine, "keep"):
            mine.keep = keeper(os.environ["DATABASE_URL"])
        mine.keep(request.get_data())
        return "x" * size

    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    return bare


def keeper(url: str) -> Keep:
    """A connection of its own, and how a body is kept through it."""
    if url.startswith("sqlite:///"):
        return _in_sqlite(url.removeprefix("sqlite:///"))
    else:
        return _in_postgresql(url.replace("+psycopg", ""))


def _in_sqlite(path: str) -> Keep:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    connection.execute("CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY, body BLOB)")

    def keep(body: bytes) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO kept (body) VALUES (?)", (body,))
        connection.execute("COMMIT")

    return keep


def _in_postgresql(url: str) -> Keep:
    connection = psycopg.connect(url)
    connection.execute("CREATE TABLE IF NOT EXISTS kept (id bigserial PRIMARY KEY, body bytea)")
    connection.commit()

    def keep(body: bytes) -> None:
        connection.execute("INSERT INTO kept (body) VALUES (%s)", (body,))
        connection.commit()

    return keep


if __name__ == "__main__":
    main()
