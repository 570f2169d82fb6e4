"""The channels people reach us on: each knows one sender's field names, and makes of the raw bytes the same Inquiry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

WAYS = ("call", "text", "email")
BEST_TIMES = ("any", "am", "pm", "eve")
NO_PLACE = ("XX", "NA")  # outside the United States; rather not say


@dataclass(frozen=True)
class Agreement:
    """One answer to one question of consent, in the words that were read."""

    kind: str
    granted: bool
    text: str
    version: str


@dataclass(frozen=True)
class Inquiry:
    """What somebody told us, whichever way it came; text is clean, a value that was not given is empty.

    `ways` says for call, text and email: yes, no or unasked. `voicemail`: yes, name, no or unasked.
    `is_machine`: a field that no person sees was filled in. `is_test`: the sender says that nobody wrote this.
    `guessed` names the facts whose field we had to guess; `other` are answers without a place, under their labels.
    """

    name: str = ""
    for_whom: str = "self"
    state: str | None = None
    ways: dict[str, str] = field(default_factory=dict)
    phone: str = ""
    email: str = ""
    voicemail: str = "unasked"
    best_times: tuple[str, ...] = ()
    message: str = ""
    language: str = "en"
    agreements: tuple[Agreement, ...] = ()
    is_machine: bool = False
    person_name: str = ""
    zip_code: str = ""
    page: str = ""
    referrer: str = ""
    utm: Mapping[str, str] = field(default_factory=dict)
    submitted_at: datetime | None = None
    is_test: bool = False
    notes: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()
    other: tuple[tuple[str, str], ...] = ()

    def allows(self, way: str) -> bool:
        """Whether they said yes to being reached this way."""
        return self.ways.get(way) == "yes"


class NotUnderstood(Exception):
    """The bytes are not what this channel sends."""
