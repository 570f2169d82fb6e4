"""Lines of text as records of cells, by the csv module, strictly: a stray quotation mark costs its own row and not the
rest of the file."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from crm.sources.lines import Line

LONGEST_ROW = 100_000  # characters: three of the longest cells, and less than the csv module's own limit of a cell
PATIENCE = 10  # times that a character may be read again, on average, on account of stray quotation marks

# The line that Excel writes and hides. Any mark may divide the cells but a letter, a blank or the quotation mark.
_HINT = re.compile(r'"?sep=([^\w "]|\t)"?', re.IGNORECASE)


@dataclass(frozen=True)
class Record:
    """What the csv module made of some lines. Torn: their quotation marks do not add up, and `cells` are a guess. Open:
    one is never closed."""

    cells: Sequence[str]
    lines: Sequence[Line]
    is_torn: bool
    is_open: bool

    @property
    def is_blank(self) -> bool:
        """Nothing but empty cells."""
        return not any(cell.strip() for cell in self.cells)

    @property
    def is_long(self) -> bool:
        """Longer than anything that a person keeps in a row."""
        return any(line.is_cut for line in self.lines) or sum(len(line.text) for line in self.lines) > LONGEST_ROW


def hint_in(line: Line) -> str:
    """The delimiter that this line names, or nothing: Excel writes `sep=;` above the header, and hides it."""
    found = _HINT.fullmatch(line.text.rstrip("\n"))
    return found[1] if found else ""


def records(source: Iterable[Line], delimiter: str) -> Iterator[Record]:
    """Every record, in order, also the empty ones; the line `sep=;` at the top is none."""
    feed = _Feed(_without_hint(iter(source)))
    # A blank before a quotation mark is how people write lists by hand; cells are stripped in any case.
    reader = csv.reader(feed, delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLong):
            feed.give_back()
            cells, is_open = _guess(feed.taken[0].text, delimiter)
            yield Record(cells, feed.taken, True, is_open)
        else:
            yield Record(cells, feed.taken, False, False)


def _without_hint(source: Iterator[Line]) -> Iterator[Line]:
    first = next(source, None)
    if first and not hint_in(first):
        return chain([first], source)
    return source


class _TooLong(Exception):
    """A record went on and on: one of its quotation marks is not what it seems."""


class _Feed:
    """Lines for the csv reader, and back again when they turn out not to belong to the record that took them.

    A stray quotation mark makes the reader look far ahead, and those lines are read again. So that a file full of them
    costs no more than PATIENCE readings, every character earns that many, and looking ahead in vain spends them.
    """

    def __init__(self, source: Iterator[Line]) -> None:
        self._source = source
        self._again: deque[Line] = deque()
        self._credit = LONGEST_ROW
        self.begin()

    def begin(self) -> None:
        """A new record begins with the next line."""
        self.taken: list[Line] = []
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.taken and self._length > min(LONGEST_ROW, self._credit):
            raise _TooLong
        if self._again:
            line = self._again.popleft()
        else:
            line = next(self._source)
            self._credit += PATIENCE * len(line.text)
        self.taken.append(line)
        self._length += len(line.text)
        return line.text

    def give_back(self) -> None:
        """Keep the first line of the record; the others are looked at again."""
        self.taken, others = self.taken[:1], self.taken[1:]
        self._again.extendleft(reversed(others))
        self._credit -= sum(len(line.text) for line in others)


def _guess(text: str, delimiter: str) -> tuple[list[str], bool]:
    """The cells of a line by itself, taking its quotation marks as loosely as spreadsheets do; whether it ends inside
    one, for then the csv reader asks for another line."""
    reader = csv.reader([text, ""], delimiter=delimiter, skipinitialspace=True)
    try:
        return next(reader), reader.line_num > 1
    except csv.Error:
        return [text], True  # one cell longer than the csv module takes
