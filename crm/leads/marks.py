"""What the program made of a message, for whoever reads it: the words it found, marked in place, each with its reason.

Words only ever raise a message; they never clear one, so nothing here ever says that nothing was found.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

CONTEXT = {
    "negated": "denied", "past": "in the past", "feared": "feared or possible", "idiom": "perhaps a figure of speech",
}


class Found(NamedTuple):
    """One place in a message: what it speaks of, in which context ("" is now), and why it is marked."""

    start: int
    end: int
    signal: str
    context: str
    why: str


class Piece(NamedTuple):
    """A piece of a message; `look` is "hot" (danger now), "mark" or nothing."""

    text: str
    look: str


class Why(NamedTuple):
    """A reason in words, and whether it speaks of danger now."""

    words: str
    is_danger: bool


@dataclass(frozen=True)
class Reading:
    """What was kept with a message: answers without a place, notes, guessed facts, and what the rules found."""

    notes: tuple[str, ...] = ()
    other: tuple[tuple[str, str], ...] = ()
    guessed: tuple[str, ...] = ()
    dangers: frozenset[str] = frozenset()
    found: tuple[Found, ...] = field(default=())
    assessed: bool = True

    @property
    def whys(self) -> list[Why]:
        """Each reason once, danger first."""
        told = {_words(one): _is_hot(one, self.dangers) for one in self.found}
        return [Why(words, hot) for words, hot in sorted(told.items(), key=lambda one: not one[1])]

    def pieces(self, message: str) -> list[Piece]:
        """The message in pieces, the places found among them."""
        looks = [""] * len(message)
        for one in sorted(self.found, key=lambda one: _is_hot(one, self.dangers)):
            for place in range(max(one.start, 0), min(one.end, len(message))):
                looks[place] = "hot" if _is_hot(one, self.dangers) else "mark"
        return [Piece(message[begin:end], looks[begin]) for begin, end in _runs(looks)]


def reading_of(kept: str | None) -> Reading:
    """What stands in `Submission.reading`; nothing of a message that is older than the rules."""
    told = json.loads(kept) if kept else {}
    return Reading(
        notes=tuple(told.get("notes", ())),
        other=tuple((label, answer) for label, answer in told.get("other", ())),
        guessed=tuple(told.get("guessed", ())),
        dangers=frozenset(told.get("dangers", ())),
        found=tuple(Found(*one) for one in told.get("found", ())),
        assessed=told.get("assessed", True),
    )


def _is_hot(one: Found, dangers: frozenset[str]) -> bool:
    return one.context == "" and one.signal in dangers


def _words(one: Found) -> str:
    said = one.why[:1].upper() + one.why[1:]
    return f"{said} ({CONTEXT.get(one.context, one.context)})" if one.context else said


def _runs(looks: Sequence[str]) -> list[tuple[int, int]]:
    edges = [0, *(place for place in range(1, len(looks)) if looks[place] != looks[place - 1]), len(looks)]
    return [(begin, end) for begin, end in pairwise(edges) if end > begin]


NOTHING_FOUND = Reading()
