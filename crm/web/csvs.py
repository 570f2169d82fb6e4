"""CSV that a spreadsheet opens as text: quoted by RFC 4180, and nothing in it starts a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

# What spreadsheets take for the beginning of a formula, full-width forms included.
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_answer(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A download with these headings and rows."""
    response = Response(csv_text(headings, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The file itself: CRLF line ends, cells that could be formulas begin with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def safe_cell(value: object) -> object:
    """The value, unless it is text that a spreadsheet would run."""
    if isinstance(value, str) and value.startswith(STARTS_A_FORMULA):
        return f"'{value}"
    return value
