"""From an inquiry to a lead: who wrote, who needs help, how they may be reached, and our promise to answer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from crm import lifecycle, outbox
from crm.clock import derive, on_shift
from crm.db import db
from crm.intake.acknowledging import acknowledge
from crm.intake.channels import WAYS, Inquiry, form, json
from crm.lifecycle.workflow import calendar, workflow
from crm.models import Consent, ContactPoint, FollowUp, Lead, Person, SearchKey, Staff, Submission
from crm.models.contact import Contact, e164, email_contact, phone_contact
from crm.models.search_words import email_key, name_words, phone_digits

CHANNELS = {"form": form.read, "json": json.read}  # by the kind of the source


def read(submission: Submission) -> Inquiry:
    """What the sender told us; raises whatever the channel raises when the bytes make no sense."""
    return CHANNELS[submission.source.kind](submission.raw or b"", submission.content_type)


def begin_lead(submission: Submission, inquiry: Inquiry) -> Lead:
    """A new episode, with its promise of a first reply, and everybody at intake who is there told of it."""
    inquirer = Person(created_at=submission.received_at)
    lead = Lead(
        inquirer=inquirer, person=inquirer, for_whom=inquiry.for_whom, source_id=submission.source_id,
        received_at=submission.received_at, answer_by=answer_by(submission.received_at), status_key="new",
        status_since=submission.received_at,
    )
    db.session.add(lead)
    write_down(lead, submission, inquiry)
    promise = FollowUp(
        lead=lead, kind="first-reply", channel=first_way(inquiry), due_at=lead.answer_by, made_at=lead.received_at
    )
    db.session.add(promise)
    db.session.flush()
    _tell(_at_intake(submission.received_at), submission, lead, promise)
    acknowledge(lead, submission, inquiry)
    return lead


def add_to_lead(lead: Lead, submission: Submission, inquiry: Inquiry) -> None:
    """The same person sends the page again with something corrected: the latest word counts, and somebody is told."""
    db.session.refresh(lead, with_for_update=True)
    write_down(lead, submission, inquiry)
    for promise in lifecycle.open_promises(lead):
        if promise.kind == "first-reply":
            promise.channel = first_way(inquiry)
    holders = [staff for staff in (lead.coach or lead.owner,) if staff]
    _tell(holders or _at_intake(submission.received_at), submission, lead)


def write_down(lead: Lead, submission: Submission, inquiry: Inquiry) -> None:
    """Put what the inquiry says about people into the lead; said again, the latest word counts."""
    _describe_inquirer(lead.inquirer, inquiry)
    lead.for_whom = inquiry.for_whom
    if inquiry.for_whom == "self":
        lead.person = lead.inquirer
    elif lead.person is lead.inquirer:
        # Nobody has asked the person in need anything: no name, and no way to reach them, until they say so.
        lead.person = Person(created_at=submission.received_at)
    lead.person.state = inquiry.state
    if lead.person is not lead.inquirer:
        _set_zone(lead.person, inquiry.state, None)
    db.session.flush()
    _record_consents(lead.inquirer, submission, inquiry)
    _make_findable(lead, inquiry)


def answer_by(received_at: datetime) -> datetime:
    """The end of the promise made to whoever wrote at this moment, in open hours."""
    return calendar().add_minutes(received_at, workflow().first_reply_minutes)


def first_way(inquiry: Inquiry) -> str:
    """How the first reply is meant to happen: the first way they allowed; a call when they were not asked."""
    return next((way for way in WAYS if inquiry.allows(way)), "call")


def _describe_inquirer(person: Person, inquiry: Inquiry) -> None:
    person.name = inquiry.name
    person.language = inquiry.language
    person.may_call, person.may_text, person.may_email = (inquiry.ways[way] for way in WAYS)
    person.voicemail = inquiry.voicemail
    person.best_times = list(inquiry.best_times)
    _set_zone(person, inquiry.state, e164(inquiry.phone))
    _set_contact_points(person, _contacts(inquiry))


def _contacts(inquiry: Inquiry) -> list[Contact]:
    return [contact for contact in (phone_contact(inquiry.phone), email_contact(inquiry.email)) if contact]


def _set_contact_points(person: Person, contacts: Sequence[Contact]) -> None:
    """A wrong number that somebody has corrected must not be called: it belongs to a stranger."""
    kept = {(point.kind, point.normal): point for point in person.contact_points}
    person.contact_points = [
        kept.get((one.kind, one.normal)) or ContactPoint(kind=one.kind, value=one.value, normal=one.normal)
        for one in contacts
    ]


def _set_zone(person: Person, state: str | None, phone: str | None) -> None:
    zone = derive(state, phone)
    person.time_zone, person.zone_candidates = zone.name, list(zone.candidates)
    person.zone_source, person.zone_confidence = zone.source, zone.confidence


def _record_consents(person: Person, submission: Submission, inquiry: Inquiry) -> None:
    db.session.add_all(
        Consent(person_id=person.id, submission_id=submission.id, kind=one.kind, granted=one.granted,
                wording=one.text, wording_version=one.version, at=submission.received_at)
        for one in inquiry.agreements
    )


def _make_findable(lead: Lead, inquiry: Inquiry) -> None:
    wanted = {("name", word) for person in (lead.inquirer, lead.person) for word in name_words(person.name)}
    for contact in _contacts(inquiry):
        if contact.kind == "phone":
            wanted |= {("phone", digits) for digits in phone_digits(contact.normal)}
        else:
            wanted.add(("email", email_key(contact.value)))
    known = select(SearchKey.kind, SearchKey.word).where(SearchKey.lead_id == lead.id)
    new = wanted - {(kind, word) for kind, word in db.session.execute(known)}
    db.session.add_all(SearchKey(lead_id=lead.id, kind=kind, word=word) for kind, word in sorted(new))


def _tell(
    people: Sequence[Staff], submission: Submission, lead: Lead, promise: FollowUp | None = None
) -> None:
    for staff in people:
        outbox.post(
            "new-message", to=staff, at=submission.received_at, key=f"new-message:{submission.ref}", lead=lead,
            follow_up=promise, channels=(outbox.APP,),
        )


def _at_intake(at: datetime) -> list[Staff]:
    """Who is at work now; when nobody is, everybody will find it when they come."""
    active = db.session.scalars(select(Staff).where(Staff.role == "intake", Staff.disabled_at.is_(None))).all()
    working = [staff for staff in active if on_shift(staff.hours, staff.time_zone, at)]
    return working or list(active)
