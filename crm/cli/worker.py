"""`crm worker`: run what is due, again and again; any number of workers on any number of machines."""

import argparse
import sys

from flask import current_app

from crm.cli import Commands, Refusal
from crm.cli.upgrade import newest_revision, revision
from crm.lifecycle.workflow import is_demo
from crm.outbox.delivery import dead_letters
from crm.programme import programme
from crm.timetable import run_once, run_until_idle, run_worker


def register(commands: Commands) -> None:
    """Add the command to the `crm` program."""
    worker = commands.add_parser("worker", help="run scheduled work")
    how = worker.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="one pass of what is due now, then stop")
    how.add_argument("--until-idle", action="store_true", help="pass after pass until nothing is due now")
    worker.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Work until told to stop (or until the pass is done). Dead letters are said, and are no failure."""
    if revision() != newest_revision():
        raise Refusal("The database is not at the newest schema; run `crm upgrade` first.")
    if is_demo() and programme().is_production:
        raise Refusal("This is a demo database; production does not start on it.")
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if args.once or args.until_idle:
        run_once(app) if args.once else run_until_idle(app)
        dead = dead_letters()
        print(f"idle; {dead} dead letters" if dead else "idle")
    else:
        print("the worker ticks", file=sys.stderr, flush=True)
        run_worker(app)
    return 0
