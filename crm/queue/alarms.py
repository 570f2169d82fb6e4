"""Danger on top of the queue: who may be in it, the words that say so, and whether somebody has them already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.clock import STATES, ago_words, there_words
from crm.db.sealing import SealError
from crm.leads.marks import Piece, Why, reading_of
from crm.models import Submission
from crm.queue.filters import NO_STATES

AROUND = 140  # characters of the message shown before and after the first words of danger


@dataclass(frozen=True)
class Alarm:
    """One person nobody has said "I have this" for yet."""

    ref: str
    name: str
    about: str
    where: str
    pieces: list[Piece]
    whys: list[Why]
    since: datetime
    waiting: str


def alarms(rows: Iterable[Any], about: dict[str, str], at: datetime, here: str) -> list[Alarm]:
    """Those of the rows that sound like danger and that nobody has seen, the longest waiting first."""
    unseen = [row for row in rows if row.danger_at and row.danger_seen_at is None]
    return [_alarm(row, about, at, here) for row in sorted(unseen, key=lambda row: row.danger_at)]


def _alarm(row: Any, about: dict[str, str], at: datetime, here: str) -> Alarm:
    try:
        words = Submission.message.open(row.message_sealed, f"submission.message:{row.submission}")
        reading = reading_of(Submission.reading.open(row.reading_sealed, f"submission.reading:{row.submission}"))
    except (SealError, TypeError):  # no message, or keys that are gone: the alarm stands all the same
        words, reading = "", reading_of(None)
    first = min((one.start for one in reading.found if one.signal in reading.dangers and not one.context), default=0)
    begin, end = max(first - AROUND, 0), first + AROUND
    place = STATES.get(row.state_in_need) or NO_STATES.get(row.state_in_need) or "State not given"
    return Alarm(
        ref=row.ref, name=row.name or "No name given", about=about[row.for_whom],
        where=f"{place}, {there_words(at, row.time_zone, row.zone_confidence)} there",
        pieces=_cut(reading.pieces(words), begin, end), whys=[why for why in reading.whys if why.is_danger],
        since=row.danger_at, waiting=ago_words(row.danger_at, at, here),
    )


def _cut(pieces: list[Piece], begin: int, end: int) -> list[Piece]:
    """Only what lies between the two places, with dots where something is left out."""
    cut, place = [], 0
    for piece in pieces:
        text = piece.text[max(begin - place, 0) : max(end - place, 0)]
        if text:
            cut.append(Piece(text, piece.look))
        place += len(piece.text)
    if cut and begin > 0:
        cut.insert(0, Piece("…", ""))
    return [*cut, Piece("…", "")] if place > end and cut else cut
