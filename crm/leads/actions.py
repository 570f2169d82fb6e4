"""The verbs of a lead's page: a note, another status, other ways to reach them. Contacts: `crm.followups.contacts`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm.attributes import flag_modified

from crm import audit, lifecycle
from crm.clock import is_zone
from crm.db import db
from crm.followups.actions import promise
from crm.leads.recognising import recognise
from crm.lifecycle.workflow import calendar
from crm.models import ContactPoint, Lead, Note, Person, SearchKey, Staff
from crm.models.contact import Contact
from crm.models.search_words import email_key, name_words, phone_digits

NEXT_IN = 60  # business minutes: an open lead that nobody promised anything is looked at again within the hour
REACH = ("name", "may_call", "may_text", "may_email", "voicemail", "best_times")


@dataclass(frozen=True)
class Reach:
    """How to reach somebody, as staff have it from them."""

    name: str
    person_name: str  # of the person in need, when somebody else wrote
    contacts: Sequence[Contact]
    may_call: str
    may_text: str
    may_email: str
    voicemail: str
    best_times: list[str]
    time_zone: str  # empty: as it was


def write_note(lead: Lead, body: str, by: Staff, at: datetime) -> Note:
    """Write a note for whoever opens the lead next. It changes nothing else, so it never conflicts."""
    note = Note(lead_id=lead.id, by_id=by.id, at=at)
    note.body = body
    db.session.add(note)
    audit.record(lead, "note", by, at, note=note.ref)
    take_up(lead, by)
    return note


def change_status(lead: Lead, wanted: lifecycle.Move, why: str) -> None:
    """Move the lead; an open one keeps a next step, and `why` (somebody's words) becomes a note.

    Raises lifecycle.Refused with what the move still needs.
    """
    by, at = wanted.by, wanted.at
    lifecycle.move(lead, wanted)
    if why:
        write_note(lead, why, by, at)
    step_at = {"later": wanted.next_at, "assessment": wanted.assessment_at}.get(wanted.to)
    if lead.is_open and (step_at or not lifecycle.open_promises(lead)):
        promise(lead, step_at or calendar().add_minutes(at, NEXT_IN), "call", lead.coach or lead.owner, by, at)
    take_up(lead, by)


def take_up(lead: Lead, by: Staff) -> None:
    """The first act of somebody at intake on a lead they took from the queue makes it theirs."""
    if lead.owner_id is None and lead.taken_by_id == by.id and by.role == "intake":
        # Past the version number: a note must never make somebody else's form stale.
        db.session.execute(
            update(Lead).where(Lead.id == lead.id, Lead.owner_id.is_(None)).values(owner_id=by.id)
            .execution_options(synchronize_session=False)
        )


def correct_reach(lead: Lead, told: Reach, by: Staff, at: datetime) -> None:
    """Write what differs. History says which things changed, never from what to what."""
    inquirer = lead.inquirer
    changed = [name for name in REACH if getattr(inquirer, name) != getattr(told, name)]
    for name in changed:
        setattr(inquirer, name, getattr(told, name))
    if lead.person is not inquirer and lead.person.name != told.person_name:
        lead.person.name = told.person_name
        changed.append("person_name")
    if {(one.kind, one.value) for one in told.contacts} != {(one.kind, one.value) for one in inquirer.contact_points}:
        _set_contacts(inquirer, told.contacts)
        changed.append("contacts")
    if told.time_zone and is_zone(told.time_zone) and _is_news(inquirer, told.time_zone):
        inquirer.time_zone, inquirer.zone_candidates = told.time_zone, [told.time_zone]
        inquirer.zone_source, inquirer.zone_confidence = "person said", "sure"
        changed.append("time_zone")
    if changed:
        flag_modified(lead, "inquirer_id")  # a new version of the lead: whoever has its page open is told
        audit.record(lead, "reach-changed", by, at, changed=changed)
        _make_findable(lead, told.contacts)
        recognise(lead, at)


def _is_news(person: Person, zone: str) -> bool:
    return (person.time_zone, person.zone_confidence) != (zone, "sure")


def _set_contacts(person: Person, contacts: Iterable[Contact]) -> None:
    kept = {(point.kind, point.normal): point for point in person.contact_points}
    wanted = {(one.kind, one.normal): one for one in contacts}
    for key, point in kept.items():
        if key in wanted:
            point.value = wanted[key].value
    person.contact_points = [
        kept.get(key) or ContactPoint(kind=one.kind, value=one.value, normal=one.normal) for key, one in wanted.items()
    ]


def _make_findable(lead: Lead, contacts: Iterable[Contact]) -> None:
    """An old number or name finds nobody any more: it may belong to a stranger."""
    words = {("name", word) for person in (lead.inquirer, lead.person) for word in name_words(person.name)}
    for one in contacts:
        keys = phone_digits(one.normal) if one.kind == "phone" else (email_key(one.value),)
        words |= {(one.kind, key) for key in keys}
    db.session.execute(delete(SearchKey).where(SearchKey.lead_id == lead.id))
    db.session.add_all(SearchKey(lead_id=lead.id, kind=kind, word=word) for kind, word in sorted(words))
