"""What a message is: somebody looking for help, or something that a person should look at first. Nothing is dropped."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, literal, select

from crm.db import db
from crm.intake.channels import Inquiry
from crm.intake.mapping import says_something
from crm.intake.triage import Assessment
from crm.models import Submission

AN_HOUR = timedelta(hours=1)
USUAL_FROM_ONE_ADDRESS = 20  # messages an hour: beyond it, the same words again are a flood; new words are somebody new
MOST_FROM_ONE_ADDRESS = 600  # messages an hour, whatever they say
MOST_LINKS = 2  # people send a link or two; adverts send many
BY_HAND = "staff"  # somebody of ours has them on the phone: the little they typed is somebody
TRUSTED = ("staff", "file")  # a person of ours has read it

HIDDEN_FIELD = "the hidden field was filled in"
LINKS = "it is mostly links"
SWITCHED_OFF = "the source is switched off"
FROM_THE_SOURCE = "far more than usual came from this source"
FROM_THE_ADDRESS = "far more than usual came from one place"
NOT_A_LEAD = {
    "spam": "it reads like an offer", "job": "it reads like somebody looking for work",
    "media": "it reads like the press or a student", "wrong_number": "it reads like a wrong number",
    "test": "it reads like a test", "other": "nobody in it seems to look for help",
}

_LINK = re.compile(r"https?://|www\.|\[url|<a ", re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """What becomes of it: "understood" makes a lead. `why` holds no personal data."""

    state: str
    why: str = ""


def weigh(submission: Submission, inquiry: Inquiry, assessed: Assessment, at: datetime) -> Verdict:
    """Decide what it is. A word of danger is never taken for an offer; a flood is held whatever it says."""
    if inquiry.is_test:
        return Verdict("test")
    elif not says_something(inquiry) and submission.source.kind != BY_HAND:
        return Verdict("unmapped")
    elif submission.source.kind in TRUSTED or submission.import_run:
        return Verdict("understood")
    elif why := _flood(submission) or (_looks_like(inquiry, assessed) if not _is_grave(assessed) else ""):
        return Verdict("held", why)
    else:
        return Verdict("understood")


def _is_grave(assessed: Assessment) -> bool:
    return bool(assessed.dangers) or assessed.level in ("crisis", "urgent")


def _looks_like(inquiry: Inquiry, assessed: Assessment) -> str:
    if inquiry.is_machine:
        return HIDDEN_FIELD
    elif not assessed.lead and inquiry.message:
        return NOT_A_LEAD.get(assessed.not_a_lead, NOT_A_LEAD["other"])
    elif len(_LINK.findall(inquiry.message)) > MOST_LINKS:
        return LINKS
    else:
        return ""


def _flood(submission: Submission) -> str:
    """An honest message in the middle of a flood says something of its own, and is let through."""
    source = submission.source
    if not source.is_on:
        return SWITCHED_OFF
    lately = select(Submission.id).where(
        Submission.received_at > submission.received_at - AN_HOUR, Submission.id <= submission.id
    )
    if _more_than(source.quota, lately.where(Submission.source_id == source.id)):
        return FROM_THE_SOURCE
    elif submission.sender is None:
        return ""
    theirs = lately.where(Submission.sender == submission.sender)
    says_it_again = _more_than(1, theirs.where(Submission.words == submission.words))
    if _more_than(USUAL_FROM_ONE_ADDRESS, theirs) and says_it_again:
        return FROM_THE_ADDRESS
    return FROM_THE_ADDRESS if _more_than(MOST_FROM_ONE_ADDRESS, theirs) else ""


def _more_than(most: int, of: Select[Any]) -> bool:
    some = of.with_only_columns(literal(1)).limit(most + 1).subquery()
    return (db.session.scalar(select(func.count()).select_from(some)) or 0) > most
