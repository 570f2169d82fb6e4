"""`crm triage`: a line out for a line in, in order; one bad line costs only itself."""

import io
import json
import sys
from pathlib import Path

import pytest

from crm.cli import main
from tests.cli.conftest import Crm

LINES = (
    '{"id": "one", "text": "My son 😭 is not breathing and his lips are blue"}',
    '{"id": "two", "text": "¿Tienen grupos por las tardes? Llevo siete meses sin tomar."}',
    '{"id": "three", "text": "I was suicidal ten years ago. Do you have groups?"}',
)


def test_each_line_is_answered_in_order(crm: Crm, tmp_path: Path, capsys):
    assert crm("triage", str(written(tmp_path, *LINES))) == 0

    one, two, three = said(capsys.readouterr().out)
    assert (one["id"], one["level"], one["lead"]) == ("one", "crisis", True)
    assert (two["id"], two["level"], three["level"]) == ("two", "routine", "routine")
    assert set(one["spans"][0]) == {"start", "end", "rule", "signal", "context"}


def test_spans_are_places_in_the_text(crm: Crm, tmp_path: Path, capsys):
    crm("triage", str(written(tmp_path, *LINES)))

    message, found = json.loads(LINES[2])["text"], said(capsys.readouterr().out)[2]["spans"]
    assert [(message[one["start"]:one["end"]], one["context"]) for one in found if one["signal"] == "suicide"] == [
        ("suicidal", "past")
    ]


def test_a_bad_line_is_named_and_the_rest_goes_on(crm: Crm, tmp_path: Path, capsys):
    file = written(tmp_path, LINES[0], "{", '"a word"', '{"text": 7}', "[" * 5000, "", LINES[1])
    file.write_bytes(file.read_bytes() + b'\xff\n{"id": 9, "text": ""}\n')

    assert crm("triage", str(file)) == 1
    seen = capsys.readouterr()
    assert [line["id"] for line in said(seen.out)] == ["one", "two", 9]
    assert [line.split(":")[1] for line in seen.err.splitlines()] == [
        " line 2", " line 3", " line 4", " line 5", " line 8"
    ]


def test_it_reads_standard_input(crm: Crm, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(LINES).encode())))

    assert crm("triage", "-") == 0
    assert len(said(capsys.readouterr().out)) == 3


def test_answers_count(crm: Crm, tmp_path: Path, capsys):
    crm("triage", str(written(tmp_path, '{"id": 1, "text": "hi", "answers": {"Are you in danger right now?": "Yes"}}')))

    assert said(capsys.readouterr().out)[0]["level"] == "crisis"


def test_it_needs_no_settings_and_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    for name in ("DATABASE_URL", "SECRET_KEY", "FIELD_KEYS", "ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)

    assert main(["triage", str(written(tmp_path, LINES[0]))]) == 0
    assert said(capsys.readouterr().out)[0]["level"] == "crisis"


def test_no_such_file_is_one_line(crm: Crm, tmp_path: Path, capsys):
    assert crm("triage", str(tmp_path / "nothing.jsonl")) == 1
    assert capsys.readouterr().err.count("\n") == 1


def written(folder: Path, *lines: str) -> Path:
    """A file of these lines."""
    file = folder / "messages.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return file


def said(out: str) -> list[dict]:
    """The lines that came out."""
    return [json.loads(line) for line in out.splitlines()]
