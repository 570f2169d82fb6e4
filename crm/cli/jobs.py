"""`crm jobs` and `crm job NAME`: the timetable with its last runs, and one job now, as if it were that moment."""

import argparse
from datetime import datetime

from flask import current_app
from sqlalchemy import select

from crm.cli import Commands
from crm.clock import now, parse_moment
from crm.db import db
from crm.models import JobRun
from crm.timetable import JOBS, run_job


def register(commands: Commands) -> None:
    """Add both commands to the `crm` program."""
    commands.add_parser("jobs", help="the timetable and its last runs").set_defaults(run=show)
    job = commands.add_parser("job", help="run one job now")
    job.add_argument("name", choices=JOBS, metavar="NAME", help=", ".join(JOBS))
    job.add_argument("--at", type=_moment, help="as if it were this moment: 2026-11-24T15:00:00Z")
    job.set_defaults(run=run)


def show(_args: argparse.Namespace) -> int:
    """One line a job: name, how often, when it last did something, what came of it."""
    runs = {run.name: run for run in db.session.scalars(select(JobRun))}
    print(f"{'job':<12}{'every':>8}  {'last run':<22}result")
    for name, (seconds, _, _) in JOBS.items():
        run = runs.get(name)
        last = f"{run.started_at:%Y-%m-%d %H:%M:%S}Z" if run else "never"
        result = ("failed: " if run.failed else "") + run.result if run else ""
        print(f"{name:<12}{seconds:>6.0f} s  {last:<22}{result}")
    return 0


def run(args: argparse.Namespace) -> int:
    """Run it, and say what it did."""
    done = run_job(current_app._get_current_object(), args.name, args.at or now())  # type: ignore[attr-defined]
    print(JOBS[args.name][2].format(done))
    return 0


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
