"""What has happened to a lead, entry by entry: the words, the icon, and the place where the older ones begin."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.clock import parse_moment
from crm.followups.contacts import outcome_words
from crm.followups.history import NOBODY, WORDS, event_words
from crm.models import Attempt, Note

# The rest of history is told by rows of its own: contacts, notes, messages, and who had the lead from when to when.
SHOWN_ACTIONS = frozenset(WORDS) - {"attempt", "note", "assigned", "corrected", "promise-kept"}
ICONS = {"call": "phone", "text": "text", "email": "mail", "visit": "people"}


@dataclass(frozen=True)
class Cursor:
    """A place in the timeline, as it stands in an address: the moment, the kind's rank and the row's number."""

    at: datetime
    rank: int
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.rank}_{self.id}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """The place that an address names; None when it names none."""
        moment, _, rest = text.partition("_")
        rank, _, row = rest.partition("_")
        if not (rank.isdecimal() and row.isdecimal() and len(rank) == 1 and len(row) < 19):
            return None
        try:
            return cls(parse_moment(moment), int(rank), int(row))
        except ValueError:
            return None


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. `look` is "in" (from them), "out" (from us to them) or nothing."""

    icon: str
    look: str
    title: str
    by: str
    at: datetime
    words: str = ""
    is_undone: bool = False


def entry(row: Any, zone: str) -> Entry:
    """The entry of one row; moments in its words are told in the reader's zone."""
    if row.kind == "attempt":
        words = Attempt.note.open(row.sealed, f"attempt.note:{row.ref}") if row.sealed else ""
        title = outcome_words(row.one, row.two)
        return Entry(ICONS[row.one], "out", title, row.who, row.at, words, row.undone_at is not None)
    elif row.kind == "note":
        return Entry("note", "", "Note", row.who, row.at, Note.body.open(row.sealed, f"note.body:{row.ref}"))
    elif row.kind == "wrote":
        return Entry("globe", "in", "They wrote to us", row.one, row.at)
    elif row.kind == "held":
        return Entry("people", "", f"{row.one} is their coach", row.who or NOBODY, row.at)
    else:
        return _of_event(row, zone)


def _of_event(row: Any, zone: str) -> Entry:
    words = event_words(row.one, row.facts, zone, row.at)
    icon = "cal" if row.one.startswith("promise") else "flag"
    return Entry(icon, "", words[0].upper() + words[1:], row.who or NOBODY, row.at)
