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
    if isinstance(value, str) and (_begins_unseen(value) or _folded(value).startswith(STARTS_A_FORMULA)):
        return f"'{value}"
    return value


def _begins_unseen(text: str) -> bool:
    # A tab, a line end or a mark without width before the formula is dropped by some programs when they read the file.
    return bool(text) and unicodedata.category(text[0]) in ("Cc", "Cf")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text.lstrip()[:1])
