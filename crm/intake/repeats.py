"""Somebody writes again: found by contact and name together, never by one alone, nor where a contact is shared."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from crm.db import db
from crm.db.turns import take_turn
from crm.intake.channels import Inquiry
from crm.leads.matching import agrees_on_name, is_shared_contact
from crm.models import ContactPoint, Lead, Person
from crm.models.contact import Contact, email_contact, phone_contact

MANY = 50  # people on one number or address: it is an office's, whoever has it


def known_lead(inquiry: Inquiry) -> Lead | None:
    """The lead that the same person wrote about the same person before: an open one, else their latest episode.

    Whoever writes for a client is asked for many people: those are never joined.
    """
    contacts = [one for one in contacts_of(inquiry) if not is_shared_contact(one.value, one.kind)]
    if not inquiry.name or not contacts or inquiry.for_whom == "client":
        return None
    take_turn(f"writes again {contacts[0].normal}")  # their other message, a moment ago, is seen before this one
    people = [one for contact in contacts for one in _only_theirs(contact, inquiry.name)]
    leads = _leads_of([one.id for one in people], inquiry)
    return next((lead for lead in leads if lead.is_open), next(iter(leads), None))


def contacts_of(inquiry: Inquiry) -> list[Contact]:
    """The number and the address that can be used."""
    return [contact for contact in (phone_contact(inquiry.phone), email_contact(inquiry.email)) if contact]


def _only_theirs(contact: Contact, name: str) -> Sequence[Person]:
    """The people of that name behind the contact; nobody when somebody of another name shares it."""
    behind = select(Person).join(ContactPoint).where(
        ContactPoint.normal == contact.normal, ContactPoint.kind == contact.kind
    )
    people = db.session.scalars(behind.order_by(Person.id.desc()).limit(MANY)).all()
    theirs = [one for one in people if one.name and agrees_on_name(one.name, name)]
    others = [one for one in people if one.name and one not in theirs]
    if len(people) == MANY or (others and not _are_joined(others, theirs)):
        return []
    return theirs


def _are_joined(others: Sequence[Person], theirs: Sequence[Person]) -> bool:
    """Whether somebody has said that each of the others is one of them: they are known by more names than one."""
    survivor: ColumnElement[int] = func.coalesce(Lead.merged_into_id, Lead.id)
    wrote = select(Lead.inquirer_id, survivor).where(Lead.inquirer_id.in_([one.id for one in (*others, *theirs)]))
    pages: dict[int, set[int]] = defaultdict(set)
    for inquirer_id, lead_id in db.session.execute(wrote):
        pages[inquirer_id].add(lead_id)
    known = set().union(*(pages[one.id] for one in theirs))
    return all(pages[one.id] & known for one in others)


def _leads_of(inquirers: Sequence[int], inquiry: Inquiry) -> list[Lead]:
    """Their leads about the same person, the latest first; a joined one stands for the one it was joined with."""
    if not inquirers:
        return []
    theirs = select(Lead).where(Lead.inquirer_id.in_(inquirers), Lead.for_whom == inquiry.for_whom)
    found = db.session.scalars(theirs.options(joinedload(Lead.person)).order_by(Lead.id.desc()).limit(MANY)).all()
    survivors = {lead.id: lead for one in found for lead in [_survivor(one)]}
    return [lead for lead in survivors.values() if _about_the_same(lead, inquiry)]


def _survivor(lead: Lead) -> Lead:
    while lead.merged_into is not None:
        lead = lead.merged_into
    return lead


def _about_the_same(lead: Lead, inquiry: Inquiry) -> bool:
    named = lead.person.name if lead.person_id != lead.inquirer_id else ""
    return not (named and inquiry.person_name) or agrees_on_name(named, inquiry.person_name)


def latest_word(lead: Lead) -> datetime:
    """When they last wrote."""
    return lead.wrote_again_at or lead.received_at
