"""What stands on a lead's page, gathered for its templates: who, the clock, the steps, and what a try would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import parse_qsl, urlsplit

from crm.clock import STATES, Due, clock_words, due_words, quiet_until, zone_label
from crm.followups.history import again_words
from crm.leads import reaching
from crm.leads.forms import URGENCY
from crm.leads.merging import UNDONE_WITHIN
from crm.leads.queries import Paper
from crm.leads.timeline import Cursor, Entry
from crm.lifecycle.gates import ATTEMPTS_BEFORE_GIVING_UP
from crm.lifecycle.workflow import workflow
from crm.models import Lead, Status
from crm.programme import programme

STEPS = (("new", "New"), ("trying", "Trying to reach"), ("talking", "In conversation"), ("assessment", "Assessment"),
         ("ended", "Starting with us"))
FOR = {"self": "", "loved": "for someone they love", "client": "for a client"}
KINDS = {"call": ("phone", "Log a call"), "text": ("text", "Log a text"), "email": ("mail", "Log an e-mail"),
         "note": ("note", "Note")}
WAYS = {"call": "Call", "text": "Text", "email": "E-mail", "visit": "Visit"}
OUTSIDE = {"XX": "Outside the United States", "NA": "Rather not say"}
LANGUAGES = {"en": "English", "es": "Spanish"}


@dataclass(frozen=True)
class LeadPage:
    """One lead as its page shows it at a moment."""

    lead: Lead
    papers: Sequence[Paper]
    entries: Sequence[Entry]
    older: Cursor | None
    at: datetime

    @property
    def name(self) -> str:
        """Who wrote, as they gave their name."""
        return self.lead.inquirer.name or "Somebody without a name"

    @property
    def first_name(self) -> str:
        """What to call them on the page."""
        return reaching.first_name(self.lead.inquirer) or "them"

    @property
    def for_whom(self) -> str:
        """For whom they wrote, in words; empty when for themselves."""
        named = self.lead.person is not self.lead.inquirer and self.lead.person.name
        return f"for {self.lead.person.name}" if named else FOR[self.lead.for_whom]

    @property
    def status(self) -> Status:
        """Where the lead stands."""
        return workflow().statuses[self.lead.status_key]

    @property
    def reason(self) -> str:
        """Why it was closed, in words; empty otherwise."""
        known = workflow().reasons.get(self.lead.closed_reason or "")
        return known.label if known else ""

    def of(self, kind: str) -> list[Paper]:
        """The papers of one kind: "wrote", "consent" or "promise"."""
        return [paper for paper in self.papers if paper.kind == kind]

    @property
    def wrote(self) -> list[Paper]:
        """Their messages, the latest first."""
        return self.of("wrote")[::-1]

    @property
    def joined(self) -> list[Paper]:
        """Merges that can still be taken back, the latest first."""
        return [paper for paper in self.of("joined")[::-1] if self.at <= paper.at + UNDONE_WITHIN]

    @property
    def shares_contact(self) -> bool:
        """Whether somebody else we know may answer this phone. For whoever may see both: never for a coach."""
        alike = any(paper.words == "household" for paper in self.of("alike"))
        return alike or self.lead.inquirer.household_id is not None

    @property
    def again(self) -> str:
        """ "Wrote again, 3rd time, last 41 days ago"; empty for the first time."""
        lead = self.lead
        if lead.times_wrote < 2 or lead.wrote_before_at is None:
            return ""
        return again_words(lead.times_wrote, lead.wrote_before_at, lead.wrote_again_at or lead.received_at)

    @property
    def level(self) -> str:
        """How urgent it is, in words."""
        return URGENCY[self.lead.level]

    @property
    def rules_say(self) -> str:
        """What the rules make of their words at most; empty when no message was read by them."""
        said = [level for level in URGENCY if level in {paper.detail for paper in self.wrote}]
        return URGENCY[said[0]] if said else ""

    @property
    def zone_label(self) -> str:
        """The zone in which the next follow-up is told: theirs, or ours while nobody knows theirs."""
        return zone_label(self.zone)

    @property
    def zone(self) -> str:
        """Their time zone, or ours."""
        return self.lead.inquirer.time_zone or programme().time_zone

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What is known about the episode, in words."""
        lead, person = self.lead, self.lead.person
        said = {"Where": OUTSIDE.get(person.state or "", STATES.get(person.state or "", "")),
                "Language": LANGUAGES.get(lead.inquirer.language, lead.inquirer.language),
                "Source": lead.source.name, **self._touches, "At intake": lead.owner.name if lead.owner else "",
                "Leaving": _day(lead.discharge_on), "Started": _day(lead.started_on),
                "Assessment": clock_words(lead.assessment_at, self.zone, self.at) if lead.assessment_at else "",
                "Referred to": lead.referred_to or ""}
        return [(term, words) for term, words in said.items() if words]

    @property
    def _touches(self) -> dict[str, str]:
        """The page and campaign they first came from, and the latest where that is another."""
        pages = [_page_words(paper.page) for paper in self.of("wrote") if paper.page]
        latest = {"Latest came from": pages[-1]} if pages and pages[-1] != pages[0] else {}
        return {"First came from": pages[0], **latest} if pages else {}

    def way_words(self, promise: Paper) -> str:
        """How it was promised: "Call", "Text"."""
        return WAYS[promise.detail]

    def due(self, promise: Paper) -> Due:
        """The clock of a promise; a call in their quiet hours waits."""
        person = self.lead.inquirer
        waits_for_day = promise.detail == "call" and self.lead.danger_at is None
        quiet = quiet_until(person.zone_candidates, person.state, self.at) if waits_for_day else None
        waits = quiet if quiet and promise.at < quiet else None
        return due_words(promise.at, self.at, programme().time_zone, waits)

    @property
    def call(self) -> reaching.Call:
        """The call button, or why there is none."""
        promised = [paper.at for paper in self.of("promise") if paper.detail == "call" and not paper.is_first]
        return reaching.call(self.lead.inquirer, promised, self.at, is_danger=self.lead.danger_at is not None)

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The five steps with "done", "now" or nothing. Whoever is not on the way (closed, not now) is at none."""
        stage = self.status.stage
        on_the_way = stage != "later" and (stage != "ended" or self.status.key == "started")
        here = [key for key, _ in STEPS].index(stage) if on_the_way else -1
        return [(label, "now" if place == here else "done" if place < here else "")
                for place, (_, label) in enumerate(STEPS)]

    @property
    def after_a_try(self) -> tuple[Status, str]:
        """Where a logged try puts the lead, said before it is saved."""
        moves = self.lead.status_key in workflow().advance_from("trying")
        status = workflow().statuses["trying"] if moves else self.status
        tries = f", {self.lead.attempts_made + 1} of {ATTEMPTS_BEFORE_GIVING_UP}" if status.stage == "trying" else ""
        return status, f"{status.label}{tries if self.lead.attempts_made < ATTEMPTS_BEFORE_GIVING_UP else ''}"

    @property
    def after_a_conversation(self) -> Status:
        """Where a real conversation puts the lead."""
        moves = self.lead.status_key in workflow().advance_from("talking")
        return workflow().statuses["talking"] if moves else self.status


def _page_words(page: str) -> str:
    """ "www.example.org/contact (alumni, fall)": the page, and the campaign that its address names."""
    parts = urlsplit(page)
    campaign = ", ".join(value for _, value in parse_qsl(parts.query))
    return f"{parts.netloc}{parts.path}" + (f" ({campaign})" if campaign else "")


def _day(day: date | None) -> str:
    return f"{day:%a %b} {day.day}, {day.year}" if day else ""
