"""`crm match FILE.csv`: which rows of a file may be the same person, with reasons. Joins nobody, writes nothing."""

import argparse
import codecs
import csv
import io
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from crm.cli import Commands, Refusal
from crm.leads.matching import Record, pairs

COLUMNS = ("row_a", "row_b", "score", "reasons")
ENCODINGS = ("utf-8-sig", "cp1252")  # the second is what old spreadsheets write
DELIMITERS = ",;\t|"
LARGEST = 100_000_000  # bytes: about half a million rows
LONGEST_CELL = 1_000_000  # characters: a message with quotation marks gone wrong must not swallow the file silently

# What a column may be called, in small letters without spaces, dashes and underlines.
NAMES = {
    "row": ("rowid",),
    "name": ("fullname", "name", "yourname", "contactname", "nombre", "nombrecompleto"),
    "first": ("firstname", "first", "givenname"),
    "last": ("lastname", "last", "surname", "familyname"),
    "email": ("email", "emailaddress", "mail", "youremail", "correo", "correoelectronico"),
    "phone": ("phone", "phonenumber", "telephone", "tel", "mobile", "cell", "yourphone", "telefono"),
    "state": ("state", "region", "estado"),
    "message": ("messageexcerpt", "message", "yourmessage", "comments", "notes", "mensaje"),
}


def register(commands: Commands) -> None:
    """Add the command to the `crm` program."""
    match = commands.add_parser("match", help="rows of a CSV file that may be the same person, with reasons")
    match.add_argument("file", type=Path, metavar="FILE.csv")
    match.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the suggestions as CSV, best first; raises Refusal when the file cannot be read as a list of people."""
    rows = csv.writer(sys.stdout, lineterminator="\n")
    found = pairs(_records(_text(args.file)))
    rows.writerow(COLUMNS)
    for pair in found:
        rows.writerow((pair.a, pair.b, f"{pair.likeness.score:.2f}", "; ".join(pair.likeness.reasons)))
    return 0


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise Refusal(f"The file is larger than {LARGEST // 1_000_000} MB; split it.")
        raw = path.read_bytes()
    except OSError as error:
        raise Refusal(f"The file cannot be read: {error.strerror}.") from None
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeError:
            continue
    raise Refusal("The file is no text in UTF-8, UTF-16 or Windows-1252.")


def _records(text: str) -> dict[str, Record]:
    """By the row's own name, else by the line it begins on (the headings are line 1)."""
    delimiter = max(DELIMITERS, key=text.split("\n", 1)[0].count)
    return _named(_rows(io.StringIO(text.replace("\0", ""), newline=""), delimiter))


def _rows(lines: io.StringIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that has something in it, with the line it begins on."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(lines, delimiter=delimiter)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise Refusal(f"Line {line} cannot be read as CSV: {error}.") from None


def _named(rows: Iterator[tuple[int, list[str]]]) -> dict[str, Record]:
    columns = _columns(next(rows, (1, []))[1])
    records: dict[str, Record] = {}
    for line, row in rows:
        cells = {noun: row[place].strip() if place < len(row) else "" for noun, place in columns.items()}
        name = cells.get("row") or str(line)
        if name in records:
            raise Refusal(f"Line {line}: its row_id is that of an earlier row.")
        records[name] = _record(cells)
    return records


def _columns(headings: list[str]) -> dict[str, int]:
    """Where each thing stands; raises Refusal when there is nothing to match by."""
    plain = ["".join(mark for mark in heading.lower() if mark.isalnum()) for heading in headings]
    found: dict[str, int] = {}
    for noun, names in NAMES.items():
        for name in names:
            if name in plain:
                found.setdefault(noun, plain.index(name))
    if not found.keys() & {"name", "first", "last"}:
        raise Refusal("The first line names no column full_name (or name, or first_name and last_name).")
    if not found.keys() & {"email", "phone"}:
        raise Refusal("The first line names neither a column email nor a column phone.")
    return found


def _record(cells: Mapping[str, str]) -> Record:
    name = cells.get("name") or f"{cells.get('first', '')} {cells.get('last', '')}".strip()
    email, phone, state, message = (cells.get(noun, "") for noun in ("email", "phone", "state", "message"))
    return Record(name, email, phone, state, message)
