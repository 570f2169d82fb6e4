"""What whoever wrote is promised, and the one mail that says so: at most one a day to an address, whatever is sent."""

import hashlib
import hmac
from datetime import datetime, timedelta

from crm import outbox
from crm.clock import Zone, derive, quiet_until, wall
from crm.db.sealing import signing_key
from crm.intake.channels import Inquiry
from crm.languages import deadline
from crm.lifecycle.workflow import workflow
from crm.models import Lead, Submission
from crm.models.contact import e164
from crm.programme import programme

NOT_WRITTEN = ("staff", "file")  # kinds of sources: they were spoken to, or a list of long ago was brought in
LONG_AGO = timedelta(days=2)  # an entry delivered so late was written to somebody who has long expected to hear


def acknowledge(lead: Lead, submission: Submission, inquiry: Inquiry, answer_by: datetime) -> bool:
    """Write to who wrote, when they allowed e-mail and gave an address; says whether a mail is to go.

    `answer_by` is the end of the promise made to this message.
    """
    address = next((point.normal for point in lead.inquirer.contact_points if point.kind == "email"), None)
    if address is None or not inquiry.allows("email") or _is_of_the_person_in_need(address, lead):
        return False
    if submission.source.kind in NOT_WRITTEN or submission.import_id or _is_of_long_ago(submission):
        return False
    zone = derive(inquiry.state, e164(inquiry.phone))
    until = deadline(reached_by(answer_by, inquiry, zone), zone, programme().time_zone)
    return outbox.acknowledge(
        lead.inquirer, lead, submission.received_at, key=_key(address, submission.received_at),
        reached_by=until.at.isoformat(), zone=until.zone, is_theirs=until.is_theirs,
    )


def reached_by(answer_by: datetime, inquiry: Inquiry, zone: Zone) -> datetime:
    """Our doors may open while it is still night there: then nobody rings or texts before their morning."""
    quiet = None if inquiry.allows("email") else quiet_until(zone.candidates, inquiry.state, answer_by)
    return quiet + timedelta(minutes=workflow().first_reply_minutes) if quiet else answer_by


def _is_of_long_ago(submission: Submission) -> bool:
    written = submission.submitted_at or submission.received_at
    return submission.received_at - written > LONG_AGO


def _is_of_the_person_in_need(address: str, lead: Lead) -> bool:
    """D-4: somebody else wrote, and the address is of the one they wrote about."""
    in_need = lead.person
    return in_need is not lead.inquirer and any(point.normal == address for point in in_need.contact_points)


def _key(address: str, at: datetime) -> str:
    """One for a mailbox and a day of ours. Anybody may type a stranger's address, with a tag after a plus each time.

    Only a keyed hash of the address is kept, so that the table tells nobody who was written to.
    """
    name, _, host = address.rpartition("@")
    mailbox = f"{name.partition('+')[0]}@{host} {wall(at, programme().time_zone).date()}"
    _, key = signing_key("acknowledged addresses")
    return f"{outbox.ACKNOWLEDGEMENT}:{hmac.new(key, mailbox.encode(), hashlib.sha256).hexdigest()}"
