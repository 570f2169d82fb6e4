"""Two leads side by side, field by field, in words: what is the same, what can be chosen, and what joining does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crm.clock import STATES, wall, zone_label
from crm.leads.comparing import Pair
from crm.leads.keepsake import WISHES, stricter
from crm.leads.merging import UNDONE_WITHIN, suggested_survivor
from crm.leads.page import FOR, LANGUAGES, OUTSIDE
from crm.lifecycle.workflow import workflow
from crm.models import Lead, Staff
from crm.programme import programme

NOBODY, NO_NAME, NOTHING = "Nobody yet", "No name given", "Not known"
ALL_KEPT, STAYS = "All of them are kept.", "As on the page that stays, if it has somebody."
LONGEST_QUOTE = 280  # characters of a message; the whole of it stands on its own page
TIMES = {"any": "any time", "am": "mornings", "pm": "afternoons", "eve": "evenings"}
WISH = {"may_call": "calls", "may_text": "texts", "may_email": "e-mail", "voicemail": "voicemail"}
SAID = {"yes": "yes", "no": "no", "name": "first name only", "unasked": "not asked"}


@dataclass(frozen=True)
class Line:
    """One field of both. `key` is the field's name where one of two values is chosen; else what happens to it."""

    label: str
    mine: str
    theirs: str
    key: str = ""
    what_happens: str = ""

    @property
    def is_same(self) -> bool:
        """Whether there is nothing to choose."""
        return self.mine == self.theirs


@dataclass(frozen=True)
class Comparison:
    """What the page shows about a pair at a moment."""

    pair: Pair
    at: datetime

    @property
    def survivor(self) -> Lead:
        """The page that stays unless somebody chooses the other."""
        return suggested_survivor(self.pair.lead, self.pair.other)

    @property
    def may_choose_page(self) -> bool:
        """Of an open and a closed page the open one stays."""
        return self.pair.lead.is_open == self.pair.other.is_open

    @property
    def likely(self) -> str:
        """What the rules make of it; empty when nobody suggested the pair."""
        found = self.pair.likeness
        if found is None or (not found.score and not found.reasons):
            return ""
        elif found.is_household:
            return "Perhaps two people who share a contact."
        else:
            return "Very likely the same person." if found.score >= 90 else "Probably the same person."

    @property
    def undo_until(self) -> date:
        """The last day on which joining can be taken back, on our clocks."""
        return wall(self.at + UNDONE_WITHIN, programme().time_zone).date()

    @property
    def lines(self) -> Sequence[Line]:
        """Field by field."""
        one, two = self.pair.lead, self.pair.other
        who, other = one.inquirer, two.inquirer
        return [
            Line("Name to use", who.name or NO_NAME, other.name or NO_NAME, "name"),
            Line("Writing for", _for(one), _for(two), "for_whom"),
            Line("State and time", _place(one), _place(two), "place"),
            Line("Language", LANGUAGES.get(who.language, who.language), LANGUAGES.get(other.language, other.language),
                 "language"),
            Line("Best times", _times(one), _times(two), "best_times"),
            Line("Phone numbers", _contacts(one, "phone"), _contacts(two, "phone"), what_happens=ALL_KEPT),
            Line("E-mail addresses", _contacts(one, "email"), _contacts(two, "email"), what_happens=ALL_KEPT),
            Line("Where they stand", _status(one), _status(two), what_happens="As on the page that stays."),
            Line("At intake", _name(one.owner), _name(two.owner), what_happens=STAYS),
            Line("Coach", _name(one.coach), _name(two.coach), what_happens=STAYS),
        ]

    @property
    def wishes(self) -> str:
        """The stricter of both, which is what holds after joining."""
        both = self.pair.lead.inquirer, self.pair.other.inquirer
        held = {name: stricter(*(getattr(person, name) for person in both)) for name in WISHES}
        return ", ".join(f"{WISH[name]}: {SAID[answer]}" for name, answer in held.items())

    def wrote(self, lead: Lead) -> Sequence[tuple[datetime, str]]:
        """When they wrote and the beginning of what, the latest first."""
        told = self.pair.wrote[lead.id][::-1]
        return [(at, words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE].rstrip()}…")
                for at, words in told]


def _for(lead: Lead) -> str:
    if lead.for_whom == "self":
        return "Themselves"
    named = lead.person.name if lead.person_id != lead.inquirer_id else ""
    return f"{FOR[lead.for_whom].removeprefix('for ').capitalize()}{f', {named}' if named else ''}"


def _place(lead: Lead) -> str:
    person = lead.inquirer
    state = OUTSIDE.get(person.state or "", STATES.get(person.state or "", NOTHING))
    return f"{state}, {zone_label(person.time_zone)}" if person.time_zone else state


def _times(lead: Lead) -> str:
    return ", ".join(TIMES[time] for time in lead.inquirer.best_times if time in TIMES) or "Not said"


def _contacts(lead: Lead, kind: str) -> str:
    return ", ".join(point.value for point in lead.inquirer.contact_points if point.kind == kind) or "None"


def _name(staff: Staff | None) -> str:
    return staff.name if staff else NOBODY


def _status(lead: Lead) -> str:
    return workflow().label(lead.status_key)
