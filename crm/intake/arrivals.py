"""Whatever arrives, by the way it came: kept at once, so that its sender can be answered, and read after that."""

import logging
from dataclasses import replace
from datetime import datetime

from crm import audit
from crm.db import db
from crm.intake import reading, understanding
from crm.intake.actions import CORRECTED, understand
from crm.intake.becoming import facts_of
from crm.intake.channels import Inquiry, NotUnderstood
from crm.intake.delivery import Delivery, nameless, of_entry
from crm.intake.keeping import BY_STAFF, WEBSITE, Kept, KeyReused, add, find_earlier, keep, standing_id
from crm.intake.senders import Sender
from crm.leads import safety
from crm.leads.recognising import recognise
from crm.models import Source, Staff, Submission, SubmissionUpdate
from crm.queue import actions as queue

log = logging.getLogger("lantern")


def receive_form(delivery: Delivery, at: datetime) -> Kept:
    """The public form. One page makes one lead, however often it is sent; a corrected one is kept beside the first."""
    return _receive_page(WEBSITE, delivery, at)


def type_in(delivery: Delivery, by: Staff, at: datetime) -> Submission:
    """What staff typed while somebody was on the phone: received as every message is, and in their hands from then on.

    One page makes one lead here too. Who typed it stands in history even if it could not be understood.
    """
    kept = _receive_page(BY_STAFF, delivery, at)
    submission = read_now(kept, at)
    if kept.is_new:
        audit.record(submission.lead, "typed-in", by, at, **facts_of(submission))
    if kept.is_new and submission.lead:
        queue.hold(submission.lead, by, at)
    return submission


def read_now(kept: Kept, at: datetime) -> Submission:
    """The row itself, made into what it is in the same transaction: for whoever does not have to answer first."""
    submission = db.session.get_one(Submission, kept.id)
    if submission.state == "waiting":
        understand(submission, at)
    return submission


def receive_hook(sender: Sender, delivery: Delivery, at: datetime) -> Kept:
    """A vendor's delivery that has proven itself. The same entry with more in it brings its lead up to date."""
    kept = keep(sender.id, delivery, at)
    if not kept.is_new and delivery.external_id and kept.fingerprint != delivery.fingerprint:
        _bring_up_to_date(kept, delivery, at)
    return kept


def identified(kind: str, delivery: Delivery, at: datetime) -> Delivery:
    """The delivery under the number that its vendor gave the entry; one without a number is known by its body."""
    try:
        return of_entry(delivery, reading.entry_of(kind, reading.Body(delivery.raw, delivery.content_type)), at)
    except NotUnderstood:
        return nameless(delivery, at)


def keep_unproven(sender: Sender, delivery: Delivery, at: datetime) -> None:
    """A delivery with a wrong proof: kept for somebody to look at, for a changed secret must not lose a person."""
    if find_earlier(sender.id, delivery):
        return
    kept = add(sender.id, delivery, at, state="unproven", why="it came without the right secret")
    if kept:
        audit.record(None, "unproven", None, at, submission=kept.ref, source=sender.slug)


def receive_test(source: Source, delivery: Delivery, at: datetime) -> tuple[Submission, Inquiry]:
    """A message that we wrote ourselves, to try the source: kept as a test and nobody's lead.

    Raises what its channel raises when it cannot be read.
    """
    kept = add(source.id, delivery, at, state="test")
    assert kept is not None  # a test has a number of its own
    submission = db.session.get_one(Submission, kept.id)
    return submission, reading.read_and_note(submission)[0]


def _receive_page(slug: str, delivery: Delivery, at: datetime) -> Kept:
    source_id = standing_id(slug, at)
    try:
        return keep(source_id, delivery, at)
    except KeyReused:
        key = f"{delivery.key}{CORRECTED}{delivery.fingerprint}"
        return keep(source_id, replace(delivery, key=key), at)


def _bring_up_to_date(kept: Kept, delivery: Delivery, at: datetime) -> None:
    """Keep the later delivery as it came, and let the lead know what it says."""
    submission = db.session.get_one(Submission, kept.id, with_for_update=True)
    if delivery.fingerprint in {one.fingerprint for one in submission.updates}:
        return
    update = SubmissionUpdate(
        submission=submission, received_at=at, content_type=delivery.content_type, fingerprint=delivery.fingerprint,
        raw=delivery.raw,
    )
    db.session.add(update)
    db.session.flush()
    if submission.lead is None:
        understand(submission, at)
        return
    try:
        with db.session.begin_nested():
            inquiry, assessed = reading.read_and_note(submission)
            understanding.correct(submission.lead, submission, inquiry)
            audit.record(submission.lead, "corrected", None, at, **facts_of(submission))
            safety.heard(submission.lead, assessed.level, bool(assessed.dangers), update.ref, at)
            recognise(submission.lead, at)
    except Exception as error:  # the first delivery has been understood, and its lead stands
        log.error("submission %s could not be brought up to date: %s", submission.ref, type(error).__name__)
