"""A file opened in a spreadsheet shows what people typed, and runs none of it."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.web.csvs import csv_text, plain_cell, safe_cell

RUNS = "=+-@\t\r\n＝＋－＠﹢﹣﹦﹫"
CELLS = st.text(max_size=40) | st.builds(str.__add__, st.sampled_from(RUNS), st.text(max_size=20))
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5)


@given(TABLES)
def test_no_cell_begins_a_formula(rows):
    assert formulas(csv_text(["What", "=1+1"], rows)) == []


@given(TABLES)
def test_what_was_typed_is_read_back(rows):
    for typed, read in zip([["a", "b"], *rows], cells(csv_text(["a", "b"], rows)), strict=True):
        assert all(cell in (was, f"'{was}") for was, cell in zip(typed, read, strict=True))


@given(CELLS | st.builds("'{}".format, CELLS))
def test_our_mark_is_taken_away_and_no_other(text):
    assert plain_cell(safe_cell(text)) == text


def test_taking_every_apostrophe_away_is_caught():
    """The known-bad variant: an apostrophe that somebody typed is theirs."""
    assert "'tis me".lstrip("'") != plain_cell("'tis me") == "'tis me"


@pytest.mark.parametrize("text", [
    '=HYPERLINK("http://x")', "@SUM(A1)", "+1", "-1+1", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "\ufeff=1", "\u200b=1",
    "\u00a0=1", "\u202e=1", "﹦1",
])  # fmt: skip
def test_a_name_that_is_a_formula_stays_a_name(text):
    assert cells(csv_text(["Name"], [[text]]))[1] == [f"'{text}"]


@pytest.mark.parametrize("text", ["Dana W.", "O'Brien", "3=3", "a-b", "", "—", "José, “Pepe”", "5:30"])
def test_a_name_that_is_none_is_left_alone(text):
    assert cells(csv_text(["Name", "n"], [[text, 1]]))[1] == [text, "1"]


def test_a_number_stays_a_number():
    assert csv_text(["Change"], [[-3]]) == "Change\r\n-3\r\n"


def test_a_plain_writer_is_caught():
    """The known-bad variant: quoting alone does not keep a formula from running."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(['=HYPERLINK("http://x")', "＝1"])

    assert len(formulas(out.getvalue())) == 2


def cells(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def formulas(text):
    """Cells that some spreadsheet would run, once it has folded them and dropped what cannot be seen."""
    return [
        cell for row in cells(text) for cell in row
        if cell and (cell[0] in RUNS or unicodedata.normalize("NFKC", cell).strip("\ufeff\u200b ")[:1] in tuple("=+-@"))
    ]
