"""Take a merge back: what was joined goes back to where it was, and what came since to whom it was about.

The rule: rows that moved go back as they are now. Of what came since, a message goes back if every number and
address it gave was the other's alone, with its consents and the answer owed for it; so does a promise that was moved
on from one of theirs. All else that came since stays on the page on which it was written. What was done stays done.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from crm import audit, lifecycle, outbox
from crm.db import db
from crm.followups.actions import promise
from crm.leads.actions import NEXT_IN
from crm.leads.households import regroup
from crm.leads.keepsake import put_back, stricter
from crm.leads.merging import MOVED, UNDONE_WITHIN, hold, renew, search_words, write
from crm.leads.recognising import recognise
from crm.leads.telling import PARTED, held, tell_coaches
from crm.lifecycle import Refused
from crm.lifecycle.workflow import calendar
from crm.models import (
    Assignment,
    Consent,
    ContactPoint,
    Event,
    FollowUp,
    Lead,
    Likeness,
    Merge,
    Message,
    SearchKey,
    Staff,
    Submission,
)
from crm.models.search_words import email_key, name_words, phone_digits


def undo_merge(record: Merge, by: Staff, at: datetime) -> None:
    """Two people after all; nothing to do if somebody has said so already.

    Raises lifecycle.Refused after 30 days, and while the page is itself joined with another.
    """
    survivor, merged = record.survivor, record.merged
    hold(survivor, merged)
    db.session.refresh(record)
    if record.undone_at:
        return
    if at > record.at + UNDONE_WITHIN:
        raise Refused({"": "It was joined more than 30 days ago. Write a note on the page to set it right."})
    if merged.merged_into_id != survivor.id:
        raise Refused({"": "That page has been joined with another since. Take that apart first."})
    coaches = held(survivor, merged)
    record.undone_at, record.undone_by_id = at, by.id
    merged.merged_into = None
    moved = dict(record.moved)
    came = _came_for(merged, survivor, record)
    _rows_go_back(survivor, merged, moved, came)
    _fields_go_back(survivor, merged, record, len(came))
    _promises_go_back(survivor, merged, moved, record.at)
    _pairs_go_back(moved, by, at)
    audit.record(survivor, "merge-undone", by, at, other=merged.ref, number=merged.number, merge=record.ref)
    audit.record(merged, "merge-undone", by, at, other=survivor.ref, number=survivor.number, merge=record.ref)
    for lead in (survivor, merged):
        renew(lead)
        _keep_a_next_step(lead, by, at)
        regroup(lead, at)
        recognise(lead, at)
    tell_coaches(PARTED, record, coaches, held(survivor, merged), by, at)


def _came_for(merged: Lead, survivor: Lead, record: Merge) -> list[Submission]:
    """The messages since that gave only the other's numbers and addresses: history names the contacts of each."""
    theirs = set(record.moved["contact_point"])
    again = select(Event.facts).where(
        Event.lead_id == survivor.id, Event.action == "wrote-again", Event.at >= record.at
    )
    refs = [facts["submission"] for facts in db.session.scalars(again)
            if facts.get("contacts") and theirs.issuperset(facts["contacts"])]
    wanted = select(Submission).where(Submission.ref.in_(refs), Submission.lead_id == survivor.id)
    return list(db.session.scalars(wanted))


def _rows_go_back(survivor: Lead, merged: Lead, moved: dict[str, Any], came: Collection[Submission]) -> None:
    numbers = {name: [*moved[name]] for name in MOVED}
    numbers["submission"] += [one.id for one in came]
    numbers["follow_up"] = _followed_on(numbers["follow_up"], survivor, came)
    db.session.flush()
    for name, noun in MOVED.items():
        write(noun, noun.id.in_(numbers[name]) & (noun.lead_id == survivor.id), lead_id=merged.id)
    if moved["current"] and merged.coach_id:
        write(Assignment, Assignment.id == moved["current"], until=None)
    about = Message.id.in_(moved["message"]) | Message.follow_up_id.in_(numbers["follow_up"])
    outbox.take_along(about & (Message.lead_id == survivor.id), merged)
    write(Lead, Lead.id.in_(moved["joined"]) & (Lead.merged_into_id == survivor.id), merged_into_id=merged.id)
    write(Lead, Lead.id.in_(moved["later"]) & (Lead.earlier_id == survivor.id), earlier_id=merged.id)
    if survivor.inquirer_id != merged.inquirer_id:
        with_them = Consent.id.in_(moved["consent"]) | Consent.submission_id.in_([one.id for one in came])
        write(Consent, with_them & (Consent.person_id == survivor.inquirer_id), person_id=merged.inquirer_id)


def _followed_on(numbers: list[int], survivor: Lead, came: Collection[Submission]) -> list[int]:
    """The promises, those they were moved on to since, and the answers owed to who has written since."""
    known, rows = set(numbers), select(FollowUp.id, FollowUp.moved_from_id, FollowUp.kind, FollowUp.made_at)
    moments = {one.received_at for one in came}
    for number, moved_from, kind, made_at in db.session.execute(
        rows.where(FollowUp.lead_id == survivor.id).order_by(FollowUp.id)
    ):
        if moved_from in known or (kind == "reply" and made_at in moments):
            known.add(number)
    return sorted(known)


def _fields_go_back(survivor: Lead, merged: Lead, record: Merge, times: int) -> None:
    told_since = put_back(survivor, record.before or "{}")
    if survivor.inquirer_id != merged.inquirer_id:
        for name, answer in told_since.items():  # whoever said it, both may have meant it
            setattr(merged.inquirer, name, stricter(getattr(merged.inquirer, name), answer))
    survivor.times_wrote -= times
    merged.times_wrote += times
    db.session.flush()
    db.session.refresh(survivor)
    added = ContactPoint.id.in_(record.moved["contact_point"]) & (ContactPoint.person_id == survivor.inquirer_id)
    db.session.execute(delete(ContactPoint).where(added))
    db.session.refresh(survivor.inquirer, ["contact_points"])
    needed, gone = _needed_words(survivor), []
    if record.moved["search_key"]:
        gone = [*(search_words(merged) - needed)]
    for kind, word in gone:
        db.session.execute(delete(SearchKey).where(
            SearchKey.lead_id == survivor.id, SearchKey.kind == kind, SearchKey.word == word
        ))


def _needed_words(lead: Lead) -> set[tuple[str, str]]:
    words = {("name", word) for person in (lead.inquirer, lead.person) for word in name_words(person.name)}
    for point in lead.inquirer.contact_points:
        keys = phone_digits(point.normal) if point.kind == "phone" else (email_key(point.value),)
        words |= {(point.kind, key) for key in keys}
    return words


def _promises_go_back(survivor: Lead, merged: Lead, moved: dict[str, Any], joined_at: datetime) -> None:
    """Whose they were before, and an answer that the merge had dropped is owed again: nobody falls through."""
    ids = [*moved["dropped"], *map(int, moved["owners"])]
    wanted = select(FollowUp).where(FollowUp.id.in_(ids)).execution_options(populate_existing=True)
    for one in db.session.scalars(wanted):
        lead = merged if one.lead_id == merged.id else survivor
        if one.id in moved["dropped"] and (one.done_at, one.result) == (joined_at, "dropped") and lead.is_open:
            one.done_at = one.done_by_id = one.result = None
        before, since = moved["owners"].get(str(one.id), [None, None])
        if one.done_at is None and one.owner_id == since:
            one.owner_id = before
    db.session.flush()
    coaches = {survivor.coach_id, merged.coach_id} - {None}
    for lead in (survivor, merged):
        for one in lifecycle.open_promises(lead):
            if one.owner_id in coaches and one.owner_id != lead.coach_id:  # whoever may no longer see the lead
                one.owner_id, one.reminded_at = lead.coach_id or lead.owner_id, None


def _pairs_go_back(moved: dict[str, Any], by: Staff, at: datetime) -> None:
    for number, (a_id, b_id) in moved["likeness"].items():
        write(Likeness, Likeness.id == int(number), a_id=a_id, b_id=b_id)
    if moved["pair_made"]:
        db.session.execute(delete(Likeness).where(Likeness.id == moved["pair"]))
    elif before := moved["pair_before"]:
        write(Likeness, Likeness.id == moved["pair"], decision=before, decided_by_id=by.id, decided_at=at)
    else:
        write(Likeness, Likeness.id == moved["pair"], decision=None, decided_by_id=None, decided_at=None)


def _keep_a_next_step(lead: Lead, by: Staff, at: datetime) -> None:
    """An open lead always has one, or a reason for none."""
    if lead.is_open and not lead.no_step_reason and not lifecycle.open_promises(lead):
        promise(lead, calendar().add_minutes(at, NEXT_IN), "call", lead.coach or lead.owner, by, at)
