"""What people type, made safe to keep and to show: no control characters, nothing that turns text around."""

import re
import unicodedata

# Marks that reorder or hide text on the screen (Unicode bidirectional controls, zero-width no-break space).
_TRICKS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HALVES = re.compile("[\ud800-\udfff]")


def clean_text(text: str | None) -> str:
    """Several lines: line ends made equal, control and reordering characters dropped, lone surrogates replaced."""
    plain = _HALVES.sub("\ufffd", (text or "").replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", _TRICKS.sub("", _CONTROLS.sub("", plain))).strip()


def clean_line(text: str | None) -> str:
    """One line: as `clean_text`, with every run of white space made one space."""
    return " ".join(clean_text(text).split())
