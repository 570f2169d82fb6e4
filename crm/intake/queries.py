"""The questions of intake: what was held back, what could not be read, and whom we know by a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from sqlalchemy import and_, func, or_
from sqlalchemy.orm import joinedload

from crm.access import find_submission, visible_columns, visible_submissions
from crm.clock import parse_moment
from crm.db import db
from crm.intake.filters import HeldFilter
from crm.lifecycle.workflow import workflow
from crm.models import Lead, Person, Staff, Status, Submission
from crm.models.lead import short_reference
from crm.models.source import HOOKED
from crm.queue.filters import Dialled
from crm.queue.rows import FOR, TOUCHES
from crm.web.text import clean_text

PAGE = 25
FIRST_WORDS = 280  # characters of a message in the list
LONGEST_NUMBER = 19  # digits: more are no row of ours
AS_IT_CAME = 2000  # characters of a body that nobody could make out
GRAVE = ("crisis", "urgent")
ENOUGH_DIGITS = 4  # an area code alone is half a state
KNOWN_AT_MOST = 5  # more cannot be read while somebody is on the phone: further digits make them fewer


@dataclass(frozen=True)
class Held:
    """One line of the list."""

    ref: str
    received_at: datetime
    source: str
    slug: str
    kind: str
    state: str
    why: str
    level: str
    words: str
    as_it_came: str
    dismissed_at: datetime | None
    dismissed_by: str

    @property
    def is_grave(self) -> bool:
        """Whether the rules found an emergency or something urgent in it."""
        return self.level in GRAVE

    @property
    def can_be_mapped(self) -> bool:
        """Whether an administrator can say what the fields of its source mean."""
        return self.kind in HOOKED


@dataclass(frozen=True)
class HeldPage:
    """A page of the list, newest first; `further` is where the next one begins."""

    rows: Sequence[Held]
    further: str | None


@dataclass(frozen=True)
class Known:
    """Somebody with such a number: enough to see whether it is the person on the phone."""

    lead_id: int
    ref: str
    number: str
    name: str
    about: str
    status: Status
    touch: str
    touched_at: datetime
    time_zone: str | None


@dataclass(frozen=True)
class KnownPeople:
    """Who has a number that begins like the typed one, the latest to write first; `more` when these are not all.

    `too_short`: there are not digits enough yet to look for anybody.
    """

    people: Sequence[Known] = ()
    more: bool = False
    too_short: bool = False


def held(viewer: Staff, wanted: HeldFilter, after: str = "") -> HeldPage:
    """What is no lead, of the kind that is wanted. An `after` that makes no sense begins at the top."""
    waiting = wanted.apply(visible_submissions(viewer))
    begun = _place(after)
    if begun:
        received_at, number = begun
        earlier = and_(Submission.received_at == received_at, Submission.id < number)
        waiting = waiting.where(or_(Submission.received_at < received_at, earlier))
    newest = waiting.order_by(Submission.received_at.desc(), Submission.id.desc()).limit(PAGE + 1)
    found = db.session.scalars(newest.options(joinedload(Submission.source), joinedload(Submission.dismissed_by))).all()
    last = found[PAGE - 1] if len(found) > PAGE else None
    return HeldPage([_line(one) for one in found[:PAGE]], f"{last.received_at.isoformat()}~{last.id}" if last else None)


def held_counts(viewer: Staff, wanted: HeldFilter) -> dict[str, int]:
    """How many wait, by what is the matter with them; under "" all together, tests aside."""
    waiting = visible_submissions(viewer).where(Submission.lead_id.is_(None), Submission.dismissed_at.is_(None))
    counted = wanted.from_source(waiting).with_only_columns(Submission.state, func.count()).group_by(Submission.state)
    found: dict[str, int] = {row[0]: row[1] for row in db.session.execute(counted)}
    return {**found, "": sum(number for state, number in found.items() if state not in ("test", "waiting"))}


def held_one(viewer: Staff, ref: str) -> Held:
    """One of them by its reference, with all its words; raises Missing when there is none for this viewer."""
    return _line(find_submission(viewer, ref), longest=None)


def known(viewer: Staff, typed: str) -> KnownPeople:
    """Whom this viewer may see of those with a number like this one: one statement, whoever there is."""
    number = Dialled(typed)
    if number.digits < ENOUGH_DIGITS:
        return KnownPeople(too_short=True)
    columns = (Lead.id, Lead.ref, Lead.for_whom, Lead.status_key, Lead.last_touch, Lead.last_touch_at,
               Lead.received_at, Person.name, Person.time_zone)
    wanted = number.apply(visible_columns(viewer, *columns).join(Person, Person.id == Lead.inquirer_id))
    newest = wanted.order_by(Lead.received_at.desc(), Lead.id.desc()).limit(KNOWN_AT_MOST + 1)
    rows = db.session.execute(newest).all()
    return KnownPeople([_known(row) for row in rows[:KNOWN_AT_MOST]], more=len(rows) > KNOWN_AT_MOST)


def _known(row: Any) -> Known:
    return Known(
        row.id, row.ref, short_reference(row.id), row.name or "No name given", FOR[row.for_whom],
        workflow().statuses[row.status_key], TOUCHES.get(row.last_touch or "", "Arrived"),
        row.last_touch_at or row.received_at, row.time_zone,
    )


def _place(after: str) -> tuple[datetime, int] | None:
    moment, _, number = after.partition("~")
    try:
        received_at = parse_moment(moment)
    except ValueError:
        return None
    return (received_at, int(number)) if number.isdecimal() and len(number) < LONGEST_NUMBER else None


def _line(submission: Submission, longest: int | None = FIRST_WORDS) -> Held:
    words = submission.message or ""
    # Somebody may be waiting behind what the program cannot read: show it as it came.
    came = "" if words else unquote_plus((submission.raw or b"").decode("utf-8", "replace"))
    return Held(
        submission.ref, submission.received_at, submission.source.name, submission.source.slug, submission.source.kind,
        submission.state, submission.why or "", submission.level or "", words[:longest],
        clean_text(came[:AS_IT_CAME]),
        submission.dismissed_at, submission.dismissed_by.name if submission.dismissed_by else "",
    )
