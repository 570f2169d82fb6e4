"""The verbs of intake. What arrives is stored first, as it came; understanding it may fail and loses nothing."""

import hashlib
import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from crm import audit
from crm.db import db
from crm.intake import understanding
from crm.models import Lead, Source, Staff, Submission
from crm.queue import actions as queue

log = logging.getLogger("lantern")

WEBSITE, BY_STAFF = "website", "typed-in"  # slugs of the sources that need no setting up
STANDING = {WEBSITE: ("form", "Website form"), BY_STAFF: ("staff", "Phone or visit")}  # slug: kind, name
PAGES_OF_OURS = ("form", "staff")  # kinds of source whose key names one page in one browser
HIDDEN_FIELD = "the hidden field was filled in"
CORRECTED = ":"  # stands in the key of a page sent again, between its token and the print of the new body


@dataclass(frozen=True)
class Delivery:
    """What somebody handed over: the body as it came, and how a second delivery of it can be told.

    `key` names this delivery (a form's token, an Idempotency-Key), `external_id` the sender's own entry.
    """

    raw: bytes
    content_type: str
    key: str | None = None
    external_id: str | None = None

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()


class KeyReused(Exception):
    """The same key came before with another body; `earlier` is what it brought then."""

    def __init__(self, earlier: Submission) -> None:
        super().__init__("the key came before with another body")
        self.earlier = earlier


def receive(source: Source, delivery: Delivery, at: datetime) -> tuple[Submission, bool]:
    """Store what arrived and make a lead of it, or find it if it came before; says whether it is new.

    Raises KeyReused.
    """
    earlier = _find_earlier(source, delivery)
    stored = None if earlier else _store(source, delivery, at)
    if stored:
        understand(stored, at)
        return stored, True
    earlier = earlier or _find_earlier(source, delivery)
    assert earlier is not None  # what kept us from storing is there
    if delivery.key and earlier.idempotency_key == delivery.key and earlier.fingerprint != delivery.fingerprint:
        raise KeyReused(earlier)
    return earlier, False


def receive_form(delivery: Delivery, at: datetime) -> Submission:
    """The public form. One page makes one lead, however often it is sent; a corrected one is kept beside the first."""
    return _receive_page(WEBSITE, delivery, at)[0]


def type_in(delivery: Delivery, by: Staff, at: datetime) -> Submission:
    """What staff typed while somebody was on the phone: received as every message is, and in their hands from then on.

    One page makes one lead here too. Who typed it stands in history even if it could not be understood.
    """
    submission, is_new = _receive_page(BY_STAFF, delivery, at)
    if is_new:
        audit.record(submission.lead, "typed-in", by, at, **_facts(submission))
    if is_new and submission.lead:
        queue.hold(submission.lead, by, at)
    return submission


def receive_entry(source: Source, delivery: Delivery, at: datetime) -> tuple[dict[str, Any], bool]:
    """The JSON API: what the sender is told, word for word the same each time, and whether it is new.

    Raises KeyReused.
    """
    submission, is_new = receive(source, delivery, at)
    if is_new:
        state = "understood" if submission.state == "understood" else "waiting"
        received_at = submission.received_at.isoformat(timespec="seconds").replace("+00:00", "Z")
        submission.answer = {"id": submission.ref, "state": state, "received_at": received_at}
    return submission.answer or {}, is_new


def understand(submission: Submission, at: datetime) -> None:
    """Make a lead of what arrived, or hold it if a machine wrote it. Failing leaves it stored, to be tried again."""
    try:
        with db.session.begin_nested():
            inquiry = understanding.read(submission)
            submission.message = inquiry.message
            if inquiry.is_machine:
                submission.state, submission.why = "held", HIDDEN_FIELD
                audit.record(None, "held", None, at, **_facts(submission))
            elif lead := _lead_of_the_same_page(submission):
                understanding.add_to_lead(lead, submission, inquiry)
                _belongs_to(submission, lead)
                audit.record(lead, "corrected", None, at, **_facts(submission))
            else:
                lead = understanding.begin_lead(submission, inquiry)
                _belongs_to(submission, lead)
                audit.record(lead, "received", None, at, **_facts(submission))
    except Exception as error:  # whatever it is: somebody wrote to us, and that must not be lost
        _failed(submission, error)


def release(submission: Submission, by: Staff, at: datetime) -> Lead | None:
    """Somebody read it and says that a person wrote it: it becomes a lead (none while it cannot be understood)."""
    db.session.refresh(submission, with_for_update=True)  # two people may press at once: one lead
    if submission.lead is None:
        why = submission.why
        try:
            with db.session.begin_nested():
                inquiry = understanding.read(submission)
                submission.message = inquiry.message
                lead = understanding.begin_lead(submission, inquiry)
                _belongs_to(submission, lead)
                audit.record(lead, "released", by, at, held=why, **_facts(submission))
        except Exception as error:
            _failed(submission, error)
    return submission.lead


def standing(slug: str, at: datetime) -> Source:
    """One of the sources that every programme has, made at its first use."""
    kind, name = STANDING[slug]
    source = _source(slug) or _add_source(kind, name, slug, at) or _source(slug)
    assert source is not None  # found, made, or made by somebody else a moment ago
    return source


def _receive_page(slug: str, delivery: Delivery, at: datetime) -> tuple[Submission, bool]:
    source = standing(slug, at)
    try:
        return receive(source, delivery, at)
    except KeyReused:
        key = f"{delivery.key}{CORRECTED}{delivery.fingerprint}"
        return receive(source, replace(delivery, key=key), at)


def _belongs_to(submission: Submission, lead: Lead) -> None:
    submission.state, submission.why, submission.lead = "understood", None, lead
    db.session.flush()


def _failed(submission: Submission, error: Exception) -> None:
    # The error's own text may hold what somebody typed: only its kind is kept and logged.
    log.error("submission %s is stored but not understood: %s", submission.ref, type(error).__name__)
    submission.state, submission.why = "failed", type(error).__name__


def _facts(submission: Submission) -> dict[str, str]:
    return {"submission": submission.ref, "source": submission.source.slug}


def _lead_of_the_same_page(submission: Submission) -> Lead | None:
    """For a form that was sent, corrected and sent again: the lead that its first sending made."""
    first, corrected, _ = (submission.idempotency_key or "").partition(CORRECTED)
    if submission.source.kind not in PAGES_OF_OURS or not corrected:
        return None
    wanted = select(Submission).where(
        Submission.source_id == submission.source_id, Submission.idempotency_key == first
    )
    sent = db.session.scalars(wanted).one_or_none()
    return sent.lead if sent else None


def _find_earlier(source: Source, delivery: Delivery) -> Submission | None:
    mine = select(Submission).where(Submission.source_id == source.id)
    found = None
    if delivery.key:
        found = db.session.scalars(mine.where(Submission.idempotency_key == delivery.key)).one_or_none()
    if found is None and delivery.external_id:
        found = db.session.scalars(mine.where(Submission.external_id == delivery.external_id)).one_or_none()
    return found


def _store(source: Source, delivery: Delivery, at: datetime) -> Submission | None:
    """The row, or None when another request has stored the same delivery a moment ago."""
    submission = Submission(
        source=source, external_id=delivery.external_id, idempotency_key=delivery.key,
        fingerprint=delivery.fingerprint, content_type=delivery.content_type, received_at=at, state="failed",
        why="not read yet", raw=delivery.raw,
    )
    try:
        with db.session.begin_nested():
            db.session.add(submission)
    except IntegrityError:
        return None
    return submission


def _add_source(kind: str, name: str, slug: str, at: datetime) -> Source | None:
    source = Source(kind=kind, name=name, slug=slug, created_at=at)
    try:
        with db.session.begin_nested():
            db.session.add(source)
    except IntegrityError:
        return None
    return source


def _source(slug: str) -> Source | None:
    return db.session.scalars(select(Source).where(Source.slug == slug)).one_or_none()
