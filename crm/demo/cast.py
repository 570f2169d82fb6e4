"""Who is where in the demo clinic today: everybody's plot, their coach, and when they are due."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from crm.demo import conversations, ended
from crm.demo.people import AREA_CODES, NEW, TRYING, Someone
from crm.demo.stories import Due, Episode, may_call

QUIET_SOMEWHERE = ("CA", "AK", "HI", "GU", "PR")  # at nearly every hour it is night in one of these

# Everybody who talks with us is in conversation, but for these.
PLOTS = {
    "Keisha Moore": "leaving", "Marisol Duran": "leaving", "Rosa Ibarra": "leaving", "Simone Laurent": "leaving",
    "Owen Pratt": "leaving", "Reggie Tate": "leaving", "Joy Okonkwo": "leaving", "Della Pruitt": "leaving",
    "Ana Ruiz": "assessment", "Elliot Frame": "assessment", "Becca Stein": "assessment", "Pilar Montes": "assessment",
    "Russ Meyer": "assessment", "Tanya Volkov": "assessment", "Curtis Lamb": "assessment",
    "Connor Walsh": "missed", "Leah Goodwin": "missed", "Hal Novak": "missed",
    "Anjali Mehta": "later", "Mina Park": "later", "Andre Boone": "later", "Stan Wozniak": "later",
    "Mei Chen": "later", "Yuki Tanaka": "later",
}

_NOW, _TODAY, _SOON = "minutes", "today", "days"
MARCUS = (  # days since we last spoke, and when they are due
    (2, Due(_NOW, -20)), (3, Due(_NOW, -2)), (6, Due(_TODAY, 0.22)), (4, Due(_TODAY, 0.3)), (2, Due(_SOON, 3)),
    (13, Due(_SOON, 6)), (10, Due(_SOON, 4)), (3, Due(_TODAY, 0.1)), (1, Due(_TODAY, 0.38)), (5, Due(_SOON, 2)),
    (2, Due(_TODAY, 0.48)), (4, Due(_SOON, 1)),
)
OTHER_COACHES = (
    (2, Due(_SOON, 2)), (1, Due(_TODAY, 0.4)), (5, Due(_SOON, 1)), (3, Due(_SOON, 4)), (2, Due(_SOON, 3)),
    (6, Due("none", 0)), (11, Due(_SOON, 1)), (4, Due(_SOON, 5)), (1, Due(_SOON, 6)), (3, Due(_SOON, 2)),
)
AT_INTAKE = (
    (1, Due(_TODAY, 0.3)), (2, Due(_NOW, 48)), (3, Due(_SOON, 2)), (1, Due(_SOON, 1)), (2, Due(_NOW, 55)),
    (1, Due(_SOON, 1)), (5, Due(_SOON, 3)), (4, Due(_SOON, 5)), (1, Due(_TODAY, 0.6)), (2, Due(_SOON, 2)),
)
BEING_TRIED = (
    (1, Due(_NOW, -4)), (1, Due(_NOW, 18)), (0.4, Due(_TODAY, 0.45)), (2, Due(_SOON, 1)), (1, Due(_TODAY, 0.2)),
    (0.2, Due(_TODAY, 0.7)), (3, Due(_SOON, 2)), (1, Due(_NOW, 33)), (2, Due(_SOON, 1)), (1, Due(_SOON, 1)),
    (4, Due(_SOON, 3)), (2, Due(_TODAY, 0.8)), (3, Due(_SOON, 2)), (1, Due(_SOON, 4)), (2, Due(_SOON, 1)),
    (1, Due(_SOON, 2)),
)
COACHED = {
    "marcus": (conversations.MARCUS, MARCUS), "tess": (conversations.TESS, OTHER_COACHES),
    "ray": (conversations.RAY, OTHER_COACHES), "imani": (conversations.IMANI, OTHER_COACHES),
    "lou": (conversations.LOU, OTHER_COACHES),
}
# How long ago the newest wrote, in minutes. waits: the answer is late by now; fresh: not yet; put-off: they asked for
# later, at this share of what is left of today.
JUST_WROTE = (("waits", 21), ("waits", 42), ("put-off", 0.5), ("fresh", 8), ("put-off", 0.7), ("fresh", 11),
              ("fresh", 6), ("fresh", 2), ("fresh", 13), ("fresh", 4))
FARTHEST_BACK = 45.0  # days: with the longest plot the first of them wrote about two months ago


def waiting(at: datetime) -> Iterator[tuple[Someone, str, float]]:
    """The newest, how long they have waited and in what way; where it is night now, they wait for their morning."""
    for who, (how, since) in zip(NEW, JUST_WROTE, strict=True):
        yield who if who.state else replace(who, state=_night_at(at)), how, since


def episodes() -> Iterator[Episode]:
    """Everybody else."""
    for who, (last, due) in zip(TRYING, BEING_TRIED, strict=True):
        yield Episode(who, "trying", due, last=last)
    for coach, (people, days) in COACHED.items():
        for who, (last, due) in zip(people, days, strict=False):
            yield Episode(who, PLOTS.get(who.name, "talking"), due, coach, last)
    for who, (last, due) in zip(conversations.INTAKE, AT_INTAKE, strict=True):
        yield Episode(who, PLOTS.get(who.name, "talking"), due, last=last)
    yield from _ended()


def _ended() -> Iterator[Episode]:
    coaches = {"CO": "marcus", "OH": "marcus", "TX": "marcus", "NM": "marcus", "MN": "lou", "IL": "lou",
               **dict.fromkeys(("CA", "OR", "WA", "NV"), "tess"), **dict.fromkeys(("GA", "FL", "TN", "MI"), "imani")}
    for place, who in enumerate(ended.STARTED):
        yield Episode(who, "started", coach=coaches.get(who.state, "ray"), last=_back(place, len(ended.STARTED)))
    for place, who in enumerate(ended.REFERRED):
        yield Episode(who, "referred", last=_back(place, len(ended.REFERRED)))
    for place, (who, reason) in enumerate(ended.CLOSED):
        yield Episode(who, "closed", last=_back(place, len(ended.CLOSED)), reason=reason)


def _back(place: int, of: int) -> float:
    """Days since it ended: one after the other, the latest the day before yesterday."""
    return 2 + FARTHEST_BACK * place / of


def _night_at(at: datetime) -> str:
    def is_night(state: str) -> bool:
        return not may_call(Someone("", "self", state, ""), at)

    return next((state for state in QUIET_SOMEWHERE if state in AREA_CODES and is_night(state)), QUIET_SOMEWHERE[0])
