"""A spreadsheet somebody has, saved as text, read row by row: any delimiter, any encoding, and the accidents in it."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from crm.sources.lines import Line, encoding_of, lines
from crm.sources.records import LONGEST_ROW, Record, hint_in, records
from crm.web.csvs import plain_cell
from crm.web.text import clean_line, clean_text

BEGINNING = 65_536  # bytes that `shape_of` likes to see
DELIMITERS = ("\t", "|", ";", ",")  # on an even count the first: the later ones stand in what people write, too
NO_DELIMITER = "\x1f"  # one column: nothing divides the text; this is the control character for it
LONGEST_CELL = 32_767  # characters, as in Excel
MOST_COLUMNS = 1_000
SAMPLE = 200  # rows that vote on the delimiter

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_NUMBERED = re.compile(r"(?: \(\d{1,4}\)|^column \d{1,4})$")
_ENTRY_NUMBER = re.compile(r"([0-9]{1,18})(?:\.0{1,6})?")  # a program between us and them may have made 4187.0 of it

SAVE_AS = "In Excel or Google Sheets save it as “CSV UTF-8”, and choose that file."
NOT_TABLES = (
    (b"PK\x03\x04", f"This is an Excel workbook (.xlsx) or a packed (.zip) file. {SAVE_AS}"),
    (b"\xd0\xcf\x11\xe0", f"This is an old Excel workbook (.xls) or another Office file. {SAVE_AS}"),
    (b"\x1f\x8b", "This is a packed (.gz) file. Unpack it, and choose the file inside."),
    (b"%PDF", "This is a PDF. We need the list as a CSV file."),
    (b"\x89PNG", "This is a picture. We need the list as a CSV file."),
    (b"\xff\xd8\xff", "This is a picture. We need the list as a CSV file."),
    (b"GIF8", "This is a picture. We need the list as a CSV file."),
    (b"{\\rtf", f"This is a text document. {SAVE_AS}"),
)
_MARKUP = re.compile(r"<(?:!doctype|html|\?xml|table|head|meta)", re.IGNORECASE)
_JSON = re.compile(r'(?:\[\s{0,99})?\{\s{0,99}"')

# "Entry Id" and "Form Id", as sites in English and Spanish head them (the plugin's export.php, and its translations).
ENTRY_NAMES = frozenset(("entry id", "id entrada", "id de entrada", "id de la entrada"))
FORM_NAMES = frozenset(("form id", "id formulario", "id de formulario", "id del formulario"))


class NotATable(Exception):
    """The file cannot be read as rows; the text tells a person why, and what to do."""


@dataclass(frozen=True)
class Shape:
    """How a file is written, and the names in its first row, each of them once."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    has_bom: bool


@dataclass(frozen=True)
class Row:
    """One row. `number` counts as the sheet does: the header is row 1, a cell with line breaks is still one row, empty
    rows count. `problem` says why the row cannot be used; `remark` what was guessed in one that can."""

    number: int
    values: dict[str, str]
    problem: str = ""
    remark: str = ""


def shape_of(beginning: bytes) -> Shape:
    """How the file that begins like this is to be read; raises NotATable. BEGINNING bytes are enough."""
    for mark, why in NOT_TABLES:
        if beginning.startswith(mark):
            raise NotATable(why)
    encoding, has_bom = encoding_of(beginning)
    sample = list(lines([beginning], encoding))
    _check_is_text(sample)
    delimiter = hint_in(sample[0]) or _most_likely(sample)
    first = next((record for record in records(sample, delimiter) if not record.is_blank), None)
    if first is None or not "".join(first.cells).strip("".join(DELIMITERS)):
        raise NotATable("The file is empty.")
    if first.is_open or first.is_long:
        raise NotATable("The first row, which names the columns, has no end: perhaps a quotation mark is not closed.")
    if len(first.cells) > MOST_COLUMNS:
        raise NotATable(f"The first row names {len(first.cells):,} columns; we read up to {MOST_COLUMNS:,}.")
    return Shape(encoding, delimiter, _names(clean_line(plain_cell(cell)) for cell in first.cells), has_bom)


def rows(source: Iterable[bytes], shape: Shape, start_at: int = 0) -> Iterator[Row]:
    """The rows under the header that hold something, read once, in bounded memory; also those that cannot be used.

    `source` is the whole file from its first byte, in pieces of any size. `start_at` is the number of the first row
    that is wanted: after a kill, the last one that was done, plus one.
    """
    numbered = enumerate(records(lines(source, shape.encoding), shape.delimiter), 1)
    next((record for _, record in numbered if not record.is_blank), None)  # the header
    is_torn = False  # the last row: what follows may be the rest of it, until something looks like a whole row
    for number, record in numbered:
        if record.is_blank:
            continue
        if number >= start_at:
            row = _row(number, record, shape, is_torn)
            if row.problem or any(row.values.values()):
                yield row
        is_torn = record.is_torn or (is_torn and len(record.cells) < len(shape.header))


def fingerprint(values: Mapping[str, str]) -> str:
    """64 characters that are the same for the same row: in whichever order its columns stand, however its names are
    written, with more or less space, with or without cells that hold nothing."""
    told = sorted((_bare_name(name), clean_line(value)) for name, value in values.items())
    words = json.dumps([pair for pair in told if pair[1]], ensure_ascii=True)
    return hashlib.sha256(words.encode()).hexdigest()


def gravity_key(values: Mapping[str, str], form: str = "") -> str | None:
    """`FORM:ENTRY`, as Gravity Forms numbers what it also sends us by webhook; nothing if the row has no entry number.

    The export is of one form and does not say which: `form` does, unless a column "Form Id" was added to the export.
    """
    entry, of_form = _number_under(ENTRY_NAMES, values), _number_under(FORM_NAMES, values) or _number(form)
    return f"{of_form}:{entry}" if entry and of_form else None


def letters(name: str) -> str:
    """A column's name in small plain letters with single spaces: "Entry-ID" and "Id de la entrada"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def _check_is_text(sample: Sequence[Line]) -> None:
    filled = [line.text for line in sample if line.text.strip()]
    if not filled:
        raise NotATable("The file is empty.")
    text = "".join(filled)
    if _CONTROL.search(filled[0]) or len(_CONTROL.findall(text)) * 10 > len(text):
        raise NotATable(f"This is not a text file. {SAVE_AS}")
    if _MARKUP.match(filled[0].lstrip()) or _JSON.match(text.lstrip()[:300]):
        raise NotATable(f"This is a web page or a program's own format, not a list with columns. {SAVE_AS}")


def _most_likely(sample: Sequence[Line]) -> str:
    """The delimiter that gives the most columns in the most rows. A first row that none of them divides names the only
    column there is, and commas in the rows below are what people wrote."""
    best = max(DELIMITERS, key=lambda delimiter: _support(sample, delimiter))
    return best if _support(sample, best) else NO_DELIMITER


def _support(sample: Sequence[Line], delimiter: str) -> float:
    filled = (record for record in records(sample, delimiter) if not record.is_blank)
    found = [0 if record.is_open else len(record.cells) for record in islice(filled, SAMPLE)]
    return found[0] * found.count(found[0]) / len(found) if found and found[0] > 1 else 0


def _row(number: int, record: Record, shape: Shape, is_after_torn: bool) -> Row:
    width = len(shape.header)
    cells = list(record.cells)
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    cells += [""] * (width - len(cells))
    names = shape.header if len(cells) == width else _names([*shape.header, *[""] * (len(cells) - width)])
    values = {name: clean_text(plain_cell(cell)) for name, cell in zip(names, cells, strict=True)}
    problem = _problem(record, cells, shape, is_after_torn)
    remark = "" if problem else _remark(record)
    return Row(number, values, problem, remark)


def _problem(record: Record, cells: Sequence[str], shape: Shape, is_after_torn: bool) -> str:
    width = len(shape.header)
    if record.is_long:
        return f"This row is longer than {LONGEST_ROW:,} characters."
    if any("\0" in line.text for line in record.lines):
        return "This row holds bytes that are not text."
    if record.is_open:
        return "A quotation mark opens a cell in this row and is never closed."
    if record.is_torn and len(record.cells) != width:
        return "A quotation mark stands in the middle of a cell, so we cannot tell where the cells end."
    if is_after_torn and len(record.cells) < width:
        return "This may be a part of the row above, in which a quotation mark is out of place."
    if len(cells) > width:
        return f"This row has {len(cells):,} cells, and the first row names {width:,} columns."
    for name, cell in zip(shape.header, cells, strict=True):
        if len(cell) > LONGEST_CELL:
            return f"The cell under “{name}” is longer than {LONGEST_CELL:,} characters."
    return ""


def _remark(record: Record) -> str:
    remarks = []
    if record.is_torn:
        remarks.append("A quotation mark stands in the middle of a cell; the row was read as well as we can.")
    if any(line.is_guessed for line in record.lines):
        remarks.append("Some letters are not written as in the rest of the file; we read them as Windows would.")
    return " ".join(remarks)


def _names(given: Iterable[str]) -> tuple[str, ...]:
    """Each name once, whatever its case; a column without a name gets its place for one."""
    names: list[str] = []
    taken: set[str] = set()
    for place, first in enumerate(given, 1):
        name, again = first or f"Column {place}", 1
        while name.casefold() in taken:
            again += 1
            name = f"{first} ({again})"
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def _bare_name(name: str) -> str:
    # What `_names` added depends on the order of the columns, and the order must not count.
    return _NUMBERED.sub("", clean_line(name).casefold())


def _number_under(wanted: frozenset[str], values: Mapping[str, str]) -> str:
    found = {_number(value) for name, value in values.items() if letters(name) in wanted} - {""}
    return found.pop() if len(found) == 1 else ""  # two that differ: one of them is something else


def _number(text: str) -> str:
    found = _ENTRY_NUMBER.fullmatch(text.strip())
    return str(int(found[1])) if found and int(found[1]) else ""
