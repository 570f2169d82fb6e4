"""The questions of intake: what was held back, and what could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_plus

from sqlalchemy import and_, or_
from sqlalchemy.orm import joinedload

from crm.access import visible_submissions
from crm.clock import parse_moment
from crm.db import db
from crm.models import Staff, Submission
from crm.web.text import clean_text

PAGE = 25
FIRST_WORDS = 280  # characters of a message in the list
LONGEST_NUMBER = 19  # digits: more are no row of ours
AS_IT_CAME = 2000  # characters of a body that nobody could make out


@dataclass(frozen=True)
class Held:
    """One line of the list."""

    ref: str
    received_at: datetime
    source: str
    state: str
    why: str
    words: str
    as_it_came: str


@dataclass(frozen=True)
class HeldPage:
    """A page of the list, newest first; `further` is where the next one begins."""

    rows: Sequence[Held]
    further: str | None


def held(viewer: Staff, after: str = "") -> HeldPage:
    """What waits for somebody to look at it. An `after` that makes no sense begins at the top."""
    waiting = visible_submissions(viewer).where(Submission.waits_for_somebody())
    begun = _place(after)
    if begun:
        received_at, number = begun
        earlier = and_(Submission.received_at == received_at, Submission.id < number)
        waiting = waiting.where(or_(Submission.received_at < received_at, earlier))
    newest = waiting.order_by(Submission.received_at.desc(), Submission.id.desc()).limit(PAGE + 1)
    found = db.session.scalars(newest.options(joinedload(Submission.source))).all()
    last = found[PAGE - 1] if len(found) > PAGE else None
    return HeldPage([_line(one) for one in found[:PAGE]], f"{last.received_at.isoformat()}~{last.id}" if last else None)


def _place(after: str) -> tuple[datetime, int] | None:
    moment, _, number = after.partition("~")
    try:
        received_at = parse_moment(moment)
    except ValueError:
        return None
    return (received_at, int(number)) if number.isdecimal() and len(number) < LONGEST_NUMBER else None


def _line(submission: Submission) -> Held:
    words = submission.message or ""
    # Somebody may be waiting behind what the program cannot read: show it as it came.
    came = "" if words else unquote_plus((submission.raw or b"").decode("utf-8", "replace"))
    return Held(
        submission.ref, submission.received_at, submission.source.name, submission.state, submission.why or "",
        words[:FIRST_WORDS], clean_text(came[:AS_IT_CAME]),
    )
