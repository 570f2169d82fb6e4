"""`crm match FILE.csv`: files as people's programs write them, and what cannot be read said in one line."""

import csv
import io
from pathlib import Path

import pytest

from tests.cli.conftest import Crm

DEV = Path(__file__).parents[1] / "data" / "duplicates" / "dev.csv"
ROSA = "full_name{0}email{0}phone\nRosa Quillfeather{0}{0}402-555-0111\nRosie Quillfeather{0}{0}4025550111\n"


def test_pairs_are_named_by_their_row_id_with_reasons(crm: Crm, capsys):
    assert crm("match", str(DEV)) == 0

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert list(rows[0]) == ["row_a", "row_b", "score", "reasons"]
    larry = next(row for row in rows if {row["row_a"], row["row_b"]} == {"dR010", "dR020"})
    assert "same phone number; Larry is short for Lawrence" in larry["reasons"]
    assert 0 < float(larry["score"]) <= 1


@pytest.mark.parametrize("content", [
    *(pytest.param(ROSA.format(mark).encode(), id=repr(mark)) for mark in ",;\t|"),
    pytest.param(b"\xef\xbb\xbf" + ROSA.format(";").encode(), id="with a byte order mark"),
    pytest.param(ROSA.format(",").encode("utf-16"), id="UTF-16"),
    pytest.param(ROSA.format(",").replace("\n", "\r\n").encode(), id="Windows line ends"),
    pytest.param(b"First Name,Last Name,Phone\nRosa,Quillfe\xe1ther,402-555-0111\nRosie,Quillfeather,4025550111\n",
                 id="Windows letters, the name in two columns"),
])  # fmt: skip
def test_a_file_is_understood_as_it_comes(crm: Crm, capsys, tmp_path: Path, content: bytes):
    file = tmp_path / "people.csv"
    file.write_bytes(content)

    assert crm("match", str(file)) == 0

    assert capsys.readouterr().out.splitlines()[1].startswith("2,3,")


def test_rows_without_a_name_of_their_own_are_named_by_the_line_they_begin_on(crm: Crm, capsys, tmp_path: Path):
    file = tmp_path / "people.csv"
    file.write_text('name,phone,message\nRosa Poe,402-555-0111,"two\nlines"\n\nRosa Poe,402-555-0111,one\n')

    crm("match", str(file))

    assert capsys.readouterr().out.splitlines()[1].startswith("2,5,")


def test_nobody_alike_gives_only_the_headings(crm: Crm, capsys, tmp_path: Path):
    file = tmp_path / "people.csv"
    file.write_text("name,email\nRosa Poe,rosa@example.org\n")

    assert crm("match", str(file)) == 0
    assert capsys.readouterr().out == "row_a,row_b,score,reasons\n"


@pytest.mark.parametrize(("content", "words"), [
    (b"", "full_name"),
    (b"email,phone\n", "full_name"),
    (b"name,state\n", "neither a column email"),
    (b"row_id,name,email\n1,Rosa Poe,\n1,Ned Poe,\n", "Line 3"),
    (b"name,email\n\x81\x8d,\n", "no text"),
    (b'name,email\n"' + b"x" * 1_100_000 + b"\n", "Line 2"),
])  # fmt: skip
def test_what_cannot_be_read_is_said_in_one_line(crm: Crm, capsys, tmp_path: Path, content: bytes, words: str):
    file = tmp_path / "people.csv"
    file.write_bytes(content)

    assert crm("match", str(file)) == 1

    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1 and "Rosa" not in said


def test_a_file_that_is_not_there_is_said(crm: Crm, capsys, tmp_path: Path):
    assert crm("match", str(tmp_path / "none.csv")) == 1
    assert "cannot be read: No such file" in capsys.readouterr().err
