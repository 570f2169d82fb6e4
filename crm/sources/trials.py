"""Send a test: a message as the vendor sends and proves it, read as every message is. It is never counted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crm import audit
from crm.db.base import new_ref
from crm.intake import arrivals, reading
from crm.intake.channels import Inquiry
from crm.intake.delivery import Delivery
from crm.intake.senders import secrets_of
from crm.models import Source, Staff
from crm.sources.examples import SAID, SAID_USUALLY, request_of
from crm.sources.wording import FACTS


@dataclass(frozen=True)
class Check:
    """One thing that was tried, and whether it went well."""

    is_fine: bool
    words: str


@dataclass(frozen=True)
class Trial:
    """What a test showed; `inquiry` is what a lead would look like, when it could be read."""

    checks: Sequence[Check]
    inquiry: Inquiry | None = None

    @property
    def is_fine(self) -> bool:
        """Whether nothing is wrong."""
        return all(one.is_fine for one in self.checks)


def send_test(source: Source, by: Staff, at: datetime) -> Trial:
    """Send a message that nobody wrote; it is kept as a test, also when something is wrong with it."""
    secrets = secrets_of(source, at)
    if not secrets:
        return Trial([Check(False, "No secret is good now: nothing can prove itself. Make a new one.")])
    sent = request_of(source.kind, secrets[-1], at)
    headers = {"Content-Type": sent.content_type, **sent.headers}
    is_proven = reading.is_proven(source.kind, sent.body, headers, secrets, at)
    checks = [Check(is_proven, "The newest secret proves it" if is_proven else "The proof was not accepted")]
    # A number of its own: it is never taken for an entry of the vendor, nor for a gap between two of them.
    delivery = replace(Delivery(sent.body, sent.content_type), external_id=f"test-{new_ref()}")
    submission, inquiry = arrivals.receive_test(source, delivery, at)
    audit.record(None, "source-tested", by, at, source=source.slug, submission=submission.ref)
    return Trial([*checks, *_read_checks(source, inquiry)], inquiry)


def _read_checks(source: Source, inquiry: Inquiry) -> list[Check]:
    told = {"name": inquiry.name, "phone": inquiry.phone, "email": inquiry.email, "message": inquiry.message}
    lost = [FACTS[fact].lower() for fact in SAID.get(source.kind, SAID_USUALLY) if not told[fact]]
    guessed = [FACTS[fact].lower() for fact in inquiry.guessed]
    found = [Check(False, f"Not found in it: {', '.join(lost)}. Look at what the fields mean.") if lost
             else Check(True, "Everything in it was found")]
    if guessed:
        found.append(Check(True, f"Found by a guess: {', '.join(guessed)}. Matching the fields makes sure."))
    if not source.is_on:
        found.append(Check(False, "The source is switched off: a real message would be kept and held"))
    return found
