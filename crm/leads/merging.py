"""Two leads are one person: somebody has looked and says so. Everything stays, on one page; for 30 days it can go back.

Nothing here is ever done by a rule.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import flag_modified

from crm import audit, lifecycle, outbox
from crm.db import db
from crm.db.turns import take_turn
from crm.followups.actions import drop
from crm.followups.contacts import count_again
from crm.leads.households import regroup
from crm.leads.keepsake import DANGER, PLACE, WISHES, changes, stricter, values_of
from crm.leads.safety import put_in_order
from crm.leads.telling import JOINED, held, tell_coaches
from crm.lifecycle import Refused
from crm.models import (
    Assignment,
    Attempt,
    Consent,
    ContactPoint,
    FollowUp,
    Lead,
    Likeness,
    Merge,
    Message,
    Note,
    SearchKey,
    Staff,
    Submission,
    TriageEntry,
)
from crm.models.followup import OWED
from crm.models.lead import LEVELS

UNDONE_WITHIN = timedelta(days=30)
CHOICES = ("name", "for_whom", "place", "language", "best_times")  # what may be taken from the other lead
MOVED: dict[str, Any] = {"submission": Submission, "attempt": Attempt, "note": Note, "follow_up": FollowUp,
                         "assignment": Assignment, "triage_entry": TriageEntry}
FILLED = ("owner_id", "coach_id", "discharge_on", "assessment_at")  # taken over where the survivor has none


def hold(*leads: Lead) -> None:
    """From here to the end of the transaction nobody else joins or parts leads, or changes these."""
    take_turn("who is the same person")  # rows are then locked in any order without two waiting for each other
    wanted = select(Lead).where(Lead.id.in_([lead.id for lead in leads])).order_by(Lead.id)
    held = wanted.with_for_update(of=Lead).execution_options(populate_existing=True)
    db.session.scalars(held.options(joinedload(Lead.merged_into))).all()


def suggested_survivor(one: Lead, other: Lead) -> Lead:
    """Which page stays: the open one, of two the older."""
    return min(one, other, key=lambda lead: (not lead.is_open, lead.received_at, lead.id))


def merge(survivor: Lead, merged: Lead, kept: Collection[str], by: Staff, at: datetime) -> Merge | None:
    """Join `merged` with `survivor`; `kept` are the fields (of CHOICES) whose values are taken from `merged`.

    Either may have been joined with another meanwhile, which then stands for it. None: they are one lead already.
    Raises lifecycle.Refused when an open lead would end up on a closed page.
    """
    hold(survivor, merged)
    survivor, merged = survivor.merged_into or survivor, merged.merged_into or merged
    hold(survivor, merged)
    if survivor is merged:
        return None
    if merged.is_open and not survivor.is_open:
        raise Refused({"keep": "Keep the page that is open: what is promised on it would be lost on a closed one."})
    before, coaches = values_of(survivor), held(survivor, merged)
    moved = _move_rows(survivor, merged, at)
    _fill_in(survivor, merged)
    moved["message"] = _take_notices_along(survivor, merged)
    _take_over(survivor, merged, kept)
    _share_reach(survivor, merged, moved)
    _judge_together(survivor, merged)
    merged.merged_into = survivor
    moved |= _settle_promises(survivor, by, at) | _settle_pairs(survivor, merged, by, at)
    renew(survivor)
    for lead in (survivor, merged):
        regroup(lead, at)
    record = Merge(survivor_id=survivor.id, merged_id=merged.id, by_id=by.id, at=at, kept=sorted(kept), moved=moved)
    record.before = changes(before, values_of(survivor))
    db.session.add(record)
    audit.record(survivor, "merged", by, at, other=merged.ref, number=merged.number, merge=record.take_ref())
    audit.record(merged, "merged-into", by, at, other=survivor.ref, merge=record.ref)
    db.session.flush()
    tell_coaches(JOINED, record, coaches, held(survivor), by, at)
    return record


def _move_rows(survivor: Lead, merged: Lead, at: datetime) -> dict[str, Any]:
    """Everything that hangs on the lead, but its history, which is never rewritten; says which rows went."""
    current = select(Assignment.id).where(Assignment.lead_id == merged.id, Assignment.until.is_(None))
    moved: dict[str, Any] = {"current": db.session.scalar(current)}
    if survivor.coach_id is not None or not merged.is_open:
        write(Assignment, Assignment.id == moved["current"], until=at)
    for name, noun in MOVED.items():
        moved[name] = write(noun, noun.lead_id == merged.id, lead_id=survivor.id)
    moved["joined"] = write(Lead, Lead.merged_into_id == merged.id, merged_into_id=survivor.id)
    later = (Lead.earlier_id == merged.id) & (Lead.id != survivor.id)
    moved["later"] = write(Lead, later, earlier_id=survivor.id)
    moved["consent"] = []
    if survivor.inquirer_id != merged.inquirer_id:
        theirs = Consent.submission_id.is_(None) | Consent.submission_id.in_(moved["submission"])
        moved["consent"] = write(
            Consent, (Consent.person_id == merged.inquirer_id) & theirs, person_id=survivor.inquirer_id
        )
    return moved


def write(noun: Any, where: ColumnElement[bool], **values: Any) -> list[int]:
    """Change these rows at once and give their numbers. Past a lead's version: one that only points here stays."""
    changed = update(noun).where(where).values(**values).returning(noun.id)
    return sorted(db.session.scalars(changed))


def _fill_in(survivor: Lead, merged: Lead) -> None:
    for name in FILLED if merged.is_open else ():  # an earlier episode's coach was not chosen for this one
        if getattr(survivor, name) is None:
            setattr(survivor, name, getattr(merged, name))
    if survivor.earlier_id in (None, merged.id):
        survivor.earlier_id = merged.earlier_id if merged.earlier_id != survivor.id else None
    said = {lead.id: [lead.received_at, lead.wrote_before_at, lead.wrote_again_at] for lead in (survivor, merged)}
    moments = sorted({moment for told in said.values() for moment in told if moment})
    one_person = survivor.inquirer_id == merged.inquirer_id  # then the later episode has counted the earlier one
    counts = survivor.times_wrote, merged.times_wrote
    survivor.times_wrote = max(counts) if one_person else sum(counts)
    survivor.wrote_again_at = moments[-1] if moments[-1] != survivor.received_at else survivor.wrote_again_at
    survivor.wrote_before_at = moments[-2] if len(moments) > 1 else survivor.wrote_before_at


def _take_notices_along(survivor: Lead, merged: Lead) -> list[int]:
    """All but those of coaches who cannot see the page that stays: theirs would name its number."""
    others = select(Staff.id).where(Staff.role == "coach", Staff.id.is_distinct_from(survivor.coach_id))
    theirs = Message.to_id.is_not(None) & Message.to_id.in_(others)
    return outbox.take_along((Message.lead_id == merged.id) & ~theirs, survivor)


def _take_over(survivor: Lead, merged: Lead, kept: Collection[str]) -> None:
    mine, theirs = survivor.inquirer, merged.inquirer
    for name in ("name", "language", "best_times"):
        if name in kept:
            setattr(mine, name, getattr(theirs, name))
    if "place" in kept:
        for name in PLACE:
            setattr(mine, name, getattr(theirs, name))
    if "for_whom" in kept:
        survivor.for_whom = merged.for_whom
        survivor.person = mine if merged.person_id == merged.inquirer_id else merged.person


def _share_reach(survivor: Lead, merged: Lead, moved: dict[str, Any]) -> None:
    """Every number and address of both; of their wishes the stricter. The words of both find the one page."""
    mine, theirs = survivor.inquirer, merged.inquirer
    for name in WISHES:
        setattr(mine, name, stricter(getattr(mine, name), getattr(theirs, name)))
    known = {(point.kind, point.normal) for point in mine.contact_points}
    added = [ContactPoint(kind=point.kind, value=point.value, normal=point.normal)
             for point in theirs.contact_points if (point.kind, point.normal) not in known]
    mine.contact_points += added
    words = search_words(survivor), search_words(merged)
    keys = [SearchKey(lead_id=survivor.id, kind=kind, word=word)
            for kind, word in words[1] if (kind, word) not in words[0]]
    db.session.add_all(keys)
    db.session.flush()
    moved["contact_point"], moved["search_key"] = [one.id for one in added], [one.id for one in keys]


def search_words(lead: Lead) -> set[tuple[str, str]]:
    """Kind and word of everything that the lead is found by."""
    rows = select(SearchKey.kind, SearchKey.word).where(SearchKey.lead_id == lead.id)
    return {(kind, word) for kind, word in db.session.execute(rows)}


def _judge_together(survivor: Lead, merged: Lead) -> None:
    """The graver level; a danger stands, and counts as seen only if somebody has seen that of both."""
    survivor.level = min(survivor.level, merged.level, key=LEVELS.index)
    if merged.danger_at is None:
        return
    if survivor.danger_at is None:
        for name in DANGER:
            setattr(survivor, name, getattr(merged, name))
    elif merged.danger_seen_at is None:
        survivor.danger_at = max(survivor.danger_at, merged.danger_at)
        survivor.danger_seen_at = survivor.danger_seen_by_id = None


def _settle_promises(survivor: Lead, by: Staff, at: datetime) -> dict[str, Any]:
    """Open promises are kept, and the coach's from now on; of two answers owed the earlier stays."""
    waiting = lifecycle.open_promises(survivor)
    owed = [promise for promise in waiting if promise.kind in OWED]
    for promise in owed[1:]:
        drop(promise, "", by, at)
    owners = {}
    for promise in waiting:
        if survivor.coach_id and promise.owner_id != survivor.coach_id:
            owners[str(promise.id)] = [promise.owner_id, survivor.coach_id]
            promise.owner_id, promise.reminded_at = survivor.coach_id, None
    if waiting:
        survivor.no_step_reason = None
    return {"dropped": [promise.id for promise in owed[1:]], "owners": owners}


def _settle_pairs(survivor: Lead, merged: Lead, by: Staff, at: datetime) -> dict[str, Any]:
    """What was suggested or decided about either holds for the one page; the pair itself is decided."""
    about = (Likeness.a_id == merged.id) | (Likeness.b_id == merged.id)
    known = {_other(one, survivor) for one in _pairs(survivor)}
    went, own = {}, None
    for likeness in db.session.scalars(select(Likeness).where(about)).all():
        other = _other(likeness, merged)
        if other == survivor.id:
            own = likeness
        elif other not in known:
            went[str(likeness.id)] = [likeness.a_id, likeness.b_id]
            likeness.a_id, likeness.b_id = sorted((survivor.id, other))
    made = own is None
    if own is None:
        one, two = sorted((survivor.id, merged.id))
        own = Likeness(a_id=one, b_id=two, score=0, is_household=False, reasons=[], against=[], found_at=at)
        db.session.add(own)
    before = own.decision
    own.decision, own.decided_by_id, own.decided_at = "merged", by.id, at
    db.session.flush()
    return {"likeness": went, "pair": own.id, "pair_made": made, "pair_before": before}


def _pairs(lead: Lead) -> list[Likeness]:
    return list(db.session.scalars(select(Likeness).where((Likeness.a_id == lead.id) | (Likeness.b_id == lead.id))))


def _other(likeness: Likeness, lead: Lead) -> int:
    return likeness.b_id if likeness.a_id == lead.id else likeness.a_id


def renew(lead: Lead) -> None:
    """A new version: whoever has the page open is told. Its figures and its place in the queue follow."""
    flag_modified(lead, "level")
    db.session.flush()
    tried = select(Attempt.id).where(Attempt.lead_id == lead.id)
    if db.session.scalar(tried.limit(1)) is not None:
        count_again(lead)
    put_in_order(lead)
