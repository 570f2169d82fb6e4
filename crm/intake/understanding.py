"""From an inquiry to a lead: who wrote, who needs help, how they may be reached, and our promise to answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from crm import audit, lifecycle, outbox
from crm.clock import derive
from crm.db import db
from crm.intake.acknowledging import acknowledge
from crm.intake.channels import WAYS, Inquiry
from crm.intake.repeats import contacts_of, latest_word
from crm.leads.keepsake import stricter
from crm.lifecycle.workflow import calendar, workflow
from crm.models import Consent, ContactPoint, FollowUp, Lead, Person, SearchKey, Staff, Submission
from crm.models.contact import Contact, e164
from crm.models.followup import OWED
from crm.models.search_words import email_key, name_words, phone_digits
from crm.outbox.readers import at_intake

QUIETLY = "Came in from a file"  # why a lead has no next step: nobody was promised anything
ANSWERS = {"call": "may_call", "text": "may_text", "email": "may_email"}


class Beginning(NamedTuple):
    """A message that begins a new episode; `earlier` is the same person's last one, which has ended.

    Whoever comes quietly is promised nothing.
    """

    submission: Submission
    inquiry: Inquiry
    earlier: Lead | None = None
    is_quiet: bool = False


def begin_leads(beginnings: Sequence[Beginning]) -> list[tuple[Lead, list[FollowUp]]]:
    """New episodes, each with its promise of a first reply, and everybody at intake who is there told of it."""
    leads = [_new_lead(one) for one in beginnings]
    promises: list[list[FollowUp]] = [[] for _ in leads]
    db.session.flush()
    for lead, made, (submission, inquiry, _, _) in zip(leads, promises, beginnings, strict=True):
        _record_consents(lead.inquirer, submission, inquiry)
        _make_findable(lead, inquiry, is_new=True)
        if lead.answer_by is None:
            continue
        promise = FollowUp(
            lead=lead, kind="first-reply", channel=first_way(inquiry), due_at=lead.answer_by, made_at=lead.received_at
        )
        db.session.add(promise)
        made.append(promise)
        _tell("new-message", submission, lead, promise, is_new=True)
        acknowledge(lead, submission, inquiry, lead.answer_by)
    return list(zip(leads, promises, strict=True))


def correct(lead: Lead, submission: Submission, inquiry: Inquiry) -> None:
    """The same message again with something corrected or added: the latest word counts, and somebody is told.

    Where others were joined with the lead, or wrote before, it adds to what they said, and widens nothing.
    """
    db.session.refresh(lead, with_for_update={"of": Lead})
    if _is_one_of_several(lead, submission):
        _add_to(lead, submission, inquiry)
    else:
        write_down(lead, submission, inquiry)
    for promise in lifecycle.open_promises(lead):
        if promise.kind in OWED:
            promise.channel = first_way(inquiry)
    _tell("new-message", submission, lead)


def hear_again(lead: Lead, submission: Submission, inquiry: Inquiry, is_quiet: bool = False) -> None:
    """They write again while we are still in touch: an answer is owed anew, and whoever has them is told.

    Not for what is found quietly, in an old list.
    What they forbade stays forbidden until somebody has asked them: a contact and a name prove nobody.
    """
    at = submission.received_at
    db.session.refresh(lead, with_for_update={"of": Lead})
    if not is_quiet:
        lead.wrote_before_at, lead.wrote_again_at = latest_word(lead), at
    lead.times_wrote += 1
    widened = _hear_wishes(lead.inquirer, inquiry)
    _add_contact_points(lead.inquirer, contacts_of(inquiry))
    db.session.flush()
    _record_consents(lead.inquirer, submission, inquiry)
    _make_findable(lead, inquiry)
    by = {(one.kind, one.normal) for one in contacts_of(inquiry)}
    points = [point.id for point in lead.inquirer.contact_points if (point.kind, point.normal) in by]
    promise = _owed(lead)
    if promise is None and not is_quiet:
        promise = _owe_reply(lead, inquiry, at)
    audit.record(lead, "wrote-again", None, at, times=lead.times_wrote, submission=submission.ref, now_allows=widened,
                 contacts=points)
    _tell("wrote-again", submission, lead, promise)
    acknowledge(lead, submission, inquiry, answer_by(at))


def write_down(lead: Lead, submission: Submission, inquiry: Inquiry) -> None:
    """Put what the inquiry says about people into the lead; said again, the latest word counts."""
    _describe(lead, submission, inquiry)
    db.session.flush()
    _record_consents(lead.inquirer, submission, inquiry)
    _make_findable(lead, inquiry)


def answer_by(received_at: datetime) -> datetime:
    """The end of the promise made to whoever wrote at this moment, in open hours."""
    return calendar().add_minutes(received_at, workflow().first_reply_minutes)


def first_way(inquiry: Inquiry) -> str:
    """How the first reply is meant to happen: the first way they allowed; a call when they were not asked."""
    return next((way for way in WAYS if inquiry.allows(way)), "call")


def _new_lead(one: Beginning) -> Lead:
    at, earlier = one.submission.received_at, one.earlier
    inquirer = earlier.inquirer if earlier else Person(created_at=at)
    lead = Lead(
        inquirer=inquirer, person=earlier.person if earlier else inquirer, for_whom=one.inquiry.for_whom,
        source=one.submission.source, received_at=at, answer_by=None if one.is_quiet else answer_by(at),
        status_key="new", status_since=at, no_step_reason=QUIETLY if one.is_quiet else None,
        earlier_id=earlier.id if earlier else None, times_wrote=earlier.times_wrote + 1 if earlier else 1,
        wrote_before_at=latest_word(earlier) if earlier else None,
    )
    db.session.add(lead)
    _describe(lead, one.submission, one.inquiry)
    return lead


def _describe(lead: Lead, submission: Submission, inquiry: Inquiry) -> None:
    if submission.import_run and lead.earlier_id:  # an old list does not take back what they have said since
        _hear_wishes(lead.inquirer, inquiry)
        _add_contact_points(lead.inquirer, contacts_of(inquiry))
    else:
        _describe_inquirer(lead.inquirer, inquiry)
    lead.for_whom = inquiry.for_whom
    if inquiry.for_whom == "self":
        lead.person = lead.inquirer
    elif lead.person is lead.inquirer:
        # Nobody has asked the person in need anything: no way to reach them, until they say so.
        lead.person = Person(created_at=submission.received_at)
    if lead.person is not lead.inquirer:
        lead.person.name = inquiry.person_name or lead.person.name or ""
        _set_zone(lead.person, inquiry.state, None)
    lead.person.state = inquiry.state


def _is_one_of_several(lead: Lead, submission: Submission) -> bool:
    came_later = submission.lead_id == lead.id and submission.received_at > lead.received_at
    joined = select(Lead.id).where(Lead.merged_into_id == lead.id)
    return came_later or db.session.scalar(joined.limit(1)) is not None


def _add_to(lead: Lead, submission: Submission, inquiry: Inquiry) -> None:
    person, said = lead.inquirer, {ANSWERS[way]: inquiry.ways.get(way, "unasked") for way in WAYS}
    for answer, now in (said | {"voicemail": inquiry.voicemail}).items():
        setattr(person, answer, stricter(getattr(person, answer), now))
    person.name = person.name or inquiry.name
    _add_contact_points(person, contacts_of(inquiry))
    db.session.flush()
    _record_consents(person, submission, inquiry)
    _make_findable(lead, inquiry)


def _describe_inquirer(person: Person, inquiry: Inquiry) -> None:
    person.name = inquiry.name
    person.language = inquiry.language
    person.may_call, person.may_text, person.may_email = (inquiry.ways.get(way, "unasked") for way in WAYS)
    person.voicemail = inquiry.voicemail
    person.best_times = list(inquiry.best_times)
    _set_zone(person, inquiry.state, e164(inquiry.phone))
    _set_contact_points(person, contacts_of(inquiry))


def _hear_wishes(person: Person, inquiry: Inquiry) -> list[str]:
    """Take over what is stricter, and what was never asked; says which ways they now allow against an earlier no."""
    widened = []
    said = {ANSWERS[way]: inquiry.ways.get(way, "unasked") for way in WAYS} | {"voicemail": inquiry.voicemail}
    for answer, now in said.items():
        if getattr(person, answer) == "no" and now not in ("no", "unasked"):
            widened.append(answer.removeprefix("may_"))
        elif now != "unasked":
            setattr(person, answer, now)
    person.best_times = list(inquiry.best_times) or person.best_times
    return widened


def _set_contact_points(person: Person, contacts: Sequence[Contact]) -> None:
    """A wrong number that somebody has corrected must not be called: it belongs to a stranger."""
    kept = {(point.kind, point.normal): point for point in person.contact_points}
    person.contact_points = [
        kept.get((one.kind, one.normal)) or ContactPoint(kind=one.kind, value=one.value, normal=one.normal)
        for one in contacts
    ]


def _add_contact_points(person: Person, contacts: Sequence[Contact]) -> None:
    known = {(point.kind, point.normal) for point in person.contact_points}
    person.contact_points += [
        ContactPoint(kind=one.kind, value=one.value, normal=one.normal)
        for one in contacts if (one.kind, one.normal) not in known
    ]


def _set_zone(person: Person, state: str | None, phone: str | None) -> None:
    zone = derive(state, phone)
    person.time_zone, person.zone_candidates = zone.name, list(zone.candidates)
    person.zone_source, person.zone_confidence = zone.source, zone.confidence


def _record_consents(person: Person, submission: Submission, inquiry: Inquiry) -> None:
    db.session.add_all(
        Consent(person_id=person.id, submission_id=submission.id, kind=one.kind[:40], granted=one.granted,
                wording=one.text, wording_version=one.version[:40], at=submission.received_at)
        for one in inquiry.agreements
    )


def _make_findable(lead: Lead, inquiry: Inquiry, is_new: bool = False) -> None:
    wanted = {("name", word) for person in (lead.inquirer, lead.person) for word in name_words(person.name)}
    wanted |= {("name", word) for word in name_words(inquiry.name)}
    for contact in contacts_of(inquiry):
        if contact.kind == "phone":
            wanted |= {("phone", digits) for digits in phone_digits(contact.normal)}
        else:
            wanted.add(("email", email_key(contact.value)))
    if not is_new:
        known = select(SearchKey.kind, SearchKey.word).where(SearchKey.lead_id == lead.id)
        wanted -= {(kind, word) for kind, word in db.session.execute(known)}
    db.session.add_all(SearchKey(lead_id=lead.id, kind=kind, word=word) for kind, word in sorted(wanted))


def _owed(lead: Lead) -> FollowUp | None:
    return next((promise for promise in lifecycle.open_promises(lead) if promise.kind in OWED), None)


def _owe_reply(lead: Lead, inquiry: Inquiry, at: datetime) -> FollowUp:
    holder = lead.coach or lead.owner
    promise = FollowUp(
        lead=lead, kind="reply", channel=first_way(inquiry), due_at=answer_by(at), made_at=at,
        owner_id=holder.id if holder and holder.is_active else None,
    )
    db.session.add(promise)
    lead.no_step_reason = None
    db.session.flush()
    return promise


def _holders(lead: Lead) -> list[Staff]:
    return [staff for staff in (lead.coach or lead.owner,) if staff and staff.is_active]


def _tell(
    kind: str, submission: Submission, lead: Lead, promise: FollowUp | None = None, is_new: bool = False
) -> None:
    """Whoever has them, or else everybody at intake who is there; `is_new` as in `outbox.post`."""
    if submission.import_run:  # a thousand at once: whoever brought the file is told when it is done
        return
    for staff in _holders(lead) or at_intake(submission.received_at):
        outbox.post(
            kind, to=staff, at=submission.received_at, key=f"{kind}:{submission.ref}", lead=lead,
            follow_up=promise, channels=(outbox.APP,), is_new=is_new,
        )
