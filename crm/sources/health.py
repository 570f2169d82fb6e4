"""What a source has brought lately, and how it stands with it, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crm.models import Source, SourceAlarm

DAYS = 14  # of the rhythm
QUIET_AFTER = timedelta(days=7)
ALARMS = {"silent": "silent", "gap": "numbers missing", "proof": "wrong secret"}
URGENCY = ("late", "flag", "yes", "off")  # the kinds of health, what needs somebody first


@dataclass(frozen=True)
class Heard:
    """One source: when it last brought a message, how many on each of the last fortnight's days (the latest last), what
    became of this week's, and how many wait, by state. What came without proof is no message of it."""

    source: Source
    last_at: datetime | None = None
    days: Sequence[int] = ()
    new: int = 0
    joined: int = 0
    week: int = 0
    waiting: Mapping[str, int] = field(default_factory=dict)
    alarms: Sequence[SourceAlarm] = ()  # those that nobody has called expected

    @property
    def rhythm(self) -> str:
        """How often somebody comes this way."""
        total = sum(self.days)
        if not total:
            return "nobody in two weeks"
        elif total >= DAYS:
            return f"{round(total / DAYS)} a day"
        else:
            return f"about {max(1, round(total / 2))} a week"

    @property
    def week_words(self) -> str:
        """What became of this week's messages and what waits."""
        parts = [(self.new, "new"), (self.joined, "joined"), (self.waiting.get("held", 0), "held"),
                 (self.waiting.get("unmapped", 0) + self.waiting.get("failed", 0), "waiting")]
        return ", ".join(f"{number} {words}" for number, words in parts if number)


@dataclass(frozen=True)
class Health:
    """How it stands: `kind` is "late" (look at once), "flag" (somebody has to do something), "yes", or "off"."""

    kind: str
    words: str


def health(heard: Heard, at: datetime) -> Health:
    """How a source stands, by what is gravest."""
    waiting = heard.waiting
    if not heard.source.is_on:
        return Health("off", "switched off")
    elif heard.alarms:
        return Health("late", ALARMS[heard.alarms[0].kind])
    elif waiting.get("unproven"):
        return Health("late", "wrong secret")
    elif waiting.get("failed"):
        return Health("late", "could not be read")
    elif waiting.get("unmapped"):
        return Health("flag", "needs mapping")
    elif heard.last_at is None:
        return Health("off", "nothing yet")
    elif at - heard.last_at > QUIET_AFTER:
        return Health("off", f"quiet for {(at - heard.last_at).days} days")
    else:
        return Health("yes", "listening")
