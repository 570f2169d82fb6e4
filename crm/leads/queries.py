"""Questions about one lead: who it is, what they wrote and allowed, what is promised, what has happened."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, Select, String, case, cast, literal, null, or_, select, tuple_, union_all
from sqlalchemy.orm import aliased, contains_eager, joinedload

from crm.access import (
    Missing,
    Permission,
    is_at,
    may,
    visible_attempts,
    visible_columns,
    visible_follow_ups,
    visible_history,
    visible_leads,
    visible_likenesses,
    visible_merges,
    visible_notes,
    visible_submissions,
    visible_triage,
)
from crm.db import db
from crm.leads.marks import NOTHING_FOUND, Reading, reading_of
from crm.leads.timeline import SHOWN_ACTIONS, Cursor, Entry, entry
from crm.models import (
    Assignment,
    Attempt,
    Consent,
    Event,
    FollowUp,
    Lead,
    Likeness,
    Merge,
    Note,
    Person,
    Source,
    Staff,
    Submission,
    TriageEntry,
)
from crm.models.followup import OWED
from crm.models.lead import short_reference

PAGE = 50  # entries of the timeline at once


@dataclass(frozen=True)
class Paper:
    """Something that belongs to the lead and is always on its page; which of the fields are set depends on `kind`."""

    # "wrote", "consent", "promise"; "episode": another time that they came to us; for whoever may join leads "alike":
    # somebody who may be the same, with reasons, and "joined": a merge that can still be taken back.
    kind: str
    ref: str
    at: datetime
    name: str  # the source's name; what was consented to; the owner's name
    words: str  # the message; the wording; what was promised
    detail: str  # the wording's version; the promise's way
    is_first: bool = False  # the promise of a first reply
    reading: Reading = NOTHING_FOUND  # of a message: what the program made of it
    page: str = ""  # of a message: where they wrote, with the campaign that led there
    ended_at: datetime | None = None
    reasons: Sequence[str] = ()


def lead_with_people(viewer: Staff, ref: str) -> Lead:
    """The lead with everybody on its page, in one statement; raises Missing when there is none for this viewer.

    A reference of a lead that was joined with another gives that one.
    """
    wanted = visible_leads(viewer).where(is_at(ref)).options(
        joinedload(Lead.inquirer).joinedload(Person.contact_points), joinedload(Lead.person),
        joinedload(Lead.source), joinedload(Lead.owner), joinedload(Lead.coach),
    ).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).unique().one_or_none()
    if found is None:
        raise Missing
    return found


def papers(viewer: Staff, lead: Lead) -> Sequence[Paper]:
    """What they wrote, agreed to and are promised, and their other episodes, oldest first; one statement."""
    nothing, no_bytes, no_moment = cast(null(), String), cast(null(), LargeBinary), cast(null(), FollowUp.done_at.type)
    wrote = visible_submissions(viewer).join(Submission.source).with_only_columns(
        literal("wrote").label("kind"), Submission.ref.label("ref"), Submission.received_at.label("at"),
        Source.name.label("name"), Submission.message_sealed.label("sealed"), Submission.page.label("words"),
        Submission.level.label("detail"), nothing.label("sort"), no_moment.label("ended_at"),
        Submission.reading_sealed.label("reading"),
    ).where(Submission.lead_id == lead.id)
    agreed = visible_columns(
        viewer, literal("consent"), nothing, Consent.at, Consent.kind, no_bytes, Consent.wording,
        Consent.wording_version, cast(Consent.granted, String), Consent.ended_at, no_bytes,
    ).join(Consent, Consent.person_id == Lead.inquirer_id).where(Lead.id == lead.id)
    promised = visible_follow_ups(viewer).outerjoin(FollowUp.owner).with_only_columns(
        literal("promise"), FollowUp.ref, FollowUp.due_at, Staff.name, FollowUp.why_sealed, nothing, FollowUp.channel,
        FollowUp.kind, no_moment, no_bytes,
    ).where(FollowUp.lead_id == lead.id, FollowUp.is_waiting())
    episodes = visible_columns(
        viewer, literal("episode"), Lead.ref, Lead.received_at, nothing, no_bytes, nothing, Lead.status_key, nothing,
        Lead.ended_at, no_bytes,
    ).where(or_(Lead.id == lead.earlier_id, Lead.earlier_id == lead.id))
    twins = _twins(viewer, lead) if may(viewer, Permission.MERGE) else []
    told: Select[Any] = select(union_all(wrote, agreed, promised, episodes, *twins).subquery())
    return [_paper(row) for row in db.session.execute(told.order_by("at"))]


def _twins(viewer: Staff, lead: Lead) -> list[Any]:
    """Who may be the same person and waits for somebody to say so, and who was joined with this lead."""
    nothing, no_bytes, no_moment = cast(null(), String), cast(null(), LargeBinary), cast(null(), FollowUp.done_at.type)
    other = aliased(Lead)
    other_id = case((Likeness.a_id == lead.id, Likeness.b_id), else_=Likeness.a_id)
    about = or_(Likeness.a_id == lead.id, Likeness.b_id == lead.id)
    alike = visible_likenesses(viewer).with_only_columns(
        literal("alike"), other.ref, Likeness.found_at, Person.name, no_bytes, cast(Likeness.reasons, String),
        cast(other.id, String), cast(Likeness.is_household, String), no_moment, no_bytes,
    ).join(other, other.id == other_id).join(Person, Person.id == other.inquirer_id).where(
        about, Likeness.decision.is_(None)
    )
    joined = visible_merges(viewer).join(Merge.by).with_only_columns(
        literal("joined"), Merge.ref, Merge.at, Staff.name, no_bytes, nothing, cast(Merge.merged_id, String), nothing,
        no_moment, no_bytes,
    ).where(Merge.survivor_id == lead.id, Merge.undone_at.is_(None))
    return [alike, joined]


def dangers_ended(viewer: Staff) -> Select[TriageEntry]:
    """Where somebody said that nobody is in danger any more, and no administrator has looked at it yet."""
    # Written as the index has it, so that SQLite uses it.
    return visible_triage(viewer).where(TriageEntry.ended_danger, TriageEntry.reviewed_at.is_(None))


def reviews(viewer: Staff) -> Sequence[TriageEntry]:
    """Those judgements, the oldest first, with whom they are about and who made them."""
    waiting = dangers_ended(viewer).options(
        contains_eager(TriageEntry.lead).joinedload(Lead.inquirer), joinedload(TriageEntry.by)
    )
    return db.session.scalars(waiting.order_by(TriageEntry.at).limit(PAGE)).all()


def timeline(viewer: Staff, lead: Lead, before: Cursor | None = None) -> tuple[Sequence[Entry], Cursor | None]:
    """What has happened, newest first, a page at a time: the entries, and where the older ones begin; one statement."""
    told = union_all(*_branches(viewer, lead)).subquery()
    place = (told.c.at, told.c.rank, told.c.id)
    wanted: Select[Any] = select(told).order_by(*(column.desc() for column in place)).limit(PAGE + 1)
    if before:
        wanted = wanted.where(tuple_(*place) < tuple_(literal(before.at, Event.at.type), before.rank, before.id))
    rows = db.session.execute(wanted).all()
    older = Cursor(rows[PAGE - 1].at, rows[PAGE - 1].rank, rows[PAGE - 1].id) if len(rows) > PAGE else None
    return [entry(row, viewer.time_zone) for row in rows[:PAGE]], older


def _branches(viewer: Staff, lead: Lead) -> list[Any]:
    """Every kind of entry with the same columns. `rank` puts what happened in one moment in the order people expect."""
    nothing, no_bytes = cast(null(), String), cast(null(), LargeBinary)
    no_facts, no_moment = cast(null(), Event.facts.type), cast(null(), Attempt.undone_at.type)
    coach = aliased(Staff)

    def columns(kind: str, rank: int, of: Any, at: Any, who: Any, **more: Any) -> list[Any]:
        empty: dict[str, Any] = {"ref": nothing, "one": nothing, "two": nothing, "sealed": no_bytes, "facts": no_facts,
                                 "undone_at": no_moment}
        first = [literal(kind).label("kind"), literal(rank).label("rank"), of.id.label("id"), at.label("at"),
                 who.label("who")]
        return first + [(empty | more)[name].label(name) for name in empty]

    attempts = visible_attempts(viewer).join(Attempt.by).with_only_columns(*columns(
        "attempt", 3, Attempt, Attempt.at, Staff.name, ref=Attempt.ref, one=Attempt.channel, two=Attempt.outcome,
        sealed=Attempt.note_sealed, undone_at=Attempt.undone_at,
    )).where(Attempt.lead_id == lead.id)
    notes = visible_notes(viewer).join(Note.by).with_only_columns(*columns(
        "note", 4, Note, Note.at, Staff.name, ref=Note.ref, sealed=Note.body_sealed,
    )).where(Note.lead_id == lead.id)
    wrote = visible_submissions(viewer).join(Submission.source).with_only_columns(*columns(
        "wrote", 0, Submission, Submission.received_at, nothing, ref=Submission.ref, one=Source.name,
    )).where(Submission.lead_id == lead.id)
    events = visible_history(viewer, lead).outerjoin(Event.actor).with_only_columns(*columns(
        "event", 2, Event, Event.at, Staff.name, one=Event.action, facts=Event.facts,
    )).where(Event.action.in_(SHOWN_ACTIONS))
    held = visible_columns(viewer, *columns(
        "held", 1, Assignment, Assignment.since, Staff.name, one=coach.name,
    )).join(Assignment, Assignment.lead_id == Lead.id).join(coach, Assignment.coach_id == coach.id).outerjoin(
        Staff, Assignment.by_id == Staff.id
    ).where(Lead.id == lead.id)
    return [attempts, notes, wrote, events, held]


def _paper(row: Any) -> Paper:
    if row.kind == "wrote":
        words = Submission.message.open(row.sealed, f"submission.message:{row.ref}") if row.sealed else ""
        made = Submission.reading.open(row.reading, f"submission.reading:{row.ref}") if row.reading else None
        found = reading_of(made)
        return Paper("wrote", row.ref, row.at, row.name, words, row.detail or "", reading=found, page=row.words)
    elif row.kind == "consent":
        return Paper("consent", "", row.at, row.name, row.words, row.detail, ended_at=row.ended_at)
    elif row.kind == "alike":
        who, kind = row.name or "Somebody without a name", "household" if row.sort in ("1", "true") else "person"
        number, why = short_reference(int(row.detail)), json.loads(row.words)
        return Paper("alike", row.ref, row.at, who, kind, number, reasons=why)
    elif row.kind == "joined":
        return Paper("joined", row.ref, row.at, row.name, "", short_reference(int(row.detail)))
    elif row.kind == "episode":
        return Paper("episode", row.ref, row.at, "", "", row.detail, ended_at=row.ended_at)
    else:
        words = FollowUp.why.open(row.sealed, f"follow_up.why:{row.ref}") if row.sealed else ""
        return Paper("promise", row.ref, row.at, row.name or "", words, row.detail, row.sort in OWED)
