"""Builders: what a test is about is said, the rest is filled in. Each adds to the current session and flushes."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from crm.clock import now
from crm.db import db
from crm.lifecycle.workflow import workflow
from crm.models import Assignment, ContactPoint, FollowUp, Lead, Person, SearchKey, Source, Staff, Submission

ROLES = {"ida": "intake", "inez": "intake", "cora": "coach", "cole": "coach", "ada": "admin"}
ALWAYS = {str(day): ["00:00", "24:00"] for day in range(7)}
ALLOWED = {"may_call": "yes", "may_text": "yes", "may_email": "yes", "voicemail": "name"}
IN_DENVER = {"time_zone": "America/Denver", "zone_candidates": ["America/Denver"], "zone_source": "state",
             "zone_confidence": "likely"}


def people() -> dict[str, Staff]:
    """Ida and Inez at intake, the coaches Cora and Cole, Ada the administrator."""
    staff = {
        name: Staff(
            email=f"{name}@example.org", name=f"{name.title()} Example", role=role, time_zone="America/New_York",
            hours=ALWAYS, states=None, languages=["en"], created_at=now(), totp_last_step=0,
            caseload_cap=20 if role == "coach" else None,
        )
        for name, role in ROLES.items()
    }
    db.session.add_all(staff.values())
    db.session.flush()
    for one in staff.values():
        db.session.refresh(one)
        db.session.expunge(one)
    return staff


def a_source(slug: str = "website", kind: str = "form", name: str = "Website form") -> Source:
    """The channel with this slug, made when it is not there yet."""
    found = db.session.scalars(select(Source).where(Source.slug == slug)).one_or_none()
    if found is None:
        found = Source(kind=kind, name=name, slug=slug, created_at=now())
        db.session.add(found)
        db.session.flush()
    return found


def a_person(name: str, phone: str | None, email: str | None, state: str = "CO", **about: Any) -> Person:
    """Somebody in Colorado who allowed everything, unless `about` says otherwise."""
    person = Person(
        name=name, state=state, created_at=now(), **{**IN_DENVER, **ALLOWED, **about},
    )
    for kind, value in (("phone", phone), ("email", email)):
        if value:
            digits = "".join(filter(str.isdigit, value))
            normal = value.lower() if kind == "email" else f"+1{digits[-10:]}"
            person.contact_points.append(ContactPoint(kind=kind, value=value, normal=normal))
    db.session.add(person)
    db.session.flush()
    return person


def a_lead(staff: dict[str, Staff], name: str, **about: Any) -> Lead:
    """A lead with its submission and the promise of a first reply.

    about: coach, owner (first names), status, received, due (of the first reply; None: no promise), message, phone,
    email, for_whom, source (slug), person (fields of Person), and any other field of Lead.
    """
    received: datetime = about.pop("received", now() - timedelta(minutes=21))
    due: datetime | None = about.pop("due", received + timedelta(minutes=15))
    coach, owner = staff.get(about.pop("coach", "")), staff.get(about.pop("owner", ""))
    message = about.pop("message", "I would like to know how this works.")
    contact = {"phone": about.pop("phone", "(720) 555-0118"), "email": about.pop("email", "sam@example.org")}
    person = a_person(name, **contact, **about.pop("person", {}))
    source = a_source(about.pop("source", "website"))
    status = about.pop("status", "new")
    if workflow().stage(status) == "ended":
        about.setdefault("ended_at", now())
        about.setdefault("closed_reason", "not_ready" if status == "closed" else None)
    lead = Lead(
        person=person, inquirer=person, for_whom=about.pop("for_whom", "self"), source_id=source.id,
        received_at=received, answer_by=due or received, status_key=status, status_since=received,
        owner_id=owner.id if owner else None, coach_id=coach.id if coach else None, **about,
    )
    db.session.add(lead)
    db.session.flush()
    _around(lead, name, contact, source, message, received)
    if coach:
        db.session.add(Assignment(lead_id=lead.id, coach_id=coach.id, by_id=None, since=received))
    if due and lead.ended_at is None:
        answerer = coach or owner
        db.session.add(
            FollowUp(lead_id=lead.id, kind="first-reply", channel="call", due_at=due, made_at=received,
                     owner_id=answerer.id if answerer else None)
        )
    return _snapshot(lead)


def a_followup(staff: dict[str, Staff], lead: Lead, **about: Any) -> FollowUp:
    """A promise about the lead: due (a moment), owner (first name), channel, kind, why; any field of FollowUp."""
    owner = staff.get(about.pop("owner", ""))
    promise = FollowUp(
        lead_id=lead.id, kind=about.pop("kind", "promise"), channel=about.pop("channel", "call"),
        due_at=about.pop("due"), made_at=about.pop("made_at", now()), owner_id=owner.id if owner else None, **about,
    )
    db.session.add(promise)
    return _snapshot(promise)


def _around(
    lead: Lead, name: str, contact: dict[str, Any], source: Source, message: str, received: datetime
) -> None:
    words = {("name", word) for word in name.lower().split()}
    words |= {("email", contact["email"].lower())} if contact["email"] else set()
    words |= {("phone", "".join(filter(str.isdigit, contact["phone"])))} if contact["phone"] else set()
    db.session.add_all(SearchKey(lead_id=lead.id, kind=kind, word=word) for kind, word in words)
    submission = Submission(
        source_id=source.id, fingerprint=lead.ref, content_type="application/x-www-form-urlencoded",
        received_at=received, state="understood", lead_id=lead.id, raw=b"as it came", message=message,
    )
    db.session.add(submission)


def _snapshot(row: Any) -> Any:
    db.session.flush()
    db.session.refresh(row)
    db.session.expunge(row)
    return row
