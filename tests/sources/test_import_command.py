"""`crm import`: one line, the rejected rows beside the file, nothing kept of a dry run, memory that does not grow."""

import csv
import io
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from crm import cli
from crm.clock import now
from crm.db import db
from crm.db.base import new_ref
from crm.intake.keeping import source_of
from crm.models import ImportRejection, ImportRun, Lead, Person, Source, Submission
from crm.sources import runs
from crm.sources.bringing import bring_in
from crm.sources.tables import rows, shape_of

SOME = 50  # rows at a time: tracemalloc is slow

FILE = (
    "\ufeffName\tPhone\tEmail\tMessage\n"
    "Nadia\t303 555 0161\tn@example.org\t\"=1+1\nsecond line\"\n"
    "Gabe\t(305) 555-0124\t\tEvenings?\n"
    "Corin\t12\t\t\n"
    "=HYPERLINK(\"x\")\t\t\t\n"
)


@pytest.fixture
def crm(app: Flask, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """`crm("import", …)` in this process: its status, and what it printed."""
    monkeypatch.setattr(cli, "create_app", lambda _config: app)
    monkeypatch.setattr(cli, "from_environment", lambda: None)

    def run(*words: str) -> tuple[int, str]:
        status = cli.main(words)
        said = capsys.readouterr()
        return status, said.out + said.err if status else said.out

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(FILE, encoding="utf-16")
    return path


def test_one_line_and_the_rejected_beside_it(crm: Any, file: Path, count: Any):
    assert crm("import", str(file), "--source", "file") == (0, "created=2 joined=0 rejected=2\n")
    beside = file.with_name("people.rejected.csv")
    kept = list(csv.reader(io.StringIO(beside.read_text("utf-8-sig"), newline="")))

    assert beside.stat().st_mode & 0o777 == 0o600
    assert kept[0] == ["Why it was handed back", "Name", "Phone", "Email", "Message"]
    assert "cannot be used" in kept[1][0] and kept[1][1:3] == ["Corin", "12"]
    assert kept[2][1] == "'=HYPERLINK(\"x\")", "a spreadsheet runs nothing of it"
    assert count(Lead) == 2


def test_again_and_what_was_corrected(crm: Any, file: Path, count: Any):
    crm("import", str(file), "--source", "file")
    assert crm("import", str(file), "--source", "file") == (0, "created=0 joined=2 rejected=2\n")

    beside = file.with_name("people.rejected.csv")
    beside.write_text(beside.read_text("utf-8-sig").replace(",12,", ",303 555 0199,"), "utf-8")
    assert crm("import", str(beside), "--source", "file") == (0, "created=1 joined=0 rejected=1\n")
    assert count(Lead) == 3


def test_a_dry_run_counts_and_keeps_nothing(crm: Any, file: Path, count: Any):
    assert crm("import", str(file), "--source", "file", "--dry-run") == (0, "created=2 joined=0 rejected=2\n")

    kept = [count(model) for model in (Lead, Submission, Person, ImportRun, ImportRejection)]
    assert kept == [0, 0, 0, 0, 0]
    assert file.with_name("people.rejected.csv").exists()


def test_what_cannot_be_done_is_one_line(crm: Any, file: Path, tmp_path: Path):
    workbook = tmp_path / "a.xlsx"
    workbook.write_bytes(b"PK\x03\x04")

    for words, why in (
        ((str(file), "--source", "nobody"), "no source"),
        ((str(tmp_path / "gone.csv"), "--source", "file"), "cannot be read"),
        ((str(workbook), "--source", "file"), "Excel workbook"),
    ):
        status, said = crm("import", *words)
        assert status == 1 and why in said and len(said.splitlines()) == 1


def test_memory_does_not_grow_with_the_file(app: Flask):
    """Four times the rows, the same memory; keeping what was brought in would be caught."""
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            return  # the same code above the driver
        peaks = [_peak(people) for people in (SOME, 4 * SOME)]
        hoarded = [_peak(people, hoard=[]) for people in (SOME, 4 * SOME)]

    assert peaks[1] < 1.3 * peaks[0]
    assert hoarded[1] > 1.3 * hoarded[0], "the known-bad variant"


def _peak(people: int, hoard: list[Any] | None = None) -> int:
    """Bytes at most, while a file of so many people is brought in as the clock does it."""

    def pieces() -> Any:
        yield b"Name,Email,Message\n"
        for number in range(people):
            yield f"Person {number},{new_ref()}@example.org,{'Hello there. ' * 40}\n".encode()

    shape = shape_of(b"Name,Email,Message\nAnn,a@example.org,Hello\n")
    source: Source = source_of("file", now())
    run = runs.begin_by_command(source, shape, [], "", False, False, now())
    db.session.commit()
    run_id, found = run.id, rows(pieces(), shape)
    tracemalloc.start()
    try:
        while batch := [row for _, row in zip(range(SOME), found, strict=False)]:
            outcome = bring_in(db.session.get_one(ImportRun, run_id), batch, now())
            assert outcome.created == len(batch)
            if hoard is not None:
                hoard += [outcome, *db.session]
            db.session.commit()
            db.session.expunge_all()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
