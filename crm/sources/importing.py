"""The clock brings people in from files: batch by batch, each with the place in the file in one transaction.

A worker that is killed loses its lease within a minute; another goes on behind the last row that was settled.
"""

import logging
import time as stopwatch
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import or_, select, update
from sqlalchemy.exc import OperationalError

from crm import outbox
from crm.db import commit, db
from crm.models import ImportRun
from crm.models.import_run import AT_WORK
from crm.sources import runs
from crm.sources.bringing import BATCH, Remembered, bring_in
from crm.sources.tables import Row

log = logging.getLogger("lantern")

AT_A_TIME = 10.0  # seconds: a worker that is asked to stop is not kept longer


class _Place:
    """How far into its file this process has read, so that it need not begin at the top again at each tick."""

    def __init__(self) -> None:
        self.run_id, self.row = 0, 0
        self.rows: Iterator[Row] = iter(())
        self.remembered: Remembered | None = None

    def find(self, run: ImportRun) -> None:
        """The rows behind the last that was settled. What a trial remembered is lost with the process."""
        if (self.run_id, self.row) != (run.id, run.row_done) or run.row_done == 1:
            self.run_id, self.row = run.id, run.row_done
            self.rows = runs.rows_of(run, start_at=run.row_done + 1)
            self.remembered = Remembered() if run.state == "trying" else None


_place = _Place()


def bring_some(at: datetime, worker: str) -> int:
    """Bring in rows for some seconds; returns how many were settled. Any number of workers may try."""
    began, settled = stopwatch.monotonic(), 0
    while (spent := stopwatch.monotonic() - began) < AT_A_TIME:
        moment = at + timedelta(seconds=spent)
        run_id = _claim(moment, worker)
        if run_id is None:
            break
        try:
            settled += _settle(run_id, moment, worker)
        except OperationalError:  # the database is not there: the next tick may go well
            db.session.rollback()
            raise
        except Exception as error:  # its own text may hold what stands in the file: only its kind is logged
            db.session.rollback()
            log.error("an import cannot go on: %s", type(error).__name__)
            _fail(run_id, moment)
        db.session.expunge_all()
    return settled


def _claim(at: datetime, worker: str) -> int | None:
    """The run that has waited longest and that nobody holds; whose file is with us."""
    free = or_(ImportRun.lease_until.is_(None), ImportRun.lease_until < at, ImportRun.lease_by == worker)
    waiting = select(ImportRun.id).where(ImportRun.state.in_(AT_WORK), ImportRun.by_command.is_(False), free)
    first = waiting.order_by(ImportRun.started_at, ImportRun.id).limit(1).with_for_update(skip_locked=True)
    run_id: int | None = db.session.scalar(
        update(ImportRun).where(ImportRun.id == first.scalar_subquery())
        .values(lease_by=worker, lease_until=at + runs.LEASE)
        .returning(ImportRun.id).execution_options(synchronize_session=False)
    )
    commit()
    return run_id


def _settle(run_id: int, at: datetime, worker: str) -> int:
    """The next batch, or the end of the run."""
    run = db.session.get_one(ImportRun, run_id)
    if run.rows_total == 0:
        run.rows_total = sum(1 for _ in runs.rows_of(run))
    is_trial = run.state == "trying"
    _place.find(run)
    batch = list(islice(_place.rows, BATCH))
    if not batch:
        _end(run, at)
        commit()
        return 0
    total = run.rows_total
    outcome = bring_in(run, batch, at, _place.remembered)
    if is_trial:
        db.session.rollback()
        run.rows_total = total
    if runs.note_progress(run, outcome, batch[-1].number, at, worker):
        _place.row = batch[-1].number
        commit()
        return len(batch)
    else:  # somebody stopped it, or another worker has it by now: what this one has just done is taken back
        _place.run_id = 0
        db.session.rollback()
        return 0


def _end(run: ImportRun, at: datetime) -> None:
    runs.finish(run, at)
    _place.run_id = 0
    if run.state == "done" and run.by:
        outbox.post(
            "import-done", to=run.by, at=at, key=f"import:{run.ref}", channels=(outbox.APP,), run=run.ref,
            created=run.created, joined=run.joined, rejected=run.rejected,
        )


def _fail(run_id: int, at: datetime) -> None:
    _place.run_id = 0
    run = db.session.get_one(ImportRun, run_id)
    run.state, run.finished_at, run.lease_by, run.lease_until = "failed", at, None, None
    commit()
