"""The verbs and questions of a run: a file is chosen, its columns are matched, it is tried, brought in and stopped."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from typing import IO, Any

from sqlalchemy import delete, select, update

from crm import audit
from crm.db import db
from crm.models import ImportPiece, ImportRejection, ImportRun, Source, Staff, Submission
from crm.models.import_run import AT_WORK
from crm.programme import programme
from crm.sources.bringing import Outcome
from crm.sources.columns import meanings
from crm.sources.tables import Row, Shape, gravity_key, rows

SAMPLE = 200  # rows from which the columns are guessed
PIECE = 262_144  # bytes of the file in one row of the table
LEASE = timedelta(seconds=60)
COMMAND = "command line"  # who holds a run that reads its file itself


def begin_by_command(
    source: Source, shape: Shape, sample: Sequence[Mapping[str, str]], form: str, waiting: bool, is_trial: bool,
    at: datetime,
) -> ImportRun:
    """A run that reads its file itself, with the columns as we guess them or as the source says."""
    run = _a_run(source, shape, sample, form, programme().time_zone, waiting, at)
    run.by_command, run.state, run.started_at = True, "trying" if is_trial else "running", at
    run.lease_by, run.lease_until = COMMAND, at + LEASE
    if not is_trial:
        audit.record(None, "import-started", None, at, source=source.slug, run=run.ref)
    return run


def end_by_command(run: ImportRun, is_trial: bool, at: datetime) -> None:
    """It has read its file to the end. Of a trial nothing stays at all."""
    if is_trial:
        db.session.execute(delete(ImportRejection).where(ImportRejection.run_id == run.id))
        db.session.delete(run)
    else:
        finish(run, at)


def choose(
    source: Source, file: IO[bytes], name: str, shape: Shape, form: str, zone: str, waiting: bool, by: Staff,
    at: datetime,
) -> ImportRun:
    """Somebody gave us a file: kept in sealed pieces, and its columns guessed."""
    run = _a_run(source, shape, [], form, zone, waiting, at)
    run.by_id, run.name = by.id, name[:200]
    db.session.flush()
    number = 0
    while piece := file.read(PIECE):
        kept = ImportPiece(run_id=run.id, number=number)
        kept.bytes = piece
        db.session.add(kept)
        db.session.flush()
        db.session.expunge(kept)
        number += 1
    run.mapping = meanings(shape.header, sample_of(run), run.source.mapping)
    audit.record(None, "import-chosen", by, at, source=source.slug, run=run.ref)
    return run


def match(run: ImportRun, mapping: Mapping[str, str]) -> None:
    """Somebody said what the columns mean."""
    run.mapping = dict(mapping)


def start(run: ImportRun, is_trial: bool, by: Staff, at: datetime) -> bool:
    """Let the clock have it, from the beginning or from where it was stopped; says whether it may start now."""
    begins_anew = run.state in ("chosen", "tried")
    values: dict[str, Any] = {"state": "trying" if is_trial else "running", "started_at": at, "finished_at": None,
                              "lease_by": None, "lease_until": None}
    if begins_anew:
        values |= {"row_done": 1, "created": 0, "joined": 0, "rejected": 0}
    states = ("chosen", "tried") if begins_anew or is_trial else ("stopped", "failed")
    found = db.session.scalar(
        update(ImportRun).where(ImportRun.id == run.id, ImportRun.state.in_(states)).values(**values)
        .returning(ImportRun.id).execution_options(synchronize_session=False)
    )
    if found is None:
        return False
    if begins_anew:
        db.session.execute(delete(ImportRejection).where(ImportRejection.run_id == run.id))
    db.session.refresh(run)
    audit.record(None, "import-tried" if is_trial else "import-started", by, at, source=run.source.slug, run=run.ref)
    return True


def stop(run: ImportRun, by: Staff, at: datetime) -> None:
    """No further row after those that are being settled now; what is in stays in, and it can go on later."""
    stopped = update(ImportRun).where(ImportRun.id == run.id, ImportRun.state.in_(AT_WORK))
    db.session.execute(
        stopped.values(state=_after_stop(run), finished_at=at, lease_by=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(run)
    audit.record(None, "import-stopped", by, at, source=run.source.slug, run=run.ref)


def note_progress(run: ImportRun, outcome: Outcome, last: int, at: datetime, worker: str) -> bool:
    """Write down how far it is, in the transaction of the rows. False: somebody stopped it, or another has it now."""
    counts = {"created": outcome.created, "joined": outcome.joined, "rejected": len(outcome.rejected)}
    held = db.session.scalar(
        update(ImportRun)
        .where(ImportRun.id == run.id, ImportRun.lease_by == worker, ImportRun.state.in_(AT_WORK))
        .values(row_done=last, lease_until=at + LEASE,
                **{name: getattr(ImportRun, name) + count for name, count in counts.items()})
        .returning(ImportRun.id).execution_options(synchronize_session=False)
    )
    if held is None:
        return False
    for one in outcome.rejected:
        kept = ImportRejection(run_id=run.id, row=one.row, reason=one.reason[:300])
        kept.values = json.dumps(one.values, ensure_ascii=False)
        db.session.add(kept)
    return True


def finish(run: ImportRun, at: datetime) -> None:
    """It has come to its end. The file is erased here; what it brought stays."""
    is_trial = run.state == "trying"
    run.state, run.finished_at, run.lease_by, run.lease_until = "tried" if is_trial else "done", at, None, None
    if not is_trial:
        run.rows_total = run.rows_done
        erase_file(run)
        audit.record(None, "imported", run.by, at, source=run.source.slug, run=run.ref, created=run.created,
                     joined=run.joined, rejected=run.rejected)


def erase_file(run: ImportRun) -> None:
    """Nothing is left of the file but what became of it."""
    db.session.execute(delete(ImportPiece).where(ImportPiece.run_id == run.id))


def pieces_of(run_id: int) -> Iterator[bytes]:
    """The bytes of the file, piece by piece, as they are asked for."""
    number = 0
    while kept := db.session.scalars(
        select(ImportPiece).where(ImportPiece.run_id == run_id, ImportPiece.number == number)
    ).one_or_none():
        piece = kept.bytes or b""
        db.session.expunge(kept)
        yield piece
        number += 1


def rows_of(run: ImportRun, start_at: int = 0) -> Iterator[Row]:
    """The rows of the file from that one on."""
    return rows(pieces_of(run.id), shape_of_run(run), start_at)


def shape_of_run(run: ImportRun) -> Shape:
    """How the file is written, as it was found out when it came."""
    return Shape(**{**run.shape, "header": tuple(run.shape["header"])})


def sample_of(run: ImportRun) -> list[dict[str, str]]:
    """The first rows that can be read."""
    return [row.values for row in islice(rows_of(run), SAMPLE) if not row.problem]


def forms_of(source: Source) -> list[str]:
    """The forms whose entries this source has sent, by their numbers."""
    sent = select(Submission.form).where(Submission.source_id == source.id, Submission.form != "").distinct()
    return sorted(db.session.scalars(sent))


def needs_form(sample: Sequence[Mapping[str, str]]) -> bool:
    """Whether the rows have numbers of entries and do not say of which form."""
    return any(gravity_key(row, "1") and not gravity_key(row) for row in sample)


def _after_stop(run: ImportRun) -> str:
    return "chosen" if run.state == "trying" else "stopped"


def _a_run(
    source: Source, shape: Shape, sample: Sequence[Mapping[str, str]], form: str, zone: str, waiting: bool,
    at: datetime,
) -> ImportRun:
    run = ImportRun(
        source=source, state="chosen", shape=asdict(shape), mapping=meanings(shape.header, sample, source.mapping),
        form=form[:60], time_zone=zone, waiting=waiting, made_at=at,
    )
    db.session.add(run)
    return run
