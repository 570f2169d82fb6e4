"""Who may see and do what. Every read of a lead starts here; nothing else decides it.

A lead you may not see does not exist for you: `find_lead` raises Missing, as for one that never was.
"""

from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, literal, or_, select, true, union_all
from sqlalchemy.orm import aliased

from crm.db import db
from crm.models import Attempt, Event, FollowUp, Lead, Likeness, Merge, Message, Note, Staff, Submission, TriageEntry

T = TypeVar("T")


class Missing(Exception):
    """There is no such thing for this viewer: never was, or not theirs to see. The page answers 404."""


class Permission(StrEnum):
    """What a page or an act asks for; `ROLES` says who has it."""

    SEE_QUEUE = "see the queue"
    TAKE_NEXT = "take next"
    SEE_HELD = "see held messages"
    ADD_PERSON = "add a person"
    OPEN_LEAD = "open a lead"
    LOG_CONTACT = "log a contact"
    WRITE_NOTE = "write a note"
    PROMISE = "promise a follow-up"
    MOVE_STATUS = "move to another status"
    END_LEAD = "end a lead"
    EDIT_PERSON = "correct how to reach somebody"
    ASSIGN = "assign a coach"
    MERGE = "say who is the same person"
    ANSWER_DANGER = "answer for somebody in danger"
    JUDGE_URGENCY = "say how urgent somebody is"
    LOWER_URGENCY = "say that somebody is less urgent"
    REVIEW_DANGER = "review how a danger was ended"
    SEE_MY_DAY = "see my day"
    SEE_NOTICES = "see my notices"
    SEE_REPORTS = "see reports"
    RUN_SETTINGS = "run the settings"
    SEE_OUTBOX = "see mail that was not sent"
    RUN_ACCOUNT = "change my own sign-in"


INTAKE, COACH, ADMIN = "intake", "coach", "admin"
EVERYBODY = frozenset({INTAKE, COACH, ADMIN})

# The table of permissions. A coach's are bounded by rows too: only their own people (visible_leads below).
ROLES: dict[Permission, frozenset[str]] = {
    Permission.SEE_QUEUE: frozenset({INTAKE, ADMIN}),
    Permission.TAKE_NEXT: frozenset({INTAKE, ADMIN}),
    Permission.SEE_HELD: frozenset({INTAKE, ADMIN}),
    Permission.ADD_PERSON: frozenset({INTAKE, ADMIN}),
    Permission.OPEN_LEAD: EVERYBODY,
    Permission.LOG_CONTACT: EVERYBODY,
    Permission.WRITE_NOTE: EVERYBODY,
    Permission.PROMISE: EVERYBODY,
    Permission.MOVE_STATUS: EVERYBODY,
    Permission.END_LEAD: frozenset({INTAKE, ADMIN}),
    Permission.EDIT_PERSON: frozenset({INTAKE, ADMIN}),
    Permission.ASSIGN: frozenset({INTAKE, ADMIN}),
    Permission.MERGE: frozenset({INTAKE, ADMIN}),
    Permission.ANSWER_DANGER: frozenset({INTAKE, ADMIN}),
    Permission.JUDGE_URGENCY: EVERYBODY,
    Permission.LOWER_URGENCY: frozenset({INTAKE, ADMIN}),
    Permission.REVIEW_DANGER: frozenset({ADMIN}),
    Permission.SEE_MY_DAY: frozenset({INTAKE, COACH}),
    Permission.SEE_NOTICES: EVERYBODY,
    Permission.SEE_REPORTS: EVERYBODY,
    Permission.RUN_SETTINGS: frozenset({ADMIN}),
    Permission.SEE_OUTBOX: frozenset({ADMIN}),
    Permission.RUN_ACCOUNT: EVERYBODY,
}


def may(viewer: Staff, permission: Permission) -> bool:
    """Whether this person's role has the permission. Which leads it reaches is `visible_leads`."""
    return viewer.is_active and viewer.role in ROLES[permission]


def visible(viewer: Staff) -> ColumnElement[bool]:
    """The condition on Lead for this viewer. The default is nothing. What was joined with another lead is gone."""
    if not viewer.is_active:
        return false()
    elif viewer.role in (INTAKE, ADMIN):
        return Lead.merged_into_id.is_(None)
    elif viewer.role == COACH:
        return and_(Lead.coach_id == viewer.id, Lead.merged_into_id.is_(None))
    else:
        return false()


def visible_leads(viewer: Staff) -> Select[Lead]:
    """The start of every list, count, search, export and report of leads."""
    return select(Lead).where(visible(viewer))


def visible_columns(viewer: Staff, *columns: Any) -> Select[Any]:
    """The same start, for columns instead of objects: `visible_columns(viewer, Lead.ref, …)` selects from Lead."""
    return select(*columns).select_from(Lead).where(visible(viewer))


def visible_follow_ups(viewer: Staff) -> Select[FollowUp]:
    """Promises about the leads this viewer may see."""
    return select(FollowUp).join(FollowUp.lead).where(visible(viewer))


def visible_attempts(viewer: Staff) -> Select[Attempt]:
    """Contacts with the people this viewer may see."""
    return select(Attempt).join(Attempt.lead).where(visible(viewer))


def visible_notes(viewer: Staff) -> Select[Note]:
    """Notes about the people this viewer may see."""
    return select(Note).join(Note.lead).where(visible(viewer))


def visible_events(viewer: Staff) -> Select[Event]:
    """The history of the leads this viewer may see."""
    return select(Event).join(Lead, Event.lead_id == Lead.id).where(visible(viewer))


def visible_history(viewer: Staff, lead: Lead) -> Select[Event]:
    """The lead's history and that of those joined with it: history is never rewritten, so it stays where it was."""
    joined = aliased(Lead)
    whole = union_all(select(literal(lead.id)), select(joined.id).where(joined.merged_into_id == lead.id))
    return select(Event).join(Lead, Lead.id == lead.id).where(visible(viewer), Event.lead_id.in_(whole))


def visible_submissions(viewer: Staff) -> Select[Submission]:
    """What arrived: all of it for intake and administrators; for a coach, what their own people wrote."""
    everything = may(viewer, Permission.SEE_HELD)
    return select(Submission).outerjoin(Submission.lead).where(true() if everything else visible(viewer))


def visible_triage(viewer: Staff) -> Select[TriageEntry]:
    """How people judged the urgency of the leads this viewer may see."""
    return select(TriageEntry).join(TriageEntry.lead).where(visible(viewer))


def visible_merges(viewer: Staff) -> Select[Merge]:
    """Which leads were joined with those this viewer may see: for whoever may join."""
    allowed = may(viewer, Permission.MERGE)
    return select(Merge).join(Lead, Merge.survivor_id == Lead.id).where(visible(viewer) if allowed else false())


def visible_likenesses(viewer: Staff) -> Select[Likeness]:
    """Pairs that may be one person, both there and both theirs to see: for whoever may join."""
    both = [_is_among(viewer, Likeness.a_id), _is_among(viewer, Likeness.b_id)]
    return select(Likeness).where(*both if may(viewer, Permission.MERGE) else [false()])


def visible_messages(viewer: Staff) -> Select[Message]:
    """Notices addressed to this person."""
    return select(Message).where(Message.to_id == viewer.id if viewer.is_active else false())


def is_at(ref: str) -> ColumnElement[bool]:
    """The lead with this reference, or the one it was joined with: an old link still leads to the person."""
    joined = aliased(Lead)
    return or_(Lead.ref == ref, Lead.id == select(joined.merged_into_id).where(joined.ref == ref).scalar_subquery())


def find_lead(viewer: Staff, ref: str) -> Lead:
    """The lead with this reference, or that it was joined with; raises Missing when there is none for this viewer."""
    return _one(visible_leads(viewer).where(is_at(ref)))


def find_follow_up(viewer: Staff, ref: str) -> FollowUp:
    """The promise with this reference; raises Missing when there is none for this viewer."""
    return _one(visible_follow_ups(viewer).where(FollowUp.ref == ref))


def find_attempt(viewer: Staff, ref: str) -> Attempt:
    """The contact with this reference; raises Missing when there is none for this viewer."""
    return _one(visible_attempts(viewer).where(Attempt.ref == ref))


def find_triage(viewer: Staff, ref: str) -> TriageEntry:
    """The judgement with this reference; raises Missing when there is none for this viewer."""
    return _one(visible_triage(viewer).where(TriageEntry.ref == ref))


def find_merge(viewer: Staff, ref: str) -> Merge:
    """The merge with this reference; raises Missing when there is none for this viewer."""
    return _one(visible_merges(viewer).where(Merge.ref == ref))


def find_likeness(viewer: Staff, ref: str) -> Likeness:
    """The pair with this reference; raises Missing when there is none for this viewer."""
    return _one(visible_likenesses(viewer).where(Likeness.ref == ref))


def find_submission(viewer: Staff, ref: str) -> Submission:
    """What arrived under this reference; raises Missing when there is none for this viewer."""
    return _one(visible_submissions(viewer).where(Submission.ref == ref))


def _is_among(viewer: Staff, lead_id: Any) -> ColumnElement[bool]:
    return select(Lead.id).where(Lead.id == lead_id, visible(viewer)).exists()


def _one(wanted: Select[T]) -> T:
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise Missing
    return found
