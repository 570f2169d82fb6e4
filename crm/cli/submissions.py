"""`crm submissions --source SLUG`: everything a source brought, as CSV, also what was not understood.

What came in a rush and nobody has read yet is read first: the list says what became of everything.
"""

import argparse
import csv
import sys

from sqlalchemy import select

from crm.cli import Commands, Refusal
from crm.clock import now
from crm.db import begin_reading, db
from crm.intake.catching_up import read_left
from crm.models import Lead, Source, Submission

COLUMNS = ("external_id", "received_at", "state", "lead")
PIECE = 1000  # rows held in memory at once


def register(commands: Commands) -> None:
    """Add the command to the `crm` program."""
    submissions = commands.add_parser("submissions", help="what a source brought, as CSV")
    submissions.add_argument("--source", required=True, metavar="SLUG")
    submissions.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print it in the order it came; raises Refusal when there is no such source."""
    read_left(now())
    begin_reading()
    source = db.session.scalars(select(Source).where(Source.slug == args.source)).one_or_none()
    if source is None:
        raise Refusal("There is no source with that slug.")
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(COLUMNS)
    wanted = select(Submission.external_id, Submission.received_at, Submission.state, Lead.ref)
    brought = wanted.outerjoin(Submission.lead).where(Submission.source_id == source.id).order_by(Submission.id)
    for external_id, received_at, state, lead in db.session.execute(brought.execution_options(yield_per=PIECE)):
        rows.writerow((external_id or "", received_at.isoformat(), state, lead or ""))
    return 0
