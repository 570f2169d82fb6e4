"""Which of the messages that are no lead somebody wants to see: by what is the matter, and by where they came from."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from crm.models import Source, Submission

# What is the matter with a message, in the order of the tabs: key, its words, and the words when there is none.
SHOWS: dict[str, tuple[str, str]] = {
    "": ("All that wait", "Every message that came has become somebody to answer."),
    "held": ("Looks like a machine or an offer", "Nothing looks like a machine's work or an offer."),
    "failed": ("Could not be read", "Everything that came could be read."),
    "unmapped": ("Needs mapping", "Every message says a name, a way to reach somebody, or what it is about."),
    "unproven": ("Without proof", "Everything came with the right secret."),
    "test": ("Tests", "Nobody has tried a source."),
    "dismissed": ("Set aside", "Nobody has set a message aside."),
}
LONGEST_SLUG = 60


@dataclass(frozen=True)
class HeldFilter:
    """What was asked for in the address bar; what makes no sense asks for everything."""

    show: str = ""
    source: str = ""

    @classmethod
    def read(cls, show: str, source: str) -> "HeldFilter":
        """From the words of an address."""
        return cls(show if show in SHOWS else "", source[:LONGEST_SLUG])

    def apply(self, wanted: Select[Any]) -> Select[Any]:
        """Narrow a select of submissions."""
        wanted = self.from_source(wanted.where(Submission.lead_id.is_(None)))
        if self.show == "dismissed":
            return wanted.where(Submission.dismissed_at.is_not(None))
        elif self.show:
            return wanted.where(Submission.dismissed_at.is_(None), Submission.state == self.show)
        else:
            return wanted.where(Submission.waits_for_somebody())

    def from_source(self, wanted: Select[Any]) -> Select[Any]:
        """Narrow it only to those of the source."""
        return wanted.where(Submission.source.has(Source.slug == self.source)) if self.source else wanted

    def as_args(self) -> dict[str, str]:
        """What to write into links."""
        said = {"show": self.show, "source": self.source}
        return {name: value for name, value in said.items() if value}
