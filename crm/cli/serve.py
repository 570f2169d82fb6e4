"""`crm serve`: the production web server, and with `--with-worker` one worker beside it on the same machine."""

import argparse
import ctypes
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from crm.cli.upgrade import newest_revision, revision
from crm.db import db
from crm.intake.rush import NAME as RUSH
from crm.intake.triage import assess
from crm.leads.matching import agrees_on_name
from crm.lifecycle.workflow import is_demo
from crm.programme import programme

# A slow body holds a thread, not a seat (crm.web.body): it takes this many slow clients to keep others out. A proxy in
# front that reads whole bodies first (docs/operating.md) keeps any number of them away.
THREADS = 256
HEADERS_WITHIN = 5000  # milliseconds
LONGEST_HEADER = 32 * 1024  # bytes
ACCESS_LINE = "%(time)s %(method)s %(status)d %(dt_ms).1f ms"  # no path, no query, no address: they tell who asked
PR_SET_PDEATHSIG = 1


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `crm serve` to the command line."""
    serve = commands.add_parser("serve", help="run the web server")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_number(65535), default=8000)
    serve.add_argument("--workers", type=_number(64), default=1, help="web processes")
    serve.add_argument("--threads", type=_number(4096), default=THREADS, help="threads a process")
    serve.add_argument("--with-worker", action="store_true", help="run one worker beside the web server")
    serve.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop. Refuses a taken port, an old schema, and a demo database in production."""
    problem = _why_not() or _taken(args.host, args.port)
    if problem:
        print(f"crm serve: {problem}", file=sys.stderr)
        return 1
    db.engine.dispose()
    beside = _Worker() if args.with_worker else None
    if beside:
        beside.start()
    print(f"Lantern listens on http://{args.host}:{args.port}", flush=True)
    try:
        web_server(args).serve(target_loader=load, wrap_loader=False)
    finally:
        if beside:
            beside.stop()
    return 0


def load(_target: str = "") -> Callable[..., Any]:
    """Runs in each web process: build the application once, and keep the collector out of its way."""
    from wsgi import load as build

    _die_with_parent()
    app = build()
    # The rules of triage and the names people go by are read once, before the first message and not with it.
    assess("")
    agrees_on_name("Dana Poe", "Dana Poe")
    app.extensions[RUSH].look()  # what a process before this one may have left
    # The tail of slow answers was the garbage collector walking what never goes away (docs/decisions).
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    return app


def _number(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"a whole number from 1 to {most}")
        return int(text)

    return read


def web_server(args: argparse.Namespace) -> Any:
    """Granian, as `crm serve` runs it."""
    return Granian(
        "wsgi:load", address=args.host, port=args.port, interface=Interfaces.WSGI, workers=args.workers,
        blocking_threads=args.threads, http=HTTPModes.http1, websockets=False, respawn_failed_workers=True,
        workers_kill_timeout=10, log_access=True, log_access_format=ACCESS_LINE,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN, max_buffer_size=LONGEST_HEADER),
    )


def _why_not() -> str | None:
    if revision() != newest_revision():
        return "the database is not at the newest schema; run `crm upgrade` first"
    if is_demo() and programme().is_production:
        return "this is a demo database; production does not start on it"
    return None


def _taken(host: str, port: int) -> str | None:
    # The server shares a port silently: an old copy would go on answering half of the requests.
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return f"cannot listen on {host}:{port} ({error.strerror}); is another copy running?"
    return None


def _die_with_parent() -> None:
    """When the main process is killed outright, its web processes must not go on serving as orphans."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start_alone(program: list[str], before: Callable[[], None]) -> "subprocess.Popen[bytes]":
    """Start a program of our own; `before` runs in it first. No thread of this process forks meanwhile.

    A web process forked in that moment would keep the other end of the pipe on which `Popen` waits for the program to
    begin: the watch over the worker would stand still for as long as that web process lives.
    """
    with _FORKING:
        return subprocess.Popen(program, preexec_fn=before)  # noqa: S603 - no word of it comes from outside


_FORKING = threading.RLock()
os.register_at_fork(before=_FORKING.acquire, after_in_parent=_FORKING.release, after_in_child=_FORKING.release)


class _Worker:
    """One `crm worker` beside the web server: started again when it dies, stopped cleanly with the server."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._process and self._process.poll() is None:
            self._process.terminate()
        self._thread.join(timeout=15)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            # The prctl has to run in the child, before the program.
            self._process = start_alone([sys.executable, "-m", "crm.cli", "worker"], _end_with_parent)
            self._process.wait()
            if time.monotonic() - began < 5:
                self._stopping.wait(2)


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
