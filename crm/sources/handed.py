"""What somebody asks about an import: which runs there were, what the columns are, who came in, what came back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased, joinedload

from crm.access import Missing, Permission, may, visible_submissions
from crm.db import db
from crm.intake.keeping import STANDING
from crm.models import ImportRejection, ImportRun, Lead, Person, Source, Staff, Submission
from crm.sources import runs
from crm.sources.bringing import advice, cells_of
from crm.sources.columns import HANDED_BACK, Column, columns

LATEST = 20  # runs in the list
SHOWN = 4  # rows of the file beside its columns
WHICH = 3  # row numbers named beside a reason
PAGE = 50  # people
PIECE = 500  # rows of a download held in memory


@dataclass(frozen=True)
class Reason:
    """Why some rows were handed back, which, and what somebody can do."""

    words: str
    rows: int
    which: str
    advice: str


def find_run(viewer: Staff, ref: str) -> ImportRun:
    """The import with this reference; raises Missing when there is none for this viewer."""
    found = db.session.scalars(select(ImportRun).where(ImportRun.ref == ref)).one_or_none()
    if found is None or not may(viewer, Permission.RUN_SETTINGS):
        raise Missing
    return found


def latest_runs(viewer: Staff) -> Sequence[ImportRun]:
    """The imports there were, the newest first."""
    if not may(viewer, Permission.RUN_SETTINGS):
        return []
    wanted = select(ImportRun).options(joinedload(ImportRun.source), joinedload(ImportRun.by))
    return db.session.scalars(wanted.order_by(ImportRun.id.desc()).limit(LATEST)).all()


def sources_to_choose(viewer: Staff) -> list[tuple[str, str]]:
    """Slug and name of every source, also of those that each programme has before they are used."""
    if not may(viewer, Permission.RUN_SETTINGS):
        return []
    there = {slug: name for slug, (_, name) in STANDING.items()}
    there |= {row.slug: row.name for row in db.session.execute(select(Source.slug, Source.name))}
    return sorted(there.items(), key=lambda one: one[1].casefold())


def columns_of(viewer: Staff, run: ImportRun) -> list[Column]:
    """The columns of the file as they are matched now, with the reasons of the guesses and the first rows."""
    if not may(viewer, Permission.RUN_SETTINGS):
        return []
    sample = runs.sample_of(run)
    guessed = {one.name: one for one in columns(run.shape["header"], sample, run.source.mapping)}
    return [
        Column(name, means, guessed[name].why if means == guessed[name].means else "as you said",
               guessed[name].cells[:SHOWN])
        for name, means in run.mapping.items() if name in guessed
    ]


def reasons(viewer: Staff, run: ImportRun) -> list[Reason]:
    """Why rows were handed back, the most frequent first."""
    if not may(viewer, Permission.RUN_SETTINGS):
        return []
    mine = ImportRejection.run_id == run.id
    counted = select(ImportRejection.reason, func.count()).where(mine).group_by(ImportRejection.reason)
    found = db.session.execute(counted.order_by(func.count().desc(), ImportRejection.reason).limit(PAGE)).all()
    return [Reason(words, rows, _which(run, words, rows), advice(words)) for words, rows in found]


def handed_back(viewer: Staff, run: ImportRun) -> Iterator[list[str]]:
    """The rows that were handed back: first why and what to do, then the cells as they were. Headings come first."""
    if not may(viewer, Permission.RUN_SETTINGS):
        return
    names = [name for name in run.shape["header"] if name != HANDED_BACK]
    yield [HANDED_BACK, *names]
    wanted = select(ImportRejection).where(ImportRejection.run_id == run.id).order_by(ImportRejection.row)
    for one in db.session.scalars(wanted.execution_options(yield_per=PIECE)):
        cells = cells_of(one.values)
        yield [f"{one.reason} {advice(one.reason)}", *(cells.get(name, "") for name in names)]


def people(viewer: Staff, run: ImportRun, after: int = 0) -> tuple[list[Row[Any]], int | None]:
    """Who came in, in the order of the file, and the row behind which the next page begins."""
    earlier = aliased(Submission)
    first = select(func.min(earlier.id)).where(earlier.lead_id == Submission.lead_id).scalar_subquery()
    wanted = (
        visible_submissions(viewer).where(Submission.import_id == run.id, Submission.id > after)
        .join(Person, Person.id == Lead.inquirer_id).order_by(Submission.id).limit(PAGE + 1)
        .with_only_columns(
            Submission.id, Submission.import_row, Submission.submitted_at, Lead.id.label("lead_id"), Lead.ref,
            Lead.status_key, Lead.no_step_reason, Person.name, (first == Submission.id).label("is_new"),
        )
    )
    found: list[Row[Any]] = list(db.session.execute(wanted))
    further: int | None = found[PAGE - 1].id if len(found) > PAGE else None
    return found[:PAGE], further


def time_left(run: ImportRun, at: datetime) -> timedelta | None:
    """How long the rest will take at the pace so far; nothing while nobody can know."""
    if not run.started_at or not run.rows_done or not run.rows_total:
        return None
    return (at - run.started_at) / run.rows_done * max(run.rows_total - run.rows_done, 0)


def _which(run: ImportRun, reason: str, count: int) -> str:
    wanted = select(ImportRejection.row).where(ImportRejection.run_id == run.id, ImportRejection.reason == reason)
    named = ", ".join(f"{row:,}" for row in db.session.scalars(wanted.order_by(ImportRejection.row).limit(WHICH)))
    return f"{named} and {count - WHICH:,} more" if count > WHICH else named
