"""A row of somebody's file: its cells under the names of their columns, and when it was written."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time

from crm.clock import parse_moment, resolve
from crm.intake.channels.entry import Entry, Field, compose

CONTENT_TYPE = "application/json; x-row={}"  # of what is kept of a row, with its number as the sheet counts
WHEN = "when"  # what a column may mean beside the facts of a form: the date, of which no form has a field
CENTURY = 2000  # two digits of a year are of this one

_TIME = r"(?:[T ,]{1,2}(?P<hour>\d\d?):(?P<minute>\d\d)(?::\d\d(?:\.\d{1,9})?)? ?(?P<half>[ap])?\.?(?:m\.?)?)?"
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?)" + _TIME, re.ASCII | re.I)
_YEAR_LAST = re.compile(r"(?P<month>\d\d?)[-/.](?P<day>\d\d?)[-/.](?P<year>\d{4}|\d\d)" + _TIME, re.ASCII | re.I)


def entry(cells: Mapping[str, str], means: Mapping[str, str], zone_name: str) -> Entry:
    """What the row says. `means` says which column holds the date, if one does; a date without a zone is in `zone`."""
    dates = [cell for name, cell in cells.items() if means.get(name) == WHEN]
    fields = [Field(name, name, (cell,) if cell else ()) for name, cell in cells.items() if means.get(name) != WHEN]
    told = compose(fields)
    found = next((moment for cell in dates if (moment := moment_of(cell, zone_name))), told.submitted_at)
    return replace(told, submitted_at=found)


def moment_of(cell: str, zone_name: str) -> datetime | None:
    """The moment in a cell as spreadsheets and form plugins write it; month before day, unless that cannot be."""
    text = cell.strip()
    try:
        return parse_moment(text)
    except ValueError:
        found = _YEAR_FIRST.fullmatch(text) or _YEAR_LAST.fullmatch(text)
    try:
        return resolve(_date(found), _time(found), zone_name) if found else None
    except ValueError:
        return None


def _date(found: re.Match[str]) -> date:
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    if month > 12:
        month, day = day, month
    return date(year if year > 99 else CENTURY + year, month, day)


def _time(found: re.Match[str]) -> time:
    if not found["hour"]:
        return time(0)
    hour = int(found["hour"])
    if half := (found["half"] or "").lower():
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, int(found["minute"]))
