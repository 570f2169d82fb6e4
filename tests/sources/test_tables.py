"""Spreadsheets that people have come in row by row: no accident in one row costs another, and none comes in twice."""

import csv
import io
import tracemalloc
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.sources import records
from crm.sources.tables import LONGEST_CELL, NotATable, Shape, rows, shape_of
from crm.web import clean_text
from crm.web.csvs import csv_text, plain_cell

# What happens to files on their way: each of these once, between rows that are whole.
MESSY = (
    b"Name,Phone,Message\r\n"
    b"Ann,720 555 0101,hello\r\n"
    b'Ben,720 555 0102,"two\r\nlines, and a ""word"""\r\n'
    b"\r\n"
    b"Cal,720 555 0103\r\n"
    b"Dee,720 555 0104,hi,there\r\n"
    b'Eve,720 555 0105,"never closed\r\n'
    b"Fay,720 555 0106,after it\r\n"
    b'Gus,720 555 0107,"he said "no" to me"\r\n'
    b"and that was it\r\n"
    b"Jos\xe9,720 555 0108,Espa\xc3\xb1a\r\n"
    b"Ida\x00,720 555 0109,odd\r\n"
    b"Jo,720 555 0110,last,,\r\n"
    b",,\r\n,,\r\n"
)

CONTROLS = "".join(map(chr, range(32))).replace("\t", "").replace("\n", "").replace("\r", "")
ENCODINGS = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "utf-16": None, "cp1252": "cp1252", "mac-roman": "mac-roman"}


def read(whole: bytes, start_at: int = 0, size: int = 7, **known):
    """The rows of a file that arrives in pieces of this many bytes."""
    shape = replace(shape_of(whole), **known)
    return list(rows((whole[at:at + size] for at in range(0, len(whole), size)), shape, start_at))


@st.composite
def written(draw):
    """A table as some program wrote it: its cells, its bytes, and what its letters are."""
    encoding = draw(st.sampled_from(sorted(ENCODINGS)))
    codec = "utf-8" if encoding.startswith("utf") else encoding
    letters = st.characters(codec=codec, exclude_characters=CONTROLS)
    cell = st.text(st.one_of(letters, st.sampled_from("\"',;\t|=\r\n a")), max_size=12)
    header = draw(st.lists(st.text("abcdefgh", min_size=1, max_size=4), min_size=1, max_size=4, unique=True))
    body = draw(st.lists(st.lists(cell, min_size=len(header), max_size=len(header)), max_size=6))
    # Python's own writer leaves an end of line that is not its own unquoted, unless everything is quoted.
    has_ends = any("\r" in one or "\n" in one for cells in body for one in cells)
    quoting = [csv.QUOTE_ALL] if has_ends else [csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]
    out = io.StringIO(newline="")
    csv.writer(
        out, delimiter=draw(st.sampled_from(",;\t|")), lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        quoting=draw(st.sampled_from(quoting)),
    ).writerows([header, *body])
    return header, body, out.getvalue().encode(encoding), ENCODINGS[encoding]


@given(written(), st.integers(1, 40))
def test_what_any_program_writes_is_read_back(table, size):
    header, body, whole, encoding = table
    known = {"encoding": encoding} if encoding else {}  # which of two one-byte encodings: its own test below

    found = [list(row.values.values()) for row in read(whole, size=size, **known)]

    wanted = [[clean_text(plain_cell(cell)) for cell in cells] for cells in body]
    assert found == [cells for cells in wanted if any(cells)]
    assert list(shape_of(whole).header) == header


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters=CONTROLS), max_size=9)
                         | st.sampled_from(["=1", "'=1", "''@a", "'tis", "\t-1", " +1"]), min_size=2, max_size=2)))
def test_our_own_export_is_read_back_as_it_was(body):
    found = [list(row.values.values()) for row in read(csv_text(["What", "=1+1"], body).encode())]

    wanted = [[clean_text(cell) for cell in cells] for cells in body]
    assert found == [cells for cells in wanted if any(cells)]


def test_each_accident_costs_its_own_row_only():
    found = {row.number: row for row in read(MESSY)}

    assert [number for number, row in found.items() if row.problem] == [6, 7, 10, 12]
    assert "4 cells" in found[6].problem and "never closed" in found[7].problem
    assert "row above" in found[10].problem and "not text" in found[12].problem
    assert found[3].values == {"Name": "Ben", "Phone": "720 555 0102", "Message": 'two\nlines, and a "word"'}
    assert found[5].values == {"Name": "Cal", "Phone": "720 555 0103", "Message": ""}
    assert found[6].values["Column 4"] == "there"
    assert found[8].values["Message"] == "after it"
    assert found[9].values["Message"] == 'he said no" to me"' and "quotation mark" in found[9].remark
    assert (found[11].values["Name"], found[11].values["Message"]) == ("José", "España")
    assert "letters" in found[11].remark and not found[2].remark
    assert max(found) == 13


def test_a_plain_reader_loses_the_rows_after_an_open_quote():
    """The known-bad variant: without looking again, everybody after Eve is a part of her message."""
    plain = list(csv.reader(io.StringIO(MESSY.decode("cp1252"), newline="")))

    assert not any(cells and cells[0] == "Fay" for cells in plain)


@pytest.mark.parametrize("size", [1, 3, 64, 10_000])
def test_after_a_kill_the_rest_comes_as_it_would_have(size):
    every = read(MESSY, size=size)

    for last in range(17):
        assert read(MESSY, start_at=last + 1, size=size) == [row for row in every if row.number > last]


def test_going_on_by_place_in_the_list_is_caught():
    """The known-bad variant: empty rows count, so skipping as many rows as were done repeats some."""
    every = read(MESSY)
    done = every[:5]

    assert list(islice(read(MESSY), done[-1].number, None)) != every[5:]


def test_an_open_quote_at_the_very_end_costs_its_own_row():
    found = read(b'Name,Phone\nAnn,"720 555 0101\nBen,720 555 0102\nCal,720 555 0103')

    assert [(row.number, bool(row.problem)) for row in found] == [(2, True), (3, False), (4, False)]


def test_what_may_be_the_rest_of_a_torn_message_is_no_person():
    found = read(b'Name,Phone,Message\nAnn,720 555 0101,"I am "fine" now\nand, really\nBen,720 555 0102,hi\n')

    assert [(row.number, row.problem[:12]) for row in found] == [(2, ""), (3, "This may be "), (4, "")]
    assert "quotation mark" in found[0].remark


def test_too_long_is_said_and_the_next_row_is_read():
    long = b"x" * (LONGEST_CELL + 1)
    endless = b"x" * 1_000_000
    whole = b"Name,Message\nAnn," + long + b"\nBen," + endless + b'\nCal,"' + endless + b'"\nDee,hi\n'
    found = read(whole, size=9_999)

    assert [(row.number, row.problem[:12]) for row in found] == [
        (2, "The cell und"), (3, "This row is "), (4, "This row is "), (5, ""),
    ]
    assert all(len(cell) < 300_000 for row in found for cell in row.values.values())


@pytest.mark.parametrize(("whole", "delimiter", "header"), [
    (b"Name;Phone;Message\nAnn;1;a, b, c\n", ";", ("Name", "Phone", "Message")),
    (b"Name (Last, First);City, State;Message\nPoe, Sam;Denver, CO;hi\n", ";",
     ("Name (Last, First)", "City, State", "Message")),
    (b"Name\tPhone\nPoe, Sam\t1\n", "\t", ("Name", "Phone")),
    (b"Name|Phone\nAnn|1\n", "|", ("Name", "Phone")),
    (b"sep=;\r\nName;Note, short\r\n", ";", ("Name", "Note, short")),
    (b'\xef\xbb\xbf"sep=^"\nName^Phone\n', "^", ("Name", "Phone")),
    (b"\n\n  \nName,Phone\nAnn,1\n", ",", ("Name", "Phone")),
    (b"Phone,phone,,Phone\n", ",", ("Phone", "phone (2)", "Column 3", "Phone (3)")),
    (b'"City, State";"Your ""story"""\n', ";", ("City, State", 'Your "story"')),
    (b" Name , 'quoted' \n", ",", ("Name", "'quoted'")),
])  # fmt: skip
def test_columns_are_found(whole, delimiter, header):
    shape = shape_of(whole)

    assert (shape.delimiter, shape.header) == (delimiter, header)


def test_one_column_is_a_list_and_its_commas_are_text():
    found = read(b"Message\nhello, is anybody there?\n\"one, more\"\n")

    assert [row.values for row in found] == [{"Message": "hello, is anybody there?"}, {"Message": "one, more"}]


@pytest.mark.parametrize(("raw", "encoding", "name"), [
    ("Nombre,Tel\nJosé Núñez,1\n".encode(), "utf-8", "José Núñez"),
    ("Nombre,Tel\nJosé Núñez,1\n".encode("utf-8-sig"), "utf-8", "José Núñez"),
    ("Nombre,Tel\nJosé Núñez,1\n".encode("utf-16"), "utf-16-le", "José Núñez"),
    (b"\xfe\xff" + "Nombre,Tel\nJosé Núñez,1\n".encode("utf-16-be"), "utf-16-be", "José Núñez"),
    ("Nombre,Tel\nJosé Núñez – “Pepe”,1\n".encode("cp1252"), "cp1252", "José Núñez – “Pepe”"),
    ("Nombre,Tel\nJosé Núñez,1\n".encode("mac-roman"), "mac-roman", "José Núñez"),
    ("Nombre,Tel\rMuñoz,1\r".encode("mac-roman"), "mac-roman", "Muñoz"),
    ("Name,Tel\nDon’t know,1\n".encode("cp1252"), "cp1252", "Don’t know"),
])  # fmt: skip
def test_letters_are_read_as_they_were_written(raw, encoding, name):
    shape = shape_of(raw)

    assert (shape.encoding, shape.has_bom) == (encoding, raw[:2] in (b"\xef\xbb", b"\xff\xfe", b"\xfe\xff"))
    assert [row.values["Nombre" if name[0] != "D" else "Name"] for row in rows([raw], shape)] == [name]


def test_a_letter_that_comes_late_in_another_encoding_is_read_and_said():
    raw = b"Name,Phone\n" + b"Ann,1\n" * 20_000 + "José,2\n".encode("cp1252") + "María,3\n".encode()
    found = list(rows([raw], shape_of(raw[:65_536])))

    assert [(row.values["Name"], bool(row.remark)) for row in found[-3:]] == [
        ("Ann", False), ("José", True), ("María", False),
    ]
    with pytest.raises(UnicodeDecodeError):  # the known-bad variant: the encoding of the beginning, believed
        raw.decode(shape_of(raw[:65_536]).encoding)


@pytest.mark.parametrize("cell", ["=1+1", "+1 720 555 0101", "@SUM(A1)", "-", "'tis", "O'Brien", "'=1", "''+1"])
def test_a_formula_is_text_and_only_our_own_mark_is_taken_away(cell):
    ours, theirs = csv_text(["Name", "n"], [[cell, 1]]).encode(), io.StringIO()
    csv.writer(theirs).writerows([["Name", "n"], [cell, 1]])

    assert read(ours)[0].values["Name"] == cell
    if not cell.startswith("'") or cell == "'tis":
        assert read(theirs.getvalue().encode())[0].values["Name"] == cell


@pytest.mark.parametrize(("raw", "why"), [
    (b"", "empty"), (b"\xef\xbb\xbf \r\n\r\n", "empty"), (b",,,\n", "empty"),
    (b"PK\x03\x04\x14\x00\x06\x00", "Excel workbook"), (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
    (b"\x89PNG\r\n\x1a\n", "picture"), (b"\xff\xd8\xff\xe0\x00\x10JFIF", "picture"), (b"%PDF-1.7", "PDF"),
    ("Name,Phone\n".encode("utf-16-le"), "not a text file"), (bytes(range(256)) * 4, "not a text file"),
    (b"<!DOCTYPE html><table><tr><td>Ann", "web page"), (b'[{"name": "Ann"}]', "program's own format"),
    (b'"Name,Phone\nAnn,1\n', "no end"), (b"a," * 1_000 + b"a\n", "1,001 columns"),
])  # fmt: skip
def test_what_is_no_table_is_said_in_words(raw, why):
    with pytest.raises(NotATable, match=why):
        shape_of(raw)


@given(st.binary(max_size=200) | st.lists(st.sampled_from([
    b",", b";", b'"', b"\r", b"\n", b"a", b"\xe9", b"\xc3", b"\0", b"'=", b" ", b"sep=", b"\xff\xfe", b"\xef\xbb\xbf",
]), max_size=60).map(b"".join), st.integers(1, 9))  # fmt: skip
def test_no_bytes_break_the_reading(raw, size):
    try:
        found = read(raw, size=size)
    except NotATable as why:
        assert str(why).endswith(".")
    else:
        assert [row.number for row in found] == sorted({row.number for row in found})
        assert found == read(raw, size=1_000) and "\0" not in str([row.values for row in found])


def hundred_bytes(count: int):
    """A file of this many rows that nobody holds in memory."""
    yield b"Name,Phone,Message\r\n"
    for number in range(count):
        yield b'Person %d,720 555 01%02d,"is there\r\nroom for me, before Christmas? I can come any day"\r\n' % (
            number, number % 100)


def peak(work, count: int) -> int:
    """The most memory that reading this many rows took, in bytes."""
    shape = shape_of(b"Name,Phone,Message\r\n")
    tracemalloc.start()
    try:
        assert work(rows(hundred_bytes(count), shape)) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_hundred_thousand_rows_take_no_more_memory_than_ten_thousand():
    one_by_one = lambda found: sum(not row.problem for row in found)  # noqa: E731

    assert peak(one_by_one, 100_000) <= 1.2 * peak(one_by_one, 10_000)


def test_keeping_the_rows_is_caught():
    """The known-bad variant: a list of all rows grows with them."""
    assert peak(lambda found: len(list(found)), 10_000) > 1.2 * peak(lambda found: len(list(found)), 1_000)


def looks(monkeypatch, whole: bytes) -> int:
    """How often a line was looked at in reading a file."""
    looked = 0

    class Counting(records._Feed):
        def __next__(self):
            nonlocal looked
            looked += 1
            return super().__next__()

    monkeypatch.setattr(records, "_Feed", Counting)
    list(rows([whole], Shape("utf-8", ",", ("a", "b"), False)))
    return looked


HOSTILE = b"a,b\n" + b'a","b\n' * 5_000  # every line opens a cell, and none of those after it closes it


def test_a_file_full_of_open_quotes_is_read_in_a_few_passes(monkeypatch):
    monkeypatch.setattr(records, "LONGEST_ROW", 3_000)

    assert looks(monkeypatch, HOSTILE) < (records.PATIENCE + 3) * 5_000


def test_endless_patience_is_caught(monkeypatch):
    """The known-bad variant: every open quote may look ahead as far as a row may be long."""
    monkeypatch.setattr(records, "LONGEST_ROW", 3_000)
    monkeypatch.setattr(records, "PATIENCE", 10**9)

    assert looks(monkeypatch, HOSTILE) > (10 + 3) * 5_000
