"""CSV that a spreadsheet opens as text: quoted by RFC 4180, and nothing in it starts a formula."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from flask import Response

# What spreadsheets take for the beginning of a formula; full-width forms are folded to these first.
STARTS_A_FORMULA = ("=", "+", "-", "@")


def csv_answer(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A download with these headings and rows."""
    response = Response(csv_text(headings, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The file itself: CRLF line ends, texts that could be formulas begin with an apostrophe, numbers stay numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([safe_cell(cell) for cell in row] for row in (headings, *rows))
    return out.getvalue()


def safe_cell(value: object) -> object:
    """The value, with an apostrophe before text that a spreadsheet would run."""
    return f"'{value}" if isinstance(value, str) and _needs_mark(value) else value


def plain_cell(cell: str) -> str:
    """The text that `safe_cell` was given: our own mark is taken away, and no other apostrophe."""
    return cell[1:] if cell.startswith("'") and _needs_mark(cell[1:]) else cell


def _needs_mark(text: str) -> bool:
    # A formula that somebody typed with an apostrophe gets a second one, or reading it back would take theirs away.
    bare = text.lstrip("'")
    return _begins_unseen(bare) or _folded(bare).startswith(STARTS_A_FORMULA)


def _begins_unseen(text: str) -> bool:
    # A tab, a line end or a mark without width before the formula is dropped by some programs when they read the file.
    return bool(text) and unicodedata.category(text[0]) in ("Cc", "Cf")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text.lstrip()[:1])
