"""A message as words, each with its place in the original: accents, case, emoji and typing slips put aside."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crm.intake.triage.files import toml

DATA = toml("reading")
PICTURES: dict[str, str] = DATA["pictures"]
FILLERS = frozenset(DATA["fillers"].split())
OPENED = {typed: tuple(meant.split()) for typed, meant in DATA["opened"].items()}
TAILS: dict[str, str] = DATA["tails"]
MARKS = {
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "«": '"', "»": '"', "…": ".",
    "¡": " ", "¿": " ", "–": "—", "—": "—", "‐": "-", "‑": "-", "\r": "\n", "\t": " ",
}
# One word, one number, or one mark that ends a sentence or a clause. No nested repeats: linear on every text.
PIECE = re.compile(r"[a-z]+(?:'[a-z]+)*|[a-z0-9]*[0-9][a-z0-9]*|[.!?;\n]|[,:()\"—]|-(?=\s)|[^\x00-\x7f]")
ENDS = frozenset(".!?;\n")
LONGEST_SENTENCE = 60  # words: somebody who types no full stops still changes the subject
LEET = str.maketrans("013457", "oieast")

@dataclass
class Words:
    """A message read: parallel lists, one entry a word. `start` and `end` are indices into the original."""

    norm: list[str] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)
    clause: list[int] = field(default_factory=list)
    quoted: list[bool] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)  # the sentences that end in a question mark


def read(text: str, known: Callable[[str], str], most: int = 10**9) -> Words:
    """Split a text into words, up to one more than `most`. `known` turns a word as typed into the word the rules know,
    or gives it back."""
    folded, places = fold(text)
    words, seen = Words(), dict[str, tuple[str, ...]]()
    sentence, clause, length, quoting = 0, 0, 0, False
    for piece in PIECE.finditer(folded):
        typed = piece.group()
        if typed in ENDS:
            if typed == "?":
                words.asked.add(sentence)
            if length:
                sentence, clause, length = sentence + 1, clause + 1, 0
        elif typed == '"':
            quoting = not quoting
        elif typed not in seen and not typed.isalnum() and "'" not in typed:
            clause += 1
        else:
            if length >= LONGEST_SENTENCE:
                sentence, clause, length = sentence + 1, clause + 1, 0
            if typed not in seen:
                seen[typed] = _plain(typed, known)
            start, end = places[piece.start()], places[piece.end() - 1] + 1
            for norm in seen[typed]:
                words.norm.append(norm)
                words.start.append(start)
                words.end.append(end)
                words.sentence.append(sentence)
                words.clause.append(clause)
                words.quoted.append(quoting)
                length += 1
            if len(words.norm) > most:
                break
    return words


def fold(text: str) -> tuple[str, Sequence[int]]:
    """The text without case, accents, zero-width characters, and for each character left its place in the original."""
    if text.isascii():
        return text.lower(), range(len(text))
    plain = {character: _letter(character) for character in set(text)}
    kept = [plain[character] for character in text]
    return "".join(kept), [place for place, letters in enumerate(kept) for _ in letters]


def _letter(character: str) -> str:
    if character in MARKS:
        return MARKS[character]
    elif character in PICTURES:
        return f" {PICTURES[character]} "
    elif character.isascii():
        return character.lower()
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    if unicodedata.category(character) in ("So", "Sk", "Cs"):
        return " "  # other pictures part words and say nothing
    elif unicodedata.category(character) in ("Cf", "Mn", "Me", "Cc"):
        return ""  # zero-width joiners, accents on their own, variation selectors
    else:
        return plain.lower() or " "


def _plain(typed: str, known: Callable[[str], str]) -> tuple[str, ...]:
    """The word or words meant: contractions opened, letters repeated for weight or figures for letters put right."""
    whole = typed.replace("'", "")
    if whole in FILLERS:
        return ()
    elif whole in OPENED and (typed != "id" or "'" in typed):
        return OPENED[whole]
    elif "'" in typed:
        return _contraction(typed, known)
    elif whole.isalpha() or whole.isdigit():
        meant = known(whole)
        return OPENED.get(meant) or (meant,)
    else:
        return _with_figures(whole, known)


def _contraction(typed: str, known: Callable[[str], str]) -> tuple[str, ...]:
    head, _, tail = typed.rpartition("'")
    head = head.replace("'", "")
    if tail == "t" and head.endswith("n"):
        return known(head[:-1]), "not"
    elif tail in TAILS:
        return known(head), TAILS[tail]
    else:
        return (known(head + tail),)


def _with_figures(word: str, known: Callable[[str], str]) -> tuple[str, ...]:
    """`k1ll` is a word, `30mg` is two, `10pm` also."""
    figures = re.match(r"[0-9]+", word)
    if figures and word[figures.end():].isalpha():
        return figures.group(), known(word[figures.end():])
    letters = word.translate(LEET)
    if letters.isalpha() and not word[-1].isdigit():
        return (known(letters),)
    else:
        return (word,)
