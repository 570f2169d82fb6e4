"""`crm import FILE.csv --source SLUG`: people from a file. Whoever is here already is recognised, however often."""

import argparse
import csv
import os
import sys
import time as stopwatch
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO

from crm import clock
from crm.access import Missing
from crm.cli import Commands, Refusal
from crm.db import commit, db
from crm.intake.keeping import source_of
from crm.models import ImportRun, Source
from crm.sources import bringing, runs
from crm.sources.columns import HANDED_BACK
from crm.sources.tables import BEGINNING, NotATable, Shape, rows, shape_of
from crm.web.csvs import safe_cell

PIECE = 262_144  # bytes

HELP = """\
Bring in people from a CSV file: any delimiter and encoding; the first row names the columns, what each is gets guessed
(and told on standard error). A row that came before, by file or by webhook, is recognised: run it again after a crash,
or every month with the same file. Rows dated within the last 7 days, and rows without a date, are owed a reply within
the promise from now on; older ones come in quietly. Nobody is sent an acknowledgement. Danger raises its alarm.
Prints created=… joined=… rejected=…; FILE.rejected.csv holds the rejected rows, each with why and what to do."""


def register(commands: Commands) -> None:
    """Add the command to the `crm` program."""
    parser = commands.add_parser(
        "import", help="bring in people from a CSV file", description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--source", required=True, metavar="SLUG", help="where they come from; `file`: a list of ours")
    parser.add_argument("--form", default="", metavar="ID", help="whose entries a Gravity Forms export holds")
    parser.add_argument("--quietly", action="store_true", help="all of them quietly, also the new ones")
    parser.add_argument("--dry-run", action="store_true", help="do everything and keep nothing")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Bring them in; raises Refusal when the file cannot be read as a table."""
    source = _source(args.source)
    shape, sample = _look(args.file)
    form = _form(source, args.form, sample)
    begun = runs.begin_by_command(source, shape, sample, form, not args.quietly, args.dry_run, clock.now())
    commit()
    run_id = begun.id
    for name, means in begun.mapping.items():
        print(f"column “{name}” is: {means}", file=sys.stderr)
    with _HandedBack(args.file, shape.header) as handed_back:
        total = _bring(run_id, args.file, shape, args.dry_run, handed_back)
    runs.end_by_command(db.session.get_one(ImportRun, run_id), args.dry_run, clock.now())
    commit()
    print(f"created={total.created} joined={total.joined} rejected={total.rejected}")
    return 0


class _Total:
    """The sum so far, and how it is told on a terminal."""

    def __init__(self) -> None:
        self.created = self.joined = self.rejected = 0
        self._began = stopwatch.monotonic()

    def add(self, outcome: bringing.Outcome) -> None:
        """One batch more."""
        self.created += outcome.created
        self.joined += outcome.joined
        self.rejected += len(outcome.rejected)
        if sys.stderr.isatty():
            done, seconds = self.created + self.joined + self.rejected, stopwatch.monotonic() - self._began
            print(f"\r{done:,} rows, {done / max(seconds, 0.1):,.0f} a second ", end="", file=sys.stderr, flush=True)


class _HandedBack:
    """FILE.rejected.csv beside the file, for nobody else's eyes; there is one only when something was rejected."""

    def __init__(self, file: Path, header: tuple[str, ...]) -> None:
        self.path = file.with_name(f"{file.stem}.rejected.csv")
        self._header = [name for name in header if name != HANDED_BACK]
        self._file: IO[str] | None = None

    def __enter__(self) -> "_HandedBack":
        with suppress(FileNotFoundError):
            self.path.unlink()  # what an earlier run handed back is no news of this one
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()
            print(f"The rejected rows are in {self.path.name}.", file=sys.stderr)

    def add(self, rejected: bringing.Rejected) -> None:
        """The reason first, then the row as it came; a spreadsheet runs nothing of it."""
        if self._file is None:
            private = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(private, "w", encoding="utf-8-sig", newline="")
            self._write([HANDED_BACK, *self._header])
        reason = f"{rejected.reason} {bringing.advice(rejected.reason)}"
        self._write([reason, *(rejected.values.get(name, "") for name in self._header)])

    def _write(self, cells: list[str]) -> None:
        assert self._file is not None
        csv.writer(self._file, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])


def _bring(run_id: int, file: Path, shape: Shape, is_trial: bool, handed_back: _HandedBack) -> _Total:
    """Batch by batch, each in a transaction of its own; a trial takes each back."""
    total, remembered = _Total(), bringing.Remembered() if is_trial else None
    found = rows(_pieces(file), shape)
    while batch := list(islice(found, bringing.BATCH)):
        run = db.session.get_one(ImportRun, run_id)
        outcome = bringing.bring_in(run, batch, clock.now(), remembered)
        if remembered:
            db.session.rollback()
        runs.note_progress(run, outcome, batch[-1].number, clock.now(), runs.COMMAND)
        commit()
        db.session.expunge_all()
        for one in outcome.rejected:
            handed_back.add(one)
        total.add(outcome)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return total


def _look(file: Path) -> tuple[Shape, list[dict[str, str]]]:
    try:
        with file.open("rb") as opened:
            beginning = opened.read(BEGINNING)
        shape = shape_of(beginning)
        return shape, [row.values for row in islice(rows(_pieces(file), shape), runs.SAMPLE) if not row.problem]
    except OSError as error:
        raise Refusal(f"The file cannot be read: {error.strerror}.") from None
    except NotATable as error:
        raise Refusal(str(error)) from None


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece


def _source(slug: str) -> Source:
    try:
        return source_of(slug, clock.now())
    except Missing:
        raise Refusal("There is no source with that slug.") from None


def _form(source: Source, said: str, sample: list[dict[str, str]]) -> str:
    """Whose entries they are: as was said, or the only form that this source has sent until now."""
    known = runs.forms_of(source)
    if said or not runs.needs_form(sample):
        return said
    elif len(known) > 1:
        raise Refusal(f"Which form are these entries of? Say --form {' or --form '.join(known)}.")
    else:
        return known[0] if known else ""
