"""What the person asked for in the address bar, and the words they look for. Neither holds a query of its own."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import CTE, BigInteger, ColumnElement, Select, and_, false, literal, or_, select, true, union_all
from sqlalchemy.orm import aliased

from crm.clock import STATES, parse_moment
from crm.lifecycle.workflow import workflow
from crm.models import Lead, Person, SearchKey, Source, Staff, Submission, submission
from crm.models.contact import e164
from crm.models.followup import USUAL
from crm.models.lead import FIRST_NUMBER
from crm.models.search_words import email_key, name_words, phone_digits
from crm.web.text import clean_line

UP_NEXT, EVERYONE = "up-next", "everyone"
SHOWS = {UP_NEXT: "Up next", EVERYONE: "Everyone"}
NO_STATES = {"XX": "Outside the US", "NA": "Rather not say"}
NOBODY, ME = "nobody", "me"

LONGEST = 60  # characters of a filter's value: no key of ours is longer
LONGEST_NUMBER = 18  # digits: more are no row of ours
MOST_TERMS = 12
BEYOND = "\U0010ffff"  # sorts after every letter: all words that begin with x lie between x and x + BEYOND

_REFERENCE = re.compile(rf"([LlMm])-?(\d{{1,{LONGEST_NUMBER}}})")
_DIALLED = re.compile(r"[+()./\d-]+")


@dataclass(frozen=True)
class LeadFilter:
    """Who is to be listed: `owner` is a reference of staff, "nobody" or "me"; a chosen status lists all who are in it.

    The words are as they were typed; `problems` says what we do not know of them.
    """

    show: str = UP_NEXT
    status: str = ""
    state: str = ""
    source: str = ""
    owner: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "LeadFilter":
        """Read it from an address; values that make no sense are kept, for `problems` to name them."""
        given = {one.name: clean_line(args.get(one.name))[:LONGEST] for one in fields(cls)}
        return cls(**{name: value for name, value in given.items() if value})

    def as_args(self) -> dict[str, str]:
        """The address of this filter, without what goes without saying."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name)) != one.default}

    @property
    def is_up_next(self) -> bool:
        """Whether only those are listed whom somebody owes the next move today."""
        return self.show != EVERYONE and not self.status

    def problems(self, sources: Collection[str], owners: Collection[str]) -> list[str]:
        """What we do not know of it, in words; `sources` are slugs, `owners` references."""
        known: dict[str, Collection[str]] = {
            "show": SHOWS, "status": workflow().statuses, "state": {**STATES, **NO_STATES}, "source": sources,
            "owner": {*owners, NOBODY, ME},
        }
        named = {"show": "list"}
        return [
            f"We don't know the {named.get(name, name)} “{value}”." for name, value in self.as_args().items()
            if value not in known[name]
        ]

    def apply(self, chosen: Select[Any], viewer: Staff, at: datetime) -> Select[Any]:
        """Narrow a selection of leads. What we do not know matches nobody."""
        if self.status:
            chosen = chosen.where(Lead.status_key == self.status)
        if self.state:
            chosen = chosen.join(Person, Person.id == Lead.person_id).where(Person.state == self.state)
        if self.source:
            source = select(Source.id).where(Source.slug == self.source)
            chosen = chosen.where(Lead.source_id == source.scalar_subquery())
        if self.owner:
            chosen = chosen.where(self._held_by(viewer, at))
        return chosen

    def _held_by(self, viewer: Staff, at: datetime) -> ColumnElement[bool]:
        if self.owner == NOBODY:
            return and_(Lead.owner_id.is_(None), Lead.coach_id.is_(None), is_not_taken(at))
        ref = viewer.ref if self.owner == ME else self.owner
        who = select(Staff.id).where(Staff.ref == ref).scalar_subquery()
        return or_(Lead.owner_id == who, Lead.coach_id == who, and_(Lead.taken_until > at, Lead.taken_by_id == who))


def is_not_taken(at: datetime) -> ColumnElement[bool]:
    """Whether no "take next" holds the lead at that moment: a lock that has run out holds nobody."""
    return or_(Lead.taken_until.is_(None), Lead.taken_until <= at)


class Place(NamedTuple):
    """Where a page of a list begins: after the row with this moment and number, among those of this urgency."""

    moment: datetime
    number: int
    rank: int = USUAL

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """Read it from an address; None, which is the top of the list, when it makes no sense."""
        moment, _, rest = text.partition("~")
        number, _, rank = rest.partition("~")
        try:
            known = len(number) <= LONGEST_NUMBER and rank in ("0", "1", "2")
            return cls(parse_moment(moment), int(number), int(rank)) if known else None
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}~{self.number}~{self.rank}"


class Term(NamedTuple):
    """One thing looked for: any of these beginnings (kind, letters), or the lead or message with this row number."""

    beginnings: tuple[tuple[str, str], ...]
    lead_id: int | None = None
    message_id: int | None = None

    def leads(self, name: str) -> CTE:
        """The numbers of the leads it fits, found before anything else: a list by date would be walked in vain."""
        key = aliased(SearchKey)
        fits = [and_(key.kind == kind, key.word >= word, key.word < word + BEYOND) for kind, word in self.beginnings]
        found: Any = select(key.lead_id).where(or_(false(), *fits))
        if self.lead_id is not None:
            found = union_all(found, select(literal(self.lead_id, BigInteger)))
        elif self.message_id is not None:
            brought = select(Submission.lead_id).where(Submission.id == self.message_id)
            found = union_all(found, brought.where(Submission.lead_id.is_not(None)))
        whole: CTE = found.cte(name).prefix_with("MATERIALIZED")
        return whole


@dataclass(frozen=True)
class Dialled:
    """A telephone number as far as it has been typed. It finds whoever has one that begins like it, and nobody else."""

    typed: str

    @property
    def digits(self) -> int:
        """How many digits there are by now."""
        return len(next(iter(phone_digits(self.typed)), ""))

    def apply(self, chosen: Select[Any]) -> Select[Any]:
        """Narrow a selection of leads; without a digit it finds nobody."""
        # A whole number is also compared without what somebody typed after it: "720 555 0118 ext. 12".
        beginnings = dict.fromkeys((*phone_digits(self.typed), *phone_digits(e164(self.typed) or "")))
        found = Term(tuple(("phone", digits) for digits in beginnings)).leads("dialled")
        return chosen.where(Lead.id.in_(select(found.c[0])))


@dataclass(frozen=True)
class Sought:
    """The words somebody typed to find a person: all of them must fit, each by its beginning."""

    words: str

    def apply(self, chosen: Select[Any]) -> Select[Any]:
        """Narrow a selection of leads; words without a letter or digit find nobody."""
        terms = _terms(self.words)
        found = [term.leads(f"found_{place}") for place, term in enumerate(terms)]
        return chosen.where(*(Lead.id.in_(select(one.c[0])) for one in found), true() if found else false())


def _terms(words: str) -> list[Term]:
    pieces = words.split()
    dialled = [piece for piece in pieces if _DIALLED.fullmatch(piece)]
    terms = [_number(" ".join(dialled))] if any(map(phone_digits, dialled)) else []
    for piece in pieces:
        reference = _REFERENCE.fullmatch(piece)
        if reference and reference[1] in "Ll":
            terms.append(Term((), int(reference[2]) - FIRST_NUMBER))
        elif reference:
            terms.append(Term((), message_id=int(reference[2]) - submission.FIRST_NUMBER))
        elif "@" in piece:
            terms.append(Term((("email", email_key(piece)),)))
        elif piece not in dialled:
            terms += [Term((("name", word),)) for word in name_words(piece)]
    return terms[:MOST_TERMS]


def _number(typed: str) -> Term:
    """Digits are a telephone number, or the short reference that somebody said aloud."""
    digits = phone_digits(typed)
    said = int(digits[0]) - FIRST_NUMBER if typed.isdecimal() and len(digits[0]) <= LONGEST_NUMBER else None
    return Term(tuple(("phone", one) for one in digits), said)
