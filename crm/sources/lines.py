"""The bytes of a text file as lines of text, in bounded memory, whatever the encoding and the line ends."""

import codecs
from collections.abc import Iterable, Iterator
from typing import NamedTuple

CHUNK = 65_536  # bytes looked at together
LONGEST_LINE = 262_144  # bytes; the rest of a longer line is passed over

AS_WINDOWS = "lantern-as-windows"  # what `codecs` calls our way with bytes that are not in the encoding
MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

# What people write in the languages of our forms and their neighbours, beyond ASCII: it tells Windows from an old Mac.
EXPECTED = frozenset("ÁÉÍÓÚÜÑáéíóúüñ¿¡ÀÂÇÈÊËÎÏÔÙÛàâçèêëîïôùûœÄÖßäö‘’“”–—…•·°ºª€©®™\xa0")


class Line(NamedTuple):
    """One line, ending in a line feed. Guessed: some letters were not in the file's encoding. Cut: it was too long."""

    text: str
    is_guessed: bool
    is_cut: bool


def encoding_of(beginning: bytes) -> tuple[str, bool]:
    """The encoding of a file that begins like this, and whether a byte order mark says so.

    Anything that may be UTF-8 is: a file whose first letters beyond ASCII come late is still read right, because
    `lines` reads what is no UTF-8 as Windows-1252. The two encodings of one byte a letter are told apart by which of
    them gives more letters that people write; on an even count Windows wins, unless the lines end as on an old Mac.
    """
    for mark, encoding in MARKS.items():
        if beginning.startswith(mark):
            return encoding, True
    # A letter that is cut in two at the end is no fault, so the decoder is not told that this is all.
    text = codecs.getincrementaldecoder("utf-8")("ignore").decode(beginning)
    letters = [letter for letter in text if letter > "\x7f"]
    strays = _beyond_ascii(beginning) - sum(len(letter.encode()) for letter in letters)
    if strays <= max(len(letters), _cut_short(beginning)):
        return "utf-8", False
    windows, mac = (_likely(beginning, encoding) for encoding in ("cp1252", "mac-roman"))
    is_mac = mac > windows or (mac == windows and b"\n" not in beginning)
    return "mac-roman" if is_mac else "cp1252", False


def lines(source: Iterable[bytes], encoding: str) -> Iterator[Line]:
    """The lines of a file that comes in pieces of any size; `\\n`, `\\r\\n` and `\\r` end one. The byte order mark is
    left out. A byte that the encoding does not know is read as Windows-1252, and the line says that it was guessed."""
    for number, (raw, is_cut) in enumerate(_split(_even(_in_bytes_of_ascii(source, encoding)))):
        if number == 0:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        try:
            text, is_guessed = raw.decode(_within(encoding)), False
        except UnicodeDecodeError:
            text, is_guessed = raw.decode(_within(encoding), AS_WINDOWS), True
        yield Line(text.rstrip("\r\n") + "\n", is_guessed or "\ufffd" in text, is_cut)


def _beyond_ascii(raw: bytes) -> int:
    return sum(byte > 0x7F for byte in raw)


def _cut_short(raw: bytes) -> int:
    """How many bytes at the end may be the first part of a letter: up to three in UTF-8."""
    return next((size for size in (3, 2, 1) if len(raw) >= size and raw[-size] >= 0xC0), 0)


def _likely(raw: bytes, encoding: str) -> int:
    return sum(letter in EXPECTED for letter in raw.decode(encoding, "replace"))


def _within(encoding: str) -> str:
    return "utf-8" if encoding.startswith("utf-16") else encoding


def _in_bytes_of_ascii(source: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """UTF-16 turned into UTF-8, where a line end is one byte that means nothing else; all others are that already."""
    if not encoding.startswith("utf-16"):
        yield from source
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for piece in source:
        yield decoder.decode(piece).encode()
    yield decoder.decode(b"", final=True).encode()


def _even(source: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of about CHUNK, so that neither crumbs nor a whole file at once cost more."""
    gathered = bytearray()
    for piece in source:
        for start in range(0, len(piece), CHUNK):
            gathered += piece[start:start + CHUNK]
            if len(gathered) >= CHUNK:
                yield bytes(gathered)
                gathered.clear()
    yield bytes(gathered)


def _split(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    rest, is_over = b"", False  # over: inside a line that was too long, and was handed out already
    for chunk in chunks:
        parts = (rest + chunk).splitlines(keepends=True)
        # A carriage return at the end may be the first half of a line end.
        rest = parts.pop() if parts and not parts[-1].endswith(b"\n") else b""
        for part in parts:
            if not is_over:
                yield part[:LONGEST_LINE], len(part) > LONGEST_LINE
            is_over = False
        if is_over or len(rest) > LONGEST_LINE:
            if not is_over:
                yield rest[:LONGEST_LINE], True
            rest, is_over = rest[-1:] if rest.endswith(b"\r") else b"", True
    if rest and not is_over:
        yield rest, False


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start:error.end].decode("cp1252", "replace"), error.end


codecs.register_error(AS_WINDOWS, _as_windows)
