"""Questions about two leads that may be one person: both side by side, why we ask, and whom a typed reference means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_
from sqlalchemy.orm import aliased

from crm.access import visible_columns, visible_likenesses, visible_submissions
from crm.db import db
from crm.leads.queries import lead_with_people
from crm.models import Lead, Likeness, Person, SearchKey, Staff, Submission
from crm.models.lead import FIRST_NUMBER, short_reference
from crm.models.search_words import email_key, name_words, phone_digits

FOUND_AT_MOST = 10
WORDS_AT_MOST = 4  # of what is looked for
_NUMBER = re.compile(r"[Ll]\s?-?\s?(\d{1,15})")


@dataclass(frozen=True)
class Pair:
    """Two leads as one compares them; `likeness` is what was suggested or said about them, if anything."""

    lead: Lead
    other: Lead
    likeness: Likeness | None
    wrote: dict[int, list[tuple[datetime, str]]]  # by row number of the lead: when, and their words


@dataclass(frozen=True)
class Found:
    """Somebody whom the typed words may mean."""

    id: int
    ref: str
    number: str
    name: str
    received_at: datetime


def pair(viewer: Staff, ref: str, other_ref: str) -> Pair:
    """Both leads; raises Missing when this viewer may not see one of them. They may be one by now."""
    lead, other = lead_with_people(viewer, ref), lead_with_people(viewer, other_ref)
    a_id, b_id = sorted((lead.id, other.id))
    said = visible_likenesses(viewer).where(Likeness.a_id == a_id, Likeness.b_id == b_id)
    wrote: dict[int, list[tuple[datetime, str]]] = {lead.id: [], other.id: []}
    messages = visible_submissions(viewer).where(Submission.lead_id.in_(wrote)).order_by(Submission.received_at)
    for one in db.session.scalars(messages):
        if one.lead_id:
            wrote[one.lead_id].append((one.received_at, one.message or ""))
    return Pair(lead, other, db.session.scalars(said).one_or_none(), wrote)


def meant(viewer: Staff, typed: str, lead: Lead) -> Sequence[Found]:
    """Whom a reference (L-1042), a name, a number or an address may mean; never the lead itself, ten at most."""
    columns = visible_columns(viewer, Lead.id, Lead.ref, Person.name, Lead.received_at).join(Lead.inquirer)
    wanted = columns.where(Lead.id != lead.id)
    number = _NUMBER.fullmatch(typed.strip())
    if number:
        wanted = wanted.where(Lead.id == int(number[1]) - FIRST_NUMBER)
    elif words := _words(typed):
        for kind, word in words:
            key = aliased(SearchKey)
            wanted = wanted.join(key, and_(key.lead_id == Lead.id, key.kind == kind, key.word == word))
    else:
        return []
    rows: Any = db.session.execute(wanted.order_by(Lead.received_at.desc(), Lead.id.desc()).limit(FOUND_AT_MOST))
    return [Found(row.id, row.ref, short_reference(row.id), row.name or "No name given", row.received_at)
            for row in rows]


def _words(typed: str) -> list[tuple[str, str]]:
    if "@" in typed:
        return [("email", email_key(typed))]
    elif digits := phone_digits(typed) if not any(mark.isalpha() for mark in typed) else ():
        return [("phone", digits[-1])]
    return [("name", word) for word in name_words(typed)[:WORDS_AT_MOST]]
