"""What a visitor may read about their own message: what they wrote themselves, and what we promised. Nothing else."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm.clock import Zone, derive
from crm.db import db
from crm.intake import acknowledging, reading, understanding
from crm.intake.channels import WAYS, Inquiry
from crm.models import Submission
from crm.models.contact import e164
from crm.outbox.readers import is_somebody_there


@dataclass(frozen=True)
class Receipt:
    """For the thank-you page. Made from the message as it came, so it tells nothing of what we did or knew."""

    inquiry: Inquiry
    ways: tuple[str, ...]
    zone: Zone
    reference: str
    reached_by: datetime


def find_receipt(ref: str) -> Receipt | None:
    """The receipt of a submission that is or will be a lead; none while it waits for somebody to look at it."""
    wanted = select(Submission).where(Submission.ref == ref)
    sent = db.session.scalars(wanted.options(joinedload(Submission.source))).one_or_none()
    if sent is None or (sent.lead_id is None and sent.state != "waiting"):
        return None
    inquiry = reading.read(sent)
    ways = tuple(way for way in WAYS if inquiry.allows(way))
    zone = derive(inquiry.state, e164(inquiry.phone))
    reached_by = acknowledging.reached_by(understanding.answer_by(sent.received_at), inquiry, zone)
    return Receipt(inquiry, ways, zone, sent.number, reached_by)


@dataclass(frozen=True)
class Alarm:
    """What they wrote sounds like danger: the numbers come first, and whether somebody of ours is alerted now."""

    is_somebody_there: bool


def find_alarm(ref: str, at: datetime) -> Alarm | None:
    """For the thank-you page of a message that sounds like danger, whatever became of it; none for the others."""
    sent = db.session.scalars(select(Submission).where(Submission.ref == ref)).one_or_none()
    return Alarm(is_somebody_there(at)) if sent and _sounds_like_danger(sent) else None


def _sounds_like_danger(sent: Submission) -> bool:
    """In a rush they see the page before anybody has read their message."""
    if sent.state == "waiting":
        return bool(reading.assess_all(reading.read(sent)).dangers)
    return bool(json.loads(sent.reading or "{}").get("dangers"))
